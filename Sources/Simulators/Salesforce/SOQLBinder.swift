/// Resolves the names and literals of a statement against the org, as the running user sees it.
struct SOQLBinder {
  /// The fields of the pseudo object Name (Object Reference).
  static let nameFields: Set<String> = [
    "Alias", "Email", "FirstName", "Id", "IsActive", "LastName", "MiddleName", "Name", "Phone",
    "ProfileId", "Suffix", "Title", "Type", "UserRoleId", "Username",
  ]

  let text: String
  let scope: OrgScope
  let table: OrgTable

  static func bind(_ text: String, scope: OrgScope) throws(OrgError) -> SOQLPlan {
    let query = try SOQLParser.parse(text)
    guard let table = scope.table(query.object.text) else {
      throw SOQLFailure.error(
        "INVALID_TYPE",
        "sObject type '\(query.object.text)' is not supported. If you are attempting to use a "
          + "custom object, be sure to append the '__c' after the entity name. Please reference "
          + "your WSDL or the describe call for the appropriate names.", in: text,
        at: query.object.offset)
    }
    return try SOQLBinder(text: text, scope: scope, table: table).plan(query)
  }

  private func plan(_ query: SOQLQuery) throws(OrgError) -> SOQLPlan {
    var plan = SOQLPlan(
      table: table, nodes: [], columns: [], order: [], limit: query.limit,
      offset: query.offset ?? 0, isCount: false, aggregates: [])
    var seen: Set<String> = []
    for item in query.items {
      switch item {
      case .count: plan.isCount = true
      case .aggregate(let function, let name, let alias):
        let position = plan.aggregates.count
        plan.aggregates.append(
          SOQLAggregate(
            function: function, path: try path(name), alias: alias ?? "expr\(position)"))
      case .field(let name):
        let path = try path(name)
        guard seen.insert(path.name).inserted else {
          throw failure("MALFORMED_QUERY", "duplicate field selected: \(path.name)", name)
        }
        plan.columns.append(path)
        Self.add(path, to: &plan.nodes)
      }
    }
    guard plan.columns.isEmpty || (!plan.isCount && plan.aggregates.isEmpty) else {
      throw failure("MALFORMED_QUERY", "Grouped query must use aggregate functions", query.object)
    }
    if let condition = query.condition { plan.test = try test(condition) }
    for order in query.order {
      let path = try path(order.field)
      if case .column(let column) = path.last, !column.field.traits.contains(.sortable) {
        throw failure(
          "INVALID_FIELD",
          "field '\(column.field.name)' can not be sorted in a query call", order.field)
      }
      plan.order.append(
        SOQLPlanOrder(
          path: path, isDescending: order.isDescending, nullsLast: order.nullsLast))
    }
    return plan
  }

  private static func add(_ path: SOQLPath, to nodes: inout [SOQLNode]) {
    let names = path.name.split(separator: ".").map(String.init)
    add(names[...], path.hops[...], path.last, to: &nodes)
  }

  private static func add(
    _ names: ArraySlice<String>, _ hops: ArraySlice<OrgColumn>, _ last: SOQLPath.Last,
    to nodes: inout [SOQLNode]
  ) {
    guard let name = names.first else { return }
    guard let hop = hops.first else { return nodes.append(.field(name, last)) }
    for (index, node) in nodes.enumerated() {
      guard case .relation(name, let column, var inner) = node else { continue }
      add(names.dropFirst(), hops.dropFirst(), last, to: &inner)
      nodes[index] = .relation(name, column, inner)
      return
    }
    var inner: [SOQLNode] = []
    add(names.dropFirst(), hops.dropFirst(), last, to: &inner)
    nodes.append(.relation(name, hop, inner))
  }

  // MARK: Names

  private func path(_ name: SOQLName) throws(OrgError) -> SOQLPath {
    var parts = name.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 1, parts[0].lowercased() == table.schema.name.lowercased() {
      parts.removeFirst()
    }
    guard let lastPart = parts.popLast(), parts.count <= 5 else {
      throw noColumn(name.text, table, name)
    }
    var current = table
    var hops: [OrgColumn] = []
    var names: [String] = []
    for part in parts {
      guard let hop = current.schema.relation(part), !scope.isHidden(hop.field, of: current) else {
        throw noRelation(part, name)
      }
      hops.append(hop)
      names.append(hop.field.relationshipName ?? part)
      if hop.field.isPolymorphic {
        guard part == parts.last else { throw noRelation(part, name) }
        let known = Self.nameFields.first { $0.lowercased() == lastPart.lowercased() }
        guard let known else { throw noColumn(lastPart, "Name", name) }
        return SOQLPath(
          name: (names + [known]).joined(separator: "."), hops: hops, last: .named(known))
      }
      guard let target = scope.table(hop.field.referenceTo.first ?? "") else {
        throw noRelation(part, name)
      }
      current = target
    }
    guard let column = current.schema.column(lastPart), !scope.isHidden(column.field, of: current)
    else { throw noColumn(lastPart, current, name) }
    return SOQLPath(
      name: (names + [column.field.name]).joined(separator: "."), hops: hops,
      last: .column(column))
  }

  // MARK: Conditions

