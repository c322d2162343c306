import FoundationEssentials

/// The repository's Swift files, found from this one.
enum SourceTree {
  struct File {
    /// From the repository's root: `Sources/Store/Store.swift`.
    var path: String
    var text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// `Store` of `Sources/Store/Store.swift`.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    /// The lines without comments and without what stands in string literals.
    var code: [String] {
      var isInText = false
      return lines.map { line in
        let marks = line.components(separatedBy: "\"\"\"").count - 1
        defer { if marks % 2 == 1 { isInText.toggle() } }
        if isInText || marks > 0 { return "" }
        return Self.bare(line)
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

  /// The Swift files under `folder`, in the order of their paths.
  static func files(_ folder: String) throws -> [File] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
    return try names.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted().map {
      File(path: folder + "/" + $0, text: try text(folder + "/" + $0))
    }
  }
}
