package import SyncCore

/// Rows that a complete full read did not see (M6, M8).
extension Store {
  /// Live records not seen by `sweep` and older than its start, in id order.
  package func unseenRecords(
    _ object: RecordObject, sweep: Int64, before start: Int64, after id: String, limit: Int
  ) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT id FROM record WHERE id > ?1 AND id >= ?2 AND id < ?3 AND sweep < ?4
        AND modified_at < ?5 AND is_deleted = 0 ORDER BY id LIMIT ?6
      """
    ).rows {
      let prefix = object == .lead ? ("00Q", "00R") : ("003", "004")
      $0.bind(1, id)
      $0.bind(2, prefix.0)
      $0.bind(3, prefix.1)
      $0.bind(4, sweep)
      $0.bind(5, start)
      $0.bind(6, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  /// Takes a record for deleted, as a difference of `cycle`.
  package func markDeleted(record id: String, cycle: Int64) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO record_difference(record_id, cycle, email, match_key)
      SELECT id, ?2, email, match_key FROM record WHERE id = ?1
      ON CONFLICT(record_id) DO NOTHING
      """
    ).run {
      $0.bind(1, id)
      $0.bind(2, cycle)
    }
    // The fingerprint goes, so that the row counts as news should it come back.
    try database.statement(
      "UPDATE record SET is_deleted = 1, fingerprint = x'' WHERE id = ?"
    ).run { $0.bind(1, id) }
  }

  /// People not seen by `sweep` and older than its start, in id order.
  package func unseenPeople(
    sweep: Int64, before start: Int64, after id: String, limit: Int
  ) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT id FROM person WHERE id > ?1 AND sweep < ?2 AND updated_at < ?3
      ORDER BY id LIMIT ?4
      """
    ).rows {
      $0.bind(1, id)
      $0.bind(2, sweep)
      $0.bind(3, start)
      $0.bind(4, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  package func recordCount() throws(SQLError) -> Int64 { try count("SELECT count(*) FROM record") }

  package func personCount() throws(SQLError) -> Int64 { try count("SELECT count(*) FROM person") }
}
