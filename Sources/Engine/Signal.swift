package import EventLoop

/// Lets one part of the loop wait until another has something for it, or until a time.
@EventLoop package final class Signal {
  private var waiter: CheckedContinuation<Void, Never>?
  private var isRaised = false

  package init() {}

  /// Wakes the waiter, or the next one to wait.
  package func raise() {
    guard let waiter else {
      isRaised = true
      return
    }
    self.waiter = nil
    waiter.resume()
  }

  /// Returns when raised, after `milliseconds`, or when the task is cancelled.
  package func wait(milliseconds: Int64?, clock: any Clock) async {
    if isRaised || Task.isCancelled {
      isRaised = false
      return
    }
    let timer = milliseconds.map { limit in
      Task { @EventLoop in
        // Cancelled as soon as the wait is over for another reason.
        try? await clock.sleep(milliseconds: max(0, limit))
        if !Task.isCancelled { self.raise() }
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiter = continuation
        // It may have been raised since the check: the runtime is free to suspend on the way here.
        if isRaised || Task.isCancelled { raise() }
      }
    } onCancel: {
      Task { @EventLoop in self.raise() }
    }
    timer?.cancel()
    isRaised = false
  }
}
