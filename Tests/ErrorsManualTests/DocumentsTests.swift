import FoundationEssentials
import Testing

/// What the documents name has to be there.
@Suite struct DocumentsTests {
  static let documents = [
    "README.md", "CHANGELOG.md", "docs/ARCHITECTURE.md", "docs/ASSUMPTIONS.md", "docs/SETUP.md",
    "docs/ERRORS.md",
  ]

  @Test("links lead to files that are there", arguments: documents)
  func links(_ document: String) throws {
    let text = try #require(Documents.read(document))
    let folder = document.contains("/") ? "docs/" : ""
    for link in Documents.links(text) {
      #expect(Documents.read(folder + link) != nil, "\(document) leads to \(link)")
    }
  }

  @Test("commands of sfsyncctl are there", arguments: documents)
  func commands(_ document: String) throws {
    let text = try #require(Documents.read(document))
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    let examples = Documents.quoted(text) + lines.map(String.init)
    let commands = examples.filter { $0.hasPrefix("sfsyncctl ") }.flatMap(Documents.commands)
    if document == "README.md" { #expect(commands.count > 8) }
    for command in commands {
      #expect(
        Documents.read("Sources/sfsyncctl/\(command.capitalized)Command.swift") != nil,
        "\(document) names sfsyncctl \(command)")
    }
  }

  @Test("keys of the configuration are in the sample", arguments: documents)
  func keys(_ document: String) throws {
    let text = try #require(Documents.read(document))
    let sample = try #require(Documents.read("etc/sfsyncd.toml"))
    let known = Documents.keys(of: sample)
    for name in Documents.quoted(text).flatMap(Documents.dotted) {
      guard let table = name.split(separator: ".").first, known.tables.contains(String(table))
      else { continue }
      #expect(
        known.keys.contains(name) || known.tables.contains(name), "\(document) names \(name)")
    }
  }

  @Test("source files that the documents name are there", arguments: documents)
  func sources(_ document: String) throws {
    let text = try #require(Documents.read(document))
    let sources = Documents.sources
    #expect(sources.count > 100)
    for name in Documents.quoted(text) where name.hasSuffix(".swift") {
      let path = name.hasPrefix("Sources/") ? String(name.dropFirst(8)) : name
      #expect(
        sources.contains { $0 == path || $0.hasSuffix("/" + path) }, "\(document) names \(name)")
    }
  }
}
