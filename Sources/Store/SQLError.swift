import CSQLite

/// What SQLite refused, for which statement; the values bound to it are never part of it.
package struct SQLError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: Sendable {
    /// The disk is full or over its quota.
    case full
    /// The file is damaged or is no database.
    case damaged
    /// Another process holds it.
    case locked
    /// The file or its directory cannot be read or written.
    case access
    case other
  }

  /// SQLite's extended result code (sqlite.org/rescode.html).
  package var code: Int32
  package var message: String
  package var statement: String

  package var problem: Problem {
    switch code & 0xFF {
    case SQLITE_FULL: .full
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
    case SQLITE_BUSY, SQLITE_LOCKED: .locked
    case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_IOERR: .access
    default: .other
    }
  }

  package var description: String { "SQLite: \(message) (code \(code)) at \(statement)" }
}
