import SyncCore
import Testing

@testable import Store

@Suite("L1, Q1, T4: what is remembered of rules, fields, tasks and companies")
struct LeadMemoryTests {
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

  // MARK: Rules

  @Test("L1a: a rule that is new or changed begins anew; others stay as they are, in any order")
  func rules() throws {
    let sync = { (rules: [(String, String)], now: Int64) in
      try change { try store.syncRules(rules.map { (name: $0.0, definition: $0.1) }, now: now) }
    }
    let first = try sync([("a", "1"), ("b", "1")], 10)
    #expect(first.map(\.name) == ["a", "b"])
    #expect(first.map(\.since) == [10, 10])
    #expect(Set(first.map(\.epoch)).count == 2 && first.allSatisfy { $0.epoch > 0 })
    #expect(try sync([("b", "1"), ("a", "1")], 20) == [first[1], first[0]])
    let second = try sync([("a", "2"), ("b", "1"), ("c", "1")], 30)
    let newest = try #require(first.map(\.epoch).max())
    #expect(second[1] == first[1])
    #expect(second[0].epoch > newest && second[0].since == 30)
    #expect(second[2].epoch > newest && second[2].since == 30)
    #expect(try sync([("b", "1")], 40) == [first[1]])
    // One that comes back is a new one: nobody was looked at meanwhile.
    let third = try sync([("b", "1"), ("a", "2")], 50)
    #expect(third[1].epoch > second[2].epoch && third[1].since == 50)
    #expect(try sync([], 60) == [])
    #expect(try scratch.shell("SELECT count(*) FROM rule") == "0\n")
  }

  @Test("L1: what holds is kept while it holds; what is used up is kept for good")
  func holds() throws {
    let holds = { try store.holds(of: "p1").map { "\($0.rule)\($0.isUsed ? "!" : "")" } }
    try change { try store.setHolds(["a", "b"], of: "p1") }
    try change { try store.setHolds(["a"], of: "p2") }
    #expect(try holds() == ["a", "b"])
    try change { try store.setHolds(["b", "c"], of: "p1") }
    #expect(try holds() == ["b", "c"])
    try change { try store.setUsed(person: "p1") }
    try change { try store.setHolds(["c", "d"], of: "p1") }
    #expect(try holds() == ["b!", "c!", "d"])
    try change { try store.setHolds([], of: "p1") }
    #expect(try holds() == ["b!", "c!"])
    #expect(try store.holds(of: "p2").map(\.isUsed) == [false])
  }

  @Test("L1a: the epoch that a person was judged by survives its next row")
  func epoch() throws {
    var person = Person(id: "p1", updatedAt: 1)
    try store.take(person)
    try change { try store.setRulesEpoch(4, of: "p1") }
    person.updatedAt = 2
    person.email = "a@x.com"
    try store.take(person)
    #expect(try store.person("p1")?.rulesEpoch == 4)
  }

  @Test("L1: that a lead was made is remembered, the latest one")
  func madeLead() throws {
    #expect(try store.madeLead(of: "p1") == nil)
    try change { try store.setMadeLead(of: "p1", record: "00QA", at: 5) }
    try change { try store.setMadeLead(of: "p1", record: "00QB", at: 6) }
    let made = try #require(try store.madeLead(of: "p1"))
    #expect(made == ("00QB", 6))
  }

  // MARK: Fields

  @Test("Q1: an explicit null is in the base, an absent key is not, and refusals stand beside it")
  func fieldBases() throws {
    let base: Values = [
      "name": .text("J\"ö\n"), "custom_attributes.n": .number("1.50"), "phone": .null,
      "custom_attributes.f": .flag(false), "tag": .list([.text("1"), .text("2")]),
    ]
    #expect(try store.fieldBase(person: "p1", record: "00QA") == nil)
    try change {
      try store.setFieldBase(person: "p1", record: "00QA", base: base, refused: [:])
      try store.setFieldBase(person: "p1", record: "00QB", base: [:], refused: ["a": .text("x")])
      try store.setFieldBase(person: "p2", record: "00QA", base: [:], refused: ["b": .null])
      try store.setFieldBase(person: "p3", record: "00QA", base: base, refused: [:])
    }
    let found = try #require(try store.fieldBase(person: "p1", record: "00QA"))
    #expect(found.base == base && found.refused == [:])
    #expect(try store.fieldBase(person: "p1", record: "00QB")?.refused == ["a": .text("x")])
    #expect(try change { try store.clearRefusedFields(person: "p2") } == ["p2"])
    #expect(try store.fieldBase(person: "p2", record: "00QA")?.refused == [:])
    #expect(try change { try store.clearRefusedFields() } == ["p1"])
    #expect(try change { try store.clearRefusedFields() } == [])
    #expect(try store.fieldBase(person: "p1", record: "00QA")?.base == base)
  }

