import Glibc

/// Keeps a second daemon off the same store (O3): an flock on `STORE.lock`, freed by the kernel.
package final class InstanceLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock and writes our process id into it.
  package init(store: String) throws(InstanceLockError) {
    let path = store + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      throw InstanceLockError(path: path, reason: .file(SystemError.text(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw InstanceLockError(
        path: path,
        reason: code == EWOULDBLOCK ? .held(by: holder) : .file(SystemError.text(code)))
    }
    self.descriptor = descriptor
    // The number only serves the other one's message; the lock holds without it.
    let text = Array("\(getpid())\n".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
  }

  // The file stays: removing it would let two daemons lock two files of one name.
  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix(while: \.isASCIIDigit)
    return Int(String(decoding: digits, as: UTF8.self))
  }
}

package struct InstanceLockError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    /// By the process with that id, when the file tells it.
    case held(by: Int?)
    case file(String)
  }

  package var path: String
  package var reason: Reason

  package var exitCode: ExitCode {
    if case .file = reason { .disk } else { .configuration }
  }

  package var description: String {
    switch reason {
    case .held(let process):
      "\(path): another sfsyncd uses this store"
        + (process.map { " (process \($0))" } ?? "")
        + "; stop it, or give this one a store of its own (store.path)"
    case .file(let reason):
      "\(path): cannot be locked: \(reason); the daemon's user must be able to write there"
    }
  }
}
