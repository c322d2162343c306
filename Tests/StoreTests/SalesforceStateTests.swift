import SyncCore
import Testing

@testable import Store

@Suite("L6, T4, G1: the states of what goes to Salesforce")
struct SalesforceStateTests: SalesforceOutboxSuite {
  private let scratch: Scratch
  let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  // MARK: The states

  @Test("L6: what was being sent is still so for the next run, which looks it up")
  func reopening() throws {
    try owe(lead("p1", payload: "a"))
    try owe(lead("p2"))
    #expect(
      try change { try store.markSending(try row("p1"), sentAfter: 500, payload: "sent") })
    let other = try scratch.killed()
    let next = try other.open()
    let found = try next.sendingAtStart()
    #expect(found.map(\.subject) == ["p1"])
    #expect(found[0].payload == "sent" && found[0].sentAfter == 500 && found[0].sentUntil == nil)
    #expect(try next.dueToSalesforce(now: 9, limit: 9, kind: .lead).map(\.subject) == ["p2"])
    try next.transaction { try next.markUnknown(found[0], sentUntil: 900) }
    let due = try next.dueToSalesforce(now: 9, limit: 9, kind: .lead)
    #expect(due.map(\.subject) == ["p1", "p2"])
    #expect(due[0].state == .sending && due[0].sentUntil == 900)
  }

  @Test("L6: nothing is sent of a delivery that changed, was refused or ended since it was read")
  func changedSince() throws {
    try owe(.fields(of: "p1", to: "00QA", cycle: 1, isHeld: false))
    let old = try row("p1/00QA", .fields)
    try owe(.fields(of: "p1", to: "00QA", cycle: 2, isHeld: false))
    #expect(try change { try !store.markSending(old, sentAfter: 1) })
    try owe(.fields(of: "p1", to: "00QA", cycle: 2))
    let held = try row("p1/00QA", .fields)
    #expect(try change { try !store.markSending(held, sentAfter: 1) })
    try owe(lead("p1"))
    let lead = try row("p1")
    try change { try store.park(lead) }
    #expect(try change { try !store.markSending(lead, sentAfter: 1) })
    try change { try store.remove(lead) }
    #expect(try change { try !store.markSending(lead, sentAfter: 1) })
  }

  @Test("L6: a call that surely made nothing is simply repeated; an unknown one never becomes so")
  func postpone() throws {
    try owe(lead("p1"))
    #expect(try markSending("p1"))
    try change { try store.postpone(try row("p1"), failedAt: 100, until: 200) }
    var now = try row("p1")
    #expect(now.state == .waiting && now.sentAfter == nil)
    #expect(now.attempts == 1 && now.firstFailedAt == 100 && now.nextTryAt == 200)
    #expect(try markSending("p1", sentAfter: 700))
    try change { try store.markUnknown(try row("p1"), sentUntil: 800, failedAt: 300, until: 400) }
    now = try row("p1")
    #expect(now.state == .sending && now.sentAfter == 700 && now.sentUntil == 800)
    #expect(now.attempts == 2 && now.firstFailedAt == 100 && now.nextTryAt == 400)
    // A look-up that failed, and one that found nothing yet.
    try change { try store.postpone(now, failedAt: 400, until: 500) }
    try change { try store.markUnknown(now, sentUntil: 9_999, until: 600) }
    now = try row("p1")
    #expect(now.state == .sending && now.sentUntil == 800 && now.nextTryAt == 600)
    #expect(now.attempts == 3)
    // Repeated, since it surely was not made.
    #expect(try markSending("p1", sentAfter: 2_000))
    now = try row("p1")
    #expect(now.sentAfter == 2_000 && now.sentUntil == nil)
    try change { try store.park(now) }
    now = try row("p1")
    #expect(now.state == .parked && now.sentAfter == nil && now.sentUntil == nil)
    try change { try store.markUnknown(now, sentUntil: 1) }
    #expect(try row("p1").sentUntil == nil)
  }

  @Test("E2: retry puts back one person's, or all, and keeps what they say")
  func unpark() throws {
    for person in ["p1", "p2", "p3"] {
      try owe(lead(person, payload: person))
      try change { try store.park(try row(person)) }
    }
    #expect(try change { try store.unparkSalesforce(person: "p1", lane: .asked) } == 1)
    #expect(try row("p1").payload == "p1" && row("p1").lane == .asked)
    #expect(try row("p1").attempts == 0)
    #expect(try due() == ["p1"])
    #expect(try change { try store.unparkSalesforce(person: nil, lane: .fresh) } == 2)
    #expect(try due() == ["p1", "p2", "p3"])
  }

  // MARK: With the other outbox

  @Test("G1: held ones to either side are counted and let go together, but for another cycle's")
  func release() throws {
    func oweBoth(_ person: String, cycle: Int64) throws {
      try owe(lead(person, cycle: cycle, isHeld: true))
      try change {
        try store.oweAttributes(
          to: person, record: nil, lane: .fresh, moves: true, desired: nil, cycle: cycle, now: 1)
      }
    }
    for number in 1...3 { try oweBoth("p\(number)", cycle: Int64(number)) }
    #expect(try store.heldCount(except: nil) == 6)
    #expect(try store.heldCount(except: 3) == 4)
    #expect(try store.heldMoves(except: nil) == 3)
    #expect(try due() == [])
    try change { try store.releaseHeld(cycle: 2) }
    #expect(try due() == ["p2"])
    try change { try store.release(upTo: 9, except: 3) }
    #expect(try due() == ["p1", "p2"])
    #expect(try store.heldCount(except: nil) == 2)
    #expect(try store.count(cycle: 3, in: .held) == 2)
    #expect(try change { try store.releaseSlice(cycle: 3) })
    #expect(try change { try store.releaseSlice(cycle: 3) })
    #expect(try change { try !store.releaseSlice(cycle: 3) })
    #expect(try store.heldCount(except: nil) == 0)
    #expect(try markSending("p1"))
    #expect(try store.count(cycle: 1, in: .waiting) == 2)
    try change { try store.park(try row("p2")) }
    #expect(try store.count(cycle: 2, in: .parked) == 1)
  }

  @Test("I2: the figures are those of the rows of both sides")
  func counts() throws {
    for number in 0..<6 {
      let lane: Lane = number < 2 ? .backfill : .fresh
      try owe(lead("p\(number)", lane: lane, isHeld: number == 5), now: 50)
    }
    try change {
      try store.oweAttributes(
        to: "p1", record: nil, lane: .backfill, moves: false, desired: nil, cycle: 1, now: 70)
      try store.releaseHeld(cycle: 99)
    }
    #expect(try markSending("p0"))
    try change { try store.park(try row("p2")) }
    try change { try store.settle(try row("p3")) }
    try owe(lead("p1", lane: .asked))
    let counts = try store.outboxCounts()
    #expect(
      counts
        == OutboxCounts(
          pending: 3, held: 2, parked: 1, backfill: 0, toSalesforce: 3, oldestQueuedAt: 50))
    #expect(
      try scratch.shell(
        "SELECT state, lane, count(*) FROM salesforce_delivery GROUP BY 1, 2 ORDER BY 1, 2")
        == scratch.shell(
          "SELECT * FROM salesforce_delivery_tally WHERE count <> 0 ORDER BY 1, 2"))
  }

  @Test("O4: a clock that was set back leaves no try out of reach; a person's hurry none late")
  func clocks() throws {
    try owe(lead("p1"))
    try owe(lead("p2", lane: .backfill))
    try owe(lead("p3"))
    try change { try store.postpone(try row("p1"), failedAt: 1, until: 90_000) }
    #expect(try markSending("p2"))
    try change { try store.markUnknown(try row("p2"), sentUntil: 77_000, until: 91_000) }
    try change { try store.postpone(try row("p3"), failedAt: 1, until: 2_000) }
    try change { try store.recallTries(after: 80_000, to: 1_000) }
    #expect(try row("p1").nextTryAt == 1_000)
    #expect(try row("p2").nextTryAt == 1_000 && row("p2").sentUntil == 77_000)
    #expect(try row("p3").nextTryAt == 2_000)
    try change { try store.hurry() }
    for person in ["p1", "p2", "p3"] { #expect(try row(person).nextTryAt == 0) }
    #expect(try row("p2").state == .sending)
  }

  @Test("E1: what one side refuses keeps a person's entries when the other side takes something")
  func errors() throws {
    let refused = Meaning("SF-X", .refused, cause: "c", remedy: "r")
    try owe(lead("p1"))
    try change {
      try store.park(try row("p1"))
      try store.enter(Report(refused, what: "w", personID: "p1"), now: 1)
      try store.enter(Report(refused, what: "w", personID: "p1", subjectKey: "field:p1/A"), now: 1)
      try store.closeErrorsUnlessParked(ofPerson: "p1", at: 2)
    }
    #expect(try store.openErrors(ofPerson: "p1").count == 2)
    try change {
      try store.remove(try row("p1"))
      try store.closeErrorsUnlessParked(ofPerson: "p1", at: 3)
    }
    let left = try store.errors(all: true, after: 0, limit: 9)
    #expect(left.count == 1)
    #expect(try change { try store.closeErrors(subjectKey: "field:p1/A", at: 4) } == 1)
  }
}
