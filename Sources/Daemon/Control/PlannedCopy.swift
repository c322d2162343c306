import Engine
import EventLoop
import Glibc
import Store
import SyncCore

/// A copy of the store in which a cycle was computed but not carried out (O2).
///
/// The same code runs on it that runs on the store itself; only the release is left out.
@EventLoop final class PlannedCopy {
  let store: SyncStore
  /// As the cycle found them.
  private(set) var leadFields: [FieldDescription]?
  private let path: String

  private init(store: SyncStore, path: String) {
    self.store = store
    self.path = path
  }

  static func make(_ daemon: Daemon, isFull: Bool) async throws -> PlannedCopy {
    try await daemon.engine.checkAccounts()
    let path = daemon.configuration.store.path + ".plan"
    remove(path)
    try await daemon.store.copy(to: path) { await EventLoop.nextTurn() }
    let opened = try SyncStore.open(path: path, settings: daemon.configuration.storeSettings)
    let copy = PlannedCopy(store: opened.store, path: path)
    do {
      try await copy.compute(daemon, isFull: isFull)
    } catch {
      copy.remove()
      throw error
    }
    return copy
  }

  private func compute(_ daemon: Daemon, isFull: Bool) async throws {
    let parts = try daemon.engine.parts.with(store: store)
    let planner = Planner(parts)
    defer { leadFields = planner.leadFields }
    let cycle = Cycle(parts, planner: planner, isDry: true)
    let isInitial = try store.get("initial") == nil
    // Another configuration has everybody compared anew: that is the next cycle.
    let isDue = try store.get("full_at") == nil
    if isFull || isInitial || isDue {
      try store.transaction { try store.set("full_read", nil) }
      _ = try await cycle.full(isInitial: isInitial)
    } else {
      _ = try await cycle.poll(isAsked: true, isDeep: true)
    }
  }

  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }
}
