import SyncCore
import Testing
import Wire

@testable import Store

@Suite("S11, O1: rows against the snapshot")
struct SnapshotTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private let lead = Record(
    id: "00QA", object: .lead, modifiedAt: 5_000, email: "a@example.com", matchKey: "K1",
    name: "Jane", status: "Open", title: "Analyst", ownerID: "005A", createdAt: 1_000)

  private let person = Person(id: "p1", updatedAt: 5_000, role: "lead", email: "a@example.com")

  private func changed(at stamp: Int64, title: String) -> Record {
    var record = lead
    record.modifiedAt = stamp
    record.title = title
    return record
  }

  // MARK: Records

  @Test("S1: a record is kept as it came, whole")
  func whole() throws {
    var dead = lead
    dead.id = "003B"
    dead.object = .contact
    dead.isDeleted = true
    dead.isConverted = true
    dead.convertedContactID = "003C"
    dead.masterRecordID = "003D"
    dead.company = "Example"
    dead.accountOwnerID = "005B"
    for record in [lead, dead] {
      #expect(try store.take(record) == .changed)
      #expect(try store.record(record.id) == record)
    }
    let empty = Record(id: "00QE", object: .lead)
    try store.take(empty)
    #expect(try store.record("00QE") == empty)
    #expect(try store.record("00QX") == nil)
  }

  @Test("S1: what did not change is no difference, re-stamped or not")
  func same() throws {
    try store.take(lead, .initial)
    #expect(try store.take(lead) == .same)
    var stamped = lead
    stamped.modifiedAt = 9_000
    #expect(try store.take(stamped) == .same)
    #expect(try store.record("00QA")?.modifiedAt == 9_000)
    #expect(try store.take(lead) == .same)
    #expect(try store.record("00QA")?.modifiedAt == 9_000)
    #expect(try scratch.shell("SELECT count(*) FROM record_difference") == "0\n")
  }

  @Test(
    "S11: an older row is ignored; of two with one stamp a poll's counts, a full read's does not")
  func stale() throws {
    try store.take(lead)
    for kind in [ReadKind.poll, .full, .initial] {
      #expect(try store.take(changed(at: 4_999, title: "old"), kind) == .stale)
    }
    #expect(try store.take(changed(at: 5_000, title: "slow"), .full) == .stale)
    #expect(try store.record("00QA")?.title == "Analyst")
    #expect(try store.take(changed(at: 5_000, title: "twin"), .poll) == .changed)
    #expect(try store.take(changed(at: 5_001, title: "new"), .full) == .changed)
    #expect(try store.record("00QA")?.title == "new")
  }

  @Test("S11: a full read that began after a stamp has the last word on it")
  func finalStamp() throws {
    try store.take(lead)
    let other = changed(at: 5_000, title: "another field is configured")
    #expect(try store.take(other, .full, startedAt: 5_000) == .stale)
    #expect(try store.take(other, .full, startedAt: 5_001) == .changed)
    #expect(try store.record("00QA")?.title == other.title)
  }

  @Test("I1: the first full read notes nothing, a later one and polls do")
  func initial() throws {
    try store.take(lead, .initial, cycle: 1)
    #expect(try scratch.shell("SELECT count(*) FROM record_difference") == "0\n")
    try store.take(Record(id: "00QB", object: .lead), .full, cycle: 2)
    try store.take(Record(id: "00QC", object: .lead), .poll, cycle: 3)
    #expect(
      try scratch.shell("SELECT record_id, cycle FROM record_difference") == "00QB|2\n00QC|3\n")
  }

  @Test("S9: a poll takes over what a full read has noted, with the oldest word kept")
  func takeOver() throws {
    try store.take(lead, .initial)
    var moved = lead
    moved.modifiedAt = 6_000
    moved.email = "b@example.com"
    try store.take(moved, .full, cycle: 2)
    moved.modifiedAt = 7_000
    moved.email = "c@example.com"
    try store.take(moved, .poll, cycle: 3)
    let sql = "SELECT cycle, email, match_key FROM record_difference"
    #expect(try scratch.shell(sql) == "3|a@example.com|K1\n")
    moved.modifiedAt = 8_000
    moved.title = "x"
    try store.take(moved, .full, cycle: 2)
    #expect(try scratch.shell(sql) == "3|a@example.com|K1\n")
  }

  @Test("C1: another company or account owner is a change like any other, and may go away again")
  func account() throws {
    try store.take(lead)
    var next = lead
    next.company = "Example"
    #expect(try store.take(next) == .changed)
    #expect(try store.take(next) == .same)
    next.accountOwnerID = "005B"
    #expect(try store.take(next) == .changed)
    #expect(try store.record("00QA") == next)
    #expect(try store.take(lead) == .changed)
    #expect(try store.record("00QA") == lead)
  }

  // MARK: Sweeps

  @Test("M6: what a full read saw is marked, whatever became of the row")
  func marks() throws {
    try store.take(lead, .initial, sweep: 1)
    try store.take(changed(at: 9_000, title: "x"), .poll)
    let unseen = { (sweep: Int64) in
      try store.unseenRecords(.lead, sweep: sweep, before: 99_000, after: "", limit: 10).ids
    }
    #expect(try unseen(1) == [])
    #expect(try unseen(2) == ["00QA"])
    // Stale in the slow read, and seen all the same.
    try store.take(lead, .full, sweep: 2)
    #expect(try unseen(2) == [])
    #expect(try store.record("00QA")?.title == "x")
    try store.take(changed(at: 9_000, title: "x"), .full, sweep: 3)
    #expect(try unseen(3) == [])
  }

  @Test("M6: rows of the other object, newer than the read, or gone already are not looked for")
  func unseen() throws {
    try store.take(lead, .initial, sweep: 1)
    try store.take(Record(id: "003B", object: .contact, modifiedAt: 5_000), .initial, sweep: 1)
    try store.take(Record(id: "00QD", object: .lead, isDeleted: true), .initial, sweep: 1)
    try store.take(Record(id: "00QE", object: .lead, modifiedAt: 8_000), .initial, sweep: 1)
    let find = { (object: RecordObject, start: Int64, after: String) in
      try store.unseenRecords(object, sweep: 2, before: start, after: after, limit: 10).ids
    }
    #expect(try find(.lead, 8_000, "") == ["00QA"])
    #expect(try find(.lead, 8_001, "") == ["00QA", "00QE"])
    #expect(try find(.lead, 8_001, "00QA") == ["00QE"])
    #expect(try find(.contact, 8_000, "") == ["003B"])
    #expect(try find(.lead, 5_000, "") == [])
  }

  @Test(
    "M6: a record taken for deleted comes back by the very same row",
    arguments: [ReadKind.poll, .full])
  func comingBack(kind: ReadKind) throws {
    try store.take(lead, .initial, sweep: 1)
    try store.transaction { try store.markDeleted(record: "00QA", cycle: 2) }
    #expect(try store.record("00QA")?.isDeleted == true)
    #expect(try scratch.shell("SELECT cycle, email FROM record_difference") == "2|a@example.com\n")
    #expect(try store.take(changed(at: 4_000, title: "old"), kind) == .stale)
    #expect(try store.take(lead, kind, cycle: 3) == .changed)
    #expect(try store.record("00QA") == lead)
    #expect(try store.take(lead, kind, cycle: 3) == .same)
  }

  @Test("M6: marking an unknown record deleted does nothing")
  func markUnknown() throws {
    try store.transaction { try store.markDeleted(record: "00QX", cycle: 2) }
    #expect(try scratch.shell("SELECT count(*) FROM record_difference") == "0\n")
  }

  // MARK: People

  @Test("S1: a person is kept as it came, and its own attributes with it")
  func people() throws {
    var full = person
    full.externalID = "e1"
    for attribute in Attribute.allCases { full.observed[attribute] = "v\(attribute.rawValue)" }
    #expect(try store.take(full) == .changed)
    #expect(try store.person("p1") == full)
    #expect(try store.take(full) == .same)
    full.updatedAt = 9_000
    #expect(try store.take(full) == .same)
    #expect(try store.person("p1")?.updatedAt == 9_000)
    full.observed[.title] = nil
    #expect(try store.take(full) == .changed)
    #expect(try store.person("p1") == full)
  }

  @Test("L1, Q1, A2: what rules and the mapping look at is kept as it came, and a change is one")
  func watched() throws {
    var full = person
    full.watched = [
      "name": .text("J\"ö\n"), "custom_attributes.n": .number("1.50"), "phone": .null,
      "tag": .list([.text("1")]),
    ]
    full.companyID = "c1"
    full.teammateID = "7"
    full.createdAt = 77
    #expect(try store.take(full) == .changed)
    #expect(try store.person("p1") == full)
    #expect(try store.take(full) == .same)
    let changes: [(inout Person) -> Void] = [
      { $0.watched["phone"] = nil }, { $0.watched["tag"] = .list([]) }, { $0.companyID = nil },
      { $0.teammateID = "8" }, { $0.createdAt = 78 }, { $0.watched = [:] },
    ]
    for change in changes {
      change(&full)
      #expect(try store.take(full) == .changed)
      #expect(try store.person("p1") == full)
    }
  }

  @Test(
    "L1, Q1: news that comes with the answer to our own write is planned, since no poll brings it")
  func newsInAnswer() throws {
    try store.take(person, .initial)
    var answer = person
    answer.watched = ["name": .text("A")]
    answer.companyID = "c1"
    answer.teammateID = "7"
    func settle(teammate: String? = nil) throws -> Int {
      answer.updatedAt += 1_000
      return try store.transaction {
        let comparison = try PersonComparison(store, kind: .poll, cycle: 3, sweep: 0)
        try comparison.settle(Rows.person(answer), teammateID: teammate)
        let news = try store.personDifferences(cycle: 3, limit: 9)
        for id in news { try store.removePersonDifference(id) }
        return news.count
      }
    }
    #expect(try settle() == 1)
    #expect(try settle() == 0)
    answer.watched["name"] = .text("B")
    #expect(try settle() == 1)
    answer.companyID = nil
    #expect(try settle() == 1)
    answer.teammateID = nil
    #expect(try settle() == 1)
    // Our own doing is none.
    answer.teammateID = "8"
    #expect(try settle(teammate: "8") == 0)
    answer.teammateID = "9"
    #expect(try settle(teammate: "7") == 1)
    answer.observed[.title] = "ours"
    #expect(try settle() == 0)
    #expect(try store.person("p1") == answer)
  }

  @Test("S11: the answer to our own write is no news, and outlives a lagging search")
  func ownWrite() throws {
    try store.take(person, .initial)
    var answer = person
    answer.updatedAt = 8_000
    answer.observed[.title] = "ours"
    let isNews = try store.transaction {
      try PersonComparison(store, kind: .poll, cycle: 0, sweep: 0).settle(Rows.person(answer))
    }
    #expect(!isNews)
    #expect(try store.person("p1") == answer)
    #expect(try scratch.shell("SELECT count(*) FROM person_difference") == "0\n")
    #expect(try store.take(answer) == .same)
    var lagging = person
    lagging.updatedAt = 7_000
    #expect(try store.take(lagging) == .stale)
    #expect(try store.person("p1") == answer)
  }

  @Test("S11: an answer older than the snapshot, or of an unknown person, changes nothing")
  func oldAnswer() throws {
    try store.take(person, .initial)
    var old = person
    old.updatedAt = 1_000
    old.observed[.title] = "old"
    var unknown = person
    unknown.id = "p9"
    try store.transaction {
      let comparison = try PersonComparison(store, kind: .poll, cycle: 0, sweep: 0)
      try comparison.settle(Rows.person(old))
      try comparison.settle(Rows.person(unknown))
    }
    #expect(try store.person("p1") == person)
    #expect(try store.person("p9") == nil)
  }

  @Test("S9: a full read does not take a person away from the poll that noted it")
  func personTakeOver() throws {
    try store.take(person, .full, cycle: 2)
    var next = person
    next.updatedAt = 6_000
    next.email = "b@example.com"
    try store.take(next, .poll, cycle: 3)
    next.updatedAt = 7_000
    next.email = "c@example.com"
    try store.take(next, .full, cycle: 2)
    #expect(try scratch.shell("SELECT person_id, cycle FROM person_difference") == "p1|3\n")
  }

  @Test("M8: people that a list did not bring are found, in slices")
  func unseenPeople() throws {
    for number in 1...5 {
      try store.take(
        Person(id: "p\(number)", updatedAt: Int64(number) * 1_000), .initial,
        sweep: number == 2 ? 2 : 1)
    }
    let find = { (after: String, limit: Int) in
      try store.unseenPeople(sweep: 2, before: 5_000, after: after, limit: limit)
    }
    #expect(try find("", 2) == Unseen(ids: ["p1", "p3"], reached: "p3"))
    #expect(try find("p3", 2) == Unseen(ids: ["p4"], reached: nil))
    #expect(try store.personCount() == 5)
  }

  // MARK: Owners

  @Test("S5: an owner with its role; older words and echoes are ignored")
  func owners() throws {
    try store.takeOwner(Rows.owner("00E1", at: 1, name: "Sales"), .initial)
    try store.takeOwner(
      Rows.owner("005A", at: 5, name: "Ada", email: "a@x.com", title: "CTO", role: "00E1"), .initial
    )
    let ada = Owner(id: "005A", name: "Ada", email: "a@x.com", title: "CTO", role: "Sales")
    #expect(try store.owner("005A") == ada)
    try store.takeOwner(Rows.owner("005A", at: 4, name: "Old"))
    try store.takeOwner(Rows.owner("005A", at: 5, name: "Slow"), .full)
    #expect(try store.owner("005A") == ada)
    try store.takeOwner(Rows.owner("005A", at: 5, name: "Ada King", role: "00E9"))
    #expect(try store.owner("005A") == Owner(id: "005A", name: "Ada King"))
    #expect(try store.owner("005X") == nil)
  }
}
