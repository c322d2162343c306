import SyncCore

/// What differs and is not planned yet; durable from the transaction that compared it.
extension Store {
  /// Turns up to `limit` changed records into people to plan; false when none is left.
  ///
  /// Concerned are the people linked or pinned to the record or to one that became it, and those who match it now or
  /// matched it before.
  package func spreadRecordDifferences(cycle: Int64, limit: Int) throws(SQLError) -> Bool {
    var records: [(id: String, before: String?)] = []
    let column = settings.matchesByExternalID ? "match_key" : "email"
    try database.statement(
      """
      SELECT record_id, \(column) FROM record_difference INDEXED BY record_difference_cycle
      WHERE cycle = ?1 LIMIT ?2
      """
    ).rows {
      $0.bind(1, cycle)
      $0.bind(2, Int64(limit))
    } each: {
      records.append(($0.text(0), $0.textOrNull(1)))
    }
    for (id, before) in records {
      for known in try predecessors(of: id) { try notePeopleLinked(to: known, cycle: cycle) }
      let now = try record(id).flatMap(key(of:))
      if let now { try notePeople(withKey: now, cycle: cycle) }
      if let before, before != now { try notePeople(withKey: before, cycle: cycle) }
      try database.statement("DELETE FROM record_difference WHERE record_id = ?").run {
        $0.bind(1, id)
      }
    }
    return !records.isEmpty
  }

  /// The record and those that were merged or converted into it: a link may still be on one of them
  /// when its successor is read late.
  package func predecessors(of recordID: String) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      WITH RECURSIVE chain(id) AS (
        SELECT ?1
        UNION SELECT r.id FROM chain c JOIN record r ON r.converted_contact_id = c.id
        UNION SELECT r.id FROM chain c JOIN record r ON r.master_record_id = c.id)
      SELECT id FROM chain
      """
    ).rows {
      $0.bind(1, recordID)
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  private func notePeople(withKey key: String, cycle: Int64) throws(SQLError) {
    let column = settings.matchesByExternalID ? "external_id" : "email"
    try database.statement(
      """
      INSERT INTO person_difference(person_id, cycle)
      SELECT id, ?2 FROM person WHERE \(column) = ?1
      ON CONFLICT(person_id) DO UPDATE SET cycle = excluded.cycle
      """
    ).run {
      $0.bind(1, key)
      $0.bind(2, cycle)
    }
  }

  package func personDifferences(cycle: Int64, limit: Int) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT person_id FROM person_difference INDEXED BY person_difference_cycle
      WHERE cycle = ?1 LIMIT ?2
      """
    ).rows {
      $0.bind(1, cycle)
      $0.bind(2, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  package func removePersonDifference(_ id: String) throws(SQLError) {
    try database.statement("DELETE FROM person_difference WHERE person_id = ?").run {
      $0.bind(1, id)
    }
  }

  package func noteDifference(ofPerson id: String, cycle: Int64) throws(SQLError) {
    try database.statement("INSERT OR IGNORE INTO person_difference(person_id, cycle) VALUES(?, ?)")
      .run {
        $0.bind(1, id)
        $0.bind(2, cycle)
      }
  }

  /// Turns changed users, queues and roles into people to plan, `limit` at a time (S5).
  ///
  /// Returns false when none is left. A renamed owner of a million leads is walked in slices: the
  /// last record that was reached is kept in the difference itself.
  package func spreadOwnerDifferences(cycle: Int64, limit: Int) throws(SQLError) -> Bool {
    let next: (id: String, after: String)? = try database.statement(
      "SELECT owner_id, after FROM owner_difference WHERE cycle = ? LIMIT 1"
    ).first {
      $0.bind(1, cycle)
    } read: {
      ($0.text(0), $0.text(1))
    }
    guard let next else { return false }
    try spreadRole(next.id, cycle: cycle)
    var last: String?
    var count = 0
    try database.statement(
      "SELECT id FROM record WHERE owner_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    ).rows {
      $0.bind(1, next.id)
      $0.bind(2, next.after)
      $0.bind(3, Int64(limit))
    } each: { row throws(SQLError) in
      let record = row.text(0)
      last = record
      count += 1
      try self.notePeopleLinked(to: record, cycle: cycle)
    }
    let sql =
      count < limit
      ? "DELETE FROM owner_difference WHERE owner_id = ?1"
      : "UPDATE owner_difference SET after = ?2 WHERE owner_id = ?1"
    try database.statement(sql).run {
      $0.bind(1, next.id)
      if count >= limit { $0.bind(2, last) }
    }
    return true
  }

  /// A role's name stands on everyone who has the role.
  private func spreadRole(_ id: String, cycle: Int64) throws(SQLError) {
    guard id.hasPrefix("00E") else { return }
    try database.statement(
      """
      INSERT INTO owner_difference(owner_id, cycle)
      SELECT id, ?2 FROM owner WHERE role_id = ?1
      ON CONFLICT(owner_id) DO UPDATE SET cycle = excluded.cycle, after = ''
      """
    ).run {
      $0.bind(1, id)
      $0.bind(2, cycle)
    }
  }

  /// Takes over what a full read under way has noted: the cycle at hand plans it sooner (S9).
  private func notePeopleLinked(to recordID: String, cycle: Int64) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO person_difference(person_id, cycle)
      SELECT * FROM (
        SELECT person_id, ?2 FROM link WHERE record_id = ?1
        UNION SELECT person_id, ?2 FROM pin WHERE record_id = ?1) WHERE true
      ON CONFLICT(person_id) DO UPDATE SET cycle = excluded.cycle
      """
    ).run {
      $0.bind(1, recordID)
      $0.bind(2, cycle)
    }
  }

  /// Whether something of this person or its record is not planned yet: its deliveries wait for
  /// the plan, so that the guard sees it first (G1).
  package func hasDifference(person id: String, record: String?) throws(SQLError) -> Bool {
    try database.statement(
      """
      SELECT 1 FROM record_difference WHERE record_id = ?1
      UNION ALL SELECT 1 FROM person_difference WHERE person_id = ?2 LIMIT 1
      """
    ).first {
      $0.bind(1, record)
      $0.bind(2, id)
    } read: { _ in
      true
    } ?? false
  }

  /// Rows adopted in one go: a few milliseconds of the loop.
  static let adoptedMax: Int64 = 2_000

  /// Hands a slice of the differences of cycles that ended early to `cycle`; false when none was left.
  ///
  /// Those of `other`, a full read that is still under way, stay its own.
  package func adoptDifferences(into cycle: Int64, except other: Int64?) throws(SQLError) -> Bool {
    for (table, id) in Self.differences {
      try database.statement(
        """
        UPDATE \(table) SET cycle = ?1 WHERE \(id) IN (
          SELECT \(id) FROM \(table) WHERE cycle < ?1 AND cycle <> ?2 LIMIT ?3)
        """
      ).run {
        $0.bind(1, cycle)
        $0.bind(2, other ?? cycle)
        $0.bind(3, Self.adoptedMax)
      }
      if database.changes == Self.adoptedMax { return true }
    }
    return false
  }

  private static let differences = [
    ("record_difference", "record_id"), ("person_difference", "person_id"),
    ("owner_difference", "owner_id"),
  ]
}
