import CSQLite
package import SyncCore

/// The daemon's memory: snapshot, differences, outbox, cursors and error register in one file.
///
/// Not Sendable: whoever made it owns it. Every method that writes expects to run inside
/// ``transaction(_:)``, so that the line's step, not the table, decides what is atomic (O1).
package final class Store {
  /// How the store compares and matches; from the configuration.
  package struct Settings: Sendable, Equatable {
    package var matchesByExternalID: Bool
    package var preference: Preference

    package init(matchesByExternalID: Bool = false, preference: Preference = .contact) {
      self.matchesByExternalID = matchesByExternalID
      self.preference = preference
    }
  }

  /// What was found at the path.
  package enum Opening: Sendable, Equatable {
    case existing
    case new
    /// The file was damaged; it is kept under that name, and a new one was begun (O4).
    case rebuilt(damagedFile: String)
  }

  package var settings: Settings
  let database: Database
  /// Held deliveries let go in one transaction: a few milliseconds of the loop.
  package var releasedMax: Int64 = 1_000
  /// Called about once a second while something holds the loop that cannot be sliced.
  package var onLongWork: () -> Void = {}
  /// The number of the present set of values that are looked at in people (``syncWatch(_:)``).
  var watchEpoch: Int64 = 0
  /// What opening it migrated; nil for a file of this release's schema.
  package private(set) var migration: Migration?
  /// The number of each attribute's present mapping (``syncMapping(_:at:)``).
  var mappingEpochs: [String: Int64] = [:]

  /// What deliveries came to since the store was opened.
  package internal(set) var totals = DeliveryTotals()

  /// Pages of 4 kB that the log may hold before they go to their places, for small disks.
  ///
  /// Whoever commits then waits until all of them are there, and everybody with it.
  private static let logPagesMax = 2_000

  private init(database: Database, settings: Settings) {
    self.database = database
    self.settings = settings
  }

  /// Opens the store, making or migrating it as needed.
  ///
  /// A damaged file is renamed and a new one begun: an initial sync rebuilds it, and takes what it
  /// finds as the base (O4).
  package static func open(
    path: String, settings: Settings
  ) throws -> (store: Store, opening: Opening) {
    try open(path: path, settings: settings, migrations: Schema.migrations)
  }

  /// As ``open(path:settings:)``, for a release that knows these `migrations`.
  static func open(
    path: String, settings: Settings, migrations: [String]
  ) throws -> (store: Store, opening: Opening) {
    do {
      let store = Store(database: try Database(path: path), settings: settings)
      let isNew = try store.prepare(migrations)
      return (store, isNew ? .new : .existing)
    } catch let error as SQLError where error.problem == .damaged {
      let name = try DamagedFile.setAside(path)
      let store = Store(database: try Database(path: path), settings: settings)
      _ = try store.prepare(migrations)
      return (store, .rebuilt(damagedFile: name))
    }
  }

  /// Makes what `body` writes durable together, or not at all.
  package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    try database.transaction(body)
  }

  /// As ``transaction(_:)``, without waiting for the disk: for pages of a full read, which are
  /// read again if a power cut takes the last of them, cursor and all.
  package func lazyTransaction<Value>(_ body: () throws -> Value) throws -> Value {
    try database.execute("PRAGMA synchronous = NORMAL")
    defer { try? database.execute("PRAGMA synchronous = FULL") }
    return try database.transaction(body)
  }

  /// Gives back what was kept for the next look; the system's own cache still has the file.
  package func releaseMemory() { sf_release_memory(database.raw) }

  /// Marks the end of a clean run, so that the next start skips the check of the whole file.
  package func close() throws {
    // Damage that was met is looked for again, and then set aside, by the next start.
    guard !database.isDamaged else { return }
    try transaction { try set("clean", "1") }
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  // MARK: Single values

  package func get(_ key: String) throws(SQLError) -> String? {
    try database.statement("SELECT value FROM meta WHERE key = ?").first {
      $0.bind(1, key)
    } read: {
      $0.text(0)
    }
  }

  package func set(_ key: String, _ value: String?) throws(SQLError) {
    guard let value else {
      return try database.statement("DELETE FROM meta WHERE key = ?").run { $0.bind(1, key) }
    }
    try database.statement("INSERT OR REPLACE INTO meta VALUES(?, ?)").run {
      $0.bind(1, key)
      $0.bind(2, value)
    }
  }

  package func integer(_ key: String) throws(SQLError) -> Int64? {
    try get(key).flatMap { Int64($0) }
  }

  /// The next number of a sequence that survives restarts: cycles, sweeps.
  package func next(_ key: String) throws(SQLError) -> Int64 {
    let value = (try integer(key) ?? 0) + 1
    try set(key, String(value))
    return value
  }

  // MARK: Opening

  /// True for a new file.
  private func prepare(_ migrations: [String]) throws -> Bool {
    // Another program's file is left as it is, its journal mode included.
    let application = try pragma("application_id")
    let version = try pragma("user_version")
    let isNew =
      try version == 0 && application == 0 && count("SELECT count(*) FROM sqlite_schema") == 0
    guard isNew || application == Schema.applicationID else { throw StoreError.foreignFile }
    guard version <= migrations.count else {
      throw StoreError.newerSchema(found: Int(version), known: migrations.count)
    }
    try database.execute("PRAGMA journal_mode = WAL")
    try database.execute(
      """
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA foreign_keys = OFF;
      PRAGMA cache_size = -12288;
      PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA wal_autocheckpoint = \(Self.logPagesMax);
      """)
    if !isNew, try get("clean") == nil { try check() }
    if !isNew, version < migrations.count {
      migration = Migration(
        from: Int(version),
        kept: MigrationCopy.make(of: database, size: try size(), before: migrations.count))
    }
    try migrate(from: Int(version), by: migrations)
    try set("clean", nil)
    try beginErrorTally()
    watchEpoch = try integer(Self.watchEpochKey) ?? 0
    try loadMapping()
    return isNew
  }

  private func migrate(from version: Int, by migrations: [String]) throws {
    guard version < migrations.count else { return }
    try transaction {
      for script in migrations[version...] { try database.execute(script) }
      try database.execute("PRAGMA application_id = \(Schema.applicationID)")
      try database.execute("PRAGMA user_version = \(migrations.count)")
    }
  }

  /// After a stop that was not clean.
  private func check() throws(SQLError) {
    let verdict = try database.prepare("PRAGMA quick_check(1)").first { _ in
    } read: {
      $0.text(0)
    }
    guard verdict == "ok" else {
      throw SQLError(
        code: SQLITE_CORRUPT, message: verdict ?? "no verdict", statement: "quick_check")
    }
  }

  private func pragma(_ name: String) throws(SQLError) -> Int64 {
    try database.prepare("PRAGMA \(name)").first { _ in
    } read: {
      $0.integer(0)
    } ?? 0
  }
}

/// A file that is not ours to use.
package enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  case foreignFile
  case newerSchema(found: Int, known: Int)

  package var description: String {
    switch self {
    case .foreignFile:
      "the file is a SQLite database of another program; name another file under store.path"
    case .newerSchema(let found, let known):
      "the store was written by a newer sfsync (schema \(found), this one knows \(known)); "
        + "install that version again, or move the file away to rebuild it by an initial sync"
    }
  }
}
