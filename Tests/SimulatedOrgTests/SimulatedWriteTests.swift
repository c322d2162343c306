import HTTP
import Salesforce
import Simulators
import SyncCore
import Testing
import Wire

@Suite struct SimulatedWriteTests {
  private static let key = "Intercom_ID__c"

  private func world(
    _ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }
  ) -> World {
    var settings = SalesforceSimulator.Settings()
    settings.customFields = [
      "Lead": [.externalID(Self.key)], "Task": [.externalID("Intercom_Part__c")],
    ]
    change(&settings)
    return World(settings)
  }

  private func fields(_ email: String, _ more: Values = [:]) -> Values {
    let plain: Values = [
      "LastName": .text("O'Neil"), "Company": .text("Acme \"X\""), "Email": .text(email),
      "LeadSource": .text("Intercom"),
    ]
    return plain.merging(more) { $1 }
  }

  private func failure<Result>(_ body: () async throws -> Result) async -> Failure? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? Failure
    }
  }

  // MARK: Describe

  @Test("Q2, L4: Lead, Contact and Task are described; another day by If-Modified-Since")
  func describe() async throws {
    let world = world()
    let lead = try await world.client.describe(.lead)
    #expect(lead.isCreateable)
    #expect(Set(lead.fields.filter(\.isRequired).map(\.name)) == ["LastName", "Company"])
    #expect(lead.field(Self.key.lowercased())?.isUnique == true)
    #expect(lead.field(Self.key)?.isExternalID == true)
    #expect(lead.field("LeadSource")?.picklistValues.isEmpty == false)
    let task = try await world.client.describe(.task)
    #expect(task.isCreateable)
    #expect(task.field("Description")?.length == 32000)
    #expect(task.field("Status")?.isRequired == false)
    let before = world.simulator.apiCalls
    #expect(try await world.client.describe(.task) == task)
    #expect(world.simulator.apiCalls == before)
    world.clock.now += 86_400_000
    #expect(try await world.client.describe(.task).fields == task.fields)
    #expect(world.simulator.apiCalls == before + 1)
    #expect(try await world.client.describe(.contact).fields.isEmpty == false)
  }

  // MARK: Leads

  @Test("L5: a lead goes to the assignment rule's owner, and an update leaves it where it is")
  func assignment() async throws {
    let world = world()
    let queue = world.simulator.createQueue(name: "Inbound")
    world.simulator.settings.assignmentRuleOwner = queue
    let id = try await world.client.createLead(fields("a@example.com"), allowsDuplicates: false)
    #expect(world.simulator.value(id, "OwnerId") == queue)
    #expect(world.simulator.value(id, "Company") == "Acme \"X\"")
    let user = world.simulator.createUser(lastName: "Own", email: "own@example.com")
    world.simulator.update(id, ["OwnerId": user])
    let outcomes = try await world.client.updateLeads([(id, ["Rating": .text("Hot")])])
    #expect(outcomes.map(\.id) == [id])
    #expect(world.simulator.value(id, "OwnerId") == user)
    #expect(world.simulator.value(id, "Rating") == "Hot")
  }

  @Test("L6: whatever happens to the answer, the effect says whether to look first")
  func effects() async throws {
    let world = world()
    let cases: [(Fault, Failure.Effect, Bool)] = [
      (.refuse, .none, false), (.resetBefore, .unknown, false), (.resetAfter, .unknown, true),
      (.truncate, .unknown, true), (.status(503), .none, false), (.status(403), .none, false),
      (.status(500), .unknown, false), (.statusAfter(500), .unknown, true),
      (.html, .unknown, false),
    ]
    for (index, (fault, effect, isMade)) in cases.enumerated() {
      let source = "S\(index)"
      let email = "x\(index)@example.com"
      let id = "person-\(index)"
      let draft = fields(email, ["LeadSource": .text(source), Self.key: .text(id)])
      _ = try await world.client.organization()
      world.simulator.faults.schedule(fault, at: .record)
      let since = world.clock.now
      let found = await failure {
        try await world.client.createLead(draft, allowsDuplicates: false)
      }
      #expect(found?.effect == effect, "\(fault): \(found?.sentence ?? "no failure")")
      world.clock.now += 1000
      let byField = try await world.client.findLeads(externalIDField: Self.key, value: id)
      let byTime = try await world.client.findLeads(
        email: email, source: source, createdSince: since - 60_000)
      #expect(byField == byTime, "\(fault)")
      #expect(byField.count == (isMade ? 1 : 0), "\(fault)")
      // Repeating a create that got through finds the one that is there.
      let repeated = await failure {
        try await world.client.createLead(draft, allowsDuplicates: false)
      }
      #expect((repeated?.farCode == "DUPLICATE_VALUE") == isMade, "\(fault)")
      #expect(repeated?.records ?? [] == byField.map(\.id), "\(fault)")
    }
    #expect(world.simulator.ids("Lead", where: "LastName", is: "O'Neil").count == cases.count)
  }

  @Test("L6: a lead that was made and then converted or deleted is found as made")
  func madeAndGone() async throws {
    let world = world()
    let since = world.clock.now
    let one = try await world.client.createLead(
      fields("a@example.com", [Self.key: .text("p1")]), allowsDuplicates: false)
    world.clock.now += 1000
    let two = try await world.client.createLead(
      fields("a@example.com", [Self.key: .text("p2")]), allowsDuplicates: false)
    world.simulator.convert(lead: one)
    world.simulator.delete(two)
    world.clock.now += 1000
    let found = try await world.client.findLeads(
      email: "A@Example.com", source: "Intercom", createdSince: since)
    #expect(found.map(\.id) == [one, two])
    #expect(found.map(\.isConverted) == [true, false])
    #expect(found.map(\.isDeleted) == [false, true])
    #expect(found[0].convertedContactID?.hasPrefix("003") == true)
    #expect(
      try await world.client.findLeads(externalIDField: Self.key, value: "p2").map(\.id) == [two])
    #expect(
      try await world.client.findLeads(
        email: "a@example.com", source: "Intercom", createdSince: since + 1000
      ).map(\.id) == [two])
    #expect(
      try await world.client.findLeads(
        email: "a@example.com", source: "Web", createdSince: since
      ).isEmpty)
  }

  @Test("L6: what is covered is held back by a transaction that is still open")
  func covered() async throws {
    let world = world()
    world.clock.now = (world.clock.now / 60_000 + 10) * 60_000 + 30_000
    let now = world.clock.now
    #expect(
      try await world.client.latestDateCovered(.lead, from: now, to: now) == now - 30_000)
    world.simulator.createLead(email: "late@example.com", visibleAfter: 500_000)
    world.clock.now += 300_000
    let held = try await world.client.latestDateCovered(
      .lead, from: now, to: world.clock.now)
    #expect(held <= now)
    world.clock.now += 300_000
    let free = try await world.client.latestDateCovered(.lead, from: 0, to: world.clock.now)
    #expect(free > now + 500_000)
    #expect(free <= world.clock.now)
  }

  @Test(
    "L7: a duplicate rule links to what it names, or says that it is hidden",
    arguments: [true, false])
  func duplicates(_ isMisspelt: Bool) async throws {
    let world = world {
      $0.duplicateRule = .init(.block)
      $0.duplicateRule?.isMisspelt = isMisspelt
    }
    let lead = world.simulator.createLead(email: "a@example.com")
    let contact = world.simulator.createContact(email: "A@example.com")
    let draft = fields("a@example.com")
    let blocked = await failure {
      try await world.client.createLead(draft, allowsDuplicates: true)
    }
    #expect(blocked?.meaning.code == "SF-DUPLICATE")
    #expect(Set(blocked?.records ?? []) == [lead, contact])
    #expect(blocked?.answer.contains("Standard_Lead_Duplicate_Rule") == true)
    #expect(blocked?.effect == Failure.Effect.none)
    world.simulator.settings.duplicateRule?.hidesMatches = true
    let hidden = await failure {
      try await world.client.createLead(draft, allowsDuplicates: false)
    }
    #expect(hidden?.meaning.code == "SF-DUPLICATE-HIDDEN")
    #expect(hidden?.records == [])
    #expect(hidden?.answer.contains("Standard_Lead_Duplicate_Rule") == true)
    world.simulator.settings.duplicateRule = .init(.alert)
    let warned = await failure {
      try await world.client.createLead(draft, allowsDuplicates: false)
    }
    #expect(warned?.answer.contains("leads.allow_duplicates") == true)
    let made = try await world.client.createLead(draft, allowsDuplicates: true)
    #expect(world.simulator.isAlive(made))
  }

  @Test("E1: refusals of the org's own name the fields and the kind")
  func refusals() async throws {
    let world = world {
      $0.lockedFields = ["Lead": ["Rating"]]
      $0.hiddenFields = ["Lead": ["Fax"]]
      $0.validationRule = { _, fields in
        fields["Company"] == "Bad" ? "The company is bad (ann@example.com)" : nil
      }
    }
    let cases: [(Values, String, [String])] = [
      (["LastName": .text("x")], "SF-REQUIRED-FIELD", ["Company"]),
      (
        fields("a@b.example", ["Title": .text(String(repeating: "x", count: 129))]),
        "SF-TOO-LONG", ["Title"]
      ),
      (fields("nobody"), "SF-INVALID-EMAIL", ["Email"]),
      (fields("a@b.example", ["Rating": .text("Hot")]), "SF-FIELD-NOT-WRITABLE", ["Rating"]),
      (fields("a@b.example", ["Fax": .text("1")]), "SF-WRITE-FIELD", ["Fax"]),
      (fields("a@b.example", ["Company": .text("Bad")]), "SF-VALIDATION", []),
    ]
    for (draft, code, named) in cases {
      let found = await failure {
        try await world.client.createLead(draft, allowsDuplicates: false)
      }
      #expect(found?.meaning.code == code, "\(found?.sentence ?? "made")")
      #expect(found?.meaning.kind == .refused)
      #expect(found?.fields == named)
      #expect(found?.effect == Failure.Effect.none)
      #expect(found?.sentence.contains("@") == false)
    }
    #expect(world.simulator.ids("Lead", where: "LastName", is: "O'Neil").isEmpty)
  }
}
