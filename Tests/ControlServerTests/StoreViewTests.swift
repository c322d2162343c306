import Control
import Engine
import EventLoop
import Store
import SyncCore
import Testing

@testable import Daemon

/// What the control socket shows of the store.
@Suite @EventLoop struct StoreViewTests {
  private func cards(_ filled: FilledStore, _ who: String) throws -> [Card] {
    try CardMaker(store: filled.store, planner: filled.planner, settings: filled.settings)
      .cards(who)
  }

  // MARK: Cards

  @Test("C1: a contact's card has the account, its owner with the role, and the other match")
  func contactCard() throws {
    let filled = try FilledStore()
    try filled.takeAda()
    let owner = CardOwner(
      id: FilledStore.owner, name: "Grace Hopper", email: "grace@example.com", role: "Sales EMEA")
    let other = CardRecord(
      objectType: "Lead", id: FilledStore.lead,
      link: "https://example.my.salesforce.com/\(FilledStore.lead)", name: "Ada Lovelace",
      title: "CTO", company: "Engines", status: "New",
      owner: CardOwner(id: "005000000000009AAA"))
    let record = CardRecord(
      objectType: "Contact", id: FilledStore.contact,
      link: "https://example.my.salesforce.com/\(FilledStore.contact)", name: "Ada King",
      title: "CEO", company: "Engines Ltd", owner: owner)
    let card = Card(
      contact: "c1", email: "ada@example.com", record: record, accountOwner: owner,
      others: [other])
    // By e-mail as people write it, by contact id, by the linked record's id of either length.
    for who in ["Ada@Example.com", "c1", FilledStore.contact, "003000000000002"] {
      #expect(try cards(filled, who) == [card], "\(who)")
    }
  }

  @Test("C1: a person whom nothing matches has a card without a record, a stranger has none")
  func noRecord() throws {
    let filled = try FilledStore()
    try filled.take(Person(id: "c3", email: "bob@example.com"))
    #expect(try cards(filled, "c3") == [Card(contact: "c3", email: "bob@example.com")])
    #expect(try cards(filled, "nobody@example.com").isEmpty)
    #expect(try cards(filled, "00Q000000000099AAA").isEmpty)
    #expect(try cards(filled, "nobody").isEmpty)
  }

  @Test("C1: a record that nobody in Intercom matches has a card by its id and by its e-mail")
  func recordAlone() throws {
    let filled = try FilledStore()
    try filled.take(
      Record(id: FilledStore.lead, object: .lead, email: "eve@example.com", name: "Eve"))
    for who in [FilledStore.lead, "eve@example.com"] {
      let card = try #require(try cards(filled, who).first)
      #expect(card.contact == nil && card.id == FilledStore.lead && card.others.isEmpty)
      #expect(card.owner == nil && card.accountOwner == nil)
    }
  }

  @Test("M4: the id of a converted lead shows the card of whom its contact is linked to")
  func convertedLead() throws {
    let filled = try FilledStore()
    try filled.takeAda()
    try filled.take(
      Record(
        id: FilledStore.lead, object: .lead, isConverted: true,
        convertedContactID: FilledStore.contact))
    #expect(try cards(filled, FilledStore.lead) == cards(filled, "c1"))
    let gone = "00Q000000000005AAA"
    try filled.take(Record(id: gone, object: .lead, name: "Gone"))
    try filled.take(Record(id: gone, object: .lead, isDeleted: true))
    let error = #expect(throws: ControlError.self) { try cards(filled, gone) }
    #expect(error?.sentence.hasPrefix("The record \(gone) is deleted or converted") == true)
  }

