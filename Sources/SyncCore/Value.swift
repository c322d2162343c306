/// One value of an Intercom attribute or of a Salesforce field.
package enum Value: Sendable, Hashable {
  /// Said to be nothing; a key that is absent has no value at all.
  case null
  case text(String)
  /// As it is written in JSON: `500`, `1.5e3`.
  case number(String)
  case flag(Bool)
  /// Values of one kind, such as the ids of tags.
  case list([Value])

  /// As people read it; nil for null.
  package var text: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .number(let digits): digits
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values): values.compactMap(\.text).joined(separator: ", ")
    }
  }

  /// Null, an empty text or an empty list.
  package var isBlank: Bool {
    switch self {
    case .null: true
    case .text(let text): text.utf8.allSatisfy { $0 <= 0x20 }
    case .list(let values): values.isEmpty
    case .number, .flag: false
    }
  }

  /// Whether a change from one to the other is none: the same number written otherwise, or two ways
  /// to say nothing.
  package func isSame(as other: Value) -> Bool {
    if self == other || (isBlank && other.isBlank) { return true }
    guard case .number(let digits) = self, case .number(let others) = other,
      let number = DecimalText(digits)
    else { return false }
    return number == DecimalText(others)
  }
}

/// Values by name; a name that is absent is no news, one with null is an explicit null (Q1).
///
/// For a person the names are those of ``AttributeName``, for a company the same without
/// `company.`, for a Lead or Task the API names of its fields.
package typealias Values = [String: Value]
