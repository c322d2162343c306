@testable import SyncCore

/// Random numbers that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A server that counts calls in windows of ten seconds, as Intercom's recorded headers show it:
/// windows of a phase of their own, and a reset that may be named seconds too late.
struct WindowServer {
  let limit: Int64
  /// When the server's windows begin, and how far its clock is ahead of ours, in milliseconds.
  let phase: Int64
  let skew: Int64
  /// How many seconds the named reset lies past the true one.
  let lie: Int64
  /// Calls a second of somebody else, evenly.
  var foreignRate = 0.0

  private var window: Int64 = .min
  private var used: Int64 = 0
  private var windowStart: Int64 = 0

  init(limit: Int64, phase: Int64, skew: Int64, lie: Int64) {
    self.limit = limit
    self.phase = phase
    self.skew = skew
    self.lie = lie
  }

  /// Counts one call at `now` of our clock and says whether the answer is a 429.
  mutating func call(_ now: Int64) -> (reading: RateWindow.Reading, isRefused: Bool) {
    let time = now + skew
    let current = (time - phase) / 10_000
    if current != window {
      window = current
      windowStart = phase + current * 10_000
      used = 0
    }
    let foreign = Int64(foreignRate * Double(time - windowStart) / 1_000)
    let isRefused = used + foreign >= limit
    if !isRefused { used += 1 }
    let end = windowStart + 10_000
    return (
      RateWindow.Reading(
        limit: limit, remaining: max(0, limit - used - foreign),
        resetSeconds: (end + 999) / 1_000 + lie, dateSeconds: time / 1_000), isRefused
    )
  }
}

/// Some workers that do nothing but call, over a virtual clock.
struct Workers {
  private enum Step { case ask, arrive, receive(RateWindow.Reading, isRefused: Bool) }

  var window = RateWindow(share: 0.8)
  var server: WindowServer
  var random: SeededRandom
  /// How long a call takes one way, in milliseconds.
  let way: ClosedRange<Int64>
  private(set) var calls = 0
  private(set) var refusals = 0

  init(server: WindowServer, seed: UInt64, way: ClosedRange<Int64>) {
    self.server = server
    self.way = way
    random = SeededRandom(state: seed)
  }

  /// Runs `count` workers from `start` to `end`.
  mutating func run(_ count: Int, from start: Int64, to end: Int64) {
    var steps: [(at: Int64, step: Step)] = Array(repeating: (start, .ask), count: count)
    while let next = steps.indices.min(by: { steps[$0].at < steps[$1].at }), steps[next].at < end {
      steps[next] = step(steps[next].step, at: steps[next].at)
    }
    // What is still on its way ends without an answer.
    for case .receive in steps.map(\.step) { window.ended() }
    for case .arrive in steps.map(\.step) { window.ended() }
  }

  private mutating func step(_ step: Step, at now: Int64) -> (at: Int64, step: Step) {
    switch step {
    case .ask:
      let delay = window.delay(now: now)
      guard delay == 0 else { return (now + delay + .random(in: 0...3, using: &random), .ask) }
      window.sent(now: now)
      return (now + .random(in: way, using: &random), .arrive)
    case .arrive:
      calls += 1
      let answer = server.call(now)
      return (
        now + .random(in: way, using: &random),
        .receive(answer.reading, isRefused: answer.isRefused)
      )
    case .receive(let reading, let isRefused):
      if isRefused {
        refusals += 1
        window.refused(reading, now: now, random: .random(in: 0..<1, using: &random))
      } else {
        window.answered(reading, now: now)
      }
      return (now, .ask)
    }
  }
}
