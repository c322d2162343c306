package import SyncCore

/// How far a stream has been read.
package struct Cursor: Sendable, Equatable {
  /// The next poll reads what changed at or after this, less the overlap; milliseconds UTC of the
  /// server's clock.
  package var since: Int64
  /// Where a read under way goes on after an interruption.
  package var after: StreamKey?

  package init(since: Int64, after: StreamKey? = nil) {
    self.since = since
    self.after = after
  }
}

extension Store {
  /// The cursor of a Salesforce stream, or of `people` for Intercom's contacts.
  package func cursor(_ stream: String) throws(SQLError) -> Cursor? {
    try database.statement(
      "SELECT since, after_modified_at, after_id FROM cursor WHERE stream = ?"
    ).first {
      $0.bind(1, stream)
    } read: { row in
      let after = row.textOrNull(2).map { StreamKey(modifiedAt: row.integer(1), id: $0) }
      return Cursor(since: row.integer(0), after: after)
    }
  }

  package func setCursor(_ stream: String, _ cursor: Cursor) throws(SQLError) {
    try database.statement("INSERT OR REPLACE INTO cursor VALUES(?, ?, ?, ?)").run {
      $0.bind(1, stream)
      $0.bind(2, cursor.since)
      $0.bind(3, cursor.after?.modifiedAt)
      $0.bind(4, cursor.after?.id)
    }
  }
}