  // MARK: Tasks

  @Test("T4: a message is logged once for each record, from the intent on")
  func logged() throws {
    try change { try store.noteLogged(parts: ["m1", "m2"], record: "00QA", task: nil, at: 5) }
    #expect(try store.isLogged(part: "m1", record: "00QA"))
    #expect(try !store.isLogged(part: "m1", record: "003B"))
    #expect(try store.task(ofPart: "m1", record: "00QA") == nil)
    try change { try store.noteLogged(parts: ["m1", "m2"], record: "00QA", task: "00T1", at: 9) }
    try change { try store.noteLogged(parts: ["m1"], record: "00QA", task: nil, at: 10) }
    #expect(try store.task(ofPart: "m1", record: "00QA") == "00T1")
    #expect(try scratch.shell("SELECT at FROM logged_part") == "5\n5\n")
  }

  @Test("M8, T4: who goes takes back the tasks that were not sent; those that were stay logged")
  func takenBack() throws {
    try change {
      try store.noteLogged(parts: ["m1"], record: "00QA", task: "00T1", at: 5)
      try store.noteLogged(parts: ["m2", "m3"], record: "00QA", task: nil, at: 6)
      for (part, parts) in [("m2", "[\"m1\",\"m2\"]"), ("m3", "[\"m3\"]")] {
        try store.owe(
          .task(
            keyPart: part, on: "00QA", of: "p1", conversation: "c1", cycle: 1,
            payload: "{\"parts\":\(parts)}", isHeld: false), now: 6)
      }
      let sent = try #require(try store.salesforceDelivery(.task, subject: "m3/00QA"))
      #expect(try store.markSending(sent, sentAfter: 6))
      try store.drop("p1", survivor: nil, cycle: 1)
    }
    #expect(try store.isLogged(part: "m1", record: "00QA"))
    #expect(try !store.isLogged(part: "m2", record: "00QA"))
    #expect(try store.isLogged(part: "m3", record: "00QA"))
  }

  @Test("T1, A1: a conversation is read again when its person may have a record, or it is time")
  func readAgain() throws {
    func due(_ now: Int64) throws -> [String] {
      try store.conversationsAgain(now: now, limit: 9).map { "\($0.id)/\($0.personID ?? "")" }
    }
    try change {
      try store.remember(conversation: "c1", until: ["p1", "p2"])
      try store.retry(conversation: "c2", failedAt: 5, until: 9)
      try store.retry(conversation: "c3", failedAt: 5, until: nil)
    }
    #expect(try due(8) == [])
    #expect(try due(9) == ["c2/"])
    // A clock that was set back.
    #expect(try due(-10_000_000) == ["c2/"])
    try change { try store.wakeConversations(of: "p2") }
    #expect(try due(9) == ["c1/p2", "c2/"])
    try change { try store.putOff(.init(id: "c1", personID: "p2")) }
    #expect(try due(8) == [])
    var first: Int64 = 0
    try change { first = try store.retry(conversation: "c2", failedAt: 9, until: 20) }
    #expect(first == 5)
    #expect(try due(9) == [])
    try change { try store.wakeUnreadConversations() }
    #expect(try Set(due(9)) == ["c2/", "c3/"])
    try change {
      try store.drop("p1", survivor: "p3", cycle: 1)
      try store.forgetAgain(conversation: "c2")
      try store.forgetAgain(conversation: "c3")
    }
    #expect(try due(9) == ["c1/p3"])
  }

