extension ValueJSON {
  /// Reads one JSON text; every function gives nil for what is not as it should be.
  struct Reader {
    let bytes: [UInt8]
    private(set) var position = 0
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func isAtEnd() -> Bool {
      skipSpace()
      return position == bytes.count
    }

    mutating func value() -> Value? {
      skipSpace()
      switch peek {
      case UInt8(ascii: "\""): return string().map(Value.text)
      case UInt8(ascii: "["): return list()
      case UInt8(ascii: "t"): return consume("true") ? .flag(true) : nil
      case UInt8(ascii: "f"): return consume("false") ? .flag(false) : nil
      case UInt8(ascii: "n"): return consume("null") ? .null : nil
      default: return number().map(Value.number)
      }
    }

    mutating func object() -> Values? {
      skipSpace()
      guard consume(UInt8(ascii: "{")) else { return nil }
      var values: Values = [:]
      skipSpace()
      if consume(UInt8(ascii: "}")) { return values }
      while true {
        skipSpace()
        guard let key = string() else { return nil }
        skipSpace()
        guard consume(UInt8(ascii: ":")), let value = value() else { return nil }
        values[key] = value
        skipSpace()
        if consume(UInt8(ascii: ",")) { continue }
        return consume(UInt8(ascii: "}")) ? values : nil
      }
    }

    private mutating func list() -> Value? {
      guard depth < ValueJSON.nestingMax, consume(UInt8(ascii: "[")) else { return nil }
      depth += 1
      defer { depth -= 1 }
      var values: [Value] = []
      skipSpace()
      if consume(UInt8(ascii: "]")) { return .list(values) }
      while true {
        guard let value = value() else { return nil }
        values.append(value)
        skipSpace()
        if consume(UInt8(ascii: ",")) { continue }
        return consume(UInt8(ascii: "]")) ? .list(values) : nil
      }
    }

    mutating func number() -> String? {
      let start = position
      _ = consume(UInt8(ascii: "-"))
      if !consume(UInt8(ascii: "0")) { guard digits() else { return nil } }
      if consume(UInt8(ascii: ".")) { guard digits() else { return nil } }
      if consume(UInt8(ascii: "e")) || consume(UInt8(ascii: "E")) {
        if !consume(UInt8(ascii: "+")) { _ = consume(UInt8(ascii: "-")) }
        guard digits() else { return nil }
      }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() -> Bool {
      let start = position
      while let byte = peek, byte &- UInt8(ascii: "0") < 10 { position += 1 }
      return position > start
    }

    // MARK: Strings

    private mutating func string() -> String? {
      guard consume(UInt8(ascii: "\"")) else { return nil }
      var out: [UInt8] = []
      while let byte = peek {
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
        case UInt8(ascii: "\\"): guard escape(&out) else { return nil }
        case 0..<0x20: return nil
        default: out.append(byte)
        }
      }
      return nil
    }

    private mutating func escape(_ out: inout [UInt8]) -> Bool {
      guard let byte = peek else { return false }
      position += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        guard let scalar = escapedScalar() else { return false }
        out.append(contentsOf: String(Character(scalar)).utf8)
      default: return false
      }
      return true
    }

    /// Half a surrogate pair becomes U+FFFD.
    private mutating func escapedScalar() -> Unicode.Scalar? {
      guard let unit = fourHex() else { return nil }
      guard unit >= 0xD800, unit < 0xDC00 else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
      let start = position
      if consume("\\u"), let low = fourHex(), low >= 0xDC00, low < 0xE000 {
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      }
      position = start
      return "\u{FFFD}"
    }

    private mutating func fourHex() -> UInt32? {
      guard bytes.count - position >= 4 else { return nil }
      var value: UInt32 = 0
      for byte in bytes[position..<position + 4] {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
        value = value << 4 | UInt32(digit)
      }
      position += 4
      return value
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
      while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position += 1
      }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
      guard peek == byte else { return false }
      position += 1
      return true
    }

    private mutating func consume(_ word: String) -> Bool {
      guard bytes[position...].starts(with: word.utf8) else { return false }
      position += word.utf8.count
      return true
    }
  }
}
