import Glibc
import SyncCore
import Testing

@testable import Store

/// Stores as each release left them (Tests/Fixtures), opened by this one.
@Suite("O4: a store of every released schema goes on as it was")
struct ReleasedStoreTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What the store is kept as before it is migrated to this release's schema.
  private var keptName: String { "store.db.before-\(Schema.migrations.count)" }
  private var keptFile: String { "\(scratch.path)/\(keptName)" }

  nonisolated private static let versions = Array(1...Schema.migrations.count)

  private static func path(_ version: Int) -> String {
    let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(tests)/Fixtures/store-\(version).sql"
  }

  private func make(_ version: Int) throws {
    try #require(
      access(Self.path(version), R_OK) == 0,
      "Schema \(version) has no fixture: write Tests/Fixtures/store-\(version).sql, with rows everywhere."
    )
    let status = system("sqlite3 '\(scratch.file)' < '\(Self.path(version))'")
    try #require(status == 0)
  }

  /// The schema, an object a line.
  private func schema() throws -> String {
    try scratch.shell(
      """
      SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
      WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name
      """)
  }

  /// Every row of every table by these columns, but for single values.
  private func rows(_ tables: [(name: String, columns: [String])]) throws -> [String: String] {
    var rows: [String: String] = [:]
    for table in tables {
      let columns = table.columns.map { "quote(\\\"\($0)\\\")" }.joined(separator: ", ")
      rows[table.name] = try scratch.shell("SELECT \(columns) FROM \(table.name) ORDER BY 1, 2, 3")
    }
    return rows
  }

  private func tables() throws -> [(name: String, columns: [String])] {
    try scratch.shell(
      """
      SELECT name FROM sqlite_schema
      WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'meta' ORDER BY name
      """
    ).split(separator: "\n").map { name in
      let columns = try scratch.shell("SELECT name FROM pragma_table_info('\(name)')")
      return (String(name), columns.split(separator: "\n").map(String.init))
    }
  }

  @Test(
    "O4: migrated, every row is there as it was, and a second opening does nothing",
    arguments: versions)
  func rows(version: Int) throws {
    try make(version)
    let tables = try tables().map { (name: $0.name, columns: Array($0.columns)) }
    let padded = tables.map { table in
      (name: table.name, columns: table.columns + Array(repeating: table.columns[0], count: 2))
    }
    let before = try rows(padded)
    #expect(before.values.allSatisfy { !$0.isEmpty })
    let values = try scratch.shell(
      "SELECT key, value FROM meta WHERE key <> 'full_at' ORDER BY key")
    for _ in 0..<2 {
      let opened = try Store.open(path: scratch.file, settings: Store.Settings())
      #expect(opened.opening == .existing)
      try opened.store.close()
      #expect(try rows(padded) == before)
      #expect(
        try scratch.shell(
          "SELECT key, value FROM meta WHERE key NOT IN ('full_at', 'clean') ORDER BY key")
          == values)
      #expect(
        try scratch.shell("PRAGMA user_version; PRAGMA integrity_check")
          == "\(Schema.migrations.count)\nok\n")
    }
    // What counts by itself counts right.
    #expect(
      try scratch.shell("SELECT sum(count) FROM delivery_tally; SELECT count(*) FROM delivery")
        .split(separator: "\n").count == 2)
    let opened = try Store.open(path: scratch.file, settings: Store.Settings()).store
    #expect(try opened.linkCounts() == LinkCounts(people: 1, leads: 1, contacts: 0, ambiguous: 1))
    #expect(try opened.pin(of: "aaaaaaaaaaaaaaaaaaaaaaa1") == "00Q000000000001AAA")
    #expect(try opened.outboxCounts().parked == (version == 1 ? 1 : 2))
  }

  @Test("O4: a migrated store has the very schema that a new one has", arguments: versions)
  func sameSchema(version: Int) throws {
    try make(version)
    try Store.open(path: scratch.file, settings: Store.Settings()).store.close()
    let migrated = try schema()
    let other = try Scratch()
    try Store.open(path: other.file, settings: Store.Settings()).store.close()
    let new = try other.shell(
      """
      SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
      WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name
      """)
    #expect(migrated == new)
  }

  @Test(
    "O4: the schema of a released version never changes: what is new is a new version",
    arguments: versions)
  func unchanged(version: Int) throws {
    try make(version)
    let released = try schema()
    let other = try Scratch()
    try Store.open(
      path: other.file, settings: Store.Settings(),
      migrations: Array(Schema.migrations.prefix(version))
    ).store.close()
    let present = try other.shell(
      """
      SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
      WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name
      """)
    #expect(
      present == released,
      "Schema \(version) is not what a release has written: leave it, and add the next version.")
  }

  @Test(
    "O4: killed in the midst of a migration, the file is what it was, and the next start migrates it"
  )
  func killed() async throws {
    try make(1)
    let before = try rows(tables().filter { $0.columns.count > 2 })
    await #expect(processExitsWith: .exitCode(7)) { [path = scratch.file as String] in
      let database = try Database(path: path)
      try database.execute("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
      try database.execute(Schema.version2)
      // As a power cut: no rollback, no close.
      _exit(7)
    }
    #expect(try scratch.shell("PRAGMA user_version") == "1\n")
    #expect(try rows(tables().filter { $0.columns.count > 2 }) == before)
    try Store.open(path: scratch.file, settings: Store.Settings()).store.close()
    #expect(try scratch.shell("PRAGMA user_version") == "\(Schema.migrations.count)\n")
  }

  // MARK: The old one is kept

  @Test("O4: before a migration the store is kept as it was, once")
  func kept() throws {
    try make(1)
    let before = try rows(tables().filter { $0.columns.count > 2 })
    let store = try Store.open(path: scratch.file, settings: Store.Settings()).store
    #expect(store.migration == Store.Migration(from: 1, kept: keptFile))
    try store.close()
    #expect(
      try scratch.shell(
        "PRAGMA user_version; PRAGMA integrity_check; PRAGMA application_id",
        name: keptName) == "1\nok\n\(Schema.applicationID)\n")
    #expect(
      try scratch.shell("SELECT count(*) FROM record", name: keptName).split(
        separator: "\n"
      )
      .first.map(String.init) == before["record"].map { "\($0.split(separator: "\n").count)" })
    #expect(!scratch.files.contains { $0.hasSuffix(".part") })
    let again = try Store.open(path: scratch.file, settings: Store.Settings()).store
    #expect(again.migration == nil)
    try again.close()
    let new = try Scratch()
    #expect(try new.open().migration == nil)
    #expect(!new.files.contains { $0.contains("before") })
  }

  @Test("O4: where the copy cannot be made the migration goes on without it")
  func notKept() throws {
    try make(1)
    // A directory is in its place.
    mkdir(keptFile + ".part", 0o700)
    defer { rmdir(keptFile + ".part") }
    let store = try Store.open(path: scratch.file, settings: Store.Settings()).store
    #expect(store.migration == Store.Migration(from: 1, kept: nil))
    try store.close()
    #expect(try scratch.shell("PRAGMA user_version") == "\(Schema.migrations.count)\n")
  }

  @Test("O4: the store that was kept before a migration can be put back, and is migrated again")
  func backAgain() throws {
    try make(1)
    try Store.open(path: scratch.file, settings: Store.Settings()).store.close()
    let facts = try Store.inspect(keptFile)
    #expect(facts.schema == 1 && facts.madeAt == nil && facts.size > 0)
    try Store.markAsBackup(keptFile)
    #expect(try Store.inspect(keptFile).madeAt == 1_760_000_000_000)
    let store = try Store.open(
      path: keptFile, settings: Store.Settings()
    ).store
    #expect(try store.takeAsRestored(at: 1_770_000_000_000)?.from == 1_760_000_000_000)
    #expect(try store.takeAsRestored(at: 1_770_000_000_001) == nil)
  }
}
