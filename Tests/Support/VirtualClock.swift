package import EventLoop

/// A clock that moves only when nothing else can run on the loop: hours pass in milliseconds.
///
/// While a driver runs (``run(until:)``, ``advance(milliseconds:)``, ``settle()``) whatever the
/// loop resumes or starts stays on the loop, in the order in which it became ready. Only what another
/// thread or a Dispatch source will bring is not seen; suites that drive a clock are `.serialized`.
@EventLoop package final class VirtualClock: @EventLoop Clock {
  private struct Sleeper {
    let deadline: Int64
    let number: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  /// Drivers that wait for the loop to settle.
  private static var settling = 0

  package var now: Int64
  package var uptime: Int64
  /// The latest first, so that the next to wake is the last.
  private var sleepers: [Sleeper] = []
  private var lastNumber: UInt64 = 0

  package init(now: Int64 = 1_700_000_000_000, uptime: Int64 = 0) {
    self.now = now
    self.uptime = uptime
  }

  /// How many tasks sleep now.
  package var sleeperCount: Int { sleepers.count }

  /// Moves the wall clock by that many milliseconds, as an operator or NTP does.
  package func jump(wall milliseconds: Int64) { now += milliseconds }

  @EventLoop package func sleep(milliseconds: Int64) async throws(CancellationError) {
    lastNumber += 1
    let number = lastNumber
    let elapsed = await withTaskCancellationHandler {
      await withCheckedContinuation { insert(number, milliseconds, $0) }
    } onCancel: {
      Task { @EventLoop in self.cancel(number) }
    }
    guard elapsed else { throw CancellationError() }
  }

  /// Steps from sleeper to sleeper until `done`; false when nothing is left that could bring it.
  package func run(until done: () -> Bool) async -> Bool {
    LoopTakeover.hold()
    defer { LoopTakeover.release() }
    while true {
      await settle()
      if done() { return true }
      guard step() else { return false }
    }
  }

  /// Moves on by that many milliseconds, waking everyone whose time comes on the way.
  package func advance(milliseconds: Int64) async {
    LoopTakeover.hold()
    defer { LoopTakeover.release() }
    let end = uptime + milliseconds
    await settle()
    while let next = sleepers.last, next.deadline <= end {
      step()
      await settle()
    }
    move(to: end)
  }

  /// Returns when the caller's is the only job on the loop.
  package func settle() async {
    LoopTakeover.hold()
    defer { LoopTakeover.release() }
    // Each yield goes behind everything that is queued already; another driver is no work.
    Self.settling += 1
    defer { Self.settling -= 1 }
    repeat { await Task.yield() } while EventLoop.pendingJobs > Self.settling
  }

  /// Wakes exactly one sleeper, so that what it does comes before the next one of the same time.
  @discardableResult private func step() -> Bool {
    guard let next = sleepers.popLast() else { return false }
    move(to: next.deadline)
    next.continuation.resume(returning: true)
    return true
  }

  private func move(to deadline: Int64) {
    let elapsed = max(deadline - uptime, 0)
    uptime += elapsed
    now += elapsed
  }

  private func insert(
    _ number: UInt64, _ milliseconds: Int64, _ continuation: CheckedContinuation<Bool, Never>
  ) {
    guard !Task.isCancelled else { return continuation.resume(returning: false) }
    let (sum, overflows) = uptime.addingReportingOverflow(max(milliseconds, 0))
    let deadline = overflows ? Int64.max : sum
    sleepers.insert(
      Sleeper(deadline: deadline, number: number, continuation: continuation),
      at: position(of: deadline))
  }

  /// Before the first sleeper whose time is not later: the earlier arrival stays nearer the end.
  private func position(of deadline: Int64) -> Int {
    var low = 0
    var high = sleepers.count
    while low < high {
      let middle = (low + high) / 2
      if sleepers[middle].deadline > deadline { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func cancel(_ number: UInt64) {
    guard let index = sleepers.firstIndex(where: { $0.number == number }) else { return }
    sleepers.remove(at: index).continuation.resume(returning: false)
  }
}
