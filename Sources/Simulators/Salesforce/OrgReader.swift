/// Reads values of committed rows, through look-ups too.
struct OrgReader {
  let org: Org
  let now: Int64
  let closedStatuses: Set<String>

  init(org: Org, closedStatuses: Set<String>) {
    self.org = org
    now = org.clock.now
    self.closedStatuses = closedStatuses
  }

  /// The text of a column as it is kept, computed ones too.
  func text(_ column: OrgColumn, _ table: OrgTable, _ row: OrgRow) -> String? {
    guard column.slot == .isClosed else { return table.text(column, row) }
    let status = table.schema.cell("Status").flatMap { row.text($0) }
    return status.map(closedStatuses.contains) == true ? "1" : nil
  }

  func value(_ column: OrgColumn, _ table: OrgTable, _ row: OrgRow) -> OrgValue {
    switch column.slot {
    case .isDeleted: .bool(row.isDeleted)
    case .createdAt: .time(row.createdAt)
    case .modifiedAt: .time(row.modifiedAt)
    case .stamp: .time(row.stamp)
    default: typed(text(column, table, row), column.field.kind)
    }
  }

  func value(_ path: SOQLPath, _ table: OrgTable, _ row: OrgRow) -> OrgValue {
    if let column = path.direct { return value(column, table, row) }
    guard let (table, row) = follow(path.hops[...], table, row) else { return .null }
    switch path.last {
    case .column(let column): return value(column, table, row)
    case .named(let name): return typed(named(name, table, row), path.kind)
    }
  }

  /// The row that a look-up points to; nil where it is empty or gone.
  func target(_ hop: OrgColumn, _ table: OrgTable, _ row: OrgRow) -> (OrgTable, OrgRow)? {
    guard let id = table.text(hop, row), let place = org.locate(id),
      let found = place.table.visible(place.index, now: now)
    else { return nil }
    return (place.table, found)
  }

  func follow(
    _ hops: ArraySlice<OrgColumn>, _ table: OrgTable, _ row: OrgRow
  ) -> (OrgTable, OrgRow)? {
    var place = (table, row)
    for hop in hops {
      guard let next = target(hop, place.0, place.1) else { return nil }
      place = next
    }
    return place
  }

  /// A field of the pseudo object Name.
  func named(_ name: String, _ table: OrgTable, _ row: OrgRow) -> String? {
    if let column = table.schema.column(name) { return text(column, table, row) }
    return name == "Type" ? table.schema.name : nil
  }

  private func typed(_ text: String?, _ kind: OrgField.Kind) -> OrgValue {
    if kind == .boolean { return .bool(text != nil) }
    guard let text else { return .null }
    switch kind {
    case .int, .double, .currency, .percent: return Double(text).map { .number($0) } ?? .null
    case .date: return OrgTime.parseDay(text).map { .time($0) } ?? .null
    case .datetime: return Int64(text).map { .time($0) } ?? .null
    default: return .text(text)
    }
  }
}
