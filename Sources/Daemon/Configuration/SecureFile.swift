import Glibc

/// Reads small files that people put there, whatever they turn out to be.
package enum SecureFile {
  package enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
    case missing
    case notPermitted
    /// A directory, a FIFO, a device or a socket.
    case notAFile(String)
    case linkLoop
    case tooLarge(limit: Int)
    /// Group or others can read or write it: the permission bits.
    case exposed(mode: UInt32)
    case system(String)

    package var description: String {
      switch self {
      case .missing: "there is no such file"
      case .notPermitted: "cannot be read by the user that the daemon runs as"
      case .notAFile(let kind): "is \(kind), not a file"
      case .linkLoop: "is a symbolic link that leads back to itself"
      case .tooLarge(let limit): "is larger than \(limit / 1024) KiB"
      case .exposed(let mode):
        "can be read or changed by group or others (mode 0\(String(mode, radix: 8)))"
      case .system(let reason): "cannot be read: \(reason)"
      }
    }
  }

  /// The whole content of a plain file of at most `limit` bytes.
  ///
  /// Everything is checked on the descriptor, so that a file exchanged meanwhile changes nothing,
  /// and a FIFO does not hold us up.
  package static func read(
    _ path: String, limit: Int, isPrivate: Bool = false
  ) throws(Problem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw problem(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw problem(errno) }
    if let kind = kind(status.st_mode) { throw .notAFile(kind) }
    if isPrivate, status.st_mode & 0o066 != 0 { throw .exposed(mode: status.st_mode & 0o777) }

    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw problem(errno) }
      if count == 0 { break }
      filled += count
    }
    guard filled <= limit else { throw .tooLarge(limit: limit) }
    return Array(bytes.prefix(filled))
  }

  /// Replaces a file so that after a crash either the old or the new content is there, whole.
  ///
  /// Mode 0600; returns when file and directory are on disk.
  package static func replace(
    _ name: String, in directory: String, with bytes: [UInt8]
  ) throws(Problem) {
    let temporary = "\(directory)/.\(name).new"
    unlink(temporary)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(temporary, flags, 0o600)
    guard descriptor >= 0 else { throw problem(errno) }
    do throws(Problem) {
      defer { close(descriptor) }
      try write(bytes, to: descriptor)
      guard fsync(descriptor) == 0 else { throw problem(errno) }
      guard rename(temporary, "\(directory)/\(name)") == 0 else { throw problem(errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    try sync(directory)
  }

  /// Removes a file, and returns when the directory is on disk without it; one that is not there is
  /// no problem.
  package static func remove(_ name: String, in directory: String) throws(Problem) {
    guard unlink("\(directory)/\(name)") == 0 else {
      if errno == ENOENT { return }
      throw problem(errno)
    }
    try sync(directory)
  }

  private static func sync(_ directory: String) throws(Problem) {
    let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw problem(errno) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw problem(errno) }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Problem) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw problem(errno) }
      written += count
    }
  }

  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  private static func problem(_ code: Int32) -> Problem {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case EACCES, EPERM: .notPermitted
    case ELOOP: .linkLoop
    // What opening a socket answers.
    case ENXIO: .notAFile("a socket or a device")
    default: .system(SystemError.text(code))
    }
  }
}
