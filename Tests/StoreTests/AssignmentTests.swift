import SyncCore
import Testing

@testable import Store

@Suite("A1, A2: owners and assignments in the outbox")
struct AssignmentTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  @discardableResult
  private func change<Value>(_ body: () throws -> Value) throws -> Value {
    try store.transaction(body)
  }

  private func oweOwner(_ person: String = "p1", desired: String? = "7") throws {
    try change {
      try store.oweOwner(
        to: person, record: "00QA", lane: .fresh, desired: desired, cycle: 1, now: 5)
    }
  }

  private func assign(_ conversation: String, lane: Lane = .fresh, cycle: Int64 = 1) throws {
    try change {
      try store.oweAssignment(
        of: conversation, person: "p1", record: "00QA", lane: lane, cycle: cycle, now: 5)
    }
  }

  private func release() throws { try change { try store.release(upTo: 9, except: nil) } }

  @Test("A2: a person is owed one owner, whatever else it is owed; its order is kept")
  func owner() throws {
    try oweOwner()
    try change {
      try store.oweAttributes(
        to: "p1", record: "00QA", lane: .fresh, moves: false, desired: "x", cycle: 1, now: 5)
    }
    try oweOwner()
    #expect(try store.deliveries(of: "p1").map(\.kind) == [.owner, .attributes])
    #expect(try store.deliveries(of: "p1").map(\.generation) == [2, 1])
    #expect(try store.head(of: "p1")?.kind == .owner)
    #expect(try store.heldMoves(except: nil) == 0)
    #expect(try change { try store.disownAttributes(of: "p1") })
    #expect(try store.deliveries(of: "p1").map(\.kind) == [.owner])
    #expect(try change { try store.disownOwner(of: "p1") })
    #expect(try change { try !store.disownOwner(of: "p1") })
  }

  @Test("E2, A2: an owner who was refused is tried again only as another one")
  func refusedOwner() throws {
    try oweOwner()
    try release()
    try change { try store.park(try #require(try store.head(of: "p1")), payload: "7") }
    try oweOwner(desired: "7")
    #expect(try store.head(of: "p1") == nil)
    try oweOwner(desired: "8")
    #expect(try store.head(of: "p1")?.state == .held)
    #expect(try store.head(of: "p1")?.payload == nil)
  }

  @Test("A1: a conversation is owed one assignment; a person has as many as conversations")
  func assignments() throws {
    try assign("c1")
    try assign("c2")
    try assign("c1", lane: .asked, cycle: 2)
    let list = try store.deliveries(of: "p1")
    #expect(list.map(\.conversationID) == ["c1", "c2"])
    #expect(list.map(\.kind) == [.assign, .assign])
    #expect(list.map(\.lane) == [.asked, .fresh])
    #expect(list.map(\.generation) == [2, 1])
    #expect(list.map(\.state) == [.held, .held])
    #expect(try store.assignment(of: "c2") == list[1])
    #expect(try store.assignment(of: "c3") == nil)
    try change { try store.releaseHeld(cycle: 2) }
    #expect(
      try store.due(lane: .asked, now: 9, after: nil, limit: 9).map(\.conversationID) == ["c1"])
    // What waits already is not taken back.
    try assign("c1", cycle: 3)
    #expect(try store.assignment(of: "c1")?.state == .waiting)
    #expect(try change { try store.disownAssignment(of: "c1") })
    #expect(try change { try !store.disownAssignment(of: "c1") })
    #expect(try store.deliveries(of: "p1").map(\.conversationID) == ["c2"])
  }

  @Test("E2, A1: a refused assignment is tried again when it is owed again, or on retry")
  func refusedAssignment() throws {
    for isRetried in [false, true] {
      try assign("c1")
      try release()
      try change { try store.park(try #require(try store.head(of: "p1")), payload: "7") }
      #expect(try store.head(of: "p1") == nil)
      if isRetried {
        #expect(try change { try store.unpark(person: "p1", lane: .asked) } == 1)
      } else {
        try assign("c1")
      }
      let again = try #require(try store.head(of: "p1"))
      #expect(again.state == (isRetried ? .waiting : .held))
      #expect(again.payload == nil && again.attempts == 0 && again.conversationID == "c1")
      try change { try store.remove(again) }
    }
  }

  @Test("S8: where nobody may send events, neither owner nor assignment waits for them")
  func besideEvents() throws {
    try change {
      try store.oweEvent(to: "p1", record: "00QA", payload: "{}", cycle: 1, now: 1)
    }
    #expect(try store.headBesideEvents(of: "p1") == nil)
    try assign("c1")
    try oweOwner()
    #expect(try store.head(of: "p1")?.kind == .event)
    #expect(try store.headBesideEvents(of: "p1")?.kind == .assign)
    #expect(try store.heldEvents(of: "p1").count == 1)
  }
}
