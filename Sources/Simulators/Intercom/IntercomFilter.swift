extension IntercomSimulator {
  /// A search query: the grammar that contacts and conversations share.
  indirect enum Filter: Equatable {
    case all([Filter])
    case any([Filter])
    case leaf(Leaf)

    struct Leaf: Equatable {
      var field: String
      var test: Test
      /// The attribute's place for `custom_attributes.NAME`.
      var attribute: UInt16 = .max
    }

    enum Test: Equatable {
      case equal(Operand)
      case notEqual(Operand)
      case oneOf([Operand])
      case noneOf([Operand])
      case less(Double)
      case more(Double)
      case atMost(Double)
      case atLeast(Double)
      case contains(String)
      case containsNot(String)
      case begins(String)
      case ends(String)
      /// Seconds, the end excluded: what a date filter comes to.
      case within(Int64, Int64)
    }

    /// What a field holds, or what it is compared with.
    enum Operand: Equatable {
      case null
      case text(String)
      case number(Double)
      case truth(Bool)
      case list([String])
    }
  }

  /// How the fields of one kind of thing may be searched.
  struct SearchGrammar {
    enum FieldKind { case text, number, truth, date, list, tag }
    var kind: (String) -> (FieldKind, UInt16)?
    /// Contact search matches dates by whole days of this zone; conversations to the second.
    var days: Zone?
    var has216: Bool
  }

  static func parse(
    _ query: JSON?, _ grammar: SearchGrammar, depth: Int = 0
  ) throws(Refusal) -> Filter {
    guard let query, query.members != nil else { throw .invalid("query is required") }
    guard let name = query["operator"]?.string else {
      throw .invalid("A filter needs an operator")
    }
    guard let children = query["value"]?.array, name == "AND" || name == "OR" else {
      return .leaf(try leaf(query, name, grammar))
    }
    guard depth < 2 else { throw .invalid("Queries can be nested two levels deep at most") }
    guard children.count <= 15 else {
      throw .invalid("A group can have at most 15 filters")
    }
    var filters: [Filter] = []
    for child in children { filters.append(try parse(child, grammar, depth: depth + 1)) }
    return name == "AND" ? .all(filters) : .any(filters)
  }

  private static func leaf(
    _ query: JSON, _ name: String, _ grammar: SearchGrammar
  ) throws(Refusal) -> Filter.Leaf {
    guard let field = query["field"]?.string, let value = query["value"] else {
      throw .invalid("A filter needs a field and a value")
    }
    guard let (kind, attribute) = grammar.kind(field) else {
      throw Refusal(400, "invalid_field", "'\(field)' is not a searchable field")
    }
    let test: Filter.Test =
      switch kind {
      case .date: try dateTest(field, name, value, grammar)
      case .tag: try tagTest(name, value)
      default: try plainTest(field, name, value, grammar)
      }
    return Filter.Leaf(field: field, test: test, attribute: attribute)
  }

  private static func tagTest(_ name: String, _ value: JSON) throws(Refusal) -> Filter.Test {
    guard let id = value.scalarText, name == "=" || name == "!=" else {
      throw .invalid("tag_id can be searched with = and != only")
    }
    return name == "=" ? .equal(.text(id)) : .notEqual(.text(id))
  }

  private static func dateTest(
    _ field: String, _ name: String, _ value: JSON, _ grammar: SearchGrammar
  ) throws(Refusal) -> Filter.Test {
    if value.isNull, name == "=" { return .equal(.null) }
    if value.isNull, name == "!=", grammar.days == nil { return .notEqual(.null) }
    guard let second = value.integer else {
      throw .invalid("'\(field)' has to be compared with a Unix timestamp")
    }
    guard let zone = grammar.days else {
      switch name {
      case "=": return .equal(.number(Double(second)))
      case "!=": return .notEqual(.number(Double(second)))
      case ">", ">=": return .atLeast(Double(second))
      case "<", "<=": return .atMost(Double(second))
      default: throw .invalid("Operator '\(name)' can't be used with '\(field)'")
      }
    }
    guard abs(second) < 1 << 40 else { throw .invalid("'\(field)' is out of range") }
    let day = zone.day(of: second)
    switch name {
    case ">": return .within(day.upperBound, .max)
    case "<": return .within(1, day.lowerBound)
    case "=": return .within(day.lowerBound, day.upperBound)
    default: throw .invalid("Operator '\(name)' can't be used with dates")
    }
  }

  private static func plainTest(
    _ field: String, _ name: String, _ value: JSON, _ grammar: SearchGrammar
  ) throws(Refusal) -> Filter.Test {
    switch name {
    case "=": return .equal(try operand(value))
    case "!=": return .notEqual(try operand(value))
    case "IN", "NIN":
      guard let values = value.array else { throw .invalid("\(name) needs an array") }
      var operands: [Filter.Operand] = []
      for value in values { operands.append(try operand(value)) }
      return name == "IN" ? .oneOf(operands) : .noneOf(operands)
    case "~", "!~", "^", "$":
      guard let text = value.scalarText?.lowercased() else { throw .invalid("Text is needed") }
      switch name {
      case "~": return .contains(text)
      case "!~": return .containsNot(text)
      case "^": return .begins(text)
      default: return .ends(text)
      }
    case ">", "<", ">=", "<=":
      guard let number = value.scalarText.flatMap({ Double($0) }) else {
        throw .invalid("'\(field)' has to be compared with a number")
      }
      switch name {
      case ">": return .more(number)
      case "<": return .less(number)
      case ">=" where grammar.has216: return .atLeast(number)
      case "<=" where grammar.has216: return .atMost(number)
      default: throw .invalid("Operator '\(name)' is not supported")
      }
    default: throw .invalid("Operator '\(name)' is not supported")
    }
  }

  private static func operand(_ value: JSON) throws(Refusal) -> Filter.Operand {
    switch value {
    case .null: return .null
    case .bool(let value): return .truth(value)
    case .int(let value): return .number(Double(value))
    case .double(let value): return .number(value)
    case .string(let text): return .text(text.lowercased())
    default: throw .invalid("A filter's value can't be an object")
    }
  }
}

