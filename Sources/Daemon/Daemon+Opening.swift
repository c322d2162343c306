import Engine
import EventLoop
import Store

// What opening the store has brought, for the journal and the register.
@EventLoop extension Daemon {
  func note(_ migration: SyncStore.Migration) {
    let kept =
      migration.kept.map { "is kept as \($0); remove it when all is well." }
      ?? "is not kept: there was no room for a copy."
    log.event(
      .storeMigrated,
      "The store of an earlier release (schema \(migration.from)) was converted. The old file \(kept)"
    )
  }

  func noteRebuilt(_ file: String) throws {
    log.event(
      .storeRebuilt,
      "The store was damaged: it is kept as \(file), and a new one is built.")
    try store.transaction {
      _ = try store.enter(
        Report(
          EngineMeaning.storeRebuilt, what: "open the store", answer: "kept as \(file)",
          subjectKey: "store"), now: clock.now)
    }
  }
}
