import Glibc

extension Store {
  /// What opening the file did to it.
  package struct Migration: Sendable, Equatable {
    /// The schema that it had.
    package var from: Int
    /// A copy of it as it was; nil where there was no room for one.
    package var kept: String?
  }
}

/// The store as it was before a migration, for whoever wants the earlier release back.
enum MigrationCopy {
  /// What stays free beside the copy and what the migration itself may write, in bytes.
  private static let spare: Int64 = 64 << 20

  /// Copies the file to `….before-N`, on the disk when this returns; its name, or nil where there is no
  /// room or the copy fails: the migration is one transaction and needs none.
  static func make(of database: Database, size: Int64, before version: Int) -> String? {
    let name = WholeCopy.before.name(of: database.path, version)
    let part = name + ".part"
    guard hasRoom(beside: database.path, for: size) else { return nil }
    unlink(part)
    defer { unlink(part) }
    do {
      try database.copyWhole(to: part)
    } catch {
      return nil
    }
    guard sync(part), rename(part, name) == 0 else { return nil }
    return name
  }

  private static func hasRoom(beside path: String, for size: Int64) -> Bool {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var system = statvfs()
    guard statvfs(directory, &system) == 0 else { return false }
    let (free, isHuge) = Int64(clamping: system.f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: system.f_frsize))
    return isHuge || free / 3 > size + spare / 3
  }

  private static func sync(_ path: String) -> Bool {
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
