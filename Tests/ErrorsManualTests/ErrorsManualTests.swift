import FoundationEssentials
import SyncCore
import Testing

@Suite struct ErrorsManualTests {
  private static let all = ErrorsManual.sections.flatMap(\.meanings)

  /// The repository's root, from this file's own place.
  private static var root: String {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }

  private static func read(_ path: String) -> String? {
    FileManager.default.contents(atPath: "\(root)/\(path)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test("E1: docs/ERRORS.md says what the tables say (SFSYNC_UPDATE=1 writes it anew)")
  func manual() throws {
    let path = "\(Self.root)/docs/ERRORS.md"
    if ProcessInfo.processInfo.environment["SFSYNC_UPDATE"] != nil {
      try Data(ErrorsManual.text.utf8).write(to: URL(filePath: path))
    }
    #expect(
      Self.read("docs/ERRORS.md") == ErrorsManual.text,
      "run SFSYNC_UPDATE=1 swift test --filter ErrorsManualTests")
  }

  @Test("E1: no code stands for two meanings")
  func unique() {
    let counts = Dictionary(grouping: Self.all, by: \.code).filter { $0.value.count > 1 }
    #expect(counts.keys.sorted() == [])
  }

  @Test("E1: codes have the side's prefix and capital letters", arguments: all)
  func shape(_ meaning: Meaning) {
    let parts = meaning.code.split(separator: "-", omittingEmptySubsequences: false)
    #expect(["SF", "IC", "SYNC", "STORE"].contains(parts.first))
    #expect(parts.count >= 2)
    for part in parts {
      #expect(!part.isEmpty && part.allSatisfy { ("A"..."Z").contains($0) }, "\(meaning.code)")
    }
  }

  @Test("E1: cause and remedy are sentences on one line", arguments: all)
  func sentences(_ meaning: Meaning) {
    for text in [meaning.cause, meaning.remedy] {
      #expect(text.last == ".", "\(meaning.code): \(text)")
      #expect(!text.contains("\n") && !text.contains("  "), "\(meaning.code): \(text)")
      #expect(text.first?.isLowercase == false || Self.startsWithName(text), "\(text)")
    }
  }

  @Test("E1: a remedy names only keys that the sample configuration has", arguments: all)
  func keys(_ meaning: Meaning) throws {
    let sample = try #require(Self.read("etc/sfsyncd.toml"))
    let known = Self.keys(of: sample)
    for name in Self.dotted(meaning.remedy + " " + meaning.cause) {
      guard let table = name.split(separator: ".").first, known.tables.contains(String(table))
      else { continue }
      #expect(
        known.keys.contains(name) || known.tables.contains(name), "\(meaning.code) names \(name)")
    }
    for table in Self.bracketed(meaning.remedy) {
      #expect(known.tables.contains(table), "\(meaning.code) names [\(table)]")
    }
  }

  @Test("E1: a remedy names only commands that sfsyncctl has", arguments: all)
  func commands(_ meaning: Meaning) throws {
    let known: Set = [
      "status", "errors", "sync", "plan", "queue", "explain", "matches", "link", "unlink",
      "pause", "resume", "reload", "version",
    ]
    let words = (meaning.remedy + " " + meaning.cause).split {
      !($0.isLetter || $0 == "-" || $0 == "_")
    }.map(String.init)
    for (index, word) in words.enumerated() where word == "sfsyncctl" {
      let command = index + 1 < words.count ? words[index + 1] : ""
      #expect(known.contains(command), "\(meaning.code) names sfsyncctl \(command)")
      #expect(
        Self.read("Sources/sfsyncctl/\(command.capitalized)Command.swift") != nil,
        "\(meaning.code) names sfsyncctl \(command)")
    }
  }

  // MARK: Parts

  /// Our own name and the names of keys stay lower case at the beginning of a sentence.
  private static func startsWithName(_ text: String) -> Bool {
    ["sfsync", "salesforce.", "intercom."].contains { text.hasPrefix($0) }
  }

  /// The tables, and the keys as `table.key`, commented out or not.
  private static func keys(of sample: String) -> (tables: Set<String>, keys: Set<String>) {
    var tables: Set<String> = []
    var keys: Set<String> = []
    var table = ""
    for line in sample.split(separator: "\n") {
      let text = line.drop { $0 == "#" || $0 == " " }
      if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
        table = String(text[..<end].drop { $0 == "[" })
        tables.insert(table)
      } else if let equals = text.firstIndex(of: "=") {
        let key = text[..<equals].split(separator: " ").joined()
        keys.insert("\(table).\(key)")
      }
    }
    return (tables, keys)
  }

  /// Words such as `salesforce.login_url`; addresses of hosts have another first word.
  private static func dotted(_ text: String) -> [String] {
    let words = text.split { !($0.isLetter || $0.isNumber || "._-/:".contains($0)) }
    return words.compactMap { word in
      let trimmed = word.split(separator: ".").joined(separator: ".")
      guard trimmed.contains("."), !trimmed.contains("/"), !trimmed.contains(":") else {
        return nil
      }
      return trimmed
    }
  }

  private static func bracketed(_ text: String) -> [String] {
    text.split(separator: "[").dropFirst().compactMap { part in
      part.firstIndex(of: "]").map { String(part[..<$0]) }
    }
  }
}
