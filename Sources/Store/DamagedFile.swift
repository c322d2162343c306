import Glibc

/// A database that SQLite cannot read any more, kept for whoever wants to look at it.
enum DamagedFile {
  /// Renames the file and its companions to the first free `….damaged-N`; the name it got.
  static func setAside(_ path: String) throws(SQLError) -> String {
    for number in 1...999 {
      let name = WholeCopy.damaged.name(of: path, number)
      guard access(name, F_OK) != 0 else { continue }
      guard rename(path, name) == 0 else { break }
      // A write-ahead log of the old file must never be replayed into the new one.
      for suffix in ["-wal", "-shm"] { rename(path + suffix, name + suffix) }
      return name
    }
    throw SQLError(
      code: errno, message: "cannot rename the damaged file: \(String(cString: strerror(errno)))",
      statement: "rename")
  }
}
