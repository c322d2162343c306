import Engine
import EventLoop

/// Waits for the next settlement of either side.
@EventLoop final class SettlementWatch {
  private let sides: [@EventLoop () async -> Void]
  private var watched: Set<Int> = []
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Each of `sides` returns with the next settlement of that side.
  init(_ sides: [@EventLoop () async -> Void]) { self.sides = sides }

  var waitingCount: Int { waiting.count }

  /// Returns with the next settlement of any side; nothing that happens after the call is missed.
  func next() async {
    for index in sides.indices where !watched.contains(index) { watch(index) }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// One wait a side is enough for all who wait here.
  private func watch(_ index: Int) {
    watched.insert(index)
    let side = sides[index]
    Task.immediate { @EventLoop in
      await side()
      watched.remove(index)
      for waiter in waiting { waiter.resume() }
      waiting = []
    }
  }
}
