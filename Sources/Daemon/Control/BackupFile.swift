import Engine
import EventLoop
import Glibc
import Salesforce
import Store

/// A consistent copy of the store while it is being handed out.
///
/// It has a name only while it is made: as soon as it is open, the end of the process removes it too.
@EventLoop final class BackupFile {
  let size: Int64
  private let descriptor: Int32

  /// What is left for the daemon itself, in bytes.
  private static let spare: Int64 = 64 << 20

  struct NoRoom: Error {
    var directory: String
    var needed: Int64
    var free: Int64
  }

  struct FileError: Error, CustomStringConvertible {
    var description: String

    init(_ what: String, _ code: Int32) {
      description = "the copy in the state directory cannot be \(what): \(SystemError.text(code))"
    }
  }

  private init(descriptor: Int32) throws {
    self.descriptor = descriptor
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("looked at", errno) }
    size = Int64(status.st_size)
  }

  deinit { close(descriptor) }

  nonisolated static func path(ofStore store: String) -> String { store + ".backup" }

  /// Removes what a kill has left in the midst of a backup or a plan.
  nonisolated static func removeLeft(ofStore store: String) {
    for name in [path(ofStore: store), store + ".plan"] {
      for suffix in ["", "-journal", "-wal", "-shm"] { unlink(name + suffix) }
    }
  }

  /// Copies the store slice by slice; throws `CancellationError` when nobody wants it any more.
  static func make(_ daemon: Daemon, isWanted: () -> Bool) async throws -> BackupFile {
    let store = daemon.configuration.store.path
    let path = path(ofStore: store)
    removeCopy(path)
    try checkRoom(store, needed: try daemon.store.size() + spare)
    defer { removeCopy(path) }
    // The earlier of two clocks: whatever is done from then on may not be in the copy.
    let now = min(daemon.clock.now, daemon.engine.parts.salesforce.serverTime ?? .max)
    try await daemon.store.backUp(to: path, at: now) {
      guard isWanted() else { throw CancellationError() }
      await EventLoop.nextTurn()
    }
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw FileError("opened", errno) }
    return try BackupFile(descriptor: descriptor)
  }

  private static func removeCopy(_ path: String) {
    for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
  }

  /// A full disk would end the daemon.
  private static func checkRoom(_ store: String, needed: Int64) throws {
    let directory = store.lastIndex(of: "/").map { String(store[..<$0]) } ?? "."
    var system = statvfs()
    guard statvfs(directory.isEmpty ? "/" : directory, &system) == 0 else { return }
    let (free, isHuge) = Int64(clamping: system.f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: system.f_frsize))
    guard !isHuge, free < needed else { return }
    throw NoRoom(directory: directory, needed: needed, free: free)
  }

  private static let shrinkBytes: Int64 = 16 << 20

  /// Gives the room back slice by slice: closing a large file without a name would take its time.
  func shrink() async {
    var left = size
    while left > 0 {
      left = max(0, left - Self.shrinkBytes)
      guard ftruncate(descriptor, off_t(left)) == 0 else { return }
      await EventLoop.nextTurn()
    }
  }

  /// The bytes from `offset` on, at least one.
  func read(at offset: Int64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let got = pread(descriptor, &bytes, count, off_t(offset))
      if got > 0 { return Array(bytes.prefix(got)) }
      guard got < 0, errno == EINTR else { throw FileError("read", got == 0 ? EIO : errno) }
    }
  }
}
