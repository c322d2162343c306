/// Reads one JSON text of a request; nesting is bounded.
struct OrgJSONParser {
  struct Failure: Error {
    var message: String
  }

  private let bytes: [UInt8]
  private var position = 0

  static func parse(_ bytes: [UInt8]) -> OrgJSON? {
    try? parseOrThrow(bytes)
  }

  static func parseOrThrow(_ bytes: [UInt8]) throws(Failure) -> OrgJSON {
    var parser = OrgJSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.unexpected() }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func value(depth: Int) throws(Failure) -> OrgJSON {
    guard depth < 64 else { throw Failure(message: "nested too deeply") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> OrgJSON {
    position += 1
    var members: [OrgMember] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected() }
      members.append(OrgMember(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw unexpected() }
      return .object(members)
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> OrgJSON {
    position += 1
    var values: [OrgJSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw unexpected() }
      return .array(values)
    }
  }

  private mutating func number() throws(Failure) -> OrgJSON {
    let start = position
    while let byte = current,
      (byte >= 0x30 && byte <= 0x39) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(text) != nil, !text.hasPrefix("+") else { throw unexpected() }
    return .number(text)
  }

  private mutating func string() throws(Failure) -> String {
    guard take(UInt8(ascii: "\"")) else { throw unexpected() }
    var out: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(to: &out)
      case 0..<0x20: throw unexpected()
      default: out.append(byte)
      }
    }
    throw unexpected()
  }

  private mutating func escape(to out: inout [UInt8]) throws(Failure) {
    guard let byte = current else { throw unexpected() }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "u"): try unicode(to: &out)
    default: throw unexpected()
    }
  }

  private mutating func unicode(to out: inout [UInt8]) throws(Failure) {
    let first = try hex4()
    var scalar = first
    if (0xD800...0xDBFF).contains(first), position + 1 < bytes.count,
      bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let second = try hex4()
      guard (0xDC00...0xDFFF).contains(second) else { throw unexpected() }
      scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
    }
    let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    out.append(contentsOf: Array(String(Character(character)).utf8))
  }

  private mutating func hex4() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count,
      let value = UInt32(
        String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw unexpected() }
    position += 4
    return value
  }

  private mutating func literal(_ word: String, _ value: OrgJSON) throws(Failure) -> OrgJSON {
    guard bytes[position...].starts(with: word.utf8) else { throw unexpected() }
    position += word.utf8.count
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = current, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
  }

  private func unexpected() -> Failure {
    let before = bytes[..<min(position, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    guard let byte = current else {
      return Failure(message: "Unexpected end-of-input at [line:\(line), column:\(column)]")
    }
    let character = String(decoding: [byte], as: UTF8.self)
    return Failure(
      message: "Unexpected character ('\(character)' (code \(byte))) at "
        + "[line:\(line), column:\(column)]")
  }
}
