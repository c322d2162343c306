import FoundationEssentials

/// The repository's documents, and the names that stand in them.
enum Documents {
  /// The repository's root, from this file's own place.
  static var root: String {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
  }

  static func read(_ path: String) -> String? {
    FileManager.default.contents(atPath: "\(root)/\(path)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The tables, and the keys as `table.key`, commented out or not.
  static func keys(of sample: String) -> (tables: Set<String>, keys: Set<String>) {
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
  static func dotted(_ text: String) -> [String] {
    let words = text.split { !($0.isLetter || $0.isNumber || "._-/:".contains($0)) }
    return words.compactMap { word in
      let trimmed = word.split(separator: ".").joined(separator: ".")
      guard trimmed.contains("."), !trimmed.contains("/"), !trimmed.contains(":") else {
        return nil
      }
      return trimmed
    }
  }

  static func bracketed(_ text: String) -> [String] {
    text.split(separator: "[").dropFirst().compactMap { part in
      part.firstIndex(of: "]").map { String(part[..<$0]) }
    }
  }

  /// What follows `sfsyncctl` on the same line.
  static func commands(_ text: String) -> [String] {
    text.split(separator: "\n").flatMap { line in
      let words = line.split { !($0.isLetter || $0 == "-" || $0 == "_") }.map(String.init)
      return words.indices.dropLast().filter { words[$0] == "sfsyncctl" }.map { words[$0 + 1] }
    }
  }

  /// Targets of `[text](target)` that are files of ours.
  static func links(_ text: String) -> [String] {
    text.split(separator: "](").dropFirst().compactMap { part in
      let target = part.prefix { $0 != ")" && $0 != "#" }
      return target.isEmpty || target.contains(":") ? nil : String(target)
    }
  }

  /// What stands between single backticks.
  static func quoted(_ text: String) -> [String] {
    text.split(separator: "\n").filter { !$0.hasPrefix("```") }.flatMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
  }

  /// Every Swift file of Sources, as `Engine/Cycle.swift`.
  static var sources: [String] { swiftFiles("Sources").map { String($0.dropFirst(8)) } }

  private static func swiftFiles(_ path: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")) ?? []
    return names.flatMap { name -> [String] in
      name.hasSuffix(".swift")
        ? ["\(path)/\(name)"] : name.contains(".") ? [] : swiftFiles("\(path)/\(name)")
    }
  }
}
