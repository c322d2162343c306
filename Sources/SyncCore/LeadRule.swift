/// A rule by which a person becomes a Lead: every condition has to hold (L1).
package struct LeadRule: Sendable, Equatable {
  package var name: String
  package var conditions: [Condition]
  /// Also for people who met it before the rule was there (L1a).
  package var isBackfilled: Bool

  package init(name: String, conditions: [Condition], isBackfilled: Bool = false) {
    self.name = name
    self.conditions = conditions
    self.isBackfilled = isBackfilled
  }
}

/// One condition of a rule: an attribute, how it is compared, and with what.
package struct Condition: Sendable, Equatable {
  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case greater = ">"
    case less = "<"
    case atLeast = ">="
    case atMost = "<="
    case contains
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case `in`
    case set, unset
  }

  /// As ``AttributeName`` spells it.
  package var attribute: String
  package var comparison: Comparison
  /// Null with `set` and `unset`, a list with `in`.
  package var value: Value

  package init(attribute: String, comparison: Comparison, value: Value = .null) {
    self.attribute = attribute
    self.comparison = comparison
    self.value = value
  }
}
