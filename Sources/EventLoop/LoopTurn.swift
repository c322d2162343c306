import Dispatch

extension EventLoop {
  /// Lets everything that already waits on the loop go first.
  ///
  /// `Task.yield()` would go by way of the global pool, which others may keep busy.
  @EventLoop package static func nextTurn() async {
    await withCheckedContinuation { continuation in
      later { continuation.resume() }
    }
  }
}
