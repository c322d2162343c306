import Dispatch
import Glibc

/// The machine's clocks: CLOCK_REALTIME for ``now``, CLOCK_MONOTONIC for ``uptime`` and sleeping.
@EventLoop package final class SystemClock: @EventLoop Clock {
  private struct Sleeper {
    let timer: any DispatchSourceTimer
    let continuation: CheckedContinuation<Bool, Never>
  }

  /// About 34 years, which Dispatch can still express in nanoseconds.
  private static let longest: Int64 = 1 << 40

  private var sleepers: [UInt64: Sleeper] = [:]
  private var lastSleeper: UInt64 = 0

  package init() {}

  package var now: Int64 { Self.read(CLOCK_REALTIME) }
  package var uptime: Int64 { Self.read(CLOCK_MONOTONIC) }

  /// Sleeps on one Dispatch timer; a negative time counts as none.
  @EventLoop package func sleep(milliseconds: Int64) async throws(CancellationError) {
    lastSleeper &+= 1
    let id = lastSleeper
    let elapsed = await withTaskCancellationHandler {
      await withCheckedContinuation { start(id, milliseconds, $0) }
    } onCancel: {
      Task { @EventLoop in self.wake(id, elapsed: false) }
    }
    guard elapsed else { throw CancellationError() }
  }

  private func start(
    _ id: UInt64, _ milliseconds: Int64, _ continuation: CheckedContinuation<Bool, Never>
  ) {
    guard !Task.isCancelled else { return continuation.resume(returning: false) }
    let timer = DispatchSource.makeTimerSource(queue: EventLoop.queue)
    sleepers[id] = Sleeper(timer: timer, continuation: continuation)
    timer.setEventHandler { self.wake(id, elapsed: true) }
    timer.schedule(
      deadline: .now() + .milliseconds(Int(min(max(milliseconds, 0), Self.longest))))
    timer.activate()
  }

  /// Taking the sleeper out first is what makes the resumption happen once.
  private func wake(_ id: UInt64, elapsed: Bool) {
    guard let sleeper = sleepers.removeValue(forKey: id) else { return }
    sleeper.timer.cancel()
    sleeper.continuation.resume(returning: elapsed)
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
