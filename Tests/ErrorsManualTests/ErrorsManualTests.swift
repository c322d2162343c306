import FoundationEssentials
import SyncCore
import Testing

@Suite struct ErrorsManualTests {
  private static let all = ErrorsManual.sections.flatMap(\.meanings)

  @Test("E1: docs/ERRORS.md says what the tables say (SFSYNC_UPDATE=1 writes it anew)")
  func manual() throws {
    let path = "\(Documents.root)/docs/ERRORS.md"
    if ProcessInfo.processInfo.environment["SFSYNC_UPDATE"] != nil {
      try Data(ErrorsManual.text.utf8).write(to: URL(filePath: path))
    }
    #expect(
      Documents.read("docs/ERRORS.md") == ErrorsManual.text,
      "run SFSYNC_UPDATE=1 swift test --filter ErrorsManualTests")
  }

  @Test("E1: no code stands for two meanings")
  func unique() {
    let counts = Dictionary(grouping: Self.all, by: \.code).filter { $0.value.count > 1 }
    #expect(counts.keys.sorted() == [])
  }

  @Test("E1: codes have the prefix of their side or subject, and capital letters", arguments: all)
  func shape(_ meaning: Meaning) {
    let parts = meaning.code.split(separator: "-", omittingEmptySubsequences: false)
    #expect(
      ["SF", "IC", "SYNC", "STORE", "MAP", "LEAD", "TASK", "ASSIGN", "MAIL"].contains(parts.first))
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
    let sample = try #require(Documents.read("etc/sfsyncd.toml"))
    let known = Documents.keys(of: sample)
    for name in Documents.dotted(meaning.remedy + " " + meaning.cause) {
      guard let table = name.split(separator: ".").first, known.tables.contains(String(table))
      else { continue }
      #expect(
        known.keys.contains(name) || known.tables.contains(name), "\(meaning.code) names \(name)")
    }
    for table in Documents.bracketed(meaning.remedy) {
      #expect(known.tables.contains(table), "\(meaning.code) names [\(table)]")
    }
  }

  @Test("E1: a remedy names only commands that sfsyncctl has", arguments: all)
  func commands(_ meaning: Meaning) throws {
    for command in Documents.commands(meaning.remedy + " " + meaning.cause) {
      #expect(
        Documents.read("Sources/sfsyncctl/\(command.capitalized)Command.swift") != nil,
        "\(meaning.code) names sfsyncctl \(command)")
    }
  }

  // MARK: Parts

  /// Our own name and the names of keys stay lower case at the beginning of a sentence.
  private static func startsWithName(_ text: String) -> Bool {
    ["sfsync", "salesforce.", "intercom."].contains { text.hasPrefix($0) }
  }
}