  private func test(_ condition: SOQLCondition) throws(OrgError) -> SOQLTest {
    switch condition {
    case .and(let parts):
      var tests: [SOQLTest] = []
      for part in parts { tests.append(try test(part)) }
      return .all(tests)
    case .or(let parts):
      var tests: [SOQLTest] = []
      for part in parts { tests.append(try test(part)) }
      return .any(tests)
    case .not(let part): return .not(try test(part))
    case .comparison(let name, let operation, let literals):
      return try comparison(name, operation, literals)
    }
  }

  private func comparison(
    _ name: SOQLName, _ operation: SOQLOperator, _ literals: [SOQLLiteral]
  ) throws(OrgError) -> SOQLTest {
    let path = try path(name)
    if case .column(let column) = path.last, !column.field.traits.contains(.filterable) {
      throw failure(
        "INVALID_FIELD", "field '\(column.field.name)' can not be filtered in a query call", name)
    }
    var values: [OrgValue] = []
    for literal in literals { values.append(try value(literal, path, operation, name)) }
    return quick(path, operation, values) ?? .compare(path, operation, values)
  }

  private func value(
    _ literal: SOQLLiteral, _ path: SOQLPath, _ operation: SOQLOperator, _ name: SOQLName
  ) throws(OrgError) -> OrgValue {
    switch (path.kind, literal) {
    case (_, .null): return .null
    case (.boolean, .bool(let value)): return .bool(value)
    case (.int, .number(let value)), (.double, .number(let value)),
      (.currency, .number(let value)), (.percent, .number(let value)):
      return .number(value)
    case (.date, .day(let day)): return .time(day)
    case (.datetime, .moment(let moment)): return .time(moment / 1000 * 1000)
    case (.id, .string(let text)), (.reference, .string(let text)):
      guard operation != .like else {
        throw failure(
          "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field", name)
      }
      if text.isEmpty { return .null }
      guard let id = OrgID.normalised(text) else {
        throw failure("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: \(text)", name)
      }
      return .text(id)
    case (.boolean, _), (.int, _), (.double, _), (.currency, _), (.percent, _), (.date, _),
      (.datetime, _):
      throw wrongType(path, quoted: false, name)
    case (_, .string(let text)):
      let isMarked = text.utf8.contains(SOQLLexer.escapeMark)
      guard operation == .like || !isMarked else {
        throw failure(
          "MALFORMED_QUERY", "Illegal character escape sequence in string literal", name)
      }
      return text.isEmpty && operation != .like ? .null : .text(text)
    default: throw wrongType(path, quoted: true, name)
    }
  }

  /// The forms that a poll asks a million rows.
  private func quick(
    _ path: SOQLPath, _ operation: SOQLOperator, _ values: [OrgValue]
  ) -> SOQLTest? {
    guard let column = path.direct else { return nil }
    switch (column.slot, operation, values.first) {
    case (.stamp, .like, _), (.stamp, .isIn, _), (.stamp, .isNotIn, _): return nil
    case (.stamp, _, .time(let moment)?): return .stamp(operation, moment)
    case (.id, .isIn, _):
      return .ids(
        Set(
          values.compactMap { value in
            guard case .text(let id) = value, id.hasPrefix(table.schema.prefix) else { return nil }
            return OrgID.serial(id)
          }))
    case (.id, .equal, .text(let id)?), (.id, .greater, .text(let id)?):
      guard id.hasPrefix(table.schema.prefix), let serial = OrgID.serial(id) else { return nil }
      return .id(operation, serial)
    case (.cell(let cell), .equal, .text(let text)?):
      guard ![.id, .reference].contains(column.field.kind),
        !column.field.traits.contains(.caseSensitive), text.utf8.allSatisfy({ $0 < 0x80 })
      else { return nil }
      return .equals(cell, Array(text.lowercased().utf8))
    default: return nil
    }
  }

  // MARK: Errors

  private func failure(_ code: String, _ message: String, _ name: SOQLName) -> OrgError {
    SOQLFailure.error(code, message, in: text, at: name.offset)
  }

  private func noColumn(_ part: String, _ table: OrgTable, _ name: SOQLName) -> OrgError {
    noColumn(part, table.schema.name, name)
  }

  private func noColumn(_ part: String, _ object: String, _ name: SOQLName) -> OrgError {
    failure(
      "INVALID_FIELD",
      "No such column '\(part)' on entity '\(object)'. If you are attempting to use a custom "
        + "field, be sure to append the '__c' after the custom field name. Please reference your "
        + "WSDL or the describe call for the appropriate names.", name)
  }

  private func noRelation(_ part: String, _ name: SOQLName) -> OrgError {
    failure(
      "INVALID_FIELD",
      "Didn't understand relationship '\(part)' in field path. If you are attempting to use a "
        + "custom relationship, be sure to append the '__r' after the custom relationship name. "
        + "Please reference your WSDL or the describe call for the appropriate names.", name)
  }

  private func wrongType(_ path: SOQLPath, quoted: Bool, _ name: SOQLName) -> OrgError {
    let kind = path.kind == .datetime ? "dateTime" : path.kind.rawValue
    return failure(
      "INVALID_FIELD",
      "value of filter criterion for field '\(path.name)' must be of type \(kind) and "
        + (quoted ? "should be enclosed in quotes" : "should not be enclosed in quotes"), name)
  }
}
