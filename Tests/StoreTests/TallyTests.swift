import SyncCore
import Testing

@testable import Store

@Suite("O: figures that stand ready")
struct TallyTests: SalesforceOutboxSuite {
  private let scratch: Scratch
  let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func enter(_ code: String, _ kind: Meaning.Kind, _ person: String) throws -> Int64 {
    try change {
      try store.enter(
        Report(Meaning(code, kind, cause: "c", remedy: "r"), what: "write", personID: person),
        now: 1
      ).id
    }
  }

  /// What a walk through the register counts.
  private func counted(_ store: Store) throws -> [ErrorTally] {
    var tallies: [ErrorTally] = []
    try store.database.statement(
      """
      SELECT code, kind, state, count(*) FROM error WHERE closed_at IS NULL
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """
    ).rows(each: {
      tallies.append(
        ErrorTally(
          code: $0.text(0), kind: Meaning.Kind(rawValue: $0.text(1)) ?? .passing,
          state: RegisterEntry.State(rawValue: $0.text(2)) ?? .closed, count: $0.integer(3)))
    })
    return tallies
  }

  @Test("O, E1: errors are counted as they are entered, moved, closed, opened again and forgotten")
  func errors() throws {
    #expect(try store.errorTallies() == [])
    let first = try enter("IC-A", .refused, "p1")
    _ = try enter("IC-A", .refused, "p1")
    _ = try enter("IC-A", .refused, "p2")
    let broken = try enter("SF-B", .broken, "p1")
    #expect(
      try store.errorTallies() == [
        ErrorTally(code: "IC-A", kind: .refused, state: .open, count: 2),
        ErrorTally(code: "SF-B", kind: .broken, state: .open, count: 1),
      ])
    let steps: [() throws -> Void] = [
      { _ = try store.setState(.retrying, ofError: first) },
      {
        try store.enter(
          Report(Meaning("IC-A", .refused, cause: "", remedy: ""), what: "", personID: "p1"), now: 2
        )
      },
      { _ = try store.setState(.dismissed, ofError: broken) },
      { try store.closeErrors(ofPerson: "p2", at: 3) },
      { _ = try store.closeErrors(code: "SF-B", at: 4) },
      {
        try store.enter(
          Report(Meaning("SF-B", .passing, cause: "", remedy: ""), what: "", personID: "p1"), now: 5
        )
      },
      { try store.closeErrors(ofPerson: "p1", at: nil) },
      { try store.trimErrors(now: 40 * 86_400_000) },
    ]
    for (index, step) in steps.enumerated() {
      try change(step)
      #expect(try store.errorTallies() == counted(store), "after step \(index)")
      let open = try counted(store).filter { $0.state != .dismissed }.reduce(0) { $0 + $1.count }
      #expect(try store.openErrorCount() == open, "after step \(index)")
    }
    #expect(try store.errorTallies() == [])
  }

  @Test("O, O1: what is rolled back is not counted")
  func rolledBack() throws {
    struct Stop: Error {}
    _ = try enter("IC-A", .refused, "p1")
    #expect(throws: Stop.self) {
      try change {
        try store.closeErrors(ofPerson: "p1", at: 2)
        throw Stop()
      }
    }
    #expect(
      try store.errorTallies()
        == [ErrorTally(code: "IC-A", kind: .refused, state: .open, count: 1)])
  }

  @Test("O: a store that is opened again counts what it holds, and its file has no trace of it")
  func reopened() throws {
    _ = try enter("IC-A", .refused, "p1")
    let gone = try enter("IC-A", .refused, "p2")
    try change { _ = try store.setState(.dismissed, ofError: gone) }
    let again = try scratch.open()
    #expect(try again.errorTallies() == counted(again) && again.errorTallies().count == 2)
    #expect(
      try scratch.shell("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'error_tally'") == "0\n"
    )
  }

  @Test("O: the queue in figures is what a walk through it counts, a line a side and lane")
  func queue() throws {
    try change {
      for person in ["p1", "p2", "p3"] {
        try store.oweAttributes(
          to: person, record: nil, lane: .backfill, moves: false, desired: nil, cycle: 1, now: 1)
      }
      try store.oweEvent(to: "p1", record: "00QA", payload: "{}", cycle: 1, now: 1)
      try store.release(upTo: 9, except: nil)
      try store.oweEvent(to: "p2", record: "00QA", payload: "{}", cycle: 2, now: 1)
      try store.park(try #require(try store.deliveries(of: "p3").first), payload: "")
    }
    try owe(lead("p1", isHeld: true))
    try owe(lead("p2", lane: .asked))
    try owe(lead("p4", lane: .asked))
    #expect(try markSending("p2"))
    let found = try store.queueTallies()
    #expect(found.count == 6)
    #expect(
      found.filter { $0.pending + $0.held + $0.parked > 0 } == [
        QueueTally(side: .intercom, lane: .fresh, pending: 1, held: 1),
        QueueTally(side: .intercom, lane: .backfill, pending: 2, parked: 1),
        QueueTally(side: .salesforce, lane: .asked, pending: 2),
        QueueTally(side: .salesforce, lane: .fresh, held: 1),
      ])
  }

  @Test("O: each attempt counts once, by side, kind and what came of it")
  func totals() throws {
    try change {
      try store.oweEvent(to: "p1", record: "00QA", payload: "{}", cycle: 1, now: 1)
      try store.oweAttributes(
        to: "p1", record: nil, lane: .fresh, moves: false, desired: nil, cycle: 1, now: 1)
      try store.release(upTo: 9, except: nil)
    }
    let list = try store.deliveries(of: "p1")
    try change {
      try store.postpone(list[0], failedAt: 1, until: 2)
      try store.postpone(list[0], failedAt: 3, until: 4)
      #expect(try store.settle(list[0]))
      // Changed in flight: nothing has ended.
      try store.oweAttributes(
        to: "p1", record: nil, lane: .fresh, moves: false, desired: nil, cycle: 2, now: 1)
      #expect(try store.settle(list[1]))
      try store.park(try #require(try store.deliveries(of: "p1").first), payload: "")
    }
    try owe(lead("p1"))
    let row = try row("p1")
    #expect(try markSending("p1"))
    try change {
      try store.markUnknown(row, sentUntil: 1)
      try store.markUnknown(row, sentUntil: 1, failedAt: 2, until: 3)
      try store.remove(row)
    }
    let counted = store.totals.all.filter { $0.count > 0 }.map {
      "\($0.side) \($0.kind) \($0.result) \($0.count)"
    }
    #expect(
      Set(counted) == [
        "intercom event settled 1", "intercom event postponed 2", "intercom attributes parked 1",
        "salesforce lead postponed 1", "salesforce lead settled 1",
      ])
    #expect(store.totals.all.count == 21)
  }

  @Test("O: the oldest delivery is found among many parked ones, and no parked one is")
  func oldest() throws {
    func owe(_ person: String, at now: Int64) throws {
      try change {
        try store.oweAttributes(
          to: person, record: nil, lane: .fresh, moves: false, desired: nil, cycle: 1, now: now)
        try store.release(upTo: 9, except: nil)
      }
    }
    func park(_ person: String) throws {
      let delivery = try #require(try store.deliveries(of: person).first)
      try change { try store.park(delivery, payload: "") }
    }
    #expect(try store.outboxCounts().oldestQueuedAt == nil)
    for person in 1...4 { try owe("p\(person)", at: Int64(person)) }
    #expect(try store.outboxCounts().oldestQueuedAt == 1)
    try park("p1")
    #expect(try store.outboxCounts().oldestQueuedAt == 2)
    try park("p2")
    try park("p3")
    #expect(try store.outboxCounts().oldestQueuedAt == 4)
    try change { try store.oweEvent(to: "p5", record: "00QA", payload: "{}", cycle: 1, now: 9) }
    #expect(try store.outboxCounts().oldestQueuedAt == 4)
    try park("p4")
    #expect(try store.outboxCounts().oldestQueuedAt == 9)
    try self.owe(lead("p6"), now: 5)
    #expect(try store.outboxCounts().oldestQueuedAt == 5)
  }
}
