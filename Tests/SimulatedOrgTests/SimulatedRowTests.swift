import HTTP
import Salesforce
import Simulators
import SyncCore
import Testing
import Wire

@Suite struct SimulatedRowTests {
  private static let part = "Intercom_Part__c"

  private func world() -> World {
    var settings = SalesforceSimulator.Settings()
    settings.customFields = ["Task": [.externalID(Self.part)]]
    return World(settings)
  }

  // MARK: Look-ups (L3, C1)

  @Test("L3, C1: the records of an address come as a poll brings them, account and all")
  func byEmail() async throws {
    let world = world()
    let owner = world.simulator.createUser(lastName: "Own", email: "own@example.com")
    let account = world.simulator.create("Account", ["Name": "Acme, \"X\"", "OwnerId": owner])
    let lead = world.simulator.createLead(email: "a@Example.com", company: "Globex")
    let gone = world.simulator.createLead(email: "a@example.com")
    let with = world.simulator.createContact(
      email: "A@example.com", fields: ["AccountId": account])
    let without = world.simulator.createContact(email: "a@example.com")
    world.simulator.createLead(email: "b@example.com")
    world.simulator.delete(gone)
    world.clock.now += 1000
    let polled = try await world.poll()
    let before = world.simulator.apiCalls
    var found: [[String?]] = []
    for page in try await world.client.records(withEmail: "a@example.com") {
      found += try await world.rows(page)
    }
    #expect(world.simulator.apiCalls == before + 1)
    #expect(Set(found.compactMap { $0[0] }) == [lead, gone, with, without])
    let company = RecordColumn.company.rawValue
    let accountOwner = RecordColumn.accountOwnerID.rawValue
    #expect(found.first { $0[0] == lead }?[company] == "Globex")
    #expect(found.first { $0[0] == with }?[company] == "Acme, \"X\"")
    #expect(found.first { $0[0] == with }?[accountOwner] == owner)
    #expect(found.first { $0[0] == without }?[company] == nil)
    var rows = try await world.rows(polled.pages[.lead])
    rows += try await world.rows(polled.pages[.contact])
    for row in found { #expect(rows.contains(row)) }
    var byID: [[String?]] = []
    for page in try await world.client.records([lead, gone, with, without, "00Q000000000009EAA"]) {
      byID += try await world.rows(page)
    }
    #expect(world.simulator.apiCalls == before + 2)
    #expect(byID.count == 4)
    for row in byID { #expect(found.contains(row)) }
  }

  @Test("M6, C1: contacts by id bear their account, deleted ones are missing")
  func contactsByID() async throws {
    let world = world()
    let account = world.simulator.create("Account", ["Name": "Acme"])
    let kept = world.simulator.createContact(email: "a@b.example", fields: ["AccountId": account])
    let gone = world.simulator.createContact(email: "a@b.example")
    world.simulator.delete(gone)
    let found = try await world.client.rows(of: .contact, ids: [kept, gone])
    #expect(found.missing == [gone])
    #expect(try await world.rows(found.page).map { $0[RecordColumn.company.rawValue] } == ["Acme"])
  }

  @Test("I1, C1: an export brings the same account as REST")
  func export() async throws {
    let world = world()
    let account = world.simulator.create("Account", ["Name": "Acme, \"X\"\nLtd"])
    for index in 0..<50 {
      world.simulator.createContact(
        email: "x\(index)@example.com", fields: index % 2 == 0 ? ["AccountId": account] : [:])
    }
    world.clock.now += 1000
    let job = try await world.client.startBulk(.contact, changedSince: nil)
    world.clock.now += 60_000
    #expect(try await world.client.bulkState(job) == .complete(rows: 50))
    let sink = Rows()
    _ = try await world.client.bulkPage(job, locator: nil, into: sink)
    let rest = try await world.rows(
      try await world.client.page(of: .contact, from: .everything(afterID: nil)))
    #expect(sink.rows.sorted { ($0[0] ?? "") < ($1[0] ?? "") } == rest)
    #expect(rest.first?[RecordColumn.company.rawValue] == "Acme, \"X\"\nLtd")
  }

  // MARK: Fields (Q3, Q4)

  @Test("Q4: converted and deleted leads fail alone, each with its own meaning")
  func rows() async throws {
    let world = world()
    let ids = (0..<4).map { world.simulator.createLead(email: "x\($0)@example.com") }
    world.simulator.convert(lead: ids[1])
    world.simulator.delete(ids[2])
    let before = world.simulator.apiCalls
    let outcomes = try await world.client.updateLeads(
      ids.map { ($0, ["Rating": .text("Hot"), "NumberOfEmployees": .number("12")]) })
    #expect(outcomes.map(\.id) == [ids[0], nil, nil, ids[3]])
    #expect(outcomes[1].failure?.meaning.code == "SF-CONVERTED")
    #expect(outcomes[2].failure?.meaning.kind == .refused)
    let values = try await world.client.leadValues(
      ids, fields: ["rating", "NumberOfEmployees", "Title"])
    #expect(values[ids[0]]?["rating"] == .text("Hot"))
    #expect(values[ids[3]]?["Title"] == .null)
    #expect(values[ids[3]]?["NumberOfEmployees"]?.text.flatMap { Double($0) } == 12)
    #expect(values[ids[2]] == nil)
    #expect(world.simulator.apiCalls - before <= 3)
    let cleared = try await world.client.updateLeads([(ids[0], ["Rating": .null])])
    #expect(cleared.first?.failure == nil)
    #expect(world.simulator.value(ids[0], "Rating") == nil)
  }

  // MARK: Tasks (T1-T4)

  private func task(_ who: String, _ part: String) -> Values {
    [
      "Subject": .text("Intercom: hello"), "Description": .text("Ann: hello\n[\(part)]"),
      "WhoId": .text(who), "Status": .text("Completed"), "ActivityDate": .text("2026-11-22"),
      Self.part: .text(part),
    ]
  }

  @Test("T1, T4: tasks are made on leads and contacts, found by field and by description")
  func tasks() async throws {
    let world = world()
    let since = world.clock.now
    let lead = world.simulator.createLead(email: "a@example.com")
    let contact = world.simulator.createContact(email: "a@example.com")
    let converted = world.simulator.createLead(email: "c@example.com")
    world.simulator.convert(lead: converted)
    let outcomes = try await world.client.createTasks([
      task(lead, "1-a"), task(contact, "1-b"), task(converted, "1-c"),
    ])
    let made = outcomes.compactMap(\.id)
    #expect(made.count == 2)
    #expect(outcomes[2].failure?.meaning.code == "SF-CONVERTED")
    #expect(outcomes[2].failure?.meaning.kind == .refused)
    let again = try await world.client.createTasks([task(lead, "1-a"), task(lead, "2-a")])
    #expect(again[0].failure?.records == [made[0]])
    #expect(again[1].id != nil)
    world.clock.now += 1000
    world.simulator.archive(task: made[0])
    world.simulator.delete(made[1])
    let found = try await world.client.findTasks(
      externalIDField: Self.part, values: ["1-a", "1-b", "1-c"])
    #expect(found == ["1-a": made[0], "1-b": made[1]])
    let all = try await world.client.findTasks(of: [lead, contact], createdSince: since)
    #expect(Set(all.map(\.id)) == Set(made + again.compactMap(\.id)))
    #expect(all.first { $0.id == made[0] }?.whoID == lead)
    #expect(all.first { $0.id == made[0] }?.description == "Ann: hello\n[1-a]")
    #expect(
      try await world.client.findTasks(
        of: [lead, contact], createdSince: since + 3_600_000
      ).isEmpty)
  }

  @Test("T2: the closed status of an org that names its own")
  func status() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.taskStatuses = [
      OrgTaskStatus("Offen", isDefault: true), OrgTaskStatus("Fertig", isClosed: true),
      OrgTaskStatus("Erledigt", isClosed: true),
    ]
    #expect(try await World(settings).client.closedTaskStatus() == "Fertig")
  }

  @Test("T3: the active standard user with the lowest Id, else nobody")
  func user() async throws {
    let world = world()
    let first = world.simulator.createUser(lastName: "One", email: "t@example.com")
    let second = world.simulator.createUser(lastName: "Two", email: "T@example.com")
    #expect(try await world.client.activeUser(withEmail: "t@example.com") == min(first, second))
    world.simulator.deactivateUser(min(first, second))
    #expect(try await world.client.activeUser(withEmail: "t@example.com") == max(first, second))
    world.simulator.deactivateUser(max(first, second))
    #expect(try await world.client.activeUser(withEmail: "t@example.com") == nil)
    #expect(try await world.client.activeUser(withEmail: "o'x@example.com") == nil)
  }
}
