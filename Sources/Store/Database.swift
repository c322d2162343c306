import CSQLite
import Glibc

/// One connection to one SQLite file, with its prepared statements.
final class Database {
  let path: String
  /// SQLite has found the file damaged since it was opened.
  private(set) var isDamaged = false
  let raw: OpaquePointer
  private var statements: [String: Statement] = [:]

  /// Opens or makes the file; multi-thread mode, since everything here happens on one queue.
  ///
  /// With `isReadOnly` nothing is made and nothing can be written.
  init(path: String, isReadOnly: Bool = false) throws(SQLError) {
    var raw: OpaquePointer?
    let mode = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &raw, flags, nil)
    guard code == SQLITE_OK, let raw else {
      let message = String(cString: sqlite3_errstr(code))
      sqlite3_close_v2(raw)
      throw SQLError(code: code, message: message, statement: "open")
    }
    self.path = path
    self.raw = raw
    // A copy or a curious sqlite3 shell may hold the file for a moment.
    sqlite3_busy_timeout(raw, 2_000)
  }

  deinit {
    statements.removeAll()
    sqlite3_close_v2(raw)
  }

  /// Runs statements that return nothing.
  func execute(_ sql: String) throws(SQLError) {
    let code = sqlite3_exec(raw, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql) }
  }

  /// The error that the connection was left with, for the statement `sql`.
  func error(_ code: Int32, _ sql: String) -> SQLError {
    let error = SQLError(code: code, message: String(cString: sqlite3_errmsg(raw)), statement: sql)
    if error.problem == .damaged { isDamaged = true }
    return error
  }

  /// The prepared statement for `sql`, which is a constant of ours.
  func statement(_ sql: String) throws(SQLError) -> Statement {
    if let known = statements[sql] { return known }
    let new = try Statement(sql, in: self)
    statements[sql] = new
    return new
  }

  /// Every statement that was prepared so far.
  var preparedSQL: [String] { statements.keys.sorted() }

  func prepare(_ sql: String) throws(SQLError) -> Statement { try Statement(sql, in: self) }

  var changes: Int64 { sqlite3_changes64(raw) }

  /// Rows changed since the connection was opened, those by triggers included.
  var totalChanges: Int64 { sqlite3_total_changes64(raw) }

  var lastRowID: Int64 { sqlite3_last_insert_rowid(raw) }

  /// All of `body`, or nothing of it.
  func transaction<Value>(_ body: () throws -> Value) throws -> Value {
    try execute("BEGIN IMMEDIATE")
    do {
      let value = try body()
      try execute("COMMIT")
      return value
    } catch {
      // SQLite may have rolled back by itself (disk full); a second one is harmless.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// Copies the database into a new file at once, which stays one file and is not on the disk yet.
  func copyWhole(to path: String) throws(SQLError) {
    let target = try Database(path: path)
    try target.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
    guard let backup = sqlite3_backup_init(target.raw, "main", raw, "main") else {
      throw target.error(sqlite3_errcode(target.raw), "backup")
    }
    let code = sqlite3_backup_step(backup, -1)
    sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE else { throw target.error(code, "backup") }
    try target.execute("PRAGMA journal_mode = DELETE")
  }

  /// Copies the database into a new file while it is in use, a slice at a time with `pause` between.
  ///
  /// What this connection writes meanwhile is in the copy too. Nothing waits for the disk: whoever
  /// keeps the copy sees to that.
  func copy(to path: String, pause: () async throws -> Void) async throws {
    let target = try Database(path: path)
    try target.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
    guard let backup = sqlite3_backup_init(target.raw, "main", raw, "main") else {
      throw SQLError(
        code: sqlite3_errcode(target.raw), message: String(cString: sqlite3_errmsg(target.raw)),
        statement: "backup")
    }
    defer { sqlite3_backup_finish(backup) }
    var slice = CopySlice()
    while true {
      let started = CopySlice.microseconds
      switch sqlite3_backup_step(backup, slice.pages) {
      case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED:
        slice.took(CopySlice.microseconds - started)
        try await pause()
      case SQLITE_DONE: return
      case let code:
        throw SQLError(
          code: code, message: String(cString: sqlite3_errstr(code)), statement: "backup")
      }
    }
  }
}

/// How many pages one slice of a copy takes: about two milliseconds of them, on any disk.
private struct CopySlice {
  private(set) var pages: Int32 = 64

  mutating func took(_ microseconds: Int64) {
    if microseconds < 1_000 {
      pages = min(pages * 2, 1_024)
    } else if microseconds > 4_000 {
      pages = max(pages / 2, 8)
    }
  }

  /// Of the clock that never jumps.
  static var microseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }
}