  @Test("T1, A1: what was dealt with in a conversation is never forgotten by a later look at it")
  func conversations() throws {
    #expect(try store.conversation("c1") == nil)
    let first = KnownConversation(id: "c1", updatedAt: 5, taggedAt: 3)
    try change { try store.note(first) }
    #expect(try store.conversation("c1") == first)
    try change { try store.note(KnownConversation(id: "c1", updatedAt: 4, assignedAt: 9)) }
    try change { try store.note(KnownConversation(id: "c1", updatedAt: 6, closedAt: 7)) }
    try change {
      try store.note(KnownConversation(id: "c1", updatedAt: 6, taggedAt: 2, closedAt: 8))
    }
    #expect(
      try store.conversation("c1")
        == KnownConversation(id: "c1", updatedAt: 6, taggedAt: 3, closedAt: 8, assignedAt: 9))
  }

  // MARK: Companies

  @Test("Q1: a company's values are its people's, and a change of them is one of theirs")
  func companies() throws {
    for (id, company) in [("p1", "c1"), ("p2", "c1"), ("p3", "c2"), ("p4", nil)] {
      try store.take(
        Person(id: id, updatedAt: 1, watched: ["name": .text(id)], companyID: company), .initial)
    }
    let person = try #require(try store.person("p1"))
    #expect(try store.values(of: person) == ["name": .text("p1")])
    #expect(
      try change { try store.setCompany("c1", ["plan": .text("Gold")], now: 1, cycle: 4) })
    #expect(
      try store.values(of: person) == ["name": .text("p1"), "company.plan": .text("Gold")])
    #expect(try store.companiesOfDifferences(cycle: 4) == ["c1"])
    #expect(try store.companiesOfDifferences(cycle: 5) == [])
    #expect(try store.spread(cycle: 4) == ["p1", "p2"])
    #expect(
      try change { try !store.setCompany("c1", ["plan": .text("Gold")], now: 2, cycle: 4) })
    #expect(try store.spread(cycle: 4) == [])
    #expect(try scratch.shell("SELECT read_at FROM company") == "2\n")
    #expect(try change { try store.setCompany("c1", ["plan": .null], now: 3, cycle: 5) })
    #expect(try store.spread(cycle: 5) == ["p1", "p2"])
    #expect(try change { try store.setCompany("c1", nil, now: 4, cycle: 6) })
    #expect(try store.spread(cycle: 6) == ["p1", "p2"])
    #expect(try store.company("c1") == nil)
    #expect(try change { try !store.setCompany("c9", nil, now: 4, cycle: 6) })
    #expect(try store.values(of: try #require(try store.person("p4"))) == ["name": .text("p4")])
  }

  @Test("Q1: the companies of those who changed, each once")
  func companiesOfDifferences() throws {
    for (id, company) in [("p1", "c1"), ("p2", "c1"), ("p3", "c2"), ("p4", nil)] {
      try store.take(Person(id: id, updatedAt: 1, companyID: company), .poll, cycle: 3)
    }
    #expect(try store.companiesOfDifferences(cycle: 3).sorted() == ["c1", "c2"])
  }

  // MARK: History

  @Test("C1: the timeline of a person or a record, oldest first, in pages")
  func history() throws {
    try change {
      for number in 1...5 {
        try store.enterHistory(
          HistoryEntry(
            at: Int64(number), personID: number < 5 ? "p1" : "p2", recordID: "00QA",
            side: number % 2 == 0 ? .intercom : .salesforce, what: "fields",
            changes: number == 1 ? "{}" : nil, result: "done"))
      }
      try store.enterHistory(HistoryEntry(at: 9, side: .salesforce, what: "x", result: "y"))
    }
    let first = try store.history(ofPerson: "p1", limit: 3)
    #expect(first.map(\.at) == [1, 2, 3])
    #expect(first.map(\.side) == [.salesforce, .intercom, .salesforce])
    #expect(
      first[0]
        == HistoryEntry(
          id: first[0].id, at: 1, personID: "p1", recordID: "00QA", side: .salesforce,
          what: "fields", changes: "{}", result: "done"))
    #expect(try store.history(ofPerson: "p1", after: first[2].id, limit: 3).map(\.at) == [4])
    #expect(try store.history(ofRecord: "00QA", limit: 9).map(\.at) == [1, 2, 3, 4, 5])
    #expect(try store.history(ofPerson: "p3", limit: 9) == [])
  }

  @Test("I4: the timeline goes back a year, and is trimmed in slices")
  func trim() throws {
    let year = Store.historyMillisecondsMax
    try change {
      for number in 0..<1_500 {
        try store.enterHistory(
          HistoryEntry(at: Int64(number), personID: "p1", side: .intercom, what: "x", result: "y"))
      }
    }
    #expect(try change { try store.trimHistory(now: year + 1_400) })
    #expect(try store.history(ofPerson: "p1", limit: 1).first?.at == 1_000)
    #expect(try change { try store.trimHistory(now: year + 1_400) })
    #expect(try store.history(ofPerson: "p1", limit: 1).first?.at == 1_400)
    #expect(try change { try !store.trimHistory(now: year + 1_400) })
  }
}
