import FoundationEssentials

/// The repository's Swift files, found from this one.
enum SourceTree {
  struct File: Sendable {
    /// From the repository's root: `Sources/Store/Store.swift`.
    let path: String
    let text: String
    let lines: [Substring]
    /// The lines without comments and without what stands in string literals.
    let code: [String]

    init(path: String, text: String) {
      self.path = path
      self.text = text
      lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      code = Self.code(lines)
    }

    /// `Store` of `Sources/Store/Store.swift`.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    private static func code(_ lines: [Substring]) -> [String] {
      var isInText = false
      return lines.map { line in
        guard line.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "/") })
        else { return isInText ? "" : String(line) }
        let marks = line.components(separatedBy: "\"\"\"").count - 1
        defer { if marks % 2 == 1 { isInText.toggle() } }
        return isInText || marks > 0 ? "" : bare(line)
      }
    }

    private static func bare(_ line: Substring) -> String {
      var out = ""
      var isInString = false
      var previous: Character = " "
      for character in line {
        if character == "\"", previous != "\\" { isInString.toggle() }
        if !isInString, character == "/", previous == "/" { return String(out.dropLast()) }
        if !isInString { out.append(character) }
        previous = previous == "\\" && character == "\\" ? " " : character
      }
      return out
    }
  }

  static let root: String = {
    let here = URL(filePath: #filePath).resolvingSymlinksInPath()
    return here.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path(percentEncoded: false)
  }()

  static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: root + "/" + path)), as: UTF8.self)
  }

  static let sources = Result { try files("Sources") }
  static let tests = Result { try files("Tests") }

  /// The Swift files under `folder`, in the order of their paths.
  private static func files(_ folder: String) throws -> [File] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
    return try names.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted().map {
      File(path: folder + "/" + $0, text: try text(folder + "/" + $0))
    }
  }
}
