extension IntercomSimulator {
  /// A JSON value that keeps the order of its keys, which event metadata depend on.
  package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
      package var key: String
      package var value: JSON

      package init(key: String, value: JSON) {
        self.key = key
        self.value = value
      }
    }

    /// The value of the last member named `key`; nil for other kinds of value.
    package subscript(key: String) -> JSON? {
      guard case .object(let members) = self else { return nil }
      return members.last { $0.key == key }?.value
    }

    package var string: String? {
      if case .string(let text) = self { text } else { nil }
    }

    package var members: [Member]? {
      if case .object(let members) = self { members } else { nil }
    }

    package var array: [JSON]? {
      if case .array(let values) = self { values } else { nil }
    }

    package var bool: Bool? {
      if case .bool(let value) = self { value } else { nil }
    }

    /// A whole number, also when it was sent as text, as ids and dates may be.
    package var integer: Int64? {
      switch self {
      case .int(let value): value
      case .double(let value): Int64(exactly: value)
      case .string(let text): Int64(text)
      default: nil
      }
    }

    /// An id or other scalar as text.
    package var scalarText: String? {
      switch self {
      case .string(let text): text
      case .int(let value): String(value)
      case .double(let value): "\(value)"
      case .bool(let value): String(value)
      default: nil
      }
    }

    package var isNull: Bool { self == .null }
  }
}

extension IntercomSimulator.JSON {
  /// Reads one whole document; nil when it is not JSON or nests deeper than 32.
  package static func parse(_ bytes: [UInt8]) -> Self? {
    bytes.withUnsafeBufferPointer { buffer in
      var parser = Parser(bytes: buffer)
      guard let value = parser.value(depth: 0) else { return nil }
      parser.skipBlanks()
      return parser.position == buffer.count ? value : nil
    }
  }

  private struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position += 1
      }
    }

    mutating func value(depth: Int) -> IntercomSimulator.JSON? {
      skipBlanks()
      guard depth < 32, let byte = next else { return nil }
      switch byte {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "\""): return text().map { .string($0) }
      case UInt8(ascii: "t"): return word("true", .bool(true))
      case UInt8(ascii: "f"): return word("false", .bool(false))
      case UInt8(ascii: "n"): return word("null", .null)
      default: return number()
      }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      skipBlanks()
      guard next == byte else { return false }
      position += 1
      return true
    }

    private mutating func word(
      _ text: StaticString, _ value: IntercomSimulator.JSON
    ) -> IntercomSimulator.JSON? {
      for index in 0..<text.utf8CodeUnitCount {
        guard next == text.utf8Start[index] else { return nil }
        position += 1
      }
      return value
    }

    private mutating func object(depth: Int) -> IntercomSimulator.JSON? {
      position += 1
      var members: [Member] = []
      if take(UInt8(ascii: "}")) { return .object(members) }
      repeat {
        skipBlanks()
        guard next == UInt8(ascii: "\""), let key = text(), take(UInt8(ascii: ":")),
          let member = value(depth: depth + 1)
        else { return nil }
        members.append(Member(key: key, value: member))
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> IntercomSimulator.JSON? {
      position += 1
      var values: [IntercomSimulator.JSON] = []
      if take(UInt8(ascii: "]")) { return .array(values) }
      repeat {
        guard let item = value(depth: depth + 1) else { return nil }
        values.append(item)
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]")) ? .array(values) : nil
    }

    private mutating func number() -> IntercomSimulator.JSON? {
      let start = position
      while let byte = next,
        (byte >= 0x30 && byte <= 0x39) || byte == 0x2D || byte == 0x2B || byte == 0x2E
          || byte | 0x20 == 0x65
      { position += 1 }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      if let whole = Int64(text) { return .int(whole) }
      return Double(text).map { .double($0) }
    }

    private mutating func text() -> String? {
      position += 1
      let start = position
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        guard byte >= 0x20 else { return nil }
        position += 1
      }
      if next == UInt8(ascii: "\"") {
        defer { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
      }
      return escapedText(from: start)
    }

    private mutating func escapedText(from start: Int) -> String? {
      var units: [UInt8] = Array(bytes[start..<position])
      while let byte = next {
        position += 1
        if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
          units.append(byte)
          continue
        }
        guard let escape = next else { return nil }
        position += 1
        switch escape {
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "u"):
          guard let scalar = scalar() else { return nil }
          units.append(contentsOf: String(scalar).utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
        default: return nil
        }
      }
      return nil
    }

    /// The scalar of an escape of four hexadecimal digits, or of two that are a surrogate pair;
    /// U+FFFD for half of such a pair.
    private mutating func scalar() -> Unicode.Scalar? {
      guard let first = hex() else { return nil }
      if first & 0xFC00 == 0xD800, position + 1 < bytes.count,
        bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
      {
        let back = position
        position += 2
        guard let second = hex() else { return nil }
        if second & 0xFC00 == 0xDC00 {
          return Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF))
        }
        position = back
      }
      return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func hex() -> UInt32? {
      guard position + 4 <= bytes.count else { return nil }
      let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
      position += 4
      return UInt32(digits, radix: 16)
    }
  }
}
