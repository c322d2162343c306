import CSQLite

/// What a file says of itself that is to become the store.
package struct BackupFacts: Sendable, Equatable {
  /// The release's schema that wrote it.
  package var schema: Int
  /// When it was begun, in milliseconds UTC; nil for a file that is no backup but a store itself.
  package var madeAt: Int64?
  /// In bytes.
  package var size: Int64
}

/// Copies of the store, and files that may become it.
extension Store {
  /// In a backup, and only there: when it was begun.
  static let backupKey = "backup_at"

  /// Copies the store into a new file for our own use while it is in use.
  package func copy(to path: String, pause: () async throws -> Void) async throws {
    try await database.copy(to: path, pause: pause)
    let copy = try Database(path: path)
    // Just written, page by page: there is nothing to check when it is opened.
    try copy.execute(
      "PRAGMA synchronous = OFF; INSERT OR REPLACE INTO meta VALUES('clean', '1')")
  }

  /// Copies the store into a new file that says that it is a backup begun at `now`, in milliseconds
  /// UTC, and is nothing but one file; a slice at a time, with `pause` between.
  ///
  /// Whoever keeps the file writes it to the disk: nothing here waits for that.
  package func backUp(
    to path: String, at now: Int64, pause: () async throws -> Void
  ) async throws {
    try await database.copy(to: path, pause: pause)
    let copy = try Database(path: path)
    try copy.execute(
      """
      PRAGMA synchronous = OFF;
      PRAGMA journal_mode = DELETE;
      INSERT OR REPLACE INTO meta VALUES('clean', '1'), ('\(Self.backupKey)', '\(now)');
      """)
  }

  /// How large the store's file is, in bytes.
  package func size() throws(SQLError) -> Int64 {
    try Self.number("PRAGMA page_count", in: database)
      * Self.number("PRAGMA page_size", in: database)
  }

  /// Looks a file through that is to become the store: all of it, whatever time that takes.
  ///
  /// Throws ``StoreError`` for a file that is not ours or is of a newer release, and ``SQLError`` for a
  /// damaged one.
  package static func inspect(_ path: String) throws -> BackupFacts {
    let database = try Database(path: path)
    return try withExtendedLifetime(database) {
      let application = try number("PRAGMA application_id", in: database)
      let schema = try Int(number("PRAGMA user_version", in: database))
      guard application == Schema.applicationID, schema > 0 else { throw StoreError.foreignFile }
      guard schema <= Schema.migrations.count else {
        throw StoreError.newerSchema(found: schema, known: Schema.migrations.count)
      }
      let verdict = try database.prepare("PRAGMA integrity_check(1)").first { _ in
      } read: {
        $0.text(0)
      }
      guard verdict == "ok" else {
        throw SQLError(
          code: SQLITE_CORRUPT, message: verdict ?? "no verdict", statement: "integrity_check")
      }
      let madeAt = try database.prepare("SELECT value FROM meta WHERE key = ?").first {
        $0.bind(1, backupKey)
      } read: {
        $0.text(0)
      }
      let pages = try number("PRAGMA page_count", in: database)
      return BackupFacts(
        schema: schema, madeAt: madeAt.flatMap { Int64($0) },
        size: try pages * number("PRAGMA page_size", in: database))
    }
  }

  /// Makes a plain copy of a store a backup, so that the start after it takes it for one; the time of
  /// its last poll is the last that it knows of.
  package static func markAsBackup(_ path: String) throws {
    let database = try Database(path: path)
    try withExtendedLifetime(database) {
      try database.execute(
        """
        PRAGMA journal_mode = DELETE;
        INSERT OR IGNORE INTO meta
          SELECT '\(backupKey)', coalesce(min(since), 0) FROM cursor WHERE stream = 'people';
        """)
    }
  }

  /// Puts everything that is in the file's write-ahead log into the file itself; false when it cannot
  /// be read, and the log has to be kept with it.
  package static func emptyLog(of path: String) -> Bool {
    guard let database = try? Database(path: path) else { return false }
    return withExtendedLifetime(database) {
      (try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)")) != nil
    }
  }

  private static func number(_ sql: String, in database: Database) throws(SQLError) -> Int64 {
    try database.prepare(sql).first { _ in
    } read: {
      $0.integer(0)
    } ?? 0
  }
}
