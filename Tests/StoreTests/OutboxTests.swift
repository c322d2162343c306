import SyncCore
import Testing

@testable import Store

@Suite("S8, S9, S10, G1: the outbox")
struct OutboxTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func owe(
    _ person: String, lane: Lane = .fresh, moves: Bool = false, ends: Bool = false,
    desired: String? = "new", cycle: Int64 = 1
  ) throws {
    try store.transaction {
      try store.oweAttributes(
        to: person, record: "00QA", lane: lane, moves: moves, ends: ends, desired: desired,
        cycle: cycle, now: 1_000)
    }
  }

  private func oweEvent(_ person: String, _ payload: String = "{}", cycle: Int64 = 1) throws {
    try store.transaction {
      try store.oweEvent(to: person, record: "00QA", payload: payload, cycle: cycle, now: 1_000)
    }
  }

  private func release() throws { try store.letGo(except: nil) }

  private func change(_ body: () throws -> Void) throws { try store.transaction(body) }

  private func head(_ person: String = "p1") throws -> Delivery {
    try #require(try store.head(of: person))
  }

  @Test("S8: several changes waiting for one person are one PUT; their events all stay")
  func merging() throws {
    try owe("p1", lane: .backfill)
    try oweEvent("p1", "one")
    try owe("p1", lane: .fresh)
    try oweEvent("p1", "two")
    try owe("p1", lane: .backfill)
    let list = try store.deliveries(of: "p1")
    #expect(list.map(\.kind) == [.attributes, .event, .event])
    #expect(list.map(\.payload) == [nil, "one", "two"])
    #expect(list[0].generation == 3)
    #expect(list[0].lane == .fresh)
    #expect(list[0].queuedAt == 1_000)
  }

  @Test("G1: nothing goes before it is released, and a waiting delivery that changed is held again")
  func held() throws {
    try owe("p1")
    #expect(try store.due(lane: .fresh, now: 9_000, after: nil, limit: 10) == [])
    #expect(try store.heldCount(except: nil) == 1)
    try release()
    #expect(
      try store.due(lane: .fresh, now: 9_000, after: nil, limit: 10).map(\.personID) == ["p1"])
    try owe("p1")
    #expect(try store.due(lane: .fresh, now: 9_000, after: nil, limit: 10) == [])
    #expect(try head().state == .held)
  }

  @Test("G1: what one person asked for is let go alone")
  func releaseByCycle() throws {
    try owe("p1", cycle: 1)
    try owe("p2", cycle: 2)
    try change { try store.releaseHeld(cycle: 2) }
    #expect(try head("p1").state == .held)
    #expect(try head("p2").state == .waiting)
    #expect(try store.count(cycle: 1, in: .held) == 1)
    #expect(try store.count(cycle: 2, in: .held) == 0)
    #expect(try store.count(cycle: 2, in: .waiting) == 1)
  }

  @Test("G1: moves are counted while held, and ends among them")
  func moves() throws {
    try owe("p1", moves: true, ends: true)
    try owe("p2", moves: true)
    try owe("p3")
    #expect(try store.heldMoves(except: nil) == 2)
    #expect(try store.heldEnds(except: nil) == 1)
    try owe("p1", moves: false)
    #expect(try store.heldMoves(except: nil) == 1)
    try release()
    #expect(try store.heldMoves(except: nil) == 0)
    #expect(try store.heldEnds(except: nil) == 0)
  }

  @Test("S8 O1: more than one slice of held deliveries is let go whole")
  func releaseMany() throws {
    try change {
      for number in 0..<5_003 {
        try store.oweAttributes(
          to: "p\(number)", record: nil, lane: .backfill, moves: false, desired: nil, cycle: 1,
          now: 1)
      }
    }
    try release()
    #expect(
      try store.outboxCounts()
        == OutboxCounts(pending: 5_003, held: 0, parked: 0, backfill: 5_003, oldestQueuedAt: 1))
  }

  @Test("S9: lanes are told apart, and within one the earliest try goes first")
  func lanes() throws {
    for (person, lane) in [("p1", Lane.backfill), ("p2", .fresh), ("p3", .fresh), ("p4", .asked)] {
      try owe(person, lane: lane)
    }
    try release()
    let due = { (lane: Lane, now: Int64) in
      try store.due(lane: lane, now: now, after: nil, limit: 10).map(\.personID)
    }
    #expect(try due(.asked, 0) == ["p4"])
    #expect(try due(.fresh, 0) == ["p2", "p3"])
    #expect(try due(.backfill, 0) == ["p1"])
    try change { try store.postpone(try head("p2"), failedAt: 100, until: 500) }
    #expect(try due(.fresh, 499) == ["p3"])
    #expect(try due(.fresh, 500) == ["p3", "p2"])
    #expect(try store.due(lane: .fresh, now: 500, after: nil, limit: 1).count == 1)
  }

  @Test("E2: a postponed delivery remembers its first failure, and when to wake up is known")
  func postpone() throws {
    #expect(try store.nextTryAt() == nil)
    try owe("p1")
    try oweEvent("p2")
    try release()
    #expect(try store.nextTryAt() == 0)
    try change { try store.postpone(try head("p1"), failedAt: 100, until: 500) }
    try change { try store.postpone(try head("p1"), failedAt: 600, until: 900) }
    try change { try store.postpone(try head("p2"), failedAt: 600, until: 800) }
    #expect(try head("p1").attempts == 2)
    #expect(try head("p1").firstFailedAt == 100)
    #expect(try head("p1").nextTryAt == 900)
    #expect(try store.nextTryAt() == 800)
  }

  @Test("S8: a person's deliveries go in order; a parked one stands aside")
  func order() throws {
    try owe("p1")
    try oweEvent("p1", "one")
    try oweEvent("p1", "two")
    try release()
    let first = try head()
    #expect(first.kind == .attributes)
    try change { try store.park(first, payload: "refused") }
    #expect(try head().payload == "one")
    try change { try store.settle(try head()) }
    #expect(try head().payload == "two")
    try change { try store.settle(try head()) }
    #expect(try store.head(of: "p1") == nil)
    #expect(try store.outboxCounts().parked == 1)
  }

  @Test("S8: a change that arrives in flight is sent next")
  func generation() throws {
    try owe("p1")
    try release()
    let sent = try head()
    try change { try store.postpone(sent, failedAt: 1, until: 99) }
    try owe("p1")
    try change { try store.settle(sent) }
    let left = try head()
    #expect(left.id == sent.id)
    #expect(left.generation == 2)
    #expect(left.attempts == 0)
    #expect(left.firstFailedAt == nil)
    #expect(left.nextTryAt == 0)
    try change { try store.settle(left) }
    #expect(try store.head(of: "p1") == nil)
    try change { try store.settle(left) }
  }

  @Test("E2: a change that arrives in flight is not parked with what was refused")
  func parkedInFlight() throws {
    try owe("p1")
    try release()
    let sent = try head()
    try owe("p1")
    try change { try store.park(sent, payload: "refused") }
    #expect(try head().state == .held)
  }

  @Test("E2: what was refused is not tried again until it would send something else")
  func parkedUntilNews() throws {
    try owe("p1")
    try release()
    try change { try store.park(try head(), payload: "refused") }
    try owe("p1", desired: "refused")
    #expect(try store.head(of: "p1") == nil)
    try owe("p1", desired: "other")
    let again = try head()
    #expect(again.state == .held)
    #expect(again.attempts == 0)
    #expect(again.payload == nil)
    #expect(again.generation == 2)
  }

  @Test("E2: clearing that was refused is told apart from values that were")
  func parkedClearing() throws {
    try owe("p1", desired: nil)
    try release()
    try change { try store.park(try head(), payload: "") }
    try owe("p1", desired: nil)
    #expect(try store.head(of: "p1") == nil)
    try owe("p1", desired: "values")
    #expect(try store.head(of: "p1") != nil)
  }

  @Test("E2: retry puts back one person's, or all; an event keeps what it says")
  func unpark() throws {
    for person in ["p1", "p2"] {
      try oweEvent(person, "payload")
      try release()
      try change { try store.park(try head(person), payload: nil) }
    }
    #expect(try store.transaction { try store.unpark(person: "p1", lane: .asked) } == 1)
    #expect(try head("p1").payload == "payload")
    #expect(try head("p1").lane == .asked)
    #expect(try head("p1").attempts == 0)
    #expect(try store.head(of: "p2") == nil)
    #expect(try store.transaction { try store.unpark(person: nil, lane: .asked) } == 1)
    #expect(try store.transaction { try store.unpark(person: nil, lane: .asked) } == 0)
  }

  @Test("S8: nothing to say any more ends the PUT, and leaves the events")
  func disown() throws {
    try owe("p1")
    try oweEvent("p1")
    try change { try store.disownAttributes(of: "p1") }
    #expect(try store.deliveries(of: "p1").map(\.kind) == [.event])
    try change { try store.remove(try head()) }
    #expect(try store.deliveries(after: 0, limit: 10) == [])
  }

  @Test("I2: the figures are those of the rows, whatever happened to them")
  func counts() throws {
    for number in 0..<4 { try owe("p\(number)", lane: number < 2 ? .backfill : .fresh) }
    try oweEvent("p9")
    try release()
    try change { try store.park(try head("p0"), payload: "x") }
    try owe("p1", lane: .asked)
    try change { try store.settle(try head("p2")) }
    #expect(throws: CancellationError.self) {
      try store.transaction {
        try store.release(upTo: 9, except: nil)
        throw CancellationError()
      }
    }
    let rows =
      "SELECT state, lane, count(*) FROM delivery GROUP BY 1, 2 ORDER BY 1, 2"
    let tally = "SELECT state, lane, count FROM delivery_tally WHERE count <> 0 ORDER BY 1, 2"
    #expect(try scratch.shell(rows) == scratch.shell(tally))
    let counts = try store.outboxCounts()
    #expect(counts.pending == 2)
    #expect(counts.held == 1)
    #expect(counts.parked == 1)
    #expect(counts.backfill == 0)
    #expect(counts.oldestQueuedAt == 1_000)
  }

  // MARK: Events

  @Test("S7: two changes of one kind in one second are a second apart, and never go back")
  func seconds() throws {
    let second = { (person: String, kind: EventKind, at: Int64) in
      try store.transaction { try store.eventSecond(of: person, kind: kind, at: at) }
    }
    #expect(try second("p1", .title, 100) == 100)
    #expect(try second("p1", .title, 100) == 101)
    #expect(try second("p1", .title, 90) == 102)
    #expect(try second("p1", .title, 200) == 200)
    #expect(try second("p1", .status, 100) == 100)
    #expect(try second("p2", .title, 100) == 100)
  }

  @Test("S7: a second is taken only with its transaction, so that a repetition bears it again")
  func secondsRollBack() throws {
    for _ in 0..<2 {
      #expect(throws: CancellationError.self) {
        try store.transaction {
          #expect(try store.eventSecond(of: "p1", kind: .title, at: 100) == 100)
          throw CancellationError()
        }
      }
    }
  }

  // MARK: What was sent

  @Test("S10: an alteration is accepted when it comes back the same way twice")
  func alteration() throws {
    func one(_ title: String?) -> AttributeValues {
      var values = AttributeValues()
      values[.title] = title
      return values
    }
    try store.take(Person(id: "p1", updatedAt: 1))
    func send(_ sent: String?, _ returned: String?) throws -> [Attribute] {
      let person = try #require(try store.person("p1"))
      let outcome = try store.transaction {
        try store.recordSent(
          one(sent), returned: one(returned), to: person, configured: .all)
      }
      #expect(outcome.altered == (sent == returned ? [] : [.title]))
      return outcome.accepted
    }
    #expect(try send("a<b", "a&lt;b") == [])
    #expect(try store.person("p1")?.accepted == AttributeSet())
    #expect(try send("a<b", "a&lt;b") == [.title])
    #expect(try store.person("p1")?.accepted == AttributeSet([.title]))
    #expect(try store.person("p1")?.sent == one("a<b"))
    #expect(try store.person("p1")?.returned == one("a&lt;b"))
    #expect(try send("other", "&other") == [])
    #expect(try send("other", "other") == [])
    #expect(try store.person("p1")?.accepted == AttributeSet())
  }

  @Test("M1: a person whom we cleared is one that we have nothing to clear of")
  func cleared() throws {
    try store.take(Person(id: "p1", updatedAt: 1))
    let person = try #require(try store.person("p1"))
    _ = try store.transaction {
      try store.recordSent(
        AttributeValues(), returned: AttributeValues(), to: person, configured: .all)
    }
    #expect(try store.person("p1")?.sent == nil)
  }
}
