package import SyncCore

/// Some of the rows that a full read did not see.
package struct Unseen: Sendable, Equatable {
  package var ids: [String]
  /// The row up to which everything was looked at; nil when nothing is left behind it.
  package var reached: String?

  package init(ids: [String], reached: String?) {
    self.ids = ids
    self.reached = reached
  }
}

/// Rows that a complete full read did not see (M6, M8).
extension Store {
  /// Rows looked at in one go: nearly all were seen, and finding that out takes its time.
  static let scanRows = 2_000

  /// Live records not seen by `sweep` and older than its start, in id order.
  package func unseenRecords(
    _ object: RecordObject, sweep: Int64, before start: Int64, after id: String, limit: Int
  ) throws(SQLError) -> Unseen {
    let range = object == .lead ? ("00Q", "00R") : ("003", "004")
    let first = max(id, range.0)
    let bound = try bound("record", after: first, below: range.1)
    var ids: [String] = []
    try database.statement(
      """
      SELECT id FROM record WHERE id > ?1 AND id <= ?2 AND sweep < ?3 AND modified_at < ?4
        AND is_deleted = 0 ORDER BY id LIMIT ?5
      """
    ).rows {
      $0.bind(1, first)
      $0.bind(2, bound ?? range.1)
      $0.bind(3, sweep)
      $0.bind(4, start)
      $0.bind(5, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return Unseen(ids: ids, reached: ids.count == limit ? ids.last : bound)
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
  ) throws(SQLError) -> Unseen {
    let bound = try bound("person", after: id, below: Self.lastID)
    var ids: [String] = []
    try database.statement(
      """
      SELECT id FROM person WHERE id > ?1 AND id <= ?2 AND sweep < ?3 AND updated_at < ?4
      ORDER BY id LIMIT ?5
      """
    ).rows {
      $0.bind(1, id)
      $0.bind(2, bound ?? Self.lastID)
      $0.bind(3, sweep)
      $0.bind(4, start)
      $0.bind(5, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return Unseen(ids: ids, reached: ids.count == limit ? ids.last : bound)
  }

  /// No id comes after it.
  private static let lastID = "\u{10FFFF}"

  /// The last of the rows that are looked at in one go; nil when fewer are left.
  private func bound(
    _ table: String, after id: String, below end: String
  ) throws(SQLError) -> String? {
    try database.statement(
      "SELECT id FROM \(table) WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT 1 OFFSET ?3"
    ).first {
      $0.bind(1, id)
      $0.bind(2, end)
      $0.bind(3, Int64(Self.scanRows - 1))
    } read: {
      $0.text(0)
    }
  }

  package func recordCount() throws(SQLError) -> Int64 { try count("SELECT count(*) FROM record") }

  package func personCount() throws(SQLError) -> Int64 { try count("SELECT count(*) FROM person") }
}
