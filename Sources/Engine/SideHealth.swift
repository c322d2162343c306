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
  private var isBrokenByWrite = false
  /// Whether an entry in the register says so.
  private var isTold = false { didSet { if isTold { mayBeOpen = true } } }
  /// An entry may be left from before the start.
  private var mayBeOpen = true
  private let clock: any Clock
  private let random: () -> Double

  package init(_ name: String, clock: any Clock, random: @escaping () -> Double) {
    self.name = name
    self.clock = clock
    self.random = random
  }

  /// Of its entry in the register.
  package var subjectKey: String { "side:\(name)" }

  /// Milliseconds until a call may be tried; 0 for now.
  package var delay: Int64 { state == .well ? 0 : max(0, nextTryAt - clock.uptime) }

  /// Takes a success; true if an entry in the register may be open because of this side.
  ///
  /// A side that is broken for writing is not mended by a reading that succeeds.
  package func succeeded(isWrite: Bool) -> Bool {
    if case .broken = state, isBrokenByWrite, !isWrite { return false }
    let mayBeOpen = mayBeOpen
    state = .well
    isBrokenByWrite = false
    isTold = false
    self.mayBeOpen = false
    failuresInRow = 0
    firstFailureAt = nil
    return mayBeOpen
  }

  /// Takes a failure; true if it is the register's business: the side broke, or has failed often.
  ///
  /// What is refused of a whole reading (`isWrite` false) concerns no record: the side counts as
  /// broken then.
  package func failed(_ failure: Failure, isWrite: Bool) -> Bool {
    let before = state
    let first = firstFailureAt ?? clock.uptime
    switch failure.meaning.kind {
    case .refused where isWrite: return false
    case .passing:
      failuresInRow += 1
      firstFailureAt = first
      guard failuresInRow >= Self.failuresMax || failure.waitMilliseconds != nil else {
        return false
      }
      if state == .well { state = .resting }
    case .refused, .broken:
      firstFailureAt = first
      isBrokenByWrite = isWrite
      state = .broken(code: failure.meaning.code)
    }
    let wait = Backoff().wait(firstFailure: first, now: clock.uptime, random: random())
    nextTryAt = clock.uptime + max(wait, failure.waitMilliseconds ?? 0)
    if case .broken = state {
      defer { isTold = true }
      return !isTold || before != state
    }
    guard !isTold, failuresInRow >= Self.failuresMax else { return false }
    isTold = true
    return true
  }

  /// Lets the next call through at once: a person asked, or the configuration is new.
  package func probe() { nextTryAt = 0 }
}
