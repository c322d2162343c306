import SyncCore
import Testing

@testable import Store

@Suite("L6, Q1, T4, G1: the outbox to Salesforce")
struct SalesforceOutboxTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func owe(_ new: NewSalesforceDelivery, now: Int64 = 1_000) throws {
    try store.transaction { try store.owe(new, now: now) }
  }

  private func lead(
    _ person: String, email: String? = nil, lane: Lane = .fresh, cycle: Int64 = 1,
    payload: String = "{}", cause: String = "rule:r", isHeld: Bool = false
  ) -> NewSalesforceDelivery {
    .lead(
      for: person, email: email, lane: lane, cycle: cycle, payload: payload, cause: cause,
      isHeld: isHeld)
  }

  @discardableResult
  private func change<Value>(_ body: () throws -> Value) throws -> Value {
    try store.transaction(body)
  }

  private func row(
    _ subject: String, _ kind: SalesforceDeliveryKind = .lead
  ) throws -> SalesforceDelivery {
    try #require(try store.salesforceDelivery(kind, subject: subject))
  }

  private func due(
    _ kind: SalesforceDeliveryKind = .lead, now: Int64 = 9_000, limit: Int = 99,
    after last: SalesforceDelivery? = nil
  ) throws -> [String] {
    try store.dueToSalesforce(now: now, limit: limit, after: last, kind: kind).map(\.subject)
  }

  private func markSending(_ subject: String, sentAfter: Int64 = 500) throws -> Bool {
    try change { try store.markSending(try row(subject), sentAfter: sentAfter) }
  }

  // MARK: Owing

  @Test("O1: a delivery is kept as it was owed, whole")
  func whole() throws {
    try owe(
      NewSalesforceDelivery(
        .task, subject: "s", orderKey: "o", personID: "p", recordID: "r", conversationID: "c",
        partID: "m", lane: .asked, cycle: 7, payload: "{}", cause: "tag:t"), now: 42)
    let task = try row("s", .task)
    #expect(
      task
        == SalesforceDelivery(
          id: task.id, kind: .task, subject: "s", orderKey: "o", personID: "p", recordID: "r",
          conversationID: "c", partID: "m", lane: .asked, state: .held, generation: 1,
          payload: "{}", cause: "tag:t", sentAfter: nil, sentUntil: nil, attempts: 0,
          firstFailedAt: nil, nextTryAt: 0, queuedAt: 42))
    #expect(try store.salesforceDelivery(task.id) == task)
    #expect(try store.salesforceDeliveries(of: "p") == [task])
    #expect(try store.salesforceDeliveries(after: 0, limit: 1) == [task])
    #expect(try store.salesforceDeliveries(after: task.id, limit: 1) == [])
    #expect(try store.salesforceDelivery(.lead, subject: "s") == nil)
  }

  @Test("Q1: several changes waiting for one lead are one write of the newest, held again")
  func fieldsMerge() throws {
    try owe(.fields(of: "p1", to: "00QA", lane: .backfill, cycle: 1, payload: "a", isHeld: false))
    try owe(.fields(of: "p1", to: "00QB", cycle: 1, payload: "b", isHeld: false))
    try owe(.fields(of: "p1", to: "00QA", lane: .fresh, cycle: 2, payload: "c"), now: 2_000)
    let merged = try row("p1/00QA", .fields)
    #expect(merged.payload == "c")
    #expect(merged.generation == 2)
    #expect(merged.lane == .fresh)
    #expect(merged.state == .held)
    #expect(merged.queuedAt == 1_000)
    #expect(try row("p1/00QB", .fields).state == .waiting)
  }

  @Test("E2: fields that were refused are not tried again until they would be something else")
  func fieldsParked() throws {
    try owe(.fields(of: "p1", to: "00QA", cycle: 1, payload: "a", isHeld: false))
    try change { try store.park(try row("p1/00QA", .fields), payload: "refused") }
    try owe(.fields(of: "p1", to: "00QA", cycle: 2, payload: "refused"))
    #expect(try row("p1/00QA", .fields).state == .parked)
    try owe(.fields(of: "p1", to: "00QA", cycle: 2, payload: "other"))
    let again = try row("p1/00QA", .fields)
    #expect(again.state == .held)
    #expect(again.attempts == 0)
    #expect(again.payload == "other")
  }

  @Test("Q1: fields that change while they are sent go once more")
  func fieldsInFlight() throws {
    try owe(.fields(of: "p1", to: "00QA", cycle: 1, payload: "a", isHeld: false))
    let sent = try row("p1/00QA", .fields)
    #expect(try change { try store.markSending(sent, sentAfter: 1) })
    try owe(.fields(of: "p1", to: "00QA", cycle: 2, payload: "b"))
    #expect(try row("p1/00QA", .fields).state == .sending)
    #expect(try change { try store.settle(sent) })
    let left = try row("p1/00QA", .fields)
    #expect(left.state == .waiting)
    #expect(left.payload == "b")
    #expect(left.sentAfter == nil)
    #expect(try change { try store.settle(left) })
    #expect(try store.salesforceDelivery(.fields, subject: "p1/00QA") == nil)
    #expect(try change { try !store.settle(left) })
  }

  @Test("E2: what changed in flight is not parked with what was refused")
  func parkedInFlight() throws {
    try owe(.fields(of: "p1", to: "00QA", cycle: 1, payload: "a", isHeld: false))
    let sent = try row("p1/00QA", .fields)
    #expect(try change { try store.markSending(sent, sentAfter: 1) })
    try owe(.fields(of: "p1", to: "00QA", cycle: 2, payload: "b"))
    try change { try store.park(sent) }
    #expect(try row("p1/00QA", .fields).state == .waiting)
    #expect(try row("p1/00QA", .fields).payload == "b")
  }

  @Test("L1: a lead that is owed already stays as it is, waiting or being sent")
  func leadStays() throws {
    try owe(lead("p1", payload: "a"))
    let first = try row("p1")
    try owe(lead("p1", cycle: 2, payload: "b", cause: "rule:other", isHeld: true), now: 2_000)
    #expect(try row("p1") == first)
    #expect(try markSending("p1"))
    let sending = try row("p1")
    try owe(lead("p1", lane: .asked, cycle: 3, payload: "c", cause: "hand"))
    var expected = sending
    expected.lane = .asked
    #expect(try row("p1") == expected)
  }

  @Test("L1: a refused lead goes back to the queue for another payload, or when a person asks")
  func leadParked() throws {
    for (payload, lane, isBack) in [
      ("a", Lane.fresh, false), ("b", .fresh, true), ("a", .asked, true),
    ] {
      try owe(lead("p1", payload: "a"))
      try change { try store.park(try row("p1")) }
      try owe(lead("p1", lane: lane, cycle: 2, payload: payload, cause: "again"))
      let after = try row("p1")
      #expect(after.state == (isBack ? .waiting : .parked))
      #expect(after.payload == payload)
      #expect(after.cause == (isBack ? "again" : "rule:r"))
      #expect(after.attempts == (isBack ? 0 : 1))
      #expect(after.lane == lane)
      try change { try store.remove(after) }
    }
  }

  @Test("L1: what a person asks for replaces what a rule owes, and is let go by its own cycle")
  func asked() throws {
    try owe(lead("p1", payload: "rule", isHeld: true))
    try owe(lead("p1", lane: .asked, cycle: 5, payload: "hand", cause: "hand", isHeld: true))
    let asked = try row("p1")
    #expect(asked.payload == "hand" && asked.cause == "hand" && asked.generation == 2)
    #expect(try due() == [])
    try change { try store.releaseHeld(cycle: 5) }
    #expect(try due() == ["p1"])
    // Pressed twice.
    let before = try row("p1")
    try owe(lead("p1", lane: .asked, cycle: 6, payload: "hand", cause: "hand"))
    #expect(try row("p1") == before)
  }

  @Test("L1: a rule that stops holding ends its lead, but not one that is being sent")
  func disown() throws {
    try owe(lead("p1", cause: "rule:a"))
    #expect(try change { try !store.disownLead(of: "p1", cause: "rule:b") })
    #expect(try change { try store.disownLead(of: "p1", cause: "rule:a") })
    try owe(lead("p1", cause: "rule:a"))
    try change { try store.park(try row("p1")) }
    #expect(try change { try store.disownLead(of: "p1") })
    try owe(lead("p1", cause: "rule:a"))
    #expect(try markSending("p1"))
    #expect(try change { try !store.disownLead(of: "p1", cause: "rule:a") })
    #expect(try row("p1").state == .sending)
  }

  @Test("Q1: fields that are owed no more end, of one lead or of all")
  func disownFields() throws {
    for record in ["00QA", "00QB", "00QC"] {
      try owe(.fields(of: "p1", to: record, cycle: 1))
    }
    try owe(lead("p1"))
    #expect(try change { try store.disownFields(of: "p1", to: "00QB") })
    #expect(try store.salesforceDeliveries(of: "p1").map(\.recordID) == ["00QA", "00QC", nil])
    #expect(try change { try store.disownFields(of: "p1") })
    #expect(try store.salesforceDeliveries(of: "p1").map(\.kind) == [.lead])
    #expect(try change { try !store.disownFields(of: "p1") })
  }

  // MARK: Choosing

  @Test("S9: asked goes first, then fresh, then backfill; within a lane the earliest")
  func lanes() throws {
    for (person, lane) in [("p1", Lane.backfill), ("p2", .fresh), ("p3", .asked), ("p4", .fresh)] {
      try owe(lead(person, lane: lane))
    }
    try owe(.fields(of: "p9", to: "00QA", cycle: 1, isHeld: false))
    #expect(try due() == ["p3", "p2", "p4", "p1"])
    try change { try store.postpone(try row("p2"), failedAt: 100, until: 5_000) }
    #expect(try due(now: 4_999) == ["p3", "p4", "p1"])
    #expect(try due(now: 5_000) == ["p3", "p4", "p2", "p1"])
    #expect(try due(limit: 2) == ["p3", "p4"])
    #expect(try due(.fields) == ["p9/00QA"])
    #expect(try due(.task) == [])
  }

  @Test("S8: what has to wait hides nothing behind it: the list goes on after any of its rows")
  func pages() throws {
    for number in 10..<20 {
      try owe(lead("p\(number)", lane: number % 3 == 0 ? .asked : .fresh))
    }
    var seen: [String] = []
    var last: SalesforceDelivery?
    while true {
      let page = try store.dueToSalesforce(now: 9, limit: 3, after: last, kind: .lead)
      seen += page.map(\.subject)
      guard page.count == 3 else { break }
      last = page.last
    }
    #expect(seen == ["p12", "p15", "p18", "p10", "p11", "p13", "p14", "p16", "p17", "p19"])
  }

  @Test("L3: two people with one address: one at a time, in the order in which they were owed")
  func oneAtATime() throws {
    for person in ["p1", "p2", "p3"] { try owe(lead(person, email: "a@x.com")) }
    try owe(lead("p4", email: "b@x.com"))
    #expect(try due() == ["p1", "p4"])
    #expect(try markSending("p1"))
    #expect(try due() == ["p4"])
    #expect(try !markSending("p2"))
    try change { try store.markUnknown(try row("p1"), sentUntil: 600, until: 5_000) }
    #expect(try due(now: 4_999) == ["p4"])
    #expect(try due(now: 5_000) == ["p4", "p1"])
    try change { try store.settle(try row("p1")) }
    #expect(try due() == ["p2", "p4"])
    // Later than the one behind it, and first all the same.
    try change { try store.postpone(try row("p2"), failedAt: 1, until: 7_000) }
    #expect(try due(now: 6_000) == ["p4"])
    try change { try store.park(try row("p2")) }
    #expect(try due(now: 6_000) == ["p3", "p4"])
    // One that comes back is the earlier one again, but not while another is being sent.
    #expect(try markSending("p3"))
    #expect(try change { try store.unparkSalesforce(person: "p2", lane: .fresh) } == 1)
    #expect(try due() == ["p4"])
    try change { try store.markUnknown(try row("p3"), sentUntil: 600) }
    #expect(try due() == ["p3", "p4"])
  }

  @Test("L3: an address that turns out to be another one's is waited for")
  func otherAddress() throws {
    try owe(lead("p1", email: "a@x.com"))
    try owe(lead("p2", email: "b@x.com"))
    #expect(try markSending("p1"))
    let second = try row("p2")
    #expect(
      try change { try !store.markSending(second, sentAfter: 1, orderKey: "a@x.com") })
    #expect(try row("p2").orderKey == "b@x.com")
    try change { try store.reorder(second, orderKey: "a@x.com") }
    #expect(try due() == [])
    try change { try store.settle(try row("p1")) }
    #expect(try due() == ["p2"])
    #expect(try change { try store.markSending(second, sentAfter: 1, orderKey: "c@x.com") })
    #expect(try row("p2").orderKey == "c@x.com")
  }

  @Test("L6: kinds do not wait for each other, held and parked ones for nobody")
  func kinds() throws {
    try owe(lead("p1", email: "k", isHeld: true))
    try owe(lead("p2", email: "k"))
    #expect(try due() == ["p2"])
    try change { try store.park(try row("p2")) }
    try owe(lead("p3", email: "k"))
    #expect(try due() == ["p3"])
    try owe(NewSalesforceDelivery(.task, subject: "t", orderKey: "k", cycle: 1, isHeld: false))
    #expect(try markSending("p3"))
    #expect(try due(.task) == ["t"])
  }

  @Test("S9: what stands before something asked comes along")
  func hurriedOrder() throws {
    try owe(lead("p1", email: "k", lane: .backfill))
    for number in 2..<9 { try owe(lead("p\(number)", lane: .fresh)) }
    try owe(lead("p9", email: "k", lane: .asked))
    #expect(try due(limit: 1) == ["p1"])
    try change { try store.settle(try row("p1")) }
    #expect(try due(limit: 1) == ["p9"])
  }

  @Test("E2: when to wake up is known, unknown outcomes included")
  func nextTry() throws {
    #expect(try store.nextTryToSalesforce() == nil)
    try owe(lead("p1"))
    try owe(.fields(of: "p2", to: "00QA", lane: .backfill, cycle: 1, isHeld: false))
    #expect(try store.nextTryToSalesforce() == 0)
    #expect(try markSending("p1"))
    try change { try store.postpone(try row("p2/00QA", .fields), failedAt: 1, until: 800) }
    #expect(try store.nextTryToSalesforce() == 800)
    try change { try store.markUnknown(try row("p1"), sentUntil: 600, failedAt: 1, until: 700) }
    #expect(try store.nextTryToSalesforce() == 700)
    #expect(try store.nextTryToSalesforce(after: 700) == 800)
    #expect(try store.nextTryToSalesforce(after: 800) == nil)
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
    try change { try store.releaseHeld(except: 3) }
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
