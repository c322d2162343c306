package import SyncCore

/// A record that differs, with what the snapshot said before; durable until it is planned.
package struct RecordDifference: Sendable, Equatable {
  package var recordID: String
  /// The parts of the record that matter to events and to matching, as they were; nil for a row
  /// that was not known.
  package var before: Record?
}

extension Store {
  /// The next differences of `cycle`, in id order.
  package func recordDifferences(
    cycle: Int64, limit: Int
  ) throws(SQLError) -> [RecordDifference] {
    var differences: [RecordDifference] = []
    try database.statement(
      """
      SELECT record_id, existed, email, match_key, status, title, owner_id
      FROM record_difference INDEXED BY record_difference_cycle
      WHERE cycle = ?1 LIMIT ?2
      """
    ).rows {
      $0.bind(1, cycle)
      $0.bind(2, Int64(limit))
    } each: { row in
      let id = row.text(0)
      let before =
        row.bool(1)
        ? Record(
          id: id, object: RecordObject(id: id) ?? .lead, email: row.textOrNull(2),
          matchKey: row.textOrNull(3), status: row.textOrNull(4), title: row.textOrNull(5),
          ownerID: row.textOrNull(6))
        : nil
      differences.append(RecordDifference(recordID: id, before: before))
    }
    return differences
  }

  package func removeRecordDifference(_ id: String) throws(SQLError) {
    try database.statement("DELETE FROM record_difference WHERE record_id = ?").run { $0.bind(1, id) }
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
    try database.statement("DELETE FROM person_difference WHERE person_id = ?").run { $0.bind(1, id) }
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
      INSERT OR IGNORE INTO owner_difference(owner_id, cycle)
      SELECT id, ?2 FROM owner WHERE role_id = ?1
      """
    ).run {
      $0.bind(1, id)
      $0.bind(2, cycle)
    }
  }

  private func notePeopleLinked(to recordID: String, cycle: Int64) throws(SQLError) {
    try database.statement(
      """
      INSERT OR IGNORE INTO person_difference(person_id, cycle)
      SELECT person_id, ?2 FROM link WHERE record_id = ?1
      """
    ).run {
      $0.bind(1, recordID)
      $0.bind(2, cycle)
    }
  }

  /// Whether a record has a difference that no plan has seen; its people wait for the plan (G1).
  package func hasDifference(record id: String) throws(SQLError) -> Bool {
    try database.statement("SELECT 1 FROM record_difference WHERE record_id = ? LIMIT 1").first {
      $0.bind(1, id)
    } read: { _ in true } ?? false
  }

  /// Hands the differences of cycles that ended early to `cycle`.
  package func adoptDifferences(into cycle: Int64) throws(SQLError) {
    for table in ["record_difference", "person_difference", "owner_difference"] {
      try database.statement("UPDATE \(table) SET cycle = ?1 WHERE cycle <> ?1").run {
        $0.bind(1, cycle)
      }
    }
  }
}
