/// The org's tables and the rules by which they change.
final class Org {
  /// What a change does beside its fields.
  struct Change {
    /// Who made it: a User's id.
    var actor: String
    /// How long until others see it: the transaction is open meanwhile.
    var visibleAfter: Int64 = 0
    /// Whether LastModifiedDate moves too; SystemModstamp always does.
    var isModification = true
  }

  struct Location {
    var table: OrgTable
    var index: Int
    var row: OrgRow { table.rows[index] }
    var id: String { table.id(row) }
  }

  private enum Undo {
    case appended(OrgTable)
    case replaced(OrgTable, Int, OrgRow)
  }

  let clock: SimulatorClock
  let tables: [OrgTable]
  private let byName: [String: Int]
  private let byPrefix: [String: Int]
  private var journal: [Undo]?
  /// Transactions that are open: when they began, and when they commit.
  private var open: [(began: Int64, ends: Int64)] = []

  let lead: OrgTable
  let contact: OrgTable
  let account: OrgTable
  let user: OrgTable
  let group: OrgTable
  let role: OrgTable
  let task: OrgTable
  let leadStatus: OrgTable
  let taskStatus: OrgTable
  let assignmentRule: OrgTable
  let organization: OrgTable

  init(clock: SimulatorClock, settings: SalesforceSimulator.Settings) {
    self.clock = clock
    let custom = settings.customFields
    let first = UInt32(truncatingIfNeeded: settings.seed % 1000) * 1000 + 1
    func table(_ schema: OrgSchema) -> OrgTable { OrgTable(schema, firstSerial: first) }
    lead = table(
      OrgSchemas.lead(statuses: settings.leadStatuses, custom: custom["Lead"] ?? []))
    contact = table(OrgSchemas.contact(custom: custom["Contact"] ?? []))
    account = table(OrgSchemas.account(custom: custom["Account"] ?? []))
    task = table(
      OrgSchemas.task(statuses: settings.taskStatuses, custom: custom["Task"] ?? []))
    user = table(OrgSchemas.user)
    group = table(OrgSchemas.group)
    role = table(OrgSchemas.role)
    leadStatus = table(OrgSchemas.leadStatus)
    taskStatus = table(OrgSchemas.taskStatus)
    assignmentRule = table(OrgSchemas.assignmentRule)
    organization = table(OrgSchemas.organization)
    tables = [
      lead, contact, account, task, user, group, role, leadStatus, taskStatus, organization,
      assignmentRule,
    ]
    var byName: [String: Int] = [:]
    var byPrefix: [String: Int] = [:]
    for (index, table) in tables.enumerated() {
      byName[table.schema.name.lowercased()] = index
      byPrefix[table.schema.prefix] = index
    }
    self.byName = byName
    self.byPrefix = byPrefix
  }

  /// The present second, in milliseconds: stamps know nothing finer.
  var second: Int64 { clock.now / 1000 * 1000 }

  func table(_ name: String) -> OrgTable? { byName[name.lowercased()].map { tables[$0] } }

  /// The table that the key prefix of an id names.
  func table(ofID id: String) -> OrgTable? { byPrefix[String(id.prefix(3))].map { tables[$0] } }

  /// Where a row is, deleted or not, whatever others see of it.
  func locate(_ id: String) -> Location? {
    guard let full = OrgID.normalised(id), let table = table(ofID: full),
      let serial = OrgID.serial(full), let index = table.index(serial: serial),
      !table.rows[index].isPurged
    else { return nil }
    return Location(table: table, index: index)
  }

  /// The row of an id as committed.
  func visible(_ id: String) -> (table: OrgTable, row: OrgRow)? {
    guard let place = locate(id),
      let row = place.table.visible(place.index, now: clock.now)
    else { return nil }
    return (place.table, row)
  }

  // MARK: Changing

  @discardableResult
  func insert(_ table: OrgTable, _ fields: [String: String?], _ change: Change) -> String {
    var row = OrgRow(serial: table.nextSerial, at: second)
    set(&row, table, fields)
    set(&row, table, ["CreatedById": change.actor, "LastModifiedById": change.actor])
    table.append(row)
    journal?.append(.appended(table))
    hold(table, table.rows.count - 1, old: nil, change)
    return table.id(row)
  }

  func update(_ place: Location, _ fields: [String: String?], _ change: Change) {
    var row = place.row
    set(&row, place.table, fields)
    save(place, row, change)
  }

  func setDeleted(_ place: Location, _ isDeleted: Bool, _ change: Change) {
    var row = place.row
    row.isDeleted = isDeleted
    save(place, row, change)
  }

  func purge(_ place: Location) {
    var row = place.row
    row.isPurged = true
    replace(place, row)
    place.table.release(place.index)
  }

  private func save(_ place: Location, _ changed: OrgRow, _ change: Change) {
    var row = changed
    row.stamp = second
    if change.isModification {
      row.modifiedAt = second
      set(&row, place.table, ["LastModifiedById": change.actor])
    }
    let old = place.row
    replace(place, row)
    hold(place.table, place.index, old: old, change)
  }

  private func replace(_ place: Location, _ row: OrgRow) {
    journal?.append(.replaced(place.table, place.index, place.row))
    place.table.replace(place.index, by: row)
  }

  private func hold(_ table: OrgTable, _ index: Int, old: OrgRow?, _ change: Change) {
    table.commit(now: clock.now)
    guard change.visibleAfter > 0 else {
      // A change in the open replaces what was held.
      if table.isHeld(index, now: clock.now) { table.release(index) }
      return
    }
    let ends = clock.now + change.visibleAfter
    table.hold(index, old: old, until: ends, now: clock.now)
    open.append((clock.now, ends))
  }

  private func set(_ row: inout OrgRow, _ table: OrgTable, _ fields: [String: String?]) {
    for (name, value) in fields {
      guard let cell = table.schema.cell(name) else { continue }
      row.set(cell, value)
    }
  }

  // MARK: Transactions

  /// The start of the oldest transaction that is open, or now.
  var coveredUntil: Int64 {
    open.removeAll { $0.ends <= clock.now }
    return open.map(\.began).min() ?? clock.now
  }

  /// Runs `body` and takes everything back when it returns false; may be nested.
  func transaction(_ body: () -> Bool) {
    let isOutermost = journal == nil
    let start = journal?.count ?? 0
    if isOutermost { journal = [] }
    if !body() {
      let undo = journal?[start...].reversed() ?? []
      journal?.removeSubrange(start...)
      for step in undo { take(back: step) }
    }
    if isOutermost { journal = nil }
  }

  private func take(back step: Undo) {
    switch step {
    case .appended(let table): table.removeLast()
    case .replaced(let table, let index, let row): table.replace(index, by: row)
    }
  }
}
