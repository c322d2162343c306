import SyncCore
import Testing

@Suite("S6, M1, G1: what one person is owed")
struct PersonPlanTests {
  private static let owners = [
    "005A": Owner(id: "005A", name: "Ada", email: "ada@example.com"),
    "005B": Owner(id: "005B", name: "Bob"),
    "00GQ": Owner(id: "00GQ", name: "Inbound"),
  ]

  private let told = Record(
    id: "00QA", object: .lead, modifiedAt: 5_999, name: "Jane", status: "Open", title: "Analyst",
    ownerID: "005A")

  private func carried(_ record: Record) -> AttributeValues {
    Enrichment.values(
      of: record, owner: record.ownerID.flatMap { Self.owners[$0] }, recordURL: { $0 })
  }

  private func plan(
    to record: Record?, told: Record? = nil, convertedFrom: Record? = nil, person: Person? = nil,
    owners: [String: Owner] = owners
  ) -> PersonPlan {
    let candidates = record.map { [Candidate(record: $0, wins: true, why: "")] } ?? []
    return PersonPlan.make(
      person: person ?? Person(id: "p"),
      decision: LinkDecision(
        record: record, pin: nil, convertedFrom: convertedFrom, candidates: candidates),
      told: told, configured: .all, owner: { owners[$0] }, recordURL: { $0 })
  }

  private func changed(_ change: (inout Record) -> Void) -> Record {
    var record = told
    record.modifiedAt = 7_001
    change(&record)
    return record
  }

  // MARK: Events

  @Test("S6: a change of owner, status or title is one event each, at its second")
  func events() {
    let now = changed {
      $0.ownerID = "005B"
      $0.status = "Working"
      $0.title = nil
    }
    let events = plan(to: now, told: told).events
    #expect(events.map(\.kind) == [.owner, .status, .title])
    #expect(events.map(\.from) == ["Ada", "Open", "Analyst"])
    #expect(events.map(\.to) == ["Bob", "Working", nil])
    #expect(events.allSatisfy { $0.createdAt == 7 && $0.record == now })
  }

  @Test("S6: a queue goes by its name, an unknown owner by its id, none by null")
  func ownerNames() {
    let ends: [(String?, String?)] = [("00GQ", "Inbound"), ("005X", "005X"), (nil, nil)]
    for (id, name) in ends {
      let event = plan(to: changed { $0.ownerID = id }, told: told).events.first
      #expect(event?.kind == .owner)
      #expect(event?.from == "Ada")
      #expect(event?.to == name)
    }
  }

  @Test("S5, S6: a renamed owner changes attributes and sends no event")
  func rename() {
    let renamed = ["005A": Owner(id: "005A", name: "Ada King", email: "ada@example.com")]
    let person = Person(id: "p", observed: carried(told), sent: carried(told))
    let plan = plan(to: told, told: told, person: person, owners: renamed)
    #expect(plan.owesAttributes)
    #expect(plan.desired[.ownerName] == "Ada King")
    #expect(plan.events == [])
    #expect(!plan.moves)
  }

  @Test("S6: a touched record, a new name or e-mail send nothing")
  func nothingOfInterest() {
    let now = changed {
      $0.name = "Janet"
      $0.email = "new@example.com"
    }
    #expect(plan(to: now, told: told).events == [])
  }

  @Test("S6: first enrichment, a moved link and an ended link send none")
  func silent() {
    let other = Record(id: "003B", object: .contact, title: "Chief", ownerID: "005B")
    #expect(plan(to: told, told: nil).events == [])
    #expect(plan(to: other, told: told).events == [])
    #expect(plan(to: nil, told: told).events == [])
  }

  @Test("M4: a conversion sends its own event and no other")
  func conversion() {
    let lead = changed {
      $0.isConverted = true
      $0.status = "Closed - Converted"
    }
    let contact = Record(
      id: "003B", object: .contact, modifiedAt: 9_000, title: "Chief", ownerID: "005B")
    let events = plan(to: contact, told: told, convertedFrom: lead).events
    #expect(events.map(\.kind) == [.converted])
    #expect(events.first?.from == "00QA")
    #expect(events.first?.to == "003B")
    #expect(events.first?.createdAt == 7)
    #expect(plan(to: contact, told: nil, convertedFrom: lead).events == [])
  }

  @Test("S6: a contact's status is not looked at")
  func contactStatus() {
    let before = Record(id: "003B", object: .contact)
    var now = before
    now.status = "odd"
    #expect(plan(to: now, told: before).events == [])
  }

  // MARK: Attributes

  @Test("M1: a person without a link is written to only to clear what we wrote")
  func unlinked() {
    let foreign = Person(id: "p", observed: carried(told))
    #expect(!plan(to: nil, person: foreign).owesAttributes)
    let ours = Person(id: "p", observed: carried(told), sent: carried(told))
    let cleared = plan(to: nil, person: ours)
    #expect(cleared.owesAttributes)
    #expect(cleared.desired.isEmpty)
    let done = Person(id: "p", sent: AttributeValues())
    #expect(!plan(to: nil, person: done).owesAttributes)
  }

  @Test("S8: a person that carries everything is owed nothing")
  func upToDate() {
    let person = Person(id: "p", observed: carried(told))
    #expect(!plan(to: told, told: told, person: person).owesAttributes)
    #expect(plan(to: told, told: told).owesAttributes)
  }

  @Test("M4: while the record that took its place is to be read, nothing is owed")
  func held() {
    let dead = changed { $0.isConverted = true }
    var decision = LinkDecision(record: dead, pin: nil, convertedFrom: nil, candidates: [])
    decision.isHeld = true
    let plan = PersonPlan.make(
      person: Person(id: "p", sent: carried(told)), decision: decision, told: told,
      configured: .all, owner: { Self.owners[$0] }, recordURL: { $0 })
    #expect(!plan.owesAttributes)
    #expect(!plan.moves)
    #expect(plan.events == [])
  }

  // MARK: The guard

  @Test("G1: an ended link, another record and another owner move; the first link does not")
  func moves() {
    let person = Person(id: "p", observed: carried(told), sent: carried(told))
    #expect(!plan(to: told, told: told, person: person).moves)
    #expect(plan(to: nil, told: told, person: person).moves)
    #expect(plan(to: changed { $0.ownerID = "005B" }, told: told, person: person).moves)
    #expect(plan(to: Record(id: "003B", object: .contact), told: told, person: person).moves)
    #expect(!plan(to: changed { $0.status = "Working" }, told: told, person: person).moves)
    #expect(!plan(to: told).moves)
    #expect(!plan(to: told, person: Person(id: "p", sent: AttributeValues())).moves)
  }
}
