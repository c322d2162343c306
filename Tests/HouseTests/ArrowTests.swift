import FoundationEssentials
import Testing

@Suite("Arrows between targets point down, each for a reason")
struct ArrowTests {
  /// `SyncCore` of `package import SyncCore` or of `import struct SyncCore.Record`.
  private func imported(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
      words[..<index].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains(String($0)) })
    else { return nil }
    let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let name = kinds.contains(String(words[index + 1])) ? words.last : words[index + 1]
    return name.map { String($0.prefix { $0 != "." }) }
  }

  private static let accessLevels = ["package", "public", "internal", "fileprivate", "private"]

  @Test("Every import in Sources is in the table")
  func imports() throws {
    let files = try SourceTree.sources.get()
    #expect(files.count > 100)
    for file in files {
      let allowed = try #require(Arrows.table[file.target], "\(file.target) is not in the table")
      for module in file.code.compactMap(imported) {
        #expect(
          allowed.contains { $0.module == module },
          "\(file.path) imports \(module); \(file.target) may import \(allowed.map(\.module))")
      }
    }
  }

  @Test("Every arrow in the table has a reason, and is used")
  func reasons() throws {
    let files = try SourceTree.sources.get()
    for (target, arrows) in Arrows.table {
      let used = Set(files.filter { $0.target == target }.flatMap { $0.code.compactMap(imported) })
      for arrow in arrows {
        #expect(!arrow.reason.isEmpty)
        #expect(
          arrow.kind == .given || used.contains(arrow.module),
          "\(target) does not import \(arrow.module) any more")
      }
    }
  }

  @Test("Package.swift gives each target what the table says, and nothing more")
  func manifest() throws {
    let manifest = Manifest(try SourceTree.text("Package.swift"))
    #expect(manifest.dependencies.count > Arrows.table.count)
    for (target, arrows) in Arrows.table {
      let declared = try #require(
        manifest.dependencies[target], "\(target) is not in Package.swift")
      let expected = Set(arrows.filter { $0.kind != .given }.map(\.module))
      #expect(declared == expected, "\(target)")
    }
  }

  @Test("Every folder of Sources is a target of the table")
  func folders() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root + "/Sources")
    #expect(Set(names.filter { !$0.hasPrefix(".") }) == Set(Arrows.table.keys))
  }

  @Test("No arrow leads back: edges do not know each other, and simulators know no client")
  func downward() {
    func below(_ target: String) -> Set<String> {
      let next = (Arrows.table[target] ?? []).filter { $0.kind == .target }.map(\.module)
      return next.reduce(into: Set(next)) { $0.formUnion(below($1)) }
    }
    for edge in ["CurlTransport", "Salesforce", "Intercom", "Store"] {
      let others = Set(["CurlTransport", "Salesforce", "Intercom", "Store", "Engine", "Daemon"])
      #expect(below(edge).isDisjoint(with: others))
    }
    #expect(below("Simulators") == ["HTTP"])
    #expect(below("SyncCore").isEmpty)
    #expect(!below("sfsyncd").contains("Hummingbird"))
    #expect(!below("sfsyncctl").contains("Daemon"))
  }
}
