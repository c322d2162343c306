/// Time as a value handed in: the daemon's real one, or a virtual one in tests.
@EventLoop package protocol Clock: AnyObject {
  /// Milliseconds UTC since 1970; may jump.
  var now: Int64 { get }
  /// Milliseconds of a clock that never jumps.
  var uptime: Int64 { get }
  /// Returns after that many milliseconds, or throws as soon as the task is cancelled.
  func sleep(milliseconds: Int64) async throws(CancellationError)
}
