import SyncCore
import Testing

@testable import Store

@Suite("M1 to M8: links, pins and people who leave")
struct LinkTests {
  private let scratch: Scratch
  private let store: Store
  private let lead = Record(
    id: "00QA", object: .lead, modifiedAt: 1, email: "a@x.com", status: "Open", ownerID: "005A")
  private let contact = Record(id: "003B", object: .contact, modifiedAt: 1, email: "a@x.com")

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func person(_ id: String, email: String? = "a@x.com", role: String = "user") throws
    -> Person
  {
    let person = Person(id: id, updatedAt: 1, role: role, email: email)
    try store.take(person, .initial)
    return person
  }

  @Test("M1: a link holds what its events have told; each who shares the e-mail is linked")
  func links() throws {
    try store.take(lead)
    for id in ["p1", "p2"] {
      try store.link(try person(id))
      #expect(
        try store.link(of: id)
          == Link(recordID: "00QA", ownerID: "005A", status: "Open", title: nil))
    }
    #expect(try store.peopleLinked(to: "00QA") == ["p1", "p2"])
    #expect(try store.people(named: "00QA").map(\.id) == ["p1", "p2"])
    #expect(try store.people(named: "a@x.com").map(\.id) == ["p1", "p2"])
    #expect(try store.people(named: "p2").map(\.id) == ["p2"])
    #expect(try store.people(named: "nobody") == [])
    #expect(try store.link(of: "p1")?.told.object == .lead)
  }

  @Test("I2: links are counted as they come, move and go")
  func counts() throws {
    try store.take(lead)
    let one = try person("p1")
    let two = try person("p2")
    try store.link(one)
    try store.link(two)
    #expect(
      try store.linkCounts() == LinkCounts(people: 2, leads: 2, contacts: 0, ambiguous: 0))
    try store.take(contact)
    try store.link(one)
    #expect(
      try store.linkCounts() == LinkCounts(people: 2, leads: 1, contacts: 1, ambiguous: 1))
    try store.transaction { try store.drop("p1", survivor: nil, cycle: 1) }
    #expect(
      try store.linkCounts() == LinkCounts(people: 1, leads: 1, contacts: 0, ambiguous: 0))
    #expect(try scratch.shell("SELECT count(*) FROM link") == "1\n")
  }

  @Test("M2: several candidates list the person, one or a pin takes it off the list")
  func ambiguous() throws {
    store.settings.preference = .none
    let one = try person("p1")
    try store.take(lead)
    try store.take(contact)
    try store.link(one)
    #expect(try store.link(of: "p1") == nil)
    #expect(try store.ambiguousPeople(offset: 0, limit: 10) == ["p1"])
    #expect(try store.ambiguousPeople(offset: 1, limit: 10) == [])
    try store.transaction { try store.setPin(of: "p1", to: "003B") }
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "003B")
    #expect(try store.ambiguousPeople(offset: 0, limit: 10) == [])
    try store.transaction { try store.setPin(of: "p1", to: nil) }
    #expect(try store.pin(of: "p1") == nil)
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "003B")
    #expect(try store.ambiguousPeople(offset: 0, limit: 10) == ["p1"])
  }

  @Test(
    "M6: a link ends with its record and comes back with it, pinned or not",
    arguments: [false, true])
  func deletion(isPinned: Bool) throws {
    let one = try person("p1", email: isPinned ? nil : "a@x.com")
    try store.take(lead, .initial)
    if isPinned { try store.transaction { try store.setPin(of: "p1", to: "00QA") } }
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "00QA")
    try store.transaction { try store.markDeleted(record: "00QA", cycle: 2) }
    #expect(try store.spread(cycle: 2) == ["p1"])
    try store.link(one)
    #expect(try store.link(of: "p1") == nil)
    #expect(try store.pin(of: "p1") == (isPinned ? "00QA" : nil))
    try store.take(lead, cycle: 3)
    #expect(try store.spread(cycle: 3) == ["p1"])
    try store.link(one)
    #expect(try store.link(of: "p1")?.recordID == "00QA")
  }

  @Test(
    "M5, M8: who leaves takes all of it along, but for the link, pin and events that the survivor takes"
  )
  func drop() throws {
    let gone = try person("p1", email: nil)
    _ = try person("p2", email: nil)
    try store.take(lead)
    try store.transaction {
      try store.setPin(of: "p1", to: "00QA")
      _ = try store.eventSecond(of: "p1", kind: .title, at: 5)
      try store.oweEvent(to: "p1", record: "00QA", payload: "{}", cycle: 1, now: 1)
      try store.noteDifference(ofPerson: "p1", cycle: 1)
      try store.enter(
        Report(Meaning("X", .refused, cause: "c", remedy: "r"), what: "w", personID: "p1"), now: 1)
    }
    try store.link(gone)
    try store.transaction { try store.drop("p1", survivor: "p2", cycle: 9) }
    #expect(try scratch.shell("SELECT person_id, kind FROM delivery") == "p2|1\n")
    for table in ["event_second", "ambiguous", "error"] {
      #expect(try scratch.shell("SELECT count(*) FROM \(table)") == "0\n", "\(table)")
    }
    #expect(try store.person("p1") == nil)
    #expect(try scratch.shell("SELECT person_id, record_id FROM link") == "p2|00QA\n")
    #expect(try scratch.shell("SELECT person_id, record_id FROM pin") == "p2|00QA\n")
    #expect(try scratch.shell("SELECT person_id, cycle FROM person_difference") == "p2|9\n")
  }

  @Test("M5: the survivor's own pin is not overruled")
  func survivorsPin() throws {
    _ = try person("p1")
    _ = try person("p2")
    try store.transaction {
      try store.setPin(of: "p1", to: "00QA")
      try store.setPin(of: "p2", to: "003B")
      try store.drop("p1", survivor: "p2", cycle: 9)
    }
    #expect(try store.pin(of: "p2") == "003B")
  }

  @Test("M5: the survivor by e-mail is the one user who has it, and nobody where there are two")
  func survivorByEmail() throws {
    _ = try person("p1", role: "lead")
    _ = try person("p2", role: "lead")
    #expect(try store.survivorByEmail(of: "p1") == nil)
    _ = try person("p3")
    #expect(try store.survivorByEmail(of: "p1") == "p3")
    #expect(try store.survivorByEmail(of: "p3") == nil)
    _ = try person("p4")
    #expect(try store.survivorByEmail(of: "p1") == nil)
    _ = try person("p5", email: nil)
    #expect(try store.survivorByEmail(of: "p5") == nil)
    #expect(try store.survivorByEmail(of: "unknown") == nil)
  }

  @Test("I4: people are walked in slices, each once")
  func walk() throws {
    for number in 10..<20 { _ = try person("p\(number)", email: nil) }
    var seen: [String] = []
    while case let ids = try store.personIDs(after: seen.last ?? "", limit: 3), !ids.isEmpty {
      seen += ids
    }
    #expect(seen == (10..<20).map { "p\($0)" })
  }
}
