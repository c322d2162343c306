package import EventLoop
package import SyncCore

/// The breaker of one side: what stops all calls to it, and when it is probed (E2).
@EventLoop package final class SideHealth {
  package enum State: Sendable, Equatable {
    case well
    /// Several passing failures in a row: everyone waits for the same moment.
    case resting
    /// Credentials, permissions, quota: one entry says so.
    case broken(code: String)
  }

  /// One lost answer is weather; this many in a row are the side's own trouble.
  private static let failuresMax = 4

  /// Names the entry in the register: `intercom`.
  package let name: String
  package private(set) var state = State.well
  /// The next call may be tried then, in milliseconds of the clock that never jumps.
  package private(set) var nextTryAt: Int64 = 0
  private var firstFailureAt: Int64?
  private var failuresInRow = 0
  private let clock: any Clock
  private let random: () -> Double

  package init(_ name: String, clock: any Clock, random: @escaping () -> Double) {
    self.name = name
    self.clock = clock
    self.random = random
  }

  var subjectKey: String { "side:\(name)" }

  /// Milliseconds until a call may be tried; 0 for now.
  package var delay: Int64 { state == .well ? 0 : max(0, nextTryAt - clock.uptime) }

  /// Takes a success; true if the side was not well before.
  package func succeeded() -> Bool {
    let wasIll = state != .well
    state = .well
    failuresInRow = 0
    firstFailureAt = nil
    return wasIll
  }

  /// Takes a failure; true if the side is not well from now on and was before, or is now broken.
  package func failed(_ failure: Failure) -> Bool {
    let before = state
    let first = firstFailureAt ?? clock.uptime
    switch failure.meaning.kind {
    case .refused: return false
    case .passing:
      failuresInRow += 1
      firstFailureAt = first
      guard failuresInRow >= Self.failuresMax || failure.waitMilliseconds != nil else {
        return false
      }
      if case .broken = state {} else { state = .resting }
    case .broken:
      firstFailureAt = first
      state = .broken(code: failure.meaning.code)
    }
    let wait = Backoff().wait(firstFailure: first, now: clock.uptime, random: random())
    nextTryAt = clock.uptime + max(wait, failure.waitMilliseconds ?? 0)
    return before != state
  }

  /// Lets the next call through at once: a person asked, or the configuration is new.
  package func probe() { nextTryAt = 0 }
}
