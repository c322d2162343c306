import CSQLite
import Wire

/// One prepared statement, kept for as long as its database and used by one caller at a time.
///
/// Bind, step, read, and let ``reset()`` end it; the short forms ``run(_:)`` and ``rows(_:each:)``
/// do that by themselves.
final class Statement {
  private let raw: OpaquePointer
  private unowned let database: Database
  private let sql: String

  init(_ sql: String, in database: Database) throws(SQLError) {
    var raw: OpaquePointer?
    let code = sqlite3_prepare_v3(
      database.raw, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &raw, nil)
    guard code == SQLITE_OK, let raw else { throw database.error(code, sql) }
    self.raw = raw
    self.database = database
    self.sql = sql
  }

  deinit { sqlite3_finalize(raw) }

  // MARK: Binding

  func bind(_ index: Int32, _ value: Int64?) {
    if let value { sqlite3_bind_int64(raw, index, value) } else { sqlite3_bind_null(raw, index) }
  }

  func bind(_ index: Int32, _ value: String?) {
    guard var value else {
      sqlite3_bind_null(raw, index)
      return
    }
    value.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) {
        // An empty buffer has no address, and a null pointer would bind NULL.
        guard let base = $0.baseAddress else { return }
        sf_bind_text_copy(raw, index, base, Int32(clamping: $0.count))
      }
    }
    if value.isEmpty { sf_bind_text_copy(raw, index, "", 0) }
  }

  func bind(_ index: Int32, _ value: Fingerprint) {
    var bytes = (value.high.bigEndian, value.low.bigEndian)
    _ = withUnsafeBytes(of: &bytes) { sf_bind_blob_copy(raw, index, $0.baseAddress, 16) }
  }

  /// Binds one column of a row without making a value of it; copied by SQLite.
  func bind(_ index: Int32, _ row: borrowing RowBuffer, _ column: Int) {
    row.withColumn(column) { text in
      guard let base = text?.baseAddress, let count = text?.count else {
        sqlite3_bind_null(raw, index)
        return
      }
      sf_bind_text_copy(
        raw, index, base.assumingMemoryBound(to: CChar.self), Int32(clamping: count))
    }
  }

  // MARK: Stepping

  /// True while there is a row to read.
  func step() throws(SQLError) -> Bool {
    switch sqlite3_step(raw) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = database.error(code, sql)
      sqlite3_reset(raw)
      throw error
    }
  }

  func reset() {
    sqlite3_reset(raw)
    sqlite3_clear_bindings(raw)
  }

  // MARK: Reading

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

  func integerOrNull(_ column: Int32) -> Int64? {
    sqlite3_column_type(raw, column) == SQLITE_NULL ? nil : integer(column)
  }

  func bool(_ column: Int32) -> Bool { integer(column) != 0 }

  func textOrNull(_ column: Int32) -> String? {
    guard let text = sqlite3_column_text(raw, column) else { return nil }
    let count = Int(sqlite3_column_bytes(raw, column))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  func text(_ column: Int32) -> String { textOrNull(column) ?? "" }

  /// Whether ``column`` holds no fingerprint: what is known of the row was not read from the far side.
  func isBlank(_ column: Int32) -> Bool { sqlite3_column_bytes(raw, column) == 0 }

  /// Whether the blob in `column` is that fingerprint.
  func equals(_ column: Int32, _ fingerprint: Fingerprint) -> Bool {
    guard sqlite3_column_bytes(raw, column) == 16, let blob = sqlite3_column_blob(raw, column)
    else { return false }
    let high = UInt64(bigEndian: blob.loadUnaligned(as: UInt64.self))
    let low = UInt64(bigEndian: blob.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    return high == fingerprint.high && low == fingerprint.low
  }
}

extension Statement {
  /// Runs to the end, ignoring any row.
  func run(_ bindings: (Statement) -> Void = { _ in }) throws(SQLError) {
    bindings(self)
    defer { reset() }
    while try step() {}
  }

  /// Calls `each` for every row.
  func rows(
    _ bindings: (Statement) -> Void = { _ in }, each: (Statement) throws(SQLError) -> Void
  ) throws(SQLError) {
    bindings(self)
    defer { reset() }
    while try step() { try each(self) }
  }

  /// What `read` makes of the first row; nil without one.
  func first<Value>(
    _ bindings: (Statement) -> Void = { _ in }, read: (Statement) -> Value
  ) throws(SQLError) -> Value? {
    bindings(self)
    defer { reset() }
    return try step() ? read(self) : nil
  }
}
