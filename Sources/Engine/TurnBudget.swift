import EventLoop

/// How long one slice of work may hold the loop, so that the control socket answers at any time (O2).
///
/// Counting rows is not enough: one may cost a hundred times what another does.
@EventLoop struct TurnBudget {
  /// An answer waits for a few slices, one after the other.
  private static let milliseconds: Int64 = 8

  private let clock: any Clock
  private let end: Int64

  init(_ clock: any Clock) {
    self.clock = clock
    end = clock.uptime + Self.milliseconds
  }

  var isSpent: Bool { clock.uptime >= end }
}
