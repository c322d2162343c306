import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// What happens to people and rules while a lead of theirs is owed or sent (L1, L6, M5).
extension EngineTests {
  @Suite struct LeadRaceStories {
    private static let id = "Intercom_ID__c"

    nonisolated private static func isCreation(_ call: SalesforceSimulator.CallRecord) -> Bool {
      call.kind == .record && call.method == .post
    }

    @EventLoop
    @Test("M5 L1: who takes somebody with a lead in makes no second one, whatever the addresses")
    func inherited() async throws {
      let story = try Story.withRule()
      let people = ["ada", "augusta"].map { story.person("\($0)@example.com", name: $0) }
      try await story.begin()
      story.grow(people[0])
      try await story.sync()
      let lead = try #require(story.leads.first)
      story.edit { _, intercom in
        _ = intercom.merge(people[0], into: people[1])
        intercom.setAttribute(people[1], "SALESFORCE_ID", .string(lead))
      }
      story.grow(people[1])
      try await story.sync()
      #expect(story.leads == [lead])
      #expect(try story.store.pin(of: people[1]) == lead)
      #expect(try story.open() == [])
    }

    @EventLoop private static func storyWithID(isUnique: Bool) throws -> Story {
      let story = try Story.withRule { $0.leads.externalIDField = id }
      story.salesforce.defineField(
        isUnique ? .externalID(id) : .custom(id, .string, length: 64), on: "Lead")
      return story
    }

    nonisolated private static func refusal(_ status: Int, _ code: String) -> Exchange {
      .answer(
        Response(
          status: status, headers: ["Content-Type": "application/json"],
          body: Array(
            "[{\"errorCode\":\"\(code)\",\"message\":\"TotalRequests Limit exceeded.\"}]".utf8)))
    }

    // MARK: Unknown outcomes (L6)

