/// The bytes between the quotes of a JSON string, where they stand in the text.
///
/// Valid as long as the text is.
package struct JSONString {
  package let raw: UnsafeRawBufferPointer
  /// Whether `raw` holds backslash escapes.
  package let isEscaped: Bool

  /// Appends the decoded UTF-8 to `out`; a lone surrogate and what is no UTF-8 become U+FFFD.
  package func append(to out: inout [UInt8]) {
    guard isEscaped else { return UTF8Text.append(raw, to: &out) }
    let start = out.count
    var index = 0
    while index < raw.count {
      let escape = ByteScan.first(UInt8(ascii: "\\"), in: raw, from: index)
      out.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[index..<escape]))
      guard escape + 1 < raw.count else { break }
      index = escape + 2
      switch raw[escape + 1] {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "u"): appendUnicode(at: &index, to: &out)
      case let other: out.append(other)
      }
    }
    UTF8Text.repair(&out, from: start)
  }

  package var string: String {
    guard isEscaped else { return String(decoding: raw, as: UTF8.self) }
    var out: [UInt8] = []
    append(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Whether the raw bytes are exactly `word`; meant for keys, which bear no escapes in practice.
  package static func == (key: JSONString, word: StaticString) -> Bool {
    guard key.raw.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<key.raw.count where key.raw[index] != word.utf8Start[index] { return false }
    return true
  }

  package func equals(_ word: [UInt8]) -> Bool { raw.elementsEqual(word) }

  private func appendUnicode(at index: inout Int, to out: inout [UInt8]) {
    guard let first = hex(at: index) else { return out.append(contentsOf: Self.replacement) }
    index += 4
    var scalar = UInt32(first)
    if (0xD800...0xDBFF).contains(first), index + 1 < raw.count,
      raw[index] == UInt8(ascii: "\\"), raw[index + 1] == UInt8(ascii: "u"),
      let second = hex(at: index + 2), (0xDC00...0xDFFF).contains(second)
    {
      index += 6
      scalar = 0x10000 + ((UInt32(first) - 0xD800) << 10) + (UInt32(second) - 0xDC00)
    }
    guard let valid = Unicode.Scalar(scalar) else {
      return out.append(contentsOf: Self.replacement)
    }
    out.append(contentsOf: UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter)
  }

  private func hex(at start: Int) -> UInt16? {
    guard start + 4 <= raw.count else { return nil }
    var value: UInt16 = 0
    for offset in 0..<4 {
      guard let digit = hexDigit(raw[start + offset]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
}

extension Int64 {
  /// A decimal number with an optional minus and nothing else.
  package init?(ascii text: UnsafeRawBufferPointer) {
    var index = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < text.count, text.count - index <= 19 else { return nil }
    var value: Int64 = 0
    while index < text.count {
      let byte = text[index]
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
      index += 1
    }
    // Summed downwards, so that the smallest value fits.
    if isNegative {
      self = value
    } else {
      guard value != .min else { return nil }
      self = -value
    }
  }
}

extension Double {
  init?(ascii text: UnsafeRawBufferPointer) {
    guard text.count < 64 else { return nil }
    self.init(String(decoding: text, as: UTF8.self))
  }
}
