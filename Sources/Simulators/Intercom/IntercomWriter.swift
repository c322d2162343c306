extension IntercomSimulator {
  /// Builds JSON as bytes; a page of 150 people takes well under a millisecond.
  struct Writer {
    var bytes: [UInt8] = []

    init(reserving count: Int = 512) { bytes.reserveCapacity(count) }

    mutating func raw(_ text: StaticString) {
      bytes.append(
        contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func raw(_ piece: [UInt8]) { bytes.append(contentsOf: piece) }

    /// Text that needs no escaping: ids, numbers.
    mutating func plain(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func comma(unlessFirst first: inout Bool) {
      if first { first = false } else { bytes.append(UInt8(ascii: ",")) }
    }

    mutating func int(_ value: Int64) {
      guard value != 0 else { return bytes.append(UInt8(ascii: "0")) }
      if value < 0 { bytes.append(UInt8(ascii: "-")) }
      let start = bytes.count
      var rest = value.magnitude
      while rest > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      }
      bytes[start...].reverse()
    }

    mutating func int(_ value: Int) { int(Int64(value)) }

    /// Unix seconds; 0 stands for never and is written as null.
    mutating func second(_ value: UInt32) {
      if value == 0 { raw("null") } else { int(Int64(value)) }
    }

    mutating func bool(_ value: Bool) {
      if value { raw("true") } else { raw("false") }
    }

    mutating func string(_ text: String?, escapingHTML: Bool = false) {
      guard var text else { return raw("null") }
      bytes.append(UInt8(ascii: "\""))
      text.withUTF8 { escape($0, html: escapingHTML) }
      bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, html: Bool) {
      var clean = 0
      for index in text.indices {
        let byte = text[index]
        guard let replacement = Self.replacement(of: byte, html: html) else { continue }
        bytes.append(contentsOf: text[clean..<index])
        clean = index + 1
        raw(replacement)
        if byte < 0x20, replacement.utf8CodeUnitCount == 4 { hexByte(byte) }
      }
      bytes.append(contentsOf: text[clean...])
    }

    private static func replacement(of byte: UInt8, html: Bool) -> StaticString? {
      switch byte {
      case UInt8(ascii: "\""): html ? "&quot;" : "\\\""
      case UInt8(ascii: "\\"): "\\\\"
      case 0x0A: "\\n"
      case 0x0D: "\\r"
      case 0x09: "\\t"
      case 0..<0x20: "\\u00"
      case UInt8(ascii: "&"): html ? "&amp;" : nil
      case UInt8(ascii: "<"): html ? "&lt;" : nil
      case UInt8(ascii: ">"): html ? "&gt;" : nil
      case UInt8(ascii: "'"): html ? "&#39;" : nil
      default: nil
      }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    mutating func hexByte(_ byte: UInt8) {
      bytes.append(Self.digits[Int(byte >> 4)])
      bytes.append(Self.digits[Int(byte & 15)])
    }

    mutating func json(_ value: JSON, escapingHTML: Bool = false) {
      switch value {
      case .null: raw("null")
      case .bool(let value): bool(value)
      case .int(let value): int(value)
      case .double(let value): plain("\(value)")
      case .string(let text): string(text, escapingHTML: escapingHTML)
      case .array(let values):
        bytes.append(UInt8(ascii: "["))
        var first = true
        for value in values {
          comma(unlessFirst: &first)
          json(value, escapingHTML: escapingHTML)
        }
        bytes.append(UInt8(ascii: "]"))
      case .object(let members):
        bytes.append(UInt8(ascii: "{"))
        var first = true
        for member in members {
          comma(unlessFirst: &first)
          string(member.key)
          bytes.append(UInt8(ascii: ":"))
          json(member.value, escapingHTML: escapingHTML)
        }
        bytes.append(UInt8(ascii: "}"))
      }
    }
  }
}

extension IntercomSimulator.JSON {
  /// The value as UTF-8.
  package var bytes: [UInt8] {
    var writer = IntercomSimulator.Writer()
    writer.json(self)
    return writer.bytes
  }

  /// An object from pairs, in their order.
  package static func of(_ pairs: (String, IntercomSimulator.JSON)...) -> Self {
    .object(pairs.map { Member(key: $0.0, value: $0.1) })
  }

  /// Text, or null for nil.
  package static func text(_ value: String?) -> Self { value.map { .string($0) } ?? .null }
}
