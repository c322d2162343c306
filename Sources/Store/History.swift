package import SyncCore

/// One line of the timeline of a person and its record.
package struct HistoryEntry: Sendable, Equatable {
  /// 0 until it is entered.
  package var id: Int64
  /// Milliseconds UTC.
  package var at: Int64
  package var personID: String?
  package var recordID: String?
  /// Where it was written.
  package var side: Side
  /// `lead`, `fields`, `task`, `attributes`, …: the kind of the delivery.
  package var what: String
  /// JSON: what was changed; nil where there is nothing to tell.
  package var changes: String?
  package var result: String

  package init(
    id: Int64 = 0, at: Int64, personID: String? = nil, recordID: String? = nil, side: Side,
    what: String, changes: String? = nil, result: String
  ) {
    self.id = id
    self.at = at
    self.personID = personID
    self.recordID = recordID
    self.side = side
    self.what = what
    self.changes = changes
    self.result = result
  }
}

extension Store {
  /// How long the timeline goes back.
  static let historyMillisecondsMax: Int64 = 365 * 86_400_000

  package func enterHistory(_ entry: HistoryEntry) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO history(at, person_id, record_id, side, what, changes, result)
      VALUES(?, ?, ?, ?, ?, ?, ?)
      """
    ).run {
      $0.bind(1, entry.at)
      $0.bind(2, entry.personID)
      $0.bind(3, entry.recordID)
      $0.bind(4, entry.side.rawValue)
      $0.bind(5, entry.what)
      $0.bind(6, entry.changes)
      $0.bind(7, entry.result)
    }
  }

  /// A person's entries after `id`, oldest first.
  package func history(
    ofPerson personID: String, after id: Int64 = 0, limit: Int
  ) throws(SQLError) -> [HistoryEntry] {
    try history("person_id", personID, after: id, limit: limit)
  }

  /// A record's entries after `id`, oldest first, whoever they are about.
  package func history(
    ofRecord recordID: String, after id: Int64 = 0, limit: Int
  ) throws(SQLError) -> [HistoryEntry] {
    try history("record_id", recordID, after: id, limit: limit)
  }

  private func history(
    _ column: String, _ value: String, after id: Int64, limit: Int
  ) throws(SQLError) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    try database.statement(
      """
      SELECT id, at, person_id, record_id, side, what, changes, result FROM history
      WHERE \(column) = ?1 AND id > ?2 ORDER BY id LIMIT ?3
      """
    ).rows {
      $0.bind(1, value)
      $0.bind(2, id)
      $0.bind(3, Int64(limit))
    } each: {
      entries.append(
        HistoryEntry(
          id: $0.integer(0), at: $0.integer(1), personID: $0.textOrNull(2),
          recordID: $0.textOrNull(3), side: Side(rawValue: $0.text(4)) ?? .salesforce,
          what: $0.text(5), changes: $0.textOrNull(6), result: $0.text(7)))
    }
    return entries
  }

  /// Forgets a slice of the entries that are older than a year; false when none was left.
  package func trimHistory(now: Int64) throws(SQLError) -> Bool {
    try database.statement(
      """
      DELETE FROM history
      WHERE id IN (SELECT id FROM history ORDER BY id LIMIT 1000) AND at < ?
      """
    ).run { $0.bind(1, now - Self.historyMillisecondsMax) }
    return database.changes > 0
  }
}
