import FoundationEssentials
import Logging
import Testing

@testable import Daemon

/// The entries of systemd/sfsyncd.catalog.
private struct Catalog {
  struct Entry {
    var headers: [String: String] = [:]
    var text: [String] = []
  }

  var entries: [String: Entry] = [:]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../systemd/sfsyncd.catalog")
    var id: String?
    var isHeader = false
    for line in try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("#") { continue }
      if line.hasPrefix("-- ") {
        id = String(line.dropFirst(3))
        isHeader = true
        #expect(entries[id ?? ""] == nil, "\(line) is there twice")
        entries[id ?? "", default: Entry()] = Entry()
      } else if line.isEmpty {
        isHeader = false
      } else if isHeader {
        let parts = line.split(separator: ":", maxSplits: 1)
        entries[id ?? "", default: Entry()].headers[String(parts[0])] =
          parts.last.map { String($0.dropFirst()) }
      } else {
        entries[id ?? "", default: Entry()].text.append(String(line))
      }
    }
  }
}

@Suite struct CatalogTests {
  /// Below a warning, these too are explained to whoever wonders.
  private static let alsoExplained: Set<JournalEvent> = [
    .serviceReady, .serviceStopping, .initialSyncStarted, .initialSyncFinished, .sideRecovered,
    .budgetReleased, .guardReleased, .configurationReloaded, .errorClosed, .controlChanged,
    .attributesPrepared, .storeRestored, .storeMigrated,
  ]

  @Test("Journal: every event that wants a person has an entry in the catalog, and no other id has")
  func explained() throws {
    let wanted = JournalEvent.allCases.filter {
      $0.level >= .warning || Self.alsoExplained.contains($0)
    }
    #expect(try Catalog().entries.keys.sorted() == wanted.map(\.messageID).sorted())
  }

  @Test("Journal: an entry has a subject, its origin, a manual page and a text")
  func complete() throws {
    for (id, entry) in try Catalog().entries {
      let headers = ["Subject", "Defined-By", "Documentation"]
      #expect(entry.headers.keys.sorted() == headers.sorted(), "\(id)")
      #expect(entry.headers["Defined-By"] == "sfsyncd")
      #expect(entry.headers["Documentation"]?.contains("man:sfsync") == true, "\(id)")
      #expect(!entry.text.isEmpty, "\(id)")
      for line in entry.text { #expect(line.utf8.count <= 79, "\(id): \(line)") }
    }
  }

  @Test("Journal: a placeholder in the catalog is a field that we send")
  func placeholders() throws {
    let fields = Set(LogField.allCases.map(\.journalName))
    for (id, entry) in try Catalog().entries {
      let text = ([entry.headers["Subject"] ?? ""] + entry.text).joined(separator: "\n")
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      #expect(parts.count % 2 == 1, "\(id): an @ without its other")
      for (index, part) in parts.enumerated() where index % 2 == 1 {
        #expect(fields.contains(String(part)), "\(id): @\(part)@")
      }
    }
  }

  @Test("Journal: the operating manual lists every event with its level and its id")
  func listed() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/OPERATING.md")
    let manual = try String(contentsOf: file, encoding: .utf8)
    let rows = manual.split(separator: "\n").filter { row in
      let id = row.dropLast(3).suffix(32)
      return row.hasPrefix("| `") && row.hasSuffix("` |") && id.allSatisfy(\.isHexDigit)
    }
    let wanted = JournalEvent.allCases.map {
      "| `\($0.rawValue)` | \($0.level) | `\($0.messageID)` |"
    }
    #expect(rows.map(String.init) == wanted)
  }
}
