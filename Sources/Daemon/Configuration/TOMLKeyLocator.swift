/// Finds the line of every key in a TOML text, which the parser does not tell.
///
/// Understands tables, arrays of tables, dotted and quoted keys, inline tables and all strings. It
/// reads only what the parser has accepted; on anything else it stops early and never traps. The
/// n-th element of an array is the path component `n`, counted from 1.
package struct TOMLKeyLocator {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lines: [[String]: Int] = [:]
  private var elements: [[String]: Int] = [:]
  private var depth = 0
  /// What is wrong where the parser's own assertions would end the process: see
  /// ``TOMLBareValue``.
  private(set) var fault: (line: Int, text: String)?

  package init(_ text: String) { bytes = Array(text.utf8) }

  /// The line of each key and table, counted from 1.
  package mutating func locate() -> [[String]: Int] {
    var table: [String] = []
    while true {
      skipSpace(andLines: true)
      guard let byte = peek() else { return lines }
      if byte == UInt8(ascii: "[") {
        guard let header = header() else { return lines }
        table = header
      } else {
        guard entry(in: table) else { return lines }
      }
    }
  }

  // MARK: - Structure

  private mutating func header() -> [String]? {
    let start = line
    advance()
    let isArray = peek() == UInt8(ascii: "[")
    if isArray { advance() }
    skipSpace(andLines: false)
    if let byte = peek(), byte != UInt8(ascii: "]"), !isKeyStart(byte) {
      fault = (start, "a table's name must stand behind [")
    }
    guard let names = key(), take(UInt8(ascii: "]")) else { return nil }
    if isArray, !take(UInt8(ascii: "]")) { return nil }

    var path: [String] = []
    for (index, name) in names.enumerated() {
      path.append(name)
      if isArray, index == names.count - 1 {
        elements[path, default: 0] += 1
        note(path, start)
      }
      if let element = elements[path] { path.append(String(element)) }
    }
    note(path, start)
    return path
  }

  private mutating func entry(in table: [String]) -> Bool {
    let start = line
    guard let names = key() else { return false }
    for count in 1...names.count { note(table + names.prefix(count), start) }
    guard take(UInt8(ascii: "=")) else { return false }
    return value(at: table + names)
  }

  private mutating func value(at path: [String]) -> Bool {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { return false }
    skipSpace(andLines: false)
    switch peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return string() != nil
    case UInt8(ascii: "{"): return inlineTable(at: path)
    case UInt8(ascii: "["): return array(at: path)
    case nil: return false
    default: return bareValue()
    }
  }

  private mutating func bareValue() -> Bool {
    let start = position
    while let byte = peek(), !",]}#\n".utf8.contains(byte) { advance() }
    var end = position
    while end > start, " \t\r".utf8.contains(bytes[end - 1]) { end -= 1 }
    let value = bytes[start..<end]
    if TOMLBareValue.isValid(value) { return true }
    let text = String(decoding: value.prefix(40), as: UTF8.self)
    fault = (
      line,
      value.isEmpty ? "a value is missing" : "\(TOMLText.quoted(text)) must stand in quotes"
    )
    return false
  }

  private mutating func inlineTable(at path: [String]) -> Bool {
    advance()
    while true {
      skipSpace(andLines: true)
      if take(UInt8(ascii: "}")) { return true }
      guard entry(in: path) else { return false }
      skipSpace(andLines: true)
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "}"))
    }
  }

  private mutating func array(at path: [String]) -> Bool {
    advance()
    var count = 0
    while true {
      skipSpace(andLines: true)
      if take(UInt8(ascii: "]")) { return true }
      count += 1
      note(path + [String(count)], line)
      guard value(at: path + [String(count)]) else { return false }
      skipSpace(andLines: true)
      if take(UInt8(ascii: ",")) { continue }
      return take(UInt8(ascii: "]"))
    }
  }

  // MARK: - Words

  private mutating func key() -> [String]? {
    var names: [String] = []
    repeat {
      skipSpace(andLines: false)
      if peek() == UInt8(ascii: "\"") || peek() == UInt8(ascii: "'") {
        guard let name = string() else { return nil }
        names.append(name)
      } else {
        let start = position
        while let byte = peek(), byte.isASCIIWord || byte == UInt8(ascii: "-") { advance() }
        guard position > start else { return nil }
        names.append(String(decoding: bytes[start..<position], as: UTF8.self))
      }
      skipSpace(andLines: false)
    } while take(UInt8(ascii: "."))
    return names
  }

  /// One string of any of the four kinds; escapes other than `\"` and `\\` stay as they are, for
  /// no key of ours has any.
  private mutating func string() -> String? {
    guard let quote = peek() else { return nil }
    let isLong = peek(1) == quote && peek(2) == quote
    for _ in 0..<(isLong ? 3 : 1) { advance() }
    var content: [UInt8] = []
    while let byte = peek() {
      if byte == quote, !isLong || (peek(1) == quote && peek(2) == quote) {
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        // Up to two quotes may stand right before the closing three.
        while isLong, peek() == quote { advance() }
        return String(decoding: content, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), peek(1) != nil { advance() }
      if let byte = peek() { content.append(byte) }
      advance()
    }
    return nil
  }

  private func isKeyStart(_ byte: UInt8) -> Bool { byte.isASCIIWord || "\"'-".utf8.contains(byte) }

  // MARK: - Bytes

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private mutating func advance() {
    if peek() == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    advance()
    return true
  }

  private mutating func skipSpace(andLines: Bool) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
      case UInt8(ascii: "\r") where andLines: advance()
      case UInt8(ascii: "\n") where andLines: advance()
      case UInt8(ascii: "#") where andLines:
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
      default: return
      }
    }
  }

  private mutating func note(_ path: [String], _ line: Int) {
    if lines[path] == nil { lines[path] = line }
  }
}
