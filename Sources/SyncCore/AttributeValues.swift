/// A set of ``Attribute``s.
package struct AttributeSet: OptionSet, Sendable, Hashable {
  package let rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }

  package init(_ attributes: some Sequence<Attribute>) {
    rawValue = attributes.reduce(0) { $0 | 1 << Int64($1.rawValue) }
  }

  package static let all = AttributeSet(Attribute.allCases)

  package func contains(_ attribute: Attribute) -> Bool {
    rawValue & 1 << Int64(attribute.rawValue) != 0
  }

  package mutating func insert(_ attribute: Attribute) {
    self = AttributeSet(rawValue: rawValue | 1 << Int64(attribute.rawValue))
  }
}

/// One value or null for each ``Attribute``; an empty text is null.
package struct AttributeValues: Sendable, Equatable {
  private var values: [String?]

  package init() { values = Array(repeating: nil, count: Attribute.allCases.count) }

  package subscript(attribute: Attribute) -> String? {
    get { values[attribute.rawValue] }
    set { values[attribute.rawValue] = newValue?.isEmpty == true ? nil : newValue }
  }

  package var isEmpty: Bool { values.allSatisfy { $0 == nil } }

  /// The attributes of `set` in which the two differ.
  package func differing(from other: AttributeValues, in set: AttributeSet) -> [Attribute] {
    Attribute.allCases.filter { set.contains($0) && self[$0] != other[$0] }
  }

  /// As the store keeps it: a JSON array in the order of ``Attribute``; nil when all are null.
  package var encoded: String? {
    guard !isEmpty else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(256)
    for value in values {
      out.append(out.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
      if let value { Self.append(quoted: value, to: &out) } else { out += "null".utf8 }
    }
    out.append(UInt8(ascii: "]"))
    return String(decoding: out, as: UTF8.self)
  }

  /// `text` as a JSON string.
  package static func quoted(_ text: String) -> String {
    var out: [UInt8] = []
    append(quoted: text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Byte by byte: every person is written so several times in a full read.
  static func append(quoted text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out += "\\\"".utf8
      case UInt8(ascii: "\\"): out += "\\\\".utf8
      case UInt8(ascii: "\n"): out += "\\n".utf8
      case UInt8(ascii: "\r"): out += "\\r".utf8
      case UInt8(ascii: "\t"): out += "\\t".utf8
      case 0..<0x20:
        out += (byte < 0x10 ? "\\u000" : "\\u00").utf8
        out += String(byte, radix: 16).utf8
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
