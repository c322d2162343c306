import CSQLite
import Glibc

/// A new, empty store that takes the place of one that is to be gone (O6).
enum EmptyFile {
  static let suffix = ".empty"
  private static let companions = ["-wal", "-shm"]

  /// Makes an empty store with these single values, on disk when this returns.
  static func make(_ path: String, _ values: [String: String]) throws {
    remove(path)
    let (store, _) = try Store.open(path: path, settings: Store.Settings())
    try store.transaction {
      for (key, value) in values { try store.set(key, value) }
    }
    try store.close()
  }

  /// Puts all of the old file's log at its place, so that the file is whole without it.
  static func settle(_ database: Database) throws {
    let isAlone = try database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").first { _ in
    } read: {
      $0.integer(0) == 0
    }
    guard isAlone == true else {
      throw SQLError(
        code: SQLITE_BUSY, message: "another program is reading the store", statement: "checkpoint")
    }
  }

  /// Puts `fresh` in the place of `path`; its log must never be taken for that of another file.
  static func rename(_ fresh: String, to path: String) throws(SQLError) {
    for companion in companions { unlink(path + companion) }
    guard Glibc.rename(fresh, path) == 0 else {
      throw SQLError(
        code: SQLITE_IOERR, message: String(cString: strerror(errno)), statement: "rename")
    }
    syncDirectory(of: path)
  }

  static func remove(_ path: String) {
    for companion in [""] + companions { unlink(path + companion) }
  }

  /// So that a power cut does not bring the old name back.
  private static func syncDirectory(of path: String) {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
