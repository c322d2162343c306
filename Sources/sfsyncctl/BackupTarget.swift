import Control
import Glibc

/// Why a file could not be written, for a person.
struct FileTrouble: Error, Equatable {
  var sentence: String
  var exit: Sysexit
}

/// The file that a backup is written into, with the caller's own rights.
///
/// Its name appears when everything is on the disk, and not before.
final class BackupTarget {
  private let path: String
  private let replaces: Bool
  private let descriptor: Int32
  private var isFinished = false
  private var head: [UInt8] = []
  private(set) var size: Int64 = 0

  private var isStandardOutput: Bool { path == "-" }
  private var partial: String { PartialFile.name(of: path) }

  init(_ path: String, replaces: Bool) throws(FileTrouble) {
    self.path = path
    self.replaces = replaces
    if path == "-" {
      guard isatty(STDOUT_FILENO) == 0 else {
        throw FileTrouble(
          sentence: "A backup is no text for a terminal: name a file, or send it to a program.",
          exit: .usage)
      }
      descriptor = STDOUT_FILENO
      return
    }
    guard replaces || faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 else {
      throw Self.exists(path)
    }
    descriptor = try PartialFile.open(path)
  }

  deinit {
    guard !isStandardOutput, descriptor >= 0 else { return }
    // In this order: whoever gets the lock finds the name gone, or a file that nobody writes.
    if !isFinished { unlink(partial) }
    close(descriptor)
  }

  func append(_ bytes: [UInt8]) throws(FileTrouble) {
    if head.count < 100 { head += bytes.prefix(100 - head.count) }
    size += Int64(bytes.count)
    guard WholeWrite.write(bytes, to: descriptor) else {
      throw Self.trouble("be written", path, errno)
    }
  }

  /// Looks at what came, and gives it its name.
  func finish() throws(FileTrouble) {
    guard isBackup else {
      throw FileTrouble(
        sentence: "What came is no store of sfsyncd; nothing was kept. Are both of one release?",
        exit: .software)
    }
    guard !isStandardOutput else { return }
    guard fsync(descriptor) == 0 else { throw Self.trouble("be put on the disk", path, errno) }
    if replaces {
      guard rename(partial, path) == 0 else { throw Self.trouble("be replaced", path, errno) }
    } else {
      // Unlike a renaming this never takes the place of a file that has come meanwhile.
      guard link(partial, path) == 0 else {
        if errno == EEXIST { throw Self.exists(path) }
        throw Self.trouble("be named", path, errno)
      }
      unlink(partial)
    }
    isFinished = true
    syncDirectory()
  }

  /// SQLite's magic at the beginning, and ours at byte 68 (sqlite.org/fileformat.html).
  private var isBackup: Bool {
    head.count == 100 && head.starts(with: Array("SQLite format 3\0".utf8))
      && head[68..<72].elementsEqual(Array("SFSY".utf8))
  }

  private func syncDirectory() {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private static func exists(_ path: String) -> FileTrouble {
    FileTrouble(
      sentence: "\(path) is there already: name another file, or replace it with --force.",
      exit: .no)
  }

  fileprivate static func trouble(_ what: String, _ path: String, _ code: Int32) -> FileTrouble {
    FileTrouble(
      sentence: "\(path) cannot \(what): \(String(cString: strerror(code))).", exit: .ioError)
  }
}

/// The file beside the backup that is written first: one writer has it at a time.
private enum PartialFile {
  private static let triesMax = 10

  static func name(of path: String) -> String { path + ".partial" }

  /// Empty, ours alone, and locked until its descriptor is closed.
  ///
  /// One that a run left behind which was interrupted is taken over; one that is being written now,
  /// or belongs to somebody else, is left alone.
  static func open(_ path: String) throws(FileTrouble) -> Int32 {
    for _ in 0..<triesMax {
      let descriptor = Glibc.open(
        name(of: path), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw BackupTarget.trouble("be written", path, errno) }
      do throws(FileTrouble) {
        if try take(descriptor, path) { return descriptor }
      } catch {
        close(descriptor)
        throw error
      }
      close(descriptor)
    }
    throw isBusy(path)
  }

  /// False where the name stands for another file by now.
  private static func take(_ descriptor: Int32, _ path: String) throws(FileTrouble) -> Bool {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw isBusy(path) }
    var (held, named) = (stat(), stat())
    guard fstat(descriptor, &held) == 0 else {
      throw BackupTarget.trouble("be written", path, errno)
    }
    guard held.st_mode & S_IFMT == S_IFREG, held.st_uid == geteuid() else {
      throw FileTrouble(
        sentence: "\(name(of: path)) is there, and is not a file of yours: name another file.",
        exit: .no)
    }
    guard lstat(name(of: path), &named) == 0, named.st_ino == held.st_ino,
      named.st_dev == held.st_dev
    else { return false }
    // It has its own name already, or somebody else's: only this name is given up.
    guard held.st_nlink == 1 else {
      unlink(name(of: path))
      return false
    }
    guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else {
      throw BackupTarget.trouble("be written", path, errno)
    }
    return true
  }

  private static func isBusy(_ path: String) -> FileTrouble {
    FileTrouble(
      sentence: "Another backup is being written to \(path): wait for it, or name another file.",
      exit: .no)
  }
}
