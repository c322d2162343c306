import SyncCore
import Testing

@testable import Store

@Suite("M5, M8: what is left of somebody who leaves, and what a survivor inherits")
struct DepartureTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
    for id in ["p1", "p2"] { try store.take(Person(id: id, updatedAt: 1), .initial) }
  }

  @discardableResult
  private func change<Value>(_ body: () throws -> Value) throws -> Value {
    try store.transaction(body)
  }

  private func drop(survivor: String?) throws {
    try change { try store.drop("p1", survivor: survivor, cycle: 9) }
  }

  private func oweLead(_ person: String, payload: String, state: SalesforceDeliveryState) throws {
    try change {
      try store.owe(
        .lead(
          for: person, email: "a@x.com", cycle: 1, payload: payload, cause: "rule:r",
          isHeld: state == .held), now: 1)
      let lead = try #require(try store.salesforceDelivery(.lead, subject: person))
      switch state {
      case .held, .waiting: break
      case .parked: try store.park(lead)
      case .sending:
        #expect(try store.markSending(lead, sentAfter: 1, orderKey: person))
        try store.markUnknown(lead, sentUntil: 2)
      }
    }
  }

  /// The leads that are owed, as subject, person, state and payload.
  private func leads() throws -> String {
    try scratch.shell(
      """
      SELECT subject, person_id, state, payload FROM salesforce_delivery WHERE kind = 0
      ORDER BY id
      """)
  }

  @Test("M5: rules, the lead that was made, bases and history are the survivor's")
  func inheritance() throws {
    try change {
      try store.setHolds(["a", "b"], of: "p1")
      try store.setUsed(person: "p1")
      try store.setHolds(["c"], of: "p1")
      try store.setHolds(["b", "d"], of: "p2")
      try store.setMadeLead(of: "p1", record: "00QA", at: 5)
      try store.setFieldBase(person: "p1", record: "00QA", base: ["a": .null], refused: [:])
      try store.enterHistory(
        HistoryEntry(at: 1, personID: "p1", side: .salesforce, what: "lead", result: "r"))
    }
    try drop(survivor: "p2")
    #expect(
      try store.holds(of: "p2").map { "\($0.rule)\($0.isUsed ? "!" : "")" }
        == ["a!", "b!", "c", "d"])
    #expect(try store.holds(of: "p1").isEmpty)
    #expect(try store.madeLead(of: "p2")?.record == "00QA")
    #expect(try store.fieldBase(person: "p2", record: "00QA")?.base == ["a": .null])
    #expect(try store.fieldBase(person: "p1", record: "00QA") == nil)
    #expect(try store.history(ofPerson: "p2", limit: 9).map(\.what) == ["lead"])
    #expect(try store.history(ofPerson: "p1", limit: 9) == [])
  }

  @Test("M5: what the survivor has of its own is not overruled")
  func own() throws {
    try change {
      for (person, record) in [("p1", "00QA"), ("p2", "00QB")] {
        try store.setMadeLead(of: person, record: record, at: 5)
        try store.setFieldBase(
          person: person, record: "00QC", base: ["a": .text(person)], refused: [:])
      }
    }
    try drop(survivor: "p2")
    #expect(try store.madeLead(of: "p2")?.record == "00QB")
    #expect(try store.fieldBase(person: "p2", record: "00QC")?.base == ["a": .text("p2")])
  }

  @Test(
    "M5: a lead that is owed becomes the survivor's; a refused one is tried again",
    arguments: [SalesforceDeliveryState.held, .waiting, .parked])
  func leadMoves(state: SalesforceDeliveryState) throws {
    try oweLead("p1", payload: "one", state: state)
    let before = try #require(try store.salesforceDelivery(.lead, subject: "p1"))
    try drop(survivor: "p2")
    #expect(try leads() == "p2|p2|\(state == .held ? 0 : 1)|one\n")
    // Whoever was about to send it looks again.
    #expect(try change { try !store.markSending(before, sentAfter: 1) })
  }

  @Test("L6, M5: two who owe a lead and become one owe one, and what is being sent stays")
  func leadsMeet() throws {
    let cases: [(SalesforceDeliveryState, SalesforceDeliveryState, String)] = [
      (.waiting, .waiting, "p2|p2|1|two\n"),
      (.waiting, .parked, "p2|p2|1|one\n"),
      (.parked, .waiting, "p2|p2|1|two\n"),
      (.sending, .waiting, "p1|p2|3|one\np2|p2|1|two\n"),
      (.waiting, .sending, "p2|p2|3|two\n"),
      (.sending, .sending, "p1|p2|3|one\np2|p2|3|two\n"),
    ]
    for (gone, survivor, expected) in cases {
      try store.take(Person(id: "p1", updatedAt: 1), .initial)
      try oweLead("p1", payload: "one", state: gone)
      try oweLead("p2", payload: "two", state: survivor)
      try drop(survivor: "p2")
      #expect(try leads() == expected, "\(gone) meets \(survivor)")
      for left in try store.salesforceDeliveries(after: 0, limit: 9) {
        try change { try store.remove(left) }
      }
    }
  }

  @Test("L6: what is being sent for somebody comes to its end though the person is gone (M8)")
  func sendingStays() throws {
    try oweLead("p1", payload: "one", state: .sending)
    try change { try store.setMadeLead(of: "p1", record: "00QA", at: 5) }
    try drop(survivor: nil)
    #expect(try leads() == "p1|p1|3|one\n")
    #expect(try store.madeLead(of: "p1")?.record == "00QA")
    #expect(
      try store.dueToSalesforce(now: 9, limit: 9, kind: .lead).map(\.state) == [.sending])
  }

  @Test("M8: without a survivor nothing else is left")
  func nothingLeft() throws {
    try change {
      try store.setHolds(["a"], of: "p1")
      try store.setFieldBase(person: "p1", record: "00QA", base: [:], refused: [:])
      try store.enterHistory(
        HistoryEntry(at: 1, personID: "p1", side: .salesforce, what: "lead", result: "r"))
      try store.owe(.fields(of: "p1", to: "00QA", cycle: 1), now: 1)
      try store.owe(
        .task(keyPart: "m", on: "00QA", of: "p1", conversation: "c", cycle: 1, payload: "{}"),
        now: 1)
      try store.oweOwner(to: "p1", record: nil, lane: .fresh, desired: "1", cycle: 1, now: 1)
      try store.oweAssignment(of: "c", person: "p1", record: nil, cycle: 1, now: 1)
    }
    try oweLead("p1", payload: "one", state: .waiting)
    try drop(survivor: nil)
    for table in ["rule_hold", "field_base", "history", "salesforce_delivery", "delivery"] {
      #expect(try scratch.shell("SELECT count(*) FROM \(table)") == "0\n", "\(table)")
    }
  }

  @Test("T4, A1, Q1: tasks and assignments go to the survivor; fields are its own to find out")
  func deliveries() throws {
    try change {
      try store.owe(.fields(of: "p1", to: "00QA", cycle: 1), now: 1)
      try store.owe(
        .task(
          keyPart: "m", on: "00QA", of: "p1", conversation: "c", cycle: 1, payload: "{}",
          isHeld: false), now: 1)
      try store.oweOwner(to: "p1", record: nil, lane: .fresh, desired: "1", cycle: 1, now: 1)
      try store.oweAssignment(of: "c", person: "p1", record: nil, cycle: 1, now: 1)
      try store.park(
        try #require(try store.salesforceDelivery(.task, subject: "m/00QA")), payload: nil)
    }
    try drop(survivor: "p2")
    #expect(
      try scratch.shell("SELECT kind, subject, person_id, state FROM salesforce_delivery")
        == "2|m/00QA|p2|1\n")
    #expect(try store.deliveries(of: "p2").map(\.kind) == [.assign])
    #expect(try store.deliveries(of: "p1") == [])
  }
}
