import EventLoop
import Foundation
import Testing

@Suite struct EventLoopTests {
  @Test("the system's clock sleeps at least as long as asked, and its two readings advance")
  @EventLoop func sleeps() async throws {
    let clock = SystemClock()
    let (uptime, now) = (clock.uptime, clock.now)
    try await clock.sleep(milliseconds: 20)
    #expect(clock.uptime - uptime >= 19)
    #expect(now > 1_600_000_000_000)
    try await clock.sleep(milliseconds: -5)
  }

  @Test("a sleeping task that is cancelled wakes at once, and only once")
  @EventLoop func cancelledSleep() async {
    let clock = SystemClock()
    let tasks = [Int64.max, 3_600_000].map { milliseconds in
      Task { @EventLoop in try await clock.sleep(milliseconds: milliseconds) }
    }
    for task in tasks {
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test("many sleeps at once, half of them cancelled as they end, each resume once")
  @EventLoop func race() async {
    let clock = SystemClock()
    var ended = 0
    let tasks = (0..<200).map { number in
      Task { @EventLoop in
        try? await clock.sleep(milliseconds: Int64(number % 5))
        ended += 1
      }
    }
    for task in tasks.prefix(100) { task.cancel() }
    for task in tasks { await task.value }
    #expect(ended == 200)
  }

  @Test("the loop knows whether it is on its own queue")
  func isolation() async {
    await #expect(processExitsWith: .success) {
      await EventLoop.shared.assertIsolatedFromInside()
      EventLoop.queue.sync { EventLoop.assumeIsolated { EventLoop.assertIsolated() } }
    }
    await #expect(processExitsWith: .failure) { EventLoop.shared.assertIsolated() }
  }

  @Test("O3: SIGTERM, SIGINT and SIGHUP reach the loop from the moment that watch returns")
  func signals() async {
    await #expect(processExitsWith: .exitCode(42)) { @EventLoop in
      var seen: [Int32] = []
      let signals = await Signals.watch { number in
        seen.append(number)
        if seen.count == 3 { exit(Set(seen) == [SIGTERM, SIGINT, SIGHUP] ? 42 : 1) }
      }
      for number in [SIGTERM, SIGINT, SIGHUP] { kill(getpid(), number) }
      try await SystemClock().sleep(milliseconds: 5_000)
      signals.cancel()
    }
  }

  @Test("a write to a closed peer is an error once SIGPIPE is ignored")
  func sigpipe() async {
    await #expect(processExitsWith: .success) {
      ignoreSIGPIPE()
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { exit(2) }
      close(ends[0])
      exit(write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 1)
    }
  }
}

extension EventLoop {
  func assertIsolatedFromInside() { assertIsolated() }
}
