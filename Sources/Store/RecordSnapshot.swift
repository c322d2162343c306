import SyncCore
package import Wire

/// How a row came to be read; decides what may overrule the snapshot.
package enum ReadKind: Sendable {
  /// The first full read: nothing is news, since nothing was known.
  case initial
  /// A poll: the freshest word there is.
  case poll
  /// A later full read, slow and perhaps older than what polls brought meanwhile.
  case full
}

/// What comparing one row came to.
package enum Verdict: Sendable {
  case same, changed, stale
}

/// Compares the rows of Leads and Contacts with the snapshot.
///
/// A row that did not change never becomes a Swift value: its stamp and fingerprint are looked up
/// by its id, straight from the row's bytes.
package final class RecordComparison {
  private let database: Database
  private let find: Statement
  private let insert: Statement
  private let update: Statement
  private let touch: Statement
  private let note: Statement
  private let kind: ReadKind
  private let cycle: Int64
  private let sweep: Int64
  private let startedAt: Int64

  package private(set) var changed = 0
  package private(set) var rows = 0

  /// Compares for the plan of `cycle`, as part of the full read numbered `sweep`.
  ///
  /// `sweep` is 0 for a poll, which leaves the marks alone. `startedAt` is when the full read began, in
  /// milliseconds UTC of the far side's clock: a row with an older stamp has no other version of
  /// that second, so the read's word counts for it, since other fields may be looked at than before.
  package init(
    _ store: Store, kind: ReadKind, cycle: Int64, sweep: Int64, startedAt: Int64 = .min
  ) throws(SQLError) {
    self.startedAt = startedAt
    self.kind = kind
    self.cycle = cycle
    self.sweep = sweep
    database = store.database
    find = try database.statement(
      "SELECT modified_at, fingerprint, sweep FROM record WHERE id = ?")
    insert = try database.statement(
      """
      INSERT INTO record(id, object, modified_at, fingerprint, email, match_key, name, status,
        title, owner_id, is_deleted, is_converted, converted_contact_id, master_record_id,
        created_at, sweep, company, account_owner_id)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
      ON CONFLICT(id) DO NOTHING
      """)
    update = try database.statement(
      """
      UPDATE record SET object = ?2, modified_at = ?3, fingerprint = ?4, email = ?5,
        match_key = ?6, name = ?7, status = ?8, title = ?9, owner_id = ?10, is_deleted = ?11,
        is_converted = ?12, converted_contact_id = ?13, master_record_id = ?14, created_at = ?15,
        sweep = max(sweep, ?16), company = ?17, account_owner_id = ?18
      WHERE id = ?1
      """)
    touch = try database.statement(
      """
      UPDATE record SET modified_at = max(modified_at, ?2), sweep = max(sweep, ?3)
      WHERE id = ?1
      """)
    // A poll takes over what a full read under way has noted: it will be planned sooner, with
    // the oldest word as the one to compare with.
    note = try database.statement(
      """
      INSERT INTO record_difference(record_id, cycle, email, match_key)
      SELECT * FROM (
        SELECT ?1, ?2, email, match_key FROM record WHERE id = ?1
        UNION ALL
        SELECT ?1, ?2, NULL, NULL
        LIMIT 1) WHERE true
      ON CONFLICT(record_id) DO UPDATE SET cycle = excluded.cycle WHERE ?3
      """)
  }

  /// Compares one row of ``RecordColumn``s and brings the snapshot up to it.
  @discardableResult
  package func compare(_ row: borrowing RowBuffer) throws(SQLError) -> Verdict {
    rows += 1
    let stamp = row.integer(RecordColumn.modifiedAt.rawValue) ?? 0
    let fingerprint = row.fingerprint(of: RecordColumn.compared)
    if kind == .initial, try insertNew(row, stamp, fingerprint) { return .changed }
    find.bind(1, row, RecordColumn.id.rawValue)
    let isKnown = try find.step()
    guard isKnown else {
      find.reset()
      // A row that was never seen and is gone already concerns nobody, but for a converted
      // lead or a merge victim, which a link may have to follow later.
      if kind != .initial { try noteDifference(row) }
      try write(insert, row, stamp, fingerprint)
      changed += 1
      return .changed
    }
    let knownStamp = find.integer(0)
    let isSame = find.equals(1, fingerprint)
    // Of a row that was taken for deleted without being read, any word is news.
    let isFinal = kind == .poll || stamp < startedAt || find.isBlank(1)
    let knownSweep = find.integer(2)
    find.reset()
    if isSame {
      if stamp > knownStamp || sweep > knownSweep { try touchRow(row, stamp) }
      return .same
    }
    // Two changes may bear one second: a poll's word counts then, a slow full read's does not.
    guard stamp > knownStamp || (stamp == knownStamp && isFinal) else {
      if sweep > knownSweep { try touchRow(row, knownStamp) }
      return .stale
    }
    try noteDifference(row)
    try write(update, row, stamp, fingerprint)
    changed += 1
    return .changed
  }

  /// The first read knows nothing, so the look-up is saved; false for a row that is there after all.
  private func insertNew(
    _ row: borrowing RowBuffer, _ stamp: Int64, _ fingerprint: Fingerprint
  ) throws(SQLError) -> Bool {
    let before = database.totalChanges
    try write(insert, row, stamp, fingerprint)
    guard database.totalChanges > before else { return false }
    changed += 1
    return true
  }

  /// The columns that are stored as they come, by the place of their parameter.
  private static let texts: [(Int32, RecordColumn)] = [
    (5, .email), (6, .matchKey), (7, .name), (8, .status), (9, .title), (10, .ownerID),
    (13, .convertedContactID), (14, .masterRecordID), (17, .company), (18, .accountOwnerID),
  ]

  private func noteDifference(_ row: borrowing RowBuffer) throws(SQLError) {
    note.bind(1, row, RecordColumn.id.rawValue)
    note.bind(2, cycle)
    note.bind(3, kind == .poll ? 1 : 0)
    try note.run()
  }

  private func touchRow(_ row: borrowing RowBuffer, _ stamp: Int64) throws(SQLError) {
    touch.bind(1, row, RecordColumn.id.rawValue)
    touch.bind(2, stamp)
    touch.bind(3, sweep)
    try touch.run()
  }

  private func write(
    _ statement: Statement, _ row: borrowing RowBuffer, _ stamp: Int64, _ fingerprint: Fingerprint
  ) throws(SQLError) {
    statement.bind(1, row, RecordColumn.id.rawValue)
    let isLead = row.withColumn(RecordColumn.object.rawValue) { $0?.first == UInt8(ascii: "L") }
    statement.bind(2, isLead ? 0 : 1)
    statement.bind(3, stamp)
    statement.bind(4, fingerprint)
    for (index, column) in Self.texts { statement.bind(index, row, column.rawValue) }
    statement.bind(11, row.isNull(RecordColumn.isDeleted.rawValue) ? 0 : 1)
    statement.bind(12, row.isNull(RecordColumn.isConverted.rawValue) ? 0 : 1)
    statement.bind(15, row.integer(RecordColumn.createdAt.rawValue) ?? 0)
    statement.bind(16, sweep)
    try statement.run()
  }
}