extension IntercomSimulator.Filter {
  /// Whether the filter holds, given what the fields hold.
  func matches(_ value: (Leaf) -> Operand) -> Bool {
    switch self {
    case .all(let filters): filters.allSatisfy { $0.matches(value) }
    case .any(let filters): filters.contains { $0.matches(value) }
    case .leaf(let leaf): Self.holds(leaf.test, value(leaf))
    }
  }

  private static func holds(_ test: Test, _ value: Operand) -> Bool {
    switch test {
    case .equal(let wanted): same(value, wanted)
    case .notEqual(let wanted): !same(value, wanted)
    case .oneOf(let wanted): wanted.contains { same(value, $0) }
    case .noneOf(let wanted): !wanted.contains { same(value, $0) }
    case .less(let bound): value.number.map { $0 < bound } ?? false
    case .more(let bound): value.number.map { $0 > bound } ?? false
    case .atMost(let bound): value.number.map { $0 <= bound } ?? false
    case .atLeast(let bound): value.number.map { $0 >= bound } ?? false
    case .contains(let part): value.lowered?.contains(part) ?? false
    case .containsNot(let part): !(value.lowered?.contains(part) ?? false)
    case .begins(let part): value.lowered?.hasPrefix(part) ?? false
    case .ends(let part): value.lowered?.hasSuffix(part) ?? false
    case .within(let low, let high):
      value.number.map { $0 >= Double(low) && $0 < Double(high) } ?? false
    }
  }

  /// `wanted` comes from the query, its text lower-cased.
  private static func same(_ value: Operand, _ wanted: Operand) -> Bool {
    switch (value, wanted) {
    case (.null, .null): true
    case (.list(let items), .null): items.isEmpty
    case (.list(let items), _): wanted.lowered.map { items.contains($0) } ?? false
    case (.null, _), (_, .null): false
    case (.truth, .truth): value == wanted
    default: value.lowered == wanted.lowered
    }
  }
}

extension IntercomSimulator.Filter.Operand {
  fileprivate var number: Double? {
    switch self {
    case .number(let value): value
    case .text(let text): Double(text)
    default: nil
    }
  }

  fileprivate var lowered: String? {
    switch self {
    case .text(let text): text.lowercased()
    case .number(let value): Int64(exactly: value).map(String.init) ?? "\(value)"
    case .truth(let value): value ? "true" : "false"
    default: nil
    }
  }
}
