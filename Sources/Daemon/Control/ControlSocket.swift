import Glibc

/// Why the control socket could not be opened, in a sentence for the operator.
package struct ControlSocketError: Error, Equatable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }

  init(_ action: String, _ path: String, code: Int32) {
    let reason = String(cString: strerror(code))
    description = "The control socket \(path) could not be \(action): \(reason)."
  }
}

/// The listening Unix socket, either made here or passed in by systemd.
struct ControlSocket {
  let descriptor: Int32
  /// The file that is ours to remove; nil for a socket that systemd owns.
  private var file: (path: String, device: dev_t, inode: ino_t)?

  /// Takes a listening socket that somebody else made; it is never unlinked.
  init(passed descriptor: Int32) throws(ControlSocketError) {
    var kind: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &kind, &size) == 0, kind == 1,
      getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &kind, &size) == 0, kind == AF_UNIX,
      getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0,
      kind == Int32(SOCK_STREAM.rawValue)
    else {
      throw ControlSocketError(
        """
        What systemd passed as descriptor \(descriptor) is no listening Unix stream socket: look at \
        ListenStream= in sfsyncd.socket.
        """)
    }
    self.descriptor = descriptor
    file = nil
    Self.prepare(descriptor)
  }

  /// Makes the socket with mode 0660, in place of one that nobody listens on any more.
  init(path: String, group: gid_t?) throws(ControlSocketError) {
    guard var address = Self.address(path) else {
      throw ControlSocketError("The control socket's path must have 1 to 107 bytes: '\(path)'.")
    }
    try Self.removeStale(path, &address)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ControlSocketError("made", path, code: errno) }
    Self.prepare(descriptor)
    // Nobody can connect before listen(), so the mode is right from the first connection on.
    guard Self.withAddress(&address, { bind(descriptor, $0, $1) }) == 0,
      chmod(path, 0o660) == 0
    else {
      let code = errno
      close(descriptor)
      throw ControlSocketError("made", path, code: code)
    }
    if let group {
      // Only root and members may; without it the socket stays the daemon's own group's.
      _ = chown(path, uid_t.max, group)
    }
    var status = stat()
    guard lstat(path, &status) == 0, listen(descriptor, 64) == 0 else {
      let code = errno
      close(descriptor)
      throw ControlSocketError("listened on", path, code: code)
    }
    self.descriptor = descriptor
    file = (path, status.st_dev, status.st_ino)
  }

  /// Removes the file, unless somebody has put another in its place.
  func unlinkFile() {
    var status = stat()
    guard let file, lstat(file.path, &status) == 0, status.st_dev == file.device,
      status.st_ino == file.inode
    else { return }
    unlink(file.path)
  }

  /// Not blocking, and not inherited by programs that are started.
  static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  private static func removeStale(
    _ path: String, _ address: inout sockaddr_un
  ) throws(ControlSocketError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ControlSocketError(
        "\(path) is there and is no socket: remove it, or set another path in [control] socket.")
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { throw ControlSocketError("tried", path, code: errno) }
    defer { close(probe) }
    prepare(probe)
    let answered = withAddress(&address) { connect(probe, $0, $1) } == 0
    // EAGAIN: somebody listens and is only slow to accept.
    guard !answered, errno != EAGAIN else {
      throw ControlSocketError(
        "Another sfsyncd already answers on \(path): stop it, or give this one its own socket.")
    }
    guard errno == ECONNREFUSED else { throw ControlSocketError("tried", path, code: errno) }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw ControlSocketError("replaced", path, code: errno)
    }
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard bytes.count < room.count else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    return fits ? address : nil
  }

  private static func withAddress(
    _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