    @EventLoop
    @Test("L6: who is linked by hand while the outcome is unknown keeps that link")
    func linkedByHand() async throws {
      let story = try Story.withRule()
      let other = story.lead("other@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.salesforce.faults.schedule(.status(500), when: Self.isCreation)
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 5)
      try await story.ask { try $0.pin(person, to: other) }
      await story.simulation.advance(minutes: 40)
      #expect(story.leads == [other])
      #expect(try story.store.pin(of: person) == other)
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test(
      "L6 M5: who is merged while the outcome is unknown gets one lead, whatever the survivor owes",
      arguments: [false, true])
    func merged(_ isOwed: Bool) async throws {
      let story = try Self.storyWithID(isUnique: true)
      var people: [String] = []
      for role in [IntercomSimulator.NewContact.Role.lead, .user] {
        people.append(story.person("a@example.com", role: role))
      }
      try await story.begin()
      story.salesforce.faults.schedule(lateBy: 400_000, when: Self.isCreation)
      let first = people[0]
      try await story.simulation.ask { engine in
        Task { @EventLoop in _ = try await engine.createLead(person: first, edits: [:]) }
      }
      await story.world.clock.advance(milliseconds: 300)
      story.edit { _, intercom in _ = intercom.merge(people[0], into: people[1]) }
      // The next look at the first brings the merge to light.
      await story.simulation.advance(seconds: 40)
      if isOwed { story.grow(people[1]) }
      try await story.simulation.sync()
      await story.simulation.advance(minutes: 60)
      #expect(story.leads.count == 1)
      #expect(story.record(of: people[1]) == story.leads.first)
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test("L6: a field that is not unique is not relied upon")
    func notUnique() async throws {
      let story = try Self.storyWithID(isUnique: false)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.salesforce.faults.schedule(lateBy: 45_000, when: Self.isCreation)
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(minutes: 30)
      #expect(story.leads.count == 1)
      #expect(story.record(of: person) == story.leads.first)
    }

    @EventLoop
    @Test("L6 L7: a refusal whose records cannot be read at that moment leaves nothing behind")
    func refusedReading() async throws {
      let story = try Story.withRule()
      story.salesforce.settings.duplicateRule = SalesforceSimulator.DuplicateRule(.block)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      var contact: String?
      var denials = 0
      story.world.answer = { [world = story.world] request in
        let isSalesforce = request.url.hasPrefix(SimulatedWorld.baseURL)
        if contact == nil, request.method == .post, request.url.hasSuffix("/sobjects/Lead/") {
          contact = world.salesforce.createContact(email: "a@example.com")
        } else if contact != nil, isSalesforce, denials == 0 {
          denials += 1
          return Self.refusal(403, "REQUEST_LIMIT_EXCEEDED")
        }
        return nil
      }
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(minutes: 60)
      #expect(denials == 1)
      #expect(story.record(of: person) == contact)
      #expect(try story.store.outboxCounts().pending == 0)
      #expect(try story.open() == [])
    }

    // MARK: Rules (L1)

    @EventLoop
    @Test("L1: leads that were owed by a rule are not made once the configuration has it no more")
    func removedRule() async throws {
      let story = try Story.withRule()
      let people = (0..<20).map { story.person("p\($0)@example.com", name: "P \($0)") }
      try await story.begin()
      story.salesforce.faults.schedule(
        .status(503), ordinal: 1, times: 1_000, when: Self.isCreation)
      for person in people { story.grow(person) }
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 10)
      #expect(story.leads.isEmpty)
      story.salesforce.faults.removeAll()
      try await story.restart { $0.leads.rules = [] }
      await story.simulation.advance(minutes: 30)
      #expect(story.leads.isEmpty)
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test("L1: what was edited by hand stays, though a rule comes to ask for the same lead")
    func editsStay() async throws {
      let story = try Story.withRule()
      story.salesforce.settings.validationRule = { _, fields in
        fields["LastName"] == "Bad" ? "No such name" : nil
      }
      let person = story.person("a@example.com", name: "Bad")
      try await story.begin()
      guard case .refused = try await story.createLead(person, edits: ["company": .text("Acme")])
      else {
        Issue.record("not refused")
        return
      }
      story.grow(person)
      try await story.sync()
      story.edit { _, intercom in intercom.update(person, "name", .string("Good")) }
      try await story.sync()
      #expect(story.leads.count == 1)
      #expect(story.field(story.leads.first, "Company") == "Acme")
    }

    @EventLoop
    @Test("L1a: who comes and meets a rule while the first read is under way gets a lead")
    func duringFirstRead() async throws {
      let story = try Story.withRule()
      story.world.latencies = 2_000...3_000
      _ = story.person("a@example.com", name: "A")
      var person: String?
      story.world.rewrite = { [world = story.world] request in
        if person == nil, request.url.contains("/contacts") {
          world.tick()
          let id = world.intercom.createContact(.init(role: .user, email: "new@example.com"))
          world.intercom.setAttribute(id, "company_size", .int(900))
          person = id
        }
        return request
      }
      try await story.begin()
      await story.simulation.advance(minutes: 20)
      #expect(person != nil)
      #expect(story.leads(of: "new@example.com").count == 1)
    }

    // MARK: By hand

    @EventLoop
    @Test(
      "L1 M6: who asks for a lead again after sales deleted it gets one", arguments: [false, true])
    func deletedAndAsked(_ hasID: Bool) async throws {
      let story = try hasID ? Self.storyWithID(isUnique: true) : Story.withRule()
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      try await story.createLead(person)
      let lead = try #require(story.leads.first)
      story.edit { salesforce, _ in salesforce.delete(lead) }
      try await story.sync()
      #expect(story.record(of: person) == nil)
      await story.simulation.advance(minutes: 5)
      // A lost answer, and nothing made: what is found by the id is the old one.
      if hasID { story.salesforce.faults.schedule(.status(500), when: Self.isCreation) }
      try await story.createLead(person)
      await story.simulation.advance(minutes: 30)
      let alive = story.leads.filter(story.salesforce.isAlive)
      #expect(alive.count == 1)
      #expect(alive.first != lead)
      #expect(story.record(of: person) == alive.first)
    }

    // MARK: One row's own trouble (E2)

    @EventLoop
    @Test("E2 E1: a company that Intercom refuses holds back nobody, and is told")
    func refusedCompany() async throws {
      let story = try Story.withRule()
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      story.edit { _, intercom in _ = intercom.addCompany("Acme", of: people[0]) }
      try await story.begin()
      var isOver = false
      story.world.answer = { request in
        guard !isOver, request.method == .get, request.url.contains("/companies/") else {
          return nil
        }
        return .answer(
          Response(
            status: 403, headers: ["Content-Type": "application/json"],
            body: Array(
              "{\"type\":\"error.list\",\"errors\":[{\"code\":\"api_plan_restricted\"}]}".utf8)))
      }
      for person in people { story.grow(person) }
      try await story.sync()
      await story.simulation.advance(minutes: 30)
      #expect(story.leads(of: "b@example.com").count == 1)
      #expect(try story.open().isEmpty == false)
      isOver = true
      try await story.ask { _ = try $0.retryParked(person: nil) }
      await story.simulation.advance(minutes: 30)
      #expect(story.leads(of: "a@example.com").count == 1)
      #expect(try story.open() == [])
    }
  }
}
