import EventLoop
import Store

/// Commits what several calls have settled together: a commit costs about 3 ms.
@EventLoop final class Settlements {
  private let store: Store
  private var waiting: [(body: () throws -> Void, done: CheckedContinuation<Void, any Error>)] = []
  private var isCommitting = false
  /// Called after every commit.
  var onCommit: (() -> Void)?

  init(_ store: Store) { self.store = store }

  var isIdle: Bool { waiting.isEmpty }

  /// Returns when what `body` writes is durable, in one transaction with what others settle in the
  /// same turn of the loop.
  ///
  /// `body` runs later than the call: it looks at the store anew. If it throws, nothing of that
  /// transaction holds, and everyone in it is told.
  func commit(_ body: @escaping () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { done in
      waiting.append((body, done))
      guard !isCommitting else { return }
      isCommitting = true
      Task { @EventLoop in
        // Answers that came in the same turn of the loop are settled with this one.
        await EventLoop.nextTurn()
        self.flush()
      }
    }
  }

  private func flush() {
    let batch = waiting
    waiting = []
    isCommitting = false
    do {
      try store.transaction { for item in batch { try item.body() } }
      for item in batch { item.done.resume() }
    } catch {
      for item in batch { item.done.resume(throwing: error) }
    }
    onCommit?()
  }
}
