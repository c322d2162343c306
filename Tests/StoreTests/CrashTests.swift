import CSQLite
import Glibc
import SyncCore
import Testing

@testable import Store

/// After isync's tests: stop at every step, look, go on, and end where the undisturbed run ended.
@Suite("O1: killed anywhere, never half")
struct CrashTests {
  /// Called before every statement of a database, triggers' ones included.
  private final class Tracer {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }

    func watch(_ database: Database) {
      sqlite3_trace_v2(
        database.raw, UInt32(SQLITE_TRACE_STMT),
        { _, context, _, _ in
          if let context { Unmanaged<Tracer>.fromOpaque(context).takeUnretainedValue().body() }
          return 0
        }, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  /// The store's content before the first transaction and after each.
  private static func undisturbed() throws -> [String] {
    let scratch = try Scratch()
    let store = try scratch.open(Scenario.settings)
    var states = [try scratch.dump()]
    for transaction in Scenario.transactions {
      try transaction(store)
      states.append(try scratch.dump())
    }
    return states
  }

  /// Opens what a kill left, and runs the scenario on to its end.
  private func goOn(_ scratch: Scratch, from state: Int) throws {
    let opened = try Store.open(path: scratch.file, settings: Scenario.settings)
    #expect(opened.opening == .existing)
    for transaction in Scenario.transactions[state...] { try transaction(opened.store) }
    try opened.store.close()
  }

  @Test("O1: every transaction of the scenario changes something")
  func scenario() throws {
    let states = try Self.undisturbed()
    #expect(states.count == Scenario.transactions.count + 1)
    for (before, after) in zip(states, states.dropFirst()) { #expect(before != after) }
  }

  @Test("O1: at every statement the file holds what the last commit left, and goes on from there")
  func everyStatement() throws {
    let states = try Self.undisturbed()
    let scratch = try Scratch()
    let store = try scratch.open(Scenario.settings)
    var done = 0
    var steps = 0
    var seen: [(state: Int, scratch: Scratch)] = []
    var failure: (any Error)?
    let tracer = Tracer {
      steps += 1
      // Between commits nothing reaches the file; a few of the many moments are enough to see it.
      guard steps % 7 == 0 || seen.last?.state != done else { return }
      do { seen.append((done, try scratch.killed())) } catch { failure = error }
    }
    tracer.watch(store.database)
    for transaction in Scenario.transactions {
      try transaction(store)
      done += 1
    }
    sqlite3_trace_v2(store.database.raw, 0, nil, nil)
    if let failure { throw failure }
    #expect(steps > 200)
    #expect(Set(seen.map(\.state)).count == Scenario.transactions.count)
    for (state, killed) in seen {
      #expect(try killed.shell("PRAGMA integrity_check") == "ok\n")
      #expect(try killed.dump() == states[state])
      try goOn(killed, from: state)
      #expect(try killed.dump() == states[states.count - 1])
    }
  }

  @Test("O1: a log cut off or torn anywhere is a whole number of transactions")
  func tornLog() throws {
    let states = try Self.undisturbed()
    let scratch = try Scratch()
    let store = try scratch.open(Scenario.settings)
    for transaction in Scenario.transactions { try transaction(store) }
    let whole = try scratch.killed()
    let log = try whole.bytes("store.db-wal")
    let frame = 4_096 + 24
    var reached = 0
    // Backwards: the program that reads a log may also write it into the file.
    for cut in stride(from: 32, through: log.count, by: frame / 2) {
      let torn = try Scratch()
      try torn.write(try whole.bytes(), to: "store.db")
      try torn.write(Array(log[..<cut]), to: "store.db-wal")
      let dump = try torn.dump()
      guard let state = states.firstIndex(of: dump) else {
        // Before the first commit the file is empty.
        #expect(dump.contains("CREATE") == false, "cut at \(cut) of \(log.count)")
        continue
      }
      #expect(state >= reached, "cut at \(cut) of \(log.count)")
      reached = state
      guard cut % frame < frame / 2 else { continue }
      try goOn(torn, from: state)
      #expect(try torn.dump() == states[states.count - 1])
    }
    #expect(reached == states.count - 1)
  }

  /// Ends the process after so many instructions of SQLite's machine.
  private static func end(after instructions: Int, in database: Database) {
    let left = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    left.initialize(to: instructions)
    sqlite3_progress_handler(
      database.raw, 1,
      { context in
        guard let left = context?.assumingMemoryBound(to: Int.self) else { return 0 }
        left.pointee -= 1
        if left.pointee <= 0 { _exit(100) }
        return 0
      }, left)
  }

  @Test(
    "O1: a process that ends in the middle of a statement leaves a whole state",
    arguments: [10, 400, 1_500, 3_000, 5_000, 8_000])
  func exit(after instructions: Int) async throws {
    let states = try Self.undisturbed()
    let scratch = try Scratch()
    _ = try scratch.open(Scenario.settings)
    await #expect(processExitsWith: .exitCode(100)) {
      [path = scratch.file as String, instructions = instructions as Int] in
      let store = try Store.open(path: path, settings: Scenario.settings).store
      CrashTests.end(after: instructions, in: store.database)
      for transaction in Scenario.transactions { try transaction(store) }
    }
    #expect(try scratch.shell("PRAGMA integrity_check") == "ok\n")
    let state = try #require(states.firstIndex(of: try scratch.dump()))
    try goOn(scratch, from: state)
    #expect(try scratch.dump() == states[states.count - 1])
  }
}
