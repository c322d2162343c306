import SyncCore
import Testing

@testable import Store

@Suite("L6, Q1, T4, G1: the outbox to Salesforce")
struct SalesforceOutboxTests: SalesforceOutboxSuite {
  private let scratch: Scratch
  let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
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
}
