/// The rows of one object, in the order of their ids.
final class OrgTable {
  /// What others still see of a row whose transaction is open.
  struct Pending {
    /// nil where the row did not exist before.
    var old: OrgRow?
    var visibleAt: Int64
  }

  var schema: OrgSchema
  private(set) var rows: [OrgRow] = []
  /// The versions that a commit has not yet replaced, by row.
  private(set) var pending: [Int: Pending] = [:]
  /// Rows that sharing keeps from the running user, by place.
  var unshared: Set<Int> = []
  let firstSerial: UInt32

  init(_ schema: OrgSchema, firstSerial: UInt32) {
    self.schema = schema
    self.firstSerial = firstSerial
  }

  var nextSerial: UInt32 { firstSerial + UInt32(rows.count) }

  func reserve(_ count: Int) { rows.reserveCapacity(rows.count + count) }

  func append(_ row: OrgRow) { rows.append(row) }

  func replace(_ index: Int, by row: OrgRow) { rows[index] = row }

  func removeLast() {
    pending[rows.count - 1] = nil
    rows.removeLast()
  }

  func hold(_ index: Int, old: OrgRow?, until moment: Int64, now: Int64) {
    // A row that is already held keeps showing what it showed.
    let shown = pending[index].map { now < $0.visibleAt ? $0.old : old } ?? old
    pending[index] = Pending(old: shown, visibleAt: moment)
  }

  func release(_ index: Int) { pending[index] = nil }

  func isHeld(_ index: Int, now: Int64) -> Bool {
    pending[index].map { now < $0.visibleAt } ?? false
  }

  /// Forgets held versions whose commits are past.
  func commit(now: Int64) {
    guard !pending.isEmpty else { return }
    pending = pending.filter { now < $0.value.visibleAt }
  }

  func index(serial: UInt32) -> Int? {
    guard serial >= firstSerial else { return nil }
    let index = Int(serial - firstSerial)
    return index < rows.count ? index : nil
  }

  /// Whether the running user may see the row.
  @inline(__always)
  func isShared(_ index: Int) -> Bool { unshared.isEmpty || !unshared.contains(index) }

  /// The row as committed; nil where it does not exist, is purged or is not shared.
  @inline(__always)
  func visible(_ index: Int, now: Int64) -> OrgRow? {
    isShared(index) ? committed(index, now: now) : nil
  }

  /// The row as committed, whoever may see it; nil where it does not exist or is purged.
  @inline(__always)
  func committed(_ index: Int, now: Int64) -> OrgRow? {
    if !pending.isEmpty, let held = pending[index], now < held.visibleAt {
      guard let old = held.old, !old.isPurged else { return nil }
      return old
    }
    return rows[index].isPurged ? nil : rows[index]
  }

  func id(_ row: OrgRow) -> String {
    OrgID.string(prefix: schema.prefixBytes, serial: row.serial)
  }
}

/// One value as conditions and orders look at it.
enum OrgValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  /// Milliseconds UTC; a day is its midnight.
  case time(Int64)
  case text(String)
}

extension OrgTable {
  /// The text of a row's column as the platform keeps it, nil where it has none.
  func text(_ column: OrgColumn, _ row: OrgRow) -> String? {
    switch column.slot {
    case .id: id(row)
    case .isDeleted: row.isDeleted ? "1" : nil
    case .createdAt: String(row.createdAt)
    case .modifiedAt: String(row.modifiedAt)
    case .stamp: String(row.stamp)
    case .name: name(row)
    case .photo: "/services/images/photo/" + id(row)
    case .address: nil
    case .isClosed: nil
    case .isSet(let other): row.has(other) ? "1" : nil
    case .cell(let cell): row.text(cell)
    }
  }

  func name(_ row: OrgRow) -> String? {
    let first = schema.cell("FirstName").flatMap { row.text($0) }
    let last = schema.cell("LastName").flatMap { row.text($0) }
    guard let first else { return last }
    return last.map { first + " " + $0 } ?? first
  }
}
