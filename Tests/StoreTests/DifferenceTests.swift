import SyncCore
import Testing

@testable import Store

@Suite("M3, S5: whom a difference concerns")
struct DifferenceTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func person(_ id: String, email: String?) throws -> Person {
    let person = Person(id: id, updatedAt: 1, email: email)
    try store.take(person, .initial)
    return person
  }

  private func lead(_ id: String, at stamp: Int64 = 1, email: String?, owner: String? = nil)
    -> Record
  {
    Record(id: id, object: .lead, modifiedAt: stamp, email: email, ownerID: owner)
  }

  @Test("M3, M7: those who match now, those who matched before, and those linked")
  func record() throws {
    _ = try person("now", email: "new@x.com")
    _ = try person("before", email: "old@x.com")
    _ = try person("other", email: "other@x.com")
    let linked = try person("linked", email: "old@x.com")
    let pinned = try person("pinned", email: nil)
    try store.take(lead("00QA", email: "old@x.com"), .initial)
    try store.link(linked)
    try store.transaction { try store.setPin(of: pinned.id, to: "00QA") }
    try store.take(lead("00QA", at: 2, email: "new@x.com"), cycle: 7)
    #expect(try store.spread(cycle: 6) == [])
    #expect(try store.spread(cycle: 7) == ["before", "linked", "now", "pinned"])
    #expect(try store.spread(cycle: 7) == [])
  }

  @Test("M1: by the external id where that is what people are matched by")
  func externalID() throws {
    store.settings.matchesByExternalID = true
    try store.take(Person(id: "p1", externalID: "K1"), .initial)
    try store.take(Person(id: "p2", email: "a@x.com", externalID: "K2"), .initial)
    var record = lead("00QA", email: "a@x.com")
    record.matchKey = "K1"
    try store.take(record, cycle: 7)
    #expect(try store.spread(cycle: 7) == ["p1"])
    #expect(try store.records(withKey: "K1").map(\.id) == ["00QA"])
    #expect(try store.people(withKey: "K2").map(\.id) == ["p2"])
  }

  @Test("M4, M5: a record read late concerns those whose link waits for it, through chains")
  func lateSuccessor() throws {
    let one = try person("p1", email: "a@x.com")
    try store.take(lead("00QA", email: "a@x.com"), .initial)
    try store.link(one)
    var merged = lead("00QA", at: 2, email: "a@x.com")
    merged.isDeleted = true
    merged.masterRecordID = "00QB"
    try store.take(merged, cycle: 2)
    #expect(try store.spread(cycle: 2) == ["p1"])
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "00QA")
    var converted = lead("00QB", at: 3, email: "b@x.com")
    converted.isConverted = true
    converted.convertedContactID = "003C"
    try store.take(converted, cycle: 3)
    #expect(try store.spread(cycle: 3) == ["p1"])
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "00QA")
    try store.take(
      Record(id: "003C", object: .contact, modifiedAt: 4, email: "c@x.com"), cycle: 4)
    #expect(try store.spread(cycle: 4) == ["p1"])
    let decision = try store.decideLink(of: one, current: try store.link(of: "p1"))
    #expect(decision.record?.id == "003C")
    #expect(decision.pin == "003C")
    #expect(decision.convertedFrom?.id == "00QB")
  }

  @Test("M5: a loop of merges in the snapshot ends")
  func loop() throws {
    for (id, master) in [("00QA", "00QB"), ("00QB", "00QA")] {
      var record = lead(id, email: nil)
      record.isDeleted = true
      record.masterRecordID = master
      try store.take(record, cycle: 2)
    }
    #expect(try store.spread(cycle: 2) == [])
  }

  @Test(
    "S5: a renamed owner of many is walked in slices, and nobody is left out",
    arguments: [1, 3, 7, 100])
  func owner(limit: Int) throws {
    var expected: [String] = []
    try store.takeOwner(Rows.owner("005A", at: 1, name: "Ada"), .initial)
    for number in 10..<25 {
      let one = try person("p\(number)", email: "\(number)@x.com")
      let owner = number % 3 == 0 ? "005B" : "005A"
      try store.take(lead("00Q\(number)", email: one.email, owner: owner), .initial)
      try store.link(one)
      if owner == "005A" { expected.append(one.id) }
    }
    try store.takeOwner(Rows.owner("005A", at: 2, name: "Ada King"), cycle: 4)
    #expect(try store.spread(cycle: 4, limit: limit) == expected)
  }

  @Test("S5: a renamed role reaches the people of everyone who has it")
  func role() throws {
    for (id, owner) in [("p1", "005A"), ("p2", "005B"), ("p3", "005C")] {
      let one = try person(id, email: "\(id)@x.com")
      try store.take(lead("00Q" + id, email: one.email, owner: owner), .initial)
      try store.link(one)
      try store.takeOwner(
        Rows.owner(owner, at: 1, name: owner, role: owner == "005C" ? "00E2" : "00E1"), .initial)
    }
    try store.takeOwner(Rows.owner("00E1", at: 2, name: "Sales"), cycle: 4)
    #expect(try store.spread(cycle: 4, limit: 2) == ["p1", "p2"])
  }

  @Test("S5: a second rename while the first is walked begins the walk anew")
  func secondRename() throws {
    var people: [String] = []
    try store.takeOwner(Rows.owner("005A", at: 1, name: "Ada"), .initial)
    for number in 1...4 {
      let one = try person("p\(number)", email: "\(number)@x.com")
      try store.take(lead("00Q\(number)", email: one.email, owner: "005A"), .initial)
      try store.link(one)
      people.append(one.id)
    }
    try store.takeOwner(Rows.owner("005A", at: 2, name: "B"), cycle: 4)
    _ = try store.transaction { try store.spreadOwnerDifferences(cycle: 4, limit: 2) }
    #expect(try scratch.shell("SELECT after FROM owner_difference") == "00Q2\n")
    try store.transaction { try store.removePersonDifference("p1") }
    try store.takeOwner(Rows.owner("005A", at: 3, name: "C"), cycle: 4)
    #expect(try store.spread(cycle: 4) == people)
  }

  @Test("S9: a person noted by a full read is planned by the poll whose record concerns it")
  func takeOver() throws {
    try store.take(Person(id: "p1", updatedAt: 1, email: "a@x.com"), .full, cycle: 2)
    try store.take(lead("00QA", email: "a@x.com"), .poll, cycle: 3)
    #expect(try store.spread(cycle: 3) == ["p1"])
  }

  @Test("O1: what an interrupted cycle left is adopted, except from a full read under way")
  func adopt() throws {
    try store.take(lead("00QA", email: nil), cycle: 1)
    try store.take(lead("00QB", email: nil), .full, cycle: 2)
    try store.take(Person(id: "p1", updatedAt: 1), cycle: 1)
    try store.takeOwner(Rows.owner("005A", at: 1, name: "A"), cycle: 1)
    #expect(try !store.transaction { try store.adoptDifferences(into: 3, except: 2) })
    let cycles = "SELECT group_concat(cycle) FROM (SELECT cycle FROM record_difference ORDER BY 1)"
    #expect(try scratch.shell(cycles) == "2,3\n")
    #expect(try scratch.shell("SELECT cycle FROM person_difference") == "3\n")
    #expect(try scratch.shell("SELECT cycle FROM owner_difference") == "3\n")
    #expect(try !store.transaction { try store.adoptDifferences(into: 4, except: nil) })
    #expect(try scratch.shell(cycles) == "4,4\n")
  }

  @Test("G1: a person whose record or self is not planned yet has a difference")
  func hasDifference() throws {
    #expect(try !store.hasDifference(person: "p1", record: "00QA"))
    try store.take(lead("00QA", email: nil))
    #expect(try store.hasDifference(person: "p1", record: "00QA"))
    #expect(try !store.hasDifference(person: "p1", record: nil))
    try store.transaction { try store.noteDifference(ofPerson: "p1", cycle: 1) }
    #expect(try store.hasDifference(person: "p1", record: nil))
  }
}
