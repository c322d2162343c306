import FoundationEssentials

/// The targets of Package.swift with their dependencies, read from its text.
struct Manifest {
  private(set) var dependencies: [String: Set<String>] = [:]

  init(_ text: String) {
    let lines = text.split(separator: "\n").filter {
      !$0.drop(while: { $0 == " " }).hasPrefix("//")
    }
    let source = lines.joined(separator: "\n")
    let products = Self.products(source)
    for kind in [".target(", ".executableTarget(", ".systemLibrary(", ".testTarget("] {
      for declaration in source.components(separatedBy: "    " + kind).dropFirst() {
        guard let name = Self.quoted(declaration).first else { continue }
        dependencies[name] = Self.dependencies(declaration, products)
      }
    }
  }

  /// `let toml = Target.Dependency.product(name: "TOMLKit", …` by the constant's name.
  private static func products(_ source: String) -> [String: String] {
    var products: [String: String] = [:]
    for line in source.components(separatedBy: "\nlet ").dropFirst() {
      guard line.contains("Target.Dependency.product("), let name = quoted(line).first else {
        continue
      }
      products[String(line.prefix { $0 != " " })] = name
    }
    return products
  }

  private static func dependencies(
    _ declaration: String, _ products: [String: String]
  ) -> Set<String> {
    // The next declaration's list is not this one's.
    let own = declaration.components(separatedBy: "\n    .")[0]
    let parts = own.components(separatedBy: "dependencies: [")
    guard parts.count > 1 else { return [] }
    let list = parts[1].prefix { $0 != "]" }
    let words = list.split { $0 == "," || $0 == " " || $0 == "\n" }.map(String.init)
    return Set(
      words.map { $0.hasPrefix("\"") ? String($0.dropFirst().dropLast()) : products[$0] ?? $0 })
  }

  private static func quoted(_ text: String) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}
