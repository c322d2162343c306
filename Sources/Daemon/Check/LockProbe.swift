import Glibc

/// Whether a daemon holds a store, asked without making or keeping anything.
enum LockProbe {
  case free
  /// By the process with that id, when the lock file tells it.
  case held(by: Int?)

  var isHeld: Bool { if case .held = self { true } else { false } }

  var text: String {
    switch self {
    case .free: ""
    case .held(let process):
      ", held by the running daemon" + (process.map { " (process \($0))" } ?? "")
    }
  }

  static func look(store: String) -> LockProbe {
    let descriptor = open(store + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return .free }
    defer { close(descriptor) }
    // Shared, so that two checks do not take each other for a daemon.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return .free }
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
    return .held(by: Int(String(decoding: digits, as: UTF8.self)))
  }
}
