import CSQLite
import Glibc

/// Writing the whole file anew, which takes a while for one of some gigabytes and cannot be sliced.
extension Database {
  /// `VACUUM`, with `alive` called before it and about once a second meanwhile.
  ///
  /// Not while SQLite copies the new pages over the old ones at its end, which is one write after
  /// another.
  func vacuum(alive: @escaping () -> Void) throws(SQLError) {
    let pulse = Pulse(alive)
    let context = Unmanaged.passUnretained(pulse).toOpaque()
    sqlite3_progress_handler(
      raw, 20_000,
      { context in
        if let context { Unmanaged<Pulse>.fromOpaque(context).takeUnretainedValue().beat() }
        return 0
      }, context)
    defer { withExtendedLifetime(pulse) { sqlite3_progress_handler(raw, 0, nil, nil) } }
    alive()
    try execute("VACUUM")
  }
}

/// Calls something at most once a second.
private final class Pulse {
  private let alive: () -> Void
  private var last = Pulse.seconds

  init(_ alive: @escaping () -> Void) { self.alive = alive }

  func beat() {
    let now = Self.seconds
    guard now != last else { return }
    last = now
    alive()
  }

  /// Of the clock that never jumps.
  private static var seconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
