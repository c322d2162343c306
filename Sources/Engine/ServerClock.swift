import EventLoop

/// A far side's clock as its answers tell it, carried on by a clock of ours that never jumps.
@EventLoop final class ServerClock {
  private let clock: any Clock
  private var last: (time: Int64, at: Int64)?

  init(_ clock: any Clock) { self.clock = clock }

  /// Milliseconds UTC; nil before the first answer.
  var now: Int64? { last.map { $0.time + (clock.uptime - $0.at) } }

  /// Takes the time of an answer; answers that overtake each other do not set it back.
  func heard(_ time: Int64?) {
    guard let time, time > now ?? .min else { return }
    last = (time, clock.uptime)
  }
}
