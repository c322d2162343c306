extension LeadRule {
  /// Whether every condition holds for a person with these `values` (L1).
  ///
  /// `values` are by ``AttributeName``; `values["tag"]` is a list of tag ids, which `tagNames` turns
  /// into the names that conditions use. A rule without a condition never holds.
  package func holds(for values: Values, tagNames: [String: String] = [:]) -> Bool {
    !conditions.isEmpty
      && conditions.allSatisfy { condition in
        let value = values[condition.attribute]
        return condition.holds(for: condition.attribute == "tag" ? value?.named(tagNames) : value)
      }
  }

  /// The conditions and `backfill` as canonical text: another text is another rule (L1a).
  package var definition: String {
    let conditions = conditions.map { condition -> Value in
      .list([
        .text(condition.attribute), .text(condition.comparison.rawValue), condition.value,
      ])
    }
    return Value.list([.flag(isBackfilled), .list(conditions)]).json
  }
}

extension Condition {
  /// Whether `value` compares as the condition says.
  ///
  /// - What is absent, null or empty is missing: only `unset` and `!=` hold for it.
  /// - Texts are compared without regard to case: `=`, `in`, `contains`, `starts_with`, `ends_with`.
  /// - Numbers are compared as numbers, also one that is written as text with a number.
  /// - A date is unix seconds in Intercom; beside a text such as `2026-01-31` its day in UTC is
  ///   compared, beside an RFC 3339 time the moment.
  /// - Of a list, such as tags, one member has to do; `!=` says that none is equal.
  package func holds(for value: Value?) -> Bool {
    guard let value, !value.isBlank else { return comparison == .unset || comparison == .notEqual }
    switch comparison {
    case .set: return true
    case .unset: return false
    case .notEqual: return !value.members.contains { $0.isEqual(to: self.value) }
    case .in:
      return value.members.contains { member in
        self.value.members.contains { member.isEqual(to: $0) }
      }
    default: return value.members.contains(where: holds(forMember:))
    }
  }

  private func holds(forMember member: Value) -> Bool {
    switch comparison {
    case .greater: return member.order(to: value) == .greater
    case .less: return member.order(to: value) == .less
    case .atLeast: return member.order(to: value).map { $0 != .less } ?? false
    case .atMost: return member.order(to: value).map { $0 != .greater } ?? false
    case .equal: return member.isEqual(to: value)
    case .contains, .startsWith, .endsWith:
      guard let text = member.text?.lowercased(), let part = value.text?.lowercased() else {
        return false
      }
      switch comparison {
      case .startsWith: return text.hasPrefix(part)
      case .endsWith: return text.hasSuffix(part)
      default: return part.isEmpty || text.contains(part)
      }
    case .notEqual, .in, .set, .unset: return false
    }
  }
}

/// How one value of Intercom compares with one of the configuration.
private enum Order { case less, same, greater }

extension Value {
  /// What a condition looks at: the members of a list, else the value itself.
  fileprivate var members: [Value] {
    if case .list(let values) = self { values } else { [self] }
  }

  /// Tag ids as the names of the tags; an id whose name is unknown stays.
  fileprivate func named(_ names: [String: String]) -> Value {
    .list(members.map { $0.text.flatMap { names[$0] }.map(Value.text) ?? $0 })
  }

  fileprivate func isEqual(to other: Value) -> Bool {
    if let order = numericOrder(to: other) ?? timeOrder(to: other) { return order == .same }
    guard let text, let other = other.text else { return false }
    return text.lowercased() == other.lowercased()
  }

  /// Nil where no order can be told.
  fileprivate func order(to other: Value) -> Order? {
    if let order = numericOrder(to: other) ?? timeOrder(to: other) { return order }
    guard case .text(let text) = self, case .text(let otherText) = other,
      DecimalText(otherText) == nil, CalendarTime(otherText) == nil
    else {
      return self.number.flatMap { number in other.number.map { Self.order(number, $0) } }
    }
    return Self.order(text.lowercased(), otherText.lowercased())
  }

  private static func order<T: Comparable>(_ one: T, _ other: T) -> Order {
    one < other ? .less : other < one ? .greater : .same
  }

  private var number: DecimalText? {
    switch self {
    case .number(let digits): DecimalText(digits)
    case .text(let text): DecimalText(text)
    case .null, .flag, .list: nil
    }
  }

  private var isNumber: Bool {
    if case .number = self { true } else { false }
  }

  /// When one of the two is a number and the other can be read as one.
  private func numericOrder(to other: Value) -> Order? {
    guard isNumber || other.isNumber, let number, let otherNumber = other.number else {
      return nil
    }
    return Self.order(number, otherNumber)
  }

  /// When the other is written as a day or a time and this is one, or unix seconds.
  private func timeOrder(to other: Value) -> Order? {
    guard case .text(let written) = other, let bound = CalendarTime(written) else { return nil }
    let time: CalendarTime?
    switch self {
    case .number(let seconds): time = CalendarTime(unixSeconds: seconds)
    case .text(let text): time = CalendarTime(text)
    case .null, .flag, .list: time = nil
    }
    guard let time else { return nil }
    return bound.isDay
      ? Self.order(time.days, bound.days) : Self.order(time.milliseconds, bound.milliseconds)
  }
}
