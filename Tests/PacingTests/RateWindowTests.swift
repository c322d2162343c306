import Testing

@testable import SyncCore

@Suite struct RateWindowTests {
  private func server(_ limit: Int64, _ random: inout SeededRandom) -> WindowServer {
    WindowServer(
      limit: limit, phase: .random(in: 0..<10_000, using: &random),
      skew: .random(in: 1_600_000_000_000...1_600_000_900_000, using: &random),
      lie: .random(in: 0...6, using: &random))
  }

  @Test(
    "S2: three workers use 98 % of our share and are never refused, whatever the windows",
    arguments: [(20, 5...150), (167, 5...90), (167, 60...100), (1667, 1...9)]
      as [(Int64, ClosedRange<Int64>)])
  func share(limit: Int64, way: ClosedRange<Int64>) {
    for seed in 0..<(limit > 1_000 ? 3 : 15) as Range<UInt64> {
      var random = SeededRandom(state: seed &* 977)
      var workers = Workers(server: server(limit, &random), seed: seed, way: way)
      let windows: Int64 = limit > 1_000 ? 6 : 30
      workers.run(3, from: 5_000_000, to: 5_000_000 + windows * 10_000)
      let allowed = 0.8 * Double(limit * windows)
      #expect(workers.refusals == 0, "seed \(seed)")
      #expect(Double(workers.calls) >= 0.98 * allowed, "seed \(seed): \(workers.calls)/\(allowed)")
      #expect(Double(workers.calls) <= 1.03 * allowed, "seed \(seed): \(workers.calls)/\(allowed)")
    }
  }

  @Test("S2: when somebody else uses the limit too, we slow down and are not refused")
  func foreign() {
    for seed in 0..<15 as Range<UInt64> {
      var random = SeededRandom(state: seed &* 977)
      var server = server(167, &random)
      server.foreignRate = .random(in: 2...12, using: &random)
      var workers = Workers(server: server, seed: seed, way: 5...90)
      workers.run(3, from: 5_000_000, to: 5_400_000)
      let rest = min(0.8 * 167, 167 - 10 * server.foreignRate) * 40
      #expect(workers.refusals == 0, "seed \(seed), \(server.foreignRate)/s")
      #expect(Double(workers.calls) >= 0.85 * rest, "seed \(seed), \(workers.calls) of \(rest)")
    }
  }

  @Test("S2: a restart in the middle of a window that is nearly used up is not refused")
  func restart() {
    for seed in 0..<15 as Range<UInt64> {
      var random = SeededRandom(state: seed)
      var workers = Workers(server: server(167, &random), seed: seed, way: 5...90)
      for second in 0..<20 as Range<Int64> {
        workers.run(3, from: 5_000_000 + second * 1_000, to: 5_000_900 + second * 1_000)
        workers.window = RateWindow(share: 0.8)
      }
      #expect(workers.refusals == 0, "seed \(seed)")
    }
  }

  private func reading(
    _ remaining: Int64, reset: Int64? = 110, date: Int64? = 100, limit: Int64 = 100
  ) -> RateWindow.Reading {
    RateWindow.Reading(
      limit: limit, remaining: remaining, resetSeconds: reset, dateSeconds: date)
  }

  @Test("S2: without the headers nothing is paced, and after a minute of silence nothing either")
  func noHeaders() {
    var window = RateWindow()
    for now in 0..<100 as Range<Int64> {
      #expect(window.delay(now: now) == 0)
      window.sent(now: now)
      window.answered(nil, now: now)
    }
    window.sent(now: 100)
    window.answered(reading(0), now: 100)
    #expect(window.delay(now: 101) == 9_999)
    #expect(window.delay(now: 60_100) == 0)
    #expect(window.fraction(now: 60_100) == 0)
  }

  @Test("S2: calls are evenly spaced, and a pause is not caught up with by a burst")
  func even() {
    var window = RateWindow()
    window.sent(now: 0)
    window.answered(reading(99), now: 0)
    var sent: [Int64] = []
    var now: Int64 = 5_000
    while sent.count < 20 {
      now += window.delay(now: now)
      window.sent(now: now)
      window.answered(reading(99 - Int64(sent.count)), now: now)
      sent.append(now)
    }
    #expect(sent[..<3] == [5_000, 5_000, 5_000])
    let gaps = zip(sent.dropFirst(3), sent.dropFirst(4)).map { $1 - $0 }
    #expect(gaps.allSatisfy { (125...126).contains($0) }, "\(gaps)")
  }

  @Test("S2: a call that a person asked for passes the others, but not a used-up window")
  func asked() {
    var window = RateWindow()
    window.sent(now: 0)
    window.answered(reading(10), now: 0)
    #expect(window.delay(now: 0) == 10_000)
    #expect(window.delay(now: 0, isAsked: true) == 0)
    for _ in 0..<10 { window.sent(now: 0, isAsked: true) }
    #expect(window.inFlight == 10)
    #expect(window.delay(now: 0, isAsked: true) == 10_000)
    #expect(window.delay(now: 10_000, isAsked: true) == 0)
  }

  @Test("E2: after a 429 everybody waits for the reset that it names, and a second at most")
  func refused() {
    var window = RateWindow()
    window.sent(now: 0)
    window.refused(reading(0, reset: 116), now: 0, random: 0.5)
    #expect(window.delay(now: 0) == 16_500)
    #expect(window.delay(now: 0, isAsked: true) == 16_500)
    #expect(window.delay(now: 16_500) == 0)
    var bare = RateWindow()
    bare.sent(now: 0)
    bare.refused(nil, now: 0, random: 0)
    #expect(bare.delay(now: 0) == 10_000)
    #expect(bare.delay(now: 10_000) == 0)
  }

  @Test("S2: answers of a window that is over change nothing, whichever comes first")
  func late() {
    var window = RateWindow()
    for _ in 0..<5 { window.sent(now: 0) }
    window.answered(reading(50, reset: 110), now: 0)
    window.answered(reading(40, reset: 110), now: 1)
    window.answered(reading(45, reset: 110), now: 2)
    #expect(window.remaining == 40)
    window.answered(reading(99, reset: 120), now: 3_000)
    window.answered(reading(1, reset: 110), now: 3_001)
    #expect(window.remaining == 99 && window.inFlight == 0)
    window.answered(reading(2, reset: 120), now: 13_000)
    #expect(window.remaining == 99)
  }

  @Test("numbers that make no sense pace nothing and trap nowhere")
  func hostile() {
    let odd: [Int64] = [.min, -1, 0, 1, 99, .max]
    for limit in odd {
      for remaining in odd {
        for reset in odd + [nil] as [Int64?] {
          var window = RateWindow()
          window.sent(now: 0)
          let reading = reading(remaining, reset: reset, limit: limit)
          window.answered(reading, now: 0)
          window.sent(now: 1)
          window.refused(reading, now: 1, random: .nan)
          window.answered(reading, now: 2)
          #expect((0...70_000).contains(window.delay(now: 2)))
          #expect(window.inFlight == 0)
        }
      }
    }
  }

  @Test("S2: how much of the share a window has used")
  func fraction() {
    var window = RateWindow(share: 0.8)
    #expect(window.fraction(now: 0) == 0)
    window.sent(now: 0)
    window.answered(reading(60), now: 0)
    #expect(window.fraction(now: 0) == 0.5)
    #expect(window.fraction(now: 10_000) == 0)
  }
}
