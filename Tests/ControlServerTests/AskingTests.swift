import EventLoop
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(1))) @EventLoop struct AskingTests {
  private struct Broken: Error {}

  @Test("control: what was asked for is told when it is known")
  func told() async throws {
    let clock = VirtualClock()
    #expect(try await Asking { 7 }.outcome(within: 1000, clock) == 7)
    await #expect(throws: Broken.self) {
      try await Asking<Int> { throw Broken() }.outcome(within: 1000, clock)
    }
  }

  @Test("control: nobody waits for ever, and the work goes on without them")
  func tooLong() async throws {
    let clock = VirtualClock()
    var isDone = false
    var work: CheckedContinuation<Void, Never>?
    let asking = Asking {
      await withCheckedContinuation { work = $0 }
      isDone = true
    }
    let waiting = Task { @EventLoop in try await asking.outcome(within: 1000, clock) }
    await clock.waitForSleeper()
    clock.advance(milliseconds: 1000)
    #expect(try await waiting.value == nil)
    #expect(!isDone)
    try #require(work).resume()
    while !isDone { await EventLoop.nextTurn() }
  }

  @Test("control: the settlement of one side wakes those who wait for either, once")
  func eitherSide() async {
    var sides: [[CheckedContinuation<Void, Never>]] = [[], []]
    let watch = SettlementWatch([
      { await withCheckedContinuation { sides[0].append($0) } },
      { await withCheckedContinuation { sides[1].append($0) } },
    ])
    for side in [0, 1, 1] {
      let first = Task { @EventLoop in await watch.next() }
      let second = Task { @EventLoop in await watch.next() }
      while watch.waitingCount < 2 { await EventLoop.nextTurn() }
      // However many wait and however often, each side is watched once.
      #expect(sides.map(\.count) == [1, 1])
      sides[side].removeLast().resume()
      await first.value
      await second.value
    }
    for side in sides.joined() { side.resume() }
  }
}
