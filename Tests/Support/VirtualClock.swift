import Dispatch
package import EventLoop

/// A clock that moves only when nothing else can run on the loop: hours pass in milliseconds.
///
/// Everything that takes part must live on the loop: a task that starts elsewhere (a plain
/// `async let`, a group's child that is not `@EventLoop`) is not seen as pending.
@EventLoop package final class VirtualClock: @EventLoop Clock {
  private struct Sleeper {
    let deadline: Int64
    let number: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

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
    while true {
      await settle()
      if done() { return true }
      guard step() else { return false }
    }
  }

  /// Moves on by that many milliseconds, waking everyone whose time comes on the way.
  package func advance(milliseconds: Int64) async {
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
    repeat {
      // Behind everything that is queued already; a plain yield would leave the loop.
      await withCheckedContinuation { continuation in
        EventLoop.queue.async { continuation.resume() }
      }
    } while EventLoop.pendingJobs > 1
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
