import EventLoop

/// Lets those who bear the same key go one after the other.
@EventLoop final class KeyedTurns {
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  /// Returns when nobody else has the key; ``leave(_:)`` passes it on.
  func take(_ key: String) async {
    guard waiting[key] != nil else {
      waiting[key] = []
      return
    }
    await withCheckedContinuation { waiting[key]?.append($0) }
  }

  func leave(_ key: String) {
    guard var queue = waiting[key], !queue.isEmpty else {
      waiting[key] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[key] = queue
    next.resume()
  }
}
