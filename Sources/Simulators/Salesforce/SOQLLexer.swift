/// Cuts a SOQL statement into tokens.
struct SOQLLexer {
  enum Kind: Equatable {
    /// A name, a key word or a literal without quotes, as it is written.
    case word(String)
    case string(String)
    case symbol(String)
    case end
  }

  struct Token: Equatable {
    var kind: Kind
    var offset: Int
  }

  static let textMax = 100_000
  static let literalMax = 4_000

  private let text: String
  private let bytes: [UInt8]
  private var position = 0

  static func tokens(_ text: String) throws(OrgError) -> [Token] {
    guard text.utf16.count <= textMax else {
      throw OrgError("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    }
    var lexer = SOQLLexer(text: text)
    var tokens: [Token] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private init(text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  private mutating func next() throws(OrgError) -> Token {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
    let start = position
    guard position < bytes.count else { return Token(kind: .end, offset: start) }
    let byte = bytes[position]
    if byte == UInt8(ascii: "'") { return Token(kind: .string(try string()), offset: start) }
    if Self.isWord(byte) {
      return Token(kind: .word(word()), offset: start)
    }
    position += 1
    if position < bytes.count {
      let pair = String(decoding: [byte, bytes[position]], as: UTF8.self)
      if ["!=", "<=", ">=", "<>"].contains(pair) {
        position += 1
        return Token(kind: .symbol(pair == "<>" ? "!=" : pair), offset: start)
      }
    }
    let symbol = String(decoding: [byte], as: UTF8.self)
    guard "=<>(),".contains(symbol) else { throw unexpected(symbol, start) }
    return Token(kind: .symbol(symbol), offset: start)
  }

  /// Letters, digits, `_`, `.`, and what numbers, days and moments are written with.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "%"):
      true
    default: false
    }
  }

  private mutating func word() -> String {
    let start = position
    while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Escapes stay in the text for LIKE to see: `\_` and `\%` are kept, the others decoded.
  private mutating func string() throws(OrgError) -> String {
    let start = position
    position += 1
    var out: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "'") {
        let value = String(decoding: out, as: UTF8.self)
        guard value.utf16.count <= Self.literalMax else {
          throw OrgError(
            "MALFORMED_QUERY", "string literal is longer than \(Self.literalMax) characters")
        }
        return value
      }
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      try escape(start: start, to: &out)
    }
    throw SOQLFailure.error(
      "MALFORMED_QUERY", "line \(1):\(start) mismatched character '<EOF>' expecting '''",
      in: text, at: start)
  }

  private mutating func escape(start: Int, to out: inout [UInt8]) throws(OrgError) {
    guard position < bytes.count else { return }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"), UInt8(ascii: "N"): out.append(0x0A)
    case UInt8(ascii: "r"), UInt8(ascii: "R"): out.append(0x0D)
    case UInt8(ascii: "t"), UInt8(ascii: "T"): out.append(0x09)
    case UInt8(ascii: "b"), UInt8(ascii: "B"): out.append(0x08)
    case UInt8(ascii: "f"), UInt8(ascii: "F"): out.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): out.append(byte)
    case UInt8(ascii: "_"), UInt8(ascii: "%"):
      out.append(Self.escapeMark)
      out.append(byte)
    case UInt8(ascii: "u"):
      guard position + 4 <= bytes.count,
        let value = UInt32(
          String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(value)
      else { throw illegal(start) }
      position += 4
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw illegal(start)
    }
  }

  /// Stands before an escaped wildcard; never part of a stored text.
  static let escapeMark: UInt8 = 0x01

  private func illegal(_ offset: Int) -> OrgError {
    SOQLFailure.error(
      "MALFORMED_QUERY", "Illegal character escape sequence in string literal", in: text,
      at: offset)
  }

  private func unexpected(_ symbol: String, _ offset: Int) -> OrgError {
    SOQLFailure.error("MALFORMED_QUERY", "unexpected token: '\(symbol)'", in: text, at: offset)
  }
}
