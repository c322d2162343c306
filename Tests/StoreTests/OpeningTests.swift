import Glibc
import SyncCore
import Testing

@testable import Store

@Suite("O4: opening what lies at the path")
struct OpeningTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func open() throws -> (store: Store, opening: Store.Opening) {
    try Store.open(path: scratch.file, settings: Store.Settings())
  }

  /// A store with a few hundred pages, cleanly closed or not.
  private func fill(isClean: Bool) throws {
    let store = try open().store
    try store.transaction {
      let comparison = try RecordComparison(store, kind: .initial, cycle: 1, sweep: 1)
      for number in 0..<3_000 {
        try comparison.compare(
          Rows.record(
            Record(
              id: "00Q\(100_000 + number)", object: .lead, modifiedAt: 1,
              email: "\(number)@example.com", name: String(repeating: "n", count: 200))))
      }
    }
    if isClean { try store.close() } else { try store.database.execute("PRAGMA wal_checkpoint") }
  }

  @Test("O1: a new file is one of ours, and the next start finds what was written")
  func reopening() throws {
    do {
      let opened = try open()
      #expect(opened.opening == .new)
      try opened.store.transaction {
        try opened.store.set("key", "value")
        try opened.store.setCursor(
          "Lead", Cursor(since: 5, after: StreamKey(modifiedAt: 3, id: "00QA")))
        try opened.store.setCursor("people", Cursor(since: 7))
      }
      try opened.store.close()
    }
    let opened = try open()
    #expect(opened.opening == .existing)
    #expect(try opened.store.get("key") == "value")
    #expect(
      try opened.store.cursor("Lead")
        == Cursor(since: 5, after: StreamKey(modifiedAt: 3, id: "00QA")))
    #expect(try opened.store.cursor("people") == Cursor(since: 7))
    #expect(try opened.store.cursor("User") == nil)
    #expect(
      try scratch.shell("PRAGMA application_id; PRAGMA integrity_check") == "1397117785\nok\n")
    #expect(try scratch.shell("PRAGMA journal_mode") == "wal\n")
  }

  @Test("O1: single values and sequences")
  func values() throws {
    let store = try open().store
    #expect(try store.get("key") == nil)
    #expect(try store.next("cycle") == 1)
    #expect(try store.next("cycle") == 2)
    try store.set("key", "no number")
    #expect(try store.integer("key") == nil)
    try store.set("key", nil)
    #expect(try store.get("key") == nil)
  }

  @Test("O1: a stop that was not clean loses nothing that was committed, the log included")
  func logLeftBehind() throws {
    let other = try Scratch()
    let store = try open().store
    try store.transaction { try store.set("key", "value") }
    // As a kill leaves it: the file without what is in the log, and the log.
    for suffix in ["", "-wal"] {
      try other.write(try scratch.bytes("store.db" + suffix), to: "store.db" + suffix)
    }
    #expect(try other.bytes("store.db-wal").count > 0)
    let opened = try Store.open(path: other.file, settings: Store.Settings())
    #expect(opened.opening == .existing)
    #expect(try opened.store.get("key") == "value")
  }

  // MARK: Files that are not ours

  @Test("O4: another program's database is refused and left byte for byte", arguments: [0, 42])
  func foreign(application: Int) throws {
    _ = try scratch.shell("CREATE TABLE t(x); PRAGMA application_id = \(application)")
    let before = try scratch.bytes()
    #expect(throws: StoreError.foreignFile) { try open() }
    #expect(try scratch.bytes() == before)
    #expect(scratch.files == ["store.db"])
  }

  @Test("O4: a newer schema is refused with a remedy")
  func newer() throws {
    try open().store.close()
    _ = try scratch.shell("PRAGMA user_version = 99")
    let error = #expect(throws: StoreError.self) { try open() }
    #expect(error == .newerSchema(found: 99, known: Schema.migrations.count))
    #expect(error?.description.contains("newer sfsync") == true)
  }

  @Test("O4: a file of this version becomes one of the next with its rows, once")
  func migration() throws {
    do {
      let store = try open().store
      try store.take(Record(id: "00QA", object: .lead, email: "a@x.com"))
      try store.close()
    }
    let migrations =
      Schema.migrations + ["ALTER TABLE record ADD COLUMN phone TEXT; CREATE TABLE more(x)"]
    for _ in 0..<2 {
      let opened = try Store.open(
        path: scratch.file, settings: Store.Settings(), migrations: migrations)
      #expect(opened.opening == .existing)
      #expect(try opened.store.record("00QA")?.email == "a@x.com")
      try opened.store.close()
    }
    #expect(
      try scratch.shell("PRAGMA user_version; SELECT count(phone) FROM record")
        == "\(migrations.count)\n0\n")
    #expect(
      throws: StoreError.newerSchema(found: migrations.count, known: Schema.migrations.count)
    ) { try open() }
  }

  @Test("O4: a migration that fails leaves the file as it was")
  func failedMigration() throws {
    try open().store.close()
    let migrations = Schema.migrations + ["CREATE TABLE more(x); CREATE TABLE record(x)"]
    #expect(throws: SQLError.self) {
      try Store.open(path: scratch.file, settings: Store.Settings(), migrations: migrations)
    }
    #expect(
      try scratch.shell(
        "PRAGMA user_version; SELECT count(*) FROM sqlite_schema WHERE name = 'more'")
        == "\(Schema.migrations.count)\n0\n")
    #expect(try open().opening == .existing)
  }

  // MARK: Damage

  enum Damage: CaseIterable {
    case flippedMiddle, truncated, noDatabase, header
  }

  private func damage(_ kind: Damage) throws {
    var bytes = try scratch.bytes()
    switch kind {
    case .flippedMiddle:
      // Behind the pages of the schema, so that only rows are hit.
      for page in stride(from: 120 * 4096, to: bytes.count - 4096, by: 4096) {
        for index in page..<page + 64 { bytes[index] ^= 0xFF }
      }
    case .truncated: bytes.removeLast(bytes.count / 2)
    case .noDatabase:
      bytes = Array("a letter to the editor, of more than a hundred bytes, ".utf8) + bytes
    case .header: for index in 0..<16 { bytes[index] = 0 }
    }
    try scratch.write(bytes)
  }

  @Test(
    "O4: after a stop that was not clean a damaged file is set aside and built anew",
    arguments: Damage.allCases)
  func damaged(kind: Damage) throws {
    try fill(isClean: false)
    try damage(kind)
    let damaged = try scratch.bytes()
    let opened = try open()
    #expect(opened.opening == .rebuilt(damagedFile: scratch.file + ".damaged-1"))
    #expect(try scratch.bytes("store.db.damaged-1") == damaged)
    #expect(try opened.store.recordCount() == 0)
    try opened.store.take(Record(id: "00QA", object: .lead))
    #expect(try opened.store.recordCount() == 1)
  }

  @Test("O4: damage met while running is looked for at the next start, clean stop or not")
  func damageWhileRunning() throws {
    try fill(isClean: true)
    try damage(.flippedMiddle)
    do {
      let opened = try open()
      #expect(opened.opening == .existing)
      let error = #expect(throws: SQLError.self) {
        for number in 0..<3_000 { _ = try opened.store.record("00Q\(100_000 + number)") }
      }
      #expect(error?.problem == .damaged)
      try opened.store.close()
    }
    #expect(try open().opening == .rebuilt(damagedFile: scratch.file + ".damaged-1"))
  }

  @Test("O4: a second damaged file gets a name of its own")
  func names() throws {
    for number in 1...3 {
      try scratch.write(Array(repeating: 7, count: 5_000))
      #expect(try open().opening == .rebuilt(damagedFile: scratch.file + ".damaged-\(number)"))
      #expect(try scratch.bytes("store.db.damaged-\(number)").count == 5_000)
      for name in ["store.db", "store.db-wal", "store.db-shm"] { unlink("\(scratch.path)/\(name)") }
    }
  }

  @Test("O4: an empty file is a new store")
  func zeroLength() throws {
    try scratch.write([])
    #expect(try open().opening == .new)
  }

  // MARK: The world around it

  @Test("O4: no directory, and a directory in the file's place, are said to be no access")
  func noAccess() throws {
    for path in ["\(scratch.path)/none/store.db", scratch.path] {
      let error = #expect(throws: SQLError.self) {
        try Store.open(path: path, settings: Store.Settings())
      }
      #expect(error?.problem == .access)
    }
  }

  @Test("O4: a directory that cannot be written to is no access, and nothing appears in it")
  func readOnly() async throws {
    await #expect(processExitsWith: .exitCode(7)) {
      let scratch = try Scratch()
      chmod(scratch.path, 0o555)
      // Root may write anywhere.
      guard geteuid() != 0 || setuid(65_534) == 0 else { exit(1) }
      do {
        _ = try Store.open(path: scratch.file, settings: Store.Settings())
      } catch let error as SQLError where error.problem == .access {
        exit(scratch.files.isEmpty ? 7 : 2)
      }
    }
  }

  @Test("O4: held by another process it is said to be locked, and goes on afterwards")
  func locked() throws {
    let store = try open().store
    let other = try Database(path: scratch.file)
    try other.execute("BEGIN IMMEDIATE")
    try store.database.execute("PRAGMA busy_timeout = 1")
    let error = #expect(throws: SQLError.self) {
      try store.transaction { try store.set("key", "1") }
    }
    #expect(error?.problem == .locked)
    #expect(try store.get("key") == nil)
    try other.execute("COMMIT")
    try store.transaction { try store.set("key", "2") }
    #expect(try store.get("key") == "2")
  }

  @Test("O4: a full disk is said to be full, nothing is half-written, and it goes on afterwards")
  func full() throws {
    let store = try open().store
    try store.transaction { try store.set("key", "before") }
    try store.database.execute("PRAGMA max_page_count = 100")
    let error = #expect(throws: SQLError.self) {
      try store.transaction {
        try store.set("key", "after")
        let comparison = try RecordComparison(store, kind: .poll, cycle: 1, sweep: 0)
        for number in 0..<10_000 {
          try comparison.compare(Rows.record(Record(id: "00Q\(number)", object: .lead)))
        }
      }
    }
    #expect(error?.problem == .full)
    #expect(try store.get("key") == "before")
    #expect(try store.recordCount() == 0)
    #expect(try scratch.shell("PRAGMA integrity_check") == "ok\n")
    try store.database.execute("PRAGMA max_page_count = 1000000")
    #expect(try store.take(Record(id: "00QA", object: .lead)) == .changed)
  }

  @Test("O2: a copy holds the same, is opened without a check, and goes its own way")
  func copy() async throws {
    let store = try open().store
    try store.take(Record(id: "00QA", object: .lead))
    try await store.copy(to: scratch.path + "/copy.db") {}
    let copy = try Store.open(path: scratch.path + "/copy.db", settings: Store.Settings())
    #expect(copy.opening == .existing)
    try copy.store.take(Record(id: "00QB", object: .lead))
    #expect(try copy.store.recordCount() == 2)
    #expect(try store.recordCount() == 1)
    #expect(try store.get("clean") == nil)
  }

  @Test("O1: the disk is waited for, but for the pages of a full read")
  func synchronous() throws {
    let store = try open().store
    let level = {
      try store.database.prepare("PRAGMA synchronous").first { _ in
      } read: {
        $0.integer(0)
      }
    }
    #expect(try level() == 2)
    #expect(try store.lazyTransaction { try level() } == 1)
    #expect(try level() == 2)
    #expect(throws: CancellationError.self) {
      try store.lazyTransaction { throw CancellationError() }
    }
    #expect(try level() == 2)
  }
}
