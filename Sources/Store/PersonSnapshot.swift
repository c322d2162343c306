package import SyncCore
package import Wire

/// Compares the rows of people with the snapshot, as ``RecordComparison`` does for records.
package final class PersonComparison {
  private let find: Statement
  private let insert: Statement
  private let update: Statement
  private let touch: Statement
  private let isNoNews: Statement
  private let note: Statement
  private let kind: ReadKind
  private let cycle: Int64
  private let sweep: Int64
  private let watchEpoch: Int64
  private let startedAt: Int64

  package private(set) var changed = 0
  package private(set) var rows = 0

  /// Compares for the plan of `cycle`, as part of the full read numbered `sweep`.
  ///
  /// `sweep` is 0 for a poll or a single answer. `startedAt` is when the full read began, in
  /// milliseconds UTC of the far side's clock: a row with an older stamp has no other version of
  /// that second, so the read's word counts for it, since other fields may be looked at than before.
  package init(
    _ store: Store, kind: ReadKind, cycle: Int64, sweep: Int64, startedAt: Int64 = .min
  ) throws(SQLError) {
    self.startedAt = startedAt
    self.kind = kind
    self.cycle = cycle
    self.sweep = sweep
    watchEpoch = store.watchEpoch
    let database = store.database
    find = try database.statement(
      "SELECT updated_at, fingerprint, sweep, watch_epoch FROM person WHERE id = ?")
    insert = try database.statement(
      """
      INSERT INTO person(id, updated_at, fingerprint, role, email, external_id, observed, sweep,
        watched, company_id, teammate_id, created_at, watch_epoch)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
      """)
    update = try database.statement(
      """
      UPDATE person SET updated_at = ?2, fingerprint = ?3, role = ?4, email = ?5,
        external_id = ?6, observed = ?7, sweep = max(sweep, ?8), watched = ?9, company_id = ?10,
        teammate_id = ?11, created_at = ?12, watch_epoch = ?13
      WHERE id = ?1
      """)
    touch = try database.statement(
      """
      UPDATE person SET updated_at = max(updated_at, ?2), sweep = max(sweep, ?3), watch_epoch = ?4
      WHERE id = ?1
      """)
    // A poll takes over what a full read under way has noted: it will be planned sooner.
    isNoNews = try database.statement(
      """
      SELECT email IS ?2 AND external_id IS ?3 AND watched IS ?4 AND company_id IS ?5
        AND (teammate_id IS ?6 OR ?6 = ?7)
      FROM person WHERE id = ?1
      """)
    note = try database.statement(
      """
      INSERT INTO person_difference(person_id, cycle) VALUES(?1, ?2)
      ON CONFLICT(person_id) DO UPDATE SET cycle = excluded.cycle WHERE ?3
      """)
  }

  /// Compares one row of ``PersonColumn``s and brings the snapshot up to it.
  @discardableResult
  package func compare(_ row: borrowing RowBuffer) throws(SQLError) -> Verdict {
    rows += 1
    let stamp = row.integer(PersonColumn.updatedAt.rawValue) ?? 0
    let fingerprint = row.fingerprint(of: PersonColumn.compared)
    find.bind(1, row, PersonColumn.id.rawValue)
    guard try find.step() else {
      find.reset()
      try write(insert, row, stamp, fingerprint)
      if kind != .initial { try noteDifference(row) }
      changed += 1
      return .changed
    }
    let knownStamp = find.integer(0)
    let isSame = find.equals(1, fingerprint)
    // Of a row that was taken for deleted without being read, any word is news.
    let isFinal = kind == .poll || stamp < startedAt || find.isBlank(1)
    let knownSweep = find.integer(2)
    let knownEpoch = find.integer(3)
    find.reset()
    if isSame {
      if stamp > knownStamp || sweep > knownSweep { try touchRow(row, stamp, watchEpoch) }
      return .same
    }
    // Older than what we know, answers to our own writes included (S11).
    guard stamp > knownStamp || (stamp == knownStamp && isFinal) else {
      if sweep > knownSweep { try touchRow(row, knownStamp, knownEpoch) }
      return .stale
    }
    try write(update, row, stamp, fingerprint)
    try noteDifference(row)
    changed += 1
    return .changed
  }

  /// Takes the answer to our own write: no news, unless something older is known; true for news.
  ///
  /// What others changed since the last poll comes with it, and no poll will show it as different
  /// again: an address or id (M7), or a value that rules or the mapping look at (L1, Q1), that we
  /// did not know is planned by the next cycle.
  ///
  /// `teammateID` is the teammate whom that write made the person's owner, if it did (A2).
  @discardableResult
  package func settle(
    _ row: borrowing RowBuffer, teammateID: String? = nil
  ) throws(SQLError) -> Bool {
    let stamp = row.integer(PersonColumn.updatedAt.rawValue) ?? 0
    find.bind(1, row, PersonColumn.id.rawValue)
    let isKnown = try find.step()
    let isNewer = isKnown && find.integer(0) > stamp
    find.reset()
    guard isKnown, !isNewer else { return false }
    let isNews = try !isPlannedAlike(row, teammateID)
    if isNews { try noteDifference(row) }
    try write(update, row, stamp, row.fingerprint(of: PersonColumn.compared))
    return isNews
  }

  /// The columns that the plan looks at beside the attributes, by the place of their parameter.
  private static let planned: [(Int32, PersonColumn)] = [
    (2, .email), (3, .externalID), (4, .watched), (5, .companyID), (6, .teammateID),
  ]

  private func isPlannedAlike(
    _ row: borrowing RowBuffer, _ teammateID: String?
  ) throws(SQLError) -> Bool {
    isNoNews.bind(1, row, PersonColumn.id.rawValue)
    for (index, column) in Self.planned { isNoNews.bind(index, row, column.rawValue) }
    isNoNews.bind(7, teammateID)
    defer { isNoNews.reset() }
    return try isNoNews.step() && isNoNews.integer(0) == 1
  }

  private func noteDifference(_ row: borrowing RowBuffer) throws(SQLError) {
    note.bind(1, row, PersonColumn.id.rawValue)
    note.bind(2, cycle)
    note.bind(3, kind == .poll ? 1 : 0)
    try note.run()
  }

  private func touchRow(
    _ row: borrowing RowBuffer, _ stamp: Int64, _ epoch: Int64
  ) throws(SQLError) {
    touch.bind(1, row, PersonColumn.id.rawValue)
    touch.bind(2, stamp)
    touch.bind(3, sweep)
    touch.bind(4, epoch)
    try touch.run()
  }

  private func write(
    _ statement: Statement, _ row: borrowing RowBuffer, _ stamp: Int64, _ fingerprint: Fingerprint
  ) throws(SQLError) {
    statement.bind(1, row, PersonColumn.id.rawValue)
    statement.bind(2, stamp)
    statement.bind(3, fingerprint)
    statement.bind(4, row.string(PersonColumn.role.rawValue) ?? "user")
    statement.bind(5, row, PersonColumn.email.rawValue)
    statement.bind(6, row, PersonColumn.externalID.rawValue)
    statement.bind(7, AttributeValues(row).encoded)
    statement.bind(8, sweep)
    statement.bind(9, row, PersonColumn.watched.rawValue)
    statement.bind(10, row, PersonColumn.companyID.rawValue)
    statement.bind(11, row, PersonColumn.teammateID.rawValue)
    statement.bind(12, row.integer(PersonColumn.createdAt.rawValue))
    statement.bind(13, watchEpoch)
    try statement.run()
  }
}

extension AttributeValues {
  /// The attribute columns of a person's row.
  package init(_ row: borrowing RowBuffer) {
    self.init()
    for attribute in Attribute.allCases {
      let column = PersonColumn.attributes.lowerBound + attribute.rawValue
      if !row.isNull(column) { self[attribute] = row.string(column) }
    }
  }

  /// What ``encoded`` wrote; nothing of a text that is not that.
  init(encoded: String?) {
    self.init()
    guard var encoded else { return }
    encoded.withUTF8 { text in
      var reader = JSONReader(UnsafeRawBufferPointer(text))
      var values: [String?] = []
      do throws(JSONError) {
        try reader.readArray { reader throws(JSONError) in
          values.append(try reader.readStringOrNull()?.string)
        }
      } catch {
        return
      }
      for (attribute, value) in zip(Attribute.allCases, values) { self[attribute] = value }
    }
  }
}
