import SyncCore
package import Wire

/// Compares the rows of users, queues and roles with the snapshot (S5).
package final class OwnerComparison {
  private let find: Statement
  private let write: Statement
  private let note: Statement
  private let kind: ReadKind
  private let cycle: Int64

  package private(set) var changed = 0
  package private(set) var rows = 0

  package init(_ store: Store, kind: ReadKind, cycle: Int64) throws(SQLError) {
    self.kind = kind
    self.cycle = cycle
    let database = store.database
    find = try database.statement("SELECT modified_at, fingerprint FROM owner WHERE id = ?")
    write = try database.statement(
      """
      INSERT OR REPLACE INTO owner(
        id, modified_at, fingerprint, name, email, title, role_id, is_active)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """)
    note = try database.statement(
      """
      INSERT INTO owner_difference(owner_id, cycle) VALUES(?1, ?2)
      ON CONFLICT(owner_id) DO UPDATE SET cycle = excluded.cycle, after = ''
      """)
  }

  /// Compares one row of ``OwnerColumn``s and brings the snapshot up to it.
  package func compare(_ row: borrowing RowBuffer) throws(SQLError) {
    rows += 1
    let stamp = row.integer(OwnerColumn.modifiedAt.rawValue) ?? 0
    let fingerprint = row.fingerprint(of: OwnerColumn.compared)
    find.bind(1, row, OwnerColumn.id.rawValue)
    if try find.step() {
      let knownStamp = find.integer(0)
      let isSame = find.equals(1, fingerprint)
      find.reset()
      guard !isSame, stamp > knownStamp || (stamp == knownStamp && kind == .poll) else { return }
    } else {
      find.reset()
    }
    write.bind(1, row, OwnerColumn.id.rawValue)
    write.bind(2, stamp)
    write.bind(3, fingerprint)
    write.bind(4, row, OwnerColumn.name.rawValue)
    write.bind(5, row, OwnerColumn.email.rawValue)
    write.bind(6, row, OwnerColumn.title.rawValue)
    write.bind(7, row, OwnerColumn.roleID.rawValue)
    write.bind(8, row.isNull(OwnerColumn.isActive.rawValue) ? 0 : 1)
    try write.run()
    changed += 1
    guard kind != .initial else { return }
    note.bind(1, row, OwnerColumn.id.rawValue)
    note.bind(2, cycle)
    try note.run()
  }
}
