import EventLoop

/// A clock that stands until it is told to go on.
@EventLoop final class VirtualClock: Clock {
  private struct Sleeper {
    var wakes: Int64
    var continuation: CheckedContinuation<Void, any Error>
  }

  private(set) var uptime: Int64 = 1_000_000
  private var sleepers: [Int: Sleeper] = [:]
  private var nextID = 0
  private var watchers: [CheckedContinuation<Void, Never>] = []

  var now: Int64 { 1_795_255_200_000 + uptime }

  func sleep(milliseconds: Int64) async throws(CancellationError) {
    nextID += 1
    let id = nextID
    do {
      try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation {
          (continuation: CheckedContinuation<Void, any Error>) in
          guard !Task.isCancelled else {
            return continuation.resume(throwing: CancellationError())
          }
          sleepers[id] = Sleeper(wakes: uptime + milliseconds, continuation: continuation)
          let waiting = watchers
          watchers = []
          for watcher in waiting { watcher.resume() }
        }
      } onCancel: {
        Task { @EventLoop in
          self.sleepers.removeValue(forKey: id)?.continuation.resume(
            throwing: CancellationError())
        }
      }
    } catch {
      throw CancellationError()
    }
  }

  /// Returns when somebody sleeps.
  func waitForSleeper() async {
    while sleepers.isEmpty {
      await withCheckedContinuation { watchers.append($0) }
    }
  }

  /// Goes on, and wakes whoever is due.
  func advance(milliseconds: Int64) {
    uptime += milliseconds
    for (id, sleeper) in sleepers where sleeper.wakes <= uptime {
      sleepers[id] = nil
      sleeper.continuation.resume()
    }
  }
}
