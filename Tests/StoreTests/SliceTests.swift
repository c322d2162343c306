import SyncCore
import Testing

@testable import Store

/// Where a transaction that touches everybody would hold the loop, the store does it in slices.
@Suite("O1, O2: long work is cut into slices, and a kill between two loses nothing")
struct SliceTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func owe(_ people: Range<Int>, cycle: Int64) throws {
    try store.transaction {
      for number in people {
        try store.oweAttributes(
          to: "p\(number)", record: nil, lane: .fresh, moves: false, desired: nil, cycle: cycle,
          now: 1)
      }
    }
  }

  // MARK: Letting go

  @Test("O2: no transaction lets more than a thousand deliveries go")
  func released() throws {
    try owe(0..<2_500, cycle: 1)
    try store.transaction { try store.release(upTo: 1, except: nil) }
    var pending = [try store.outboxCounts().pending]
    while try store.isReleasing() {
      _ = try store.transaction { try store.releaseNext() }
      pending.append(try store.outboxCounts().pending)
    }
    #expect(pending == [1_000, 2_000, 2_500])
    #expect(try store.outboxCounts().held == 0)
  }

  @Test(
    "O1 G1: killed between two slices, what was let go still goes, and nothing that is held since")
  func killed() throws {
    try owe(0..<1_200, cycle: 1)
    try owe(1_200..<1_300, cycle: 2)
    try store.transaction { try store.release(upTo: 3, except: 2) }
    #expect(try store.outboxCounts().held == 300)
    let copy = try scratch.killed()
    let next = try copy.open()
    #expect(try next.isReleasing())
    try next.transaction {
      try next.oweAttributes(
        to: "new", record: nil, lane: .fresh, moves: true, desired: nil, cycle: 4, now: 1)
      // Planned anew, it is the next guard's affair.
      try next.oweAttributes(
        to: "p1199", record: nil, lane: .fresh, moves: true, desired: nil, cycle: 4, now: 1)
    }
    while try next.transaction({ try next.releaseNext() }) {}
    #expect(try !next.isReleasing())
    #expect(try next.outboxCounts().pending == 1_199)
    #expect(try next.count(cycle: 2, in: .held) == 100)
    #expect(try next.count(cycle: 4, in: .held) == 2)
  }

  @Test("G1: what a full read holds is stepped over by counting, not looked at row by row")
  func counting() throws {
    for sql in [
      "SELECT count(*) FROM delivery WHERE state = 0 AND cycle < 5 AND moves = 2",
      "SELECT count(*) FROM delivery WHERE state = 0 AND cycle > 5",
      "SELECT id FROM delivery WHERE state = 0 AND cycle > 5 AND cycle <= 7 LIMIT 9",
    ] {
      var steps: [String] = []
      try store.database.prepare("EXPLAIN QUERY PLAN " + sql).rows(each: {
        steps.append($0.text(3))
      })
      #expect(steps.contains { $0.contains("COVERING INDEX delivery_held (cycle") }, "\(steps)")
    }
  }

  // MARK: Differences

  @Test("O1: what an interrupted cycle left is adopted in slices, and all of it")
  func adopted() throws {
    try store.transaction {
      for number in 0..<4_500 { try store.noteDifference(ofPerson: "p\(number)", cycle: 1) }
    }
    func adopt() throws -> Bool {
      try store.transaction { try store.adoptDifferences(into: 3, except: nil) }
    }
    #expect(try adopt())
    #expect(try store.personDifferences(cycle: 3, limit: 9_999).count == 2_000)
    #expect(try adopt())
    #expect(try !adopt())
    #expect(try store.personDifferences(cycle: 3, limit: 9_999).count == 4_500)
  }

  // MARK: Unseen rows

  @Test("M6 M8: rows that were seen are stepped over a slice at a time, and none is left out")
  func unseen() throws {
    try store.transaction {
      let people = try PersonComparison(store, kind: .initial, cycle: 1, sweep: 2)
      let records = try RecordComparison(store, kind: .initial, cycle: 1, sweep: 2)
      for number in 10_000..<15_000 {
        try people.compare(Rows.person(Person(id: "p\(number)", updatedAt: 1)))
        try records.compare(
          Rows.record(Record(id: "00Q\(number)", object: .lead, modifiedAt: 1)))
      }
    }
    for id in ["13999", "14999"] {
      _ = try scratch.shell(
        "UPDATE person SET sweep = 1 WHERE id = 'p\(id)'; "
          + "UPDATE record SET sweep = 1 WHERE id = '00Q\(id)'")
    }
    var reached: String? = ""
    var steps: [Unseen] = []
    while let after = reached {
      steps.append(try store.unseenPeople(sweep: 2, before: 5, after: after, limit: 9))
      reached = steps.last?.reached
    }
    #expect(
      steps == [
        Unseen(ids: [], reached: "p11999"), Unseen(ids: ["p13999"], reached: "p13999"),
        Unseen(ids: ["p14999"], reached: nil),
      ])
    reached = ""
    var ids: [String] = []
    while let after = reached {
      let unseen = try store.unseenRecords(.lead, sweep: 2, before: 5, after: after, limit: 1)
      ids += unseen.ids
      reached = unseen.reached
    }
    #expect(ids == ["00Q13999", "00Q14999"])
  }
}