  @Test("C1: several people of one address have a card each; deleted records are on none")
  func severalPeople() throws {
    let filled = try FilledStore()
    try filled.takeAda()
    try filled.take(
      Record(
        id: FilledStore.lead, object: .lead, email: "ada@example.com", ownerID: FilledStore.owner,
        isDeleted: true))
    try filled.take(Person(id: "c2", email: "ada@example.com"))
    let found = try cards(filled, "ada@example.com")
    #expect(found.map(\.contact) == ["c1", "c2"])
    #expect(found.allSatisfy { $0.id == FilledStore.contact && $0.others.isEmpty })
  }

  // MARK: History

  private func enter(
    _ filled: FilledStore, person: String?, record: String? = nil, changes: String? = nil
  ) throws {
    try filled.store.transaction {
      try filled.store.enterHistory(
        HistoryEntry(
          at: 1000, personID: person, recordID: record, side: .salesforce, what: "lead",
          changes: changes, result: "created"))
    }
  }

  @Test("history: people of one address share a timeline, page by page, oldest first")
  func history() throws {
    let filled = try FilledStore()
    try filled.takeAda()
    try filled.take(Person(id: "c2", email: "ada@example.com"))
    for person in ["c1", "c2", "c9", "c1", "c2"] { try enter(filled, person: person) }
    let list = HistoryList(store: filled.store)
    var people: [String?] = []
    var request = PageRequest(limit: 3)
    repeat {
      let page = try #require(try list.page("ada@example.com", request))
      people += page.entries.map(\.contact)
      request.after = page.next
    } while request.after != nil
    #expect(people == ["c1", "c2", "c1", "c2"])
  }

  @Test("history: a record that nobody matches has one, a stranger has none")
  func recordHistory() throws {
    let filled = try FilledStore()
    try enter(filled, person: nil, record: FilledStore.lead)
    let list = HistoryList(store: filled.store)
    #expect(try list.page(FilledStore.lead, PageRequest())?.entries.count == 1)
    #expect(try list.page("nobody@example.com", PageRequest()) == nil)
    try filled.takeAda()
    #expect(try list.page("c1", PageRequest()) == ListPage(entries: []))
  }

  @Test("history: changes are read as values or as pairs, and what is no object is nothing")
  func historyChanges() {
    #expect(
      HistoryList.changes(#"{"Company":"Acme","Size":{"from":1,"to":null},"x":{"y":2}}"#) == [
        "Company": Change(from: .null, to: .string("Acme")),
        "Size": Change(from: .integer(1), to: .null),
        "x": Change(from: .null, to: .object(["y": .integer(2)])),
      ])
    for nothing in [nil, "", "[]", "{", "7"] { #expect(HistoryList.changes(nothing).isEmpty) }
  }

  // MARK: Deliveries

  private func lists(_ filled: FilledStore) -> DeliveryLists {
    DeliveryLists(
      store: filled.store, settings: filled.settings,
      leadFields: [FieldDescription(name: "NumberOfEmployees", type: "int", digits: 8)], now: 61_000
    )
  }

