/// Strings and numbers as JSON writes them, byte by byte.
enum JSONText {
  private static let hex = Array("0123456789abcdef".utf8)

  /// Appends `text` between quotes.
  static func append(quoted text: String, to out: inout [UInt8]) {
    append(quoted: Array(text.utf8), to: &out)
  }

  static func append(quoted text: [UInt8], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    append(escaped: text, to: &out)
    out.append(UInt8(ascii: "\""))
  }

  /// Appends the UTF-8 `text` with quotes, backslashes and controls escaped, each in one way only.
  static func append(escaped text: [UInt8], to out: inout [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(contentsOf: [0x5C, byte])
      case 0x0A: out.append(contentsOf: "\\n".utf8)
      case 0x0D: out.append(contentsOf: "\\r".utf8)
      case 0x09: out.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        out.append(contentsOf: "\\u00".utf8)
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 0x0F)])
      default: out.append(byte)
      }
    }
  }

  /// Whether `byte` cannot stand in a JSON string as it is.
  static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Whether `text` is a number by the grammar of RFC 8259; the reader passes over more than that.
  static func isNumber(_ text: some Collection<UInt8>) -> Bool {
    var rest = text[...]
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let whole = digits(&rest)
    guard whole > 0 else { return false }
    if whole > 1, text.first(where: { $0 != UInt8(ascii: "-") }) == UInt8(ascii: "0") {
      return false
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits(&rest) > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits(&rest) > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func digits<Text: Collection<UInt8>>(_ rest: inout Text) -> Int
  where Text.SubSequence == Text {
    var count = 0
    while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      rest.removeFirst()
      count += 1
    }
    return count
  }
}
