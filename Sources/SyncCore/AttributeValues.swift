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
    return "[" + values.map { $0.map(Self.quoted) ?? "null" }.joined(separator: ",") + "]"
  }

  /// `text` as a JSON string.
  package static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