  /// Ada's attributes, owner and conversation on one side, a lead, fields and a task on the other.
  private func owe(_ filled: FilledStore) throws {
    let store = filled.store
    try filled.takeAda()
    try filled.take(
      Person(id: "c4", email: "new@example.com", companyID: "k1", teammateID: "814"),
      watched: #"{"company_size":500,"other":"x"}"#)
    try store.transaction {
      try store.setCompany("k1", ["name": .text("Acme")], now: 1, cycle: 1)
      try store.oweAttributes(
        to: "c1", record: FilledStore.contact, lane: .fresh, moves: false, desired: "x", cycle: 1,
        now: 1000)
      try store.oweOwner(
        to: "c1", record: FilledStore.contact, lane: .fresh, desired: "1", cycle: 1, now: 1000)
      try store.oweAssignment(
        of: "215", person: "c1", record: FilledStore.contact, cycle: 1, now: 1000)
      try store.owe(
        .lead(
          for: "c4", email: "new@example.com", lane: .asked, cycle: 1,
          payload: LeadIntent(cause: "asked", edits: ["company": .text("Edited")]).json,
          cause: "asked", isHeld: false),
        now: 1000)
      try store.setFieldBase(
        person: "c4", record: FilledStore.lead, base: ["company_size": .number("20")],
        refused: ["company.name": .text("Acme")])
      try store.owe(.fields(of: "c4", to: FilledStore.lead, cycle: 1), now: 1000)
      try store.owe(
        .task(
          keyPart: "31", on: FilledStore.contact, of: "c1", conversation: "215", cycle: 1,
          payload: #"{"activityDate":"2026-11-22","description":"private words"}"#), now: 1000)
    }
  }

  @Test("O2: plan lists both sides with what each delivery changes, page by page")
  func plan() throws {
    let filled = try FilledStore()
    try owe(filled)
    var entries: [PlannedDelivery] = []
    var request = PageRequest(limit: 2)
    repeat {
      let page = try lists(filled).planned(request)
      entries += page.entries
      request.after = page.next
    } while request.after != nil
    #expect(entries.map(\.kind) == [.attributes, .owner, .assign, .lead, .fields, .task])
    #expect(
      entries.map(\.to) == [.intercom, .intercom, .intercom] + [
        .salesforce, .salesforce, .salesforce,
      ])
    let grace = JSONValue.string("grace@example.com")
    #expect(
      entries.map(\.changes) == [
        ["SALESFORCE_TITLE": Change(from: .null, to: .string("CEO"))],
        ["owner": Change(from: .null, to: grace)], ["assignee": Change(from: .null, to: grace)],
        [
          "LeadSource": Change(from: .null, to: .string("Intercom")),
          "Email": Change(from: .null, to: .string("new@example.com")),
          "NumberOfEmployees": Change(from: .null, to: .integer(500)),
          "Company": Change(from: .null, to: .string("Acme")),
          "company": Change(from: .null, to: .string("Edited")),
        ],
        ["NumberOfEmployees": Change(from: .integer(20), to: .integer(500))],
        ["ActivityDate": Change(from: .null, to: .string("2026-11-22"))],
      ])
    #expect(entries.map(\.conversation) == [nil, nil, "215", nil, nil, "215"])
  }

  @Test("O2: queue tells lane, state, age and attempts of both sides; explain those of one person")
  func queue() throws {
    let filled = try FilledStore()
    try owe(filled)
    let store = filled.store
    try store.transaction {
      let lead = try #require(try store.salesforceDelivery(.lead, subject: "c4"))
      _ = try store.markSending(lead, sentAfter: 5)
      let fields = try #require(
        try store.salesforceDelivery(.fields, subject: "c4/\(FilledStore.lead)"))
      try store.park(fields)
    }
    let page = try lists(filled).queued(PageRequest())
    #expect(page.next == nil && page.entries.count == 6)
    #expect(page.entries.allSatisfy { $0.age == 60 })
    let back = page.entries.filter { $0.to == .salesforce }
    #expect(back.map(\.state) == [.sending, .parked, .waiting])
    #expect(back.map(\.lane) == [.asked, .fresh, .fresh])
    #expect(try lists(filled).planned(PageRequest()).entries.count == 5)
    #expect(try lists(filled).queued(ofPerson: "c4").map(\.kind) == [.lead, .fields])
    #expect(
      try lists(filled).queued(ofPerson: "c1").map(\.kind) == [.attributes, .owner, .assign, .task])
  }

  @Test("O2: a cursor that nobody gave lists nothing twice and traps nowhere")
  func foreignCursors() throws {
    let filled = try FilledStore()
    try owe(filled)
    let foreign: [Int64] = [.max, 1 << 62, (1 << 62) - 1, 99]
    for after in foreign {
      let kinds = try lists(filled).queued(PageRequest(after: after)).entries.map(\.to)
      #expect(kinds.allSatisfy { $0 == .salesforce })
    }
    #expect(try lists(filled).queued(PageRequest(after: .min)).entries.count == 6)
  }
}
