import EventLoop
import Testing
import TestSupport

/// One after the other: each driver waits for the loop to be idle, and there is one loop.
@Suite(.serialized) struct VirtualClockTests {
  @Test("1,000 sleepers wake in the order of their deadlines, then of their arrival")
  @EventLoop func order() async throws {
    let clock = VirtualClock(now: 0)
    var woken: [Int] = []
    let deadlines = (0..<1_000).map { Int64($0 * 7919 % 250) }
    for (number, deadline) in deadlines.enumerated() {
      Task { @EventLoop in
        try await clock.sleep(milliseconds: deadline)
        #expect(clock.uptime == deadline)
        woken.append(number)
      }
    }
    #expect(await clock.run { woken.count == 1_000 })
    let expected = deadlines.indices.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) }
    #expect(woken == expected)
    #expect(clock.now == 249)
  }

  @Test("1,000 hours of minutes pass in a moment")
  @EventLoop func hours() async throws {
    let clock = VirtualClock(now: 0)
    var minutes = 0
    let task = Task { @EventLoop in
      while true {
        try await clock.sleep(milliseconds: 60_000)
        minutes += 1
      }
    }
    let start = ContinuousClock.now
    #expect(await clock.run { minutes == 60_000 })
    print("60,000 virtual steps took \(ContinuousClock.now - start)")
    #expect(clock.uptime == 3_600_000_000)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(clock.sleeperCount == 0)
  }

  @Test("what one sleeper sets off is over before the next one wakes")
  @EventLoop func oneAtATime() async {
    let clock = VirtualClock()
    var seen: [String] = []
    for name in ["a", "b"] {
      Task { @EventLoop in
        try await clock.sleep(milliseconds: 10)
        seen.append(name + "1")
        for step in 2...5 {
          await Task { @EventLoop in }.value
          seen.append(name + "\(step)")
        }
      }
    }
    #expect(await clock.run { seen.count == 10 })
    #expect(seen == ["a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4", "b5"])
  }

  @Test("O4: a jump of the wall clock wakes nobody")
  @EventLoop func jump() async {
    let clock = VirtualClock(now: 1_000, uptime: 50)
    var woke: Int64?
    Task { @EventLoop in
      try await clock.sleep(milliseconds: 100)
      woke = clock.now
    }
    await clock.settle()
    clock.jump(wall: -900)
    #expect(clock.now == 100)
    #expect(clock.uptime == 50)
    await clock.advance(milliseconds: 99)
    #expect(woke == nil)
    await clock.advance(milliseconds: 1)
    await clock.settle()
    #expect(woke == 200)
  }

  @Test("a cancelled sleeper throws at once; with nobody left the driver says so")
  @EventLoop func cancel() async {
    let clock = VirtualClock()
    let task = Task { @EventLoop in try await clock.sleep(milliseconds: .max) }
    await clock.settle()
    #expect(clock.sleeperCount == 1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(await clock.run { false } == false)
    #expect(clock.uptime == 0)
  }
}
