import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct AssignmentStories {
    @EventLoop private static func story(
      _ settings: AssignSettings = AssignSettings(assignsConversations: true)
    ) throws -> Story {
      let story = try Story()
      story.simulation.settings.assign = settings
      return story
    }

    @EventLoop
    @Test("A1: an open conversation that is nobody's goes to the owner's teammate, once")
    func unassigned() async throws {
      let story = try Self.story()
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let stranger = story.person("b@example.com")
      let teammate = story.teammate("Ann")
      let bob = story.teammate("Bob")
      try await story.begin()
      let conversation = story.conversation(person)
      let other = story.conversation(stranger)
      try await story.sync()
      #expect(story.assignee(of: conversation) == teammate)
      #expect(story.assignee(of: other) == nil)
      #expect(try await story.isAtRest())
      let history = try story.store.history(ofPerson: person, limit: 10)
      #expect(history.map(\.what).contains("assign"))
      // A person's decision stands: another teammate, or nobody.
      for choice in [bob, 0] {
        story.edit { _, intercom in intercom.assignConversation(conversation, admin: choice) }
        #expect(try await story.isAtRest())
      }
      #expect(story.assignee(of: conversation) == nil)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("A1: not what is old, closed, a teammate's, a team's, or in the AI agent's hands")
    func leftAlone() async throws {
      let story = try Self.story()
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      let team = story.intercom.addTeam(name: "Support", admins: [teammate])
      var old = ""
      story.world.past(1_800_000) {
        old = story.intercom.startConversation(from: person, "Old") ?? ""
      }
      try await story.begin()
      let conversations = (0..<4).map { story.conversation(person, "Number \($0)") }
      var agents = ""
      story.edit { _, intercom in
        intercom.closeConversation(conversations[0])
        intercom.assignConversation(conversations[1], team: team)
        intercom.snoozeConversation(conversations[2], until: story.world.now / 1000 + 86_400)
        agents = intercom.startConversation(from: person, "Robot?", withAIAgent: true) ?? ""
        intercom.addPart(to: old, "Still there?")
      }
      try await story.sync()
      #expect(story.assignee(of: conversations[3]) == teammate)
      for left in [old, agents] + conversations.prefix(3) {
        #expect(story.assignee(of: left) == nil)
      }
      // The agent hands over to people.
      story.edit { _, intercom in intercom.setAgent(of: agents, resolution: "escalated") }
      try await story.sync()
      #expect(story.assignee(of: agents) == teammate)
    }

    @EventLoop
    @Test("A1: somebody who takes it in the meantime keeps it")
    func taken() async throws {
      let story = try Self.story()
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      _ = story.teammate("Ann")
      let bob = story.teammate("Bob")
      try await story.begin()
      let conversation = story.conversation(person)
      // Between the search and the delivery.
      var isTaken = false
      story.world.faultAt = { request, _ in
        guard !isTaken, request.method == .get, request.url.contains("/conversations/") else {
          return nil
        }
        isTaken = true
        story.intercom.assignConversation(conversation, admin: bob)
        return nil
      }
      try await story.sync()
      #expect(isTaken && story.assignee(of: conversation) == bob)
      #expect(try await story.isAtRest())
      #expect(story.assignee(of: conversation) == bob)
    }

    @EventLoop
    @Test("A1 E1: no teammate, or one without a seat, is one entry an owner, and heals by itself")
    func missing() async throws {
      let story = try Self.story()
      let ann = story.user("Ann")
      let bob = story.user("Bob")
      _ = story.lead("a@example.com", owner: ann)
      _ = story.lead("b@example.com", owner: bob)
      let people = ["a", "b"].map { story.person("\($0)@example.com") }
      let seatless = story.teammate("Bob", hasSeat: false)
      try await story.begin()
      let ofAnn = (0..<3).map { story.conversation(people[0], "Number \($0)") }
      let ofBob = (0..<2).map { story.conversation(people[1], "Number \($0)") }
      try await story.sync()
      #expect(try story.open() == ["IC-NO-TEAMMATE", "IC-TEAMMATE-WITHOUT-SEAT"])
      // What waits holds up nothing else of these people.
      story.edit { salesforce, _ in
        for lead in salesforce.ids(of: "Lead") { salesforce.update(lead, ["Title": "Boss"]) }
      }
      try await story.sync()
      #expect(people.map { story.value($0, "TITLE") } == ["Boss", "Boss"])
      var teammate = 0
      story.edit { _, intercom in
        teammate = intercom.addAdmin(name: "Ann", email: "Ann@Example.com")
        intercom.setAdmin(seatless, hasSeat: true)
        intercom.closeConversation(ofAnn[2])
      }
      await story.simulation.advance(minutes: 25)
      #expect(ofAnn.prefix(2).allSatisfy { story.assignee(of: $0) == teammate })
      #expect(story.assignee(of: ofAnn[2]) == nil)
      #expect(ofBob.allSatisfy { story.assignee(of: $0) == seatless })
      #expect(try story.open() == [])
      #expect(try story.store.outboxCounts().parked == 0)
    }

    @EventLoop
    @Test("A1: a lost answer assigns once, and nobody else's choice is undone")
    func lostAnswer() async throws {
      let story = try Self.story()
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      try await story.begin()
      let conversation = story.conversation(person)
      var left = 2
      story.world.faultAt = { request, _ in
        guard left > 0, request.method == .post, request.url.hasSuffix("/parts") else { return nil }
        left -= 1
        return left == 1 ? .resetBefore : .resetAfter
      }
      try await story.sync()
      await story.simulation.advance(minutes: 5)
      #expect(story.assignee(of: conversation) == teammate)
      let parts = story.intercom.conversation(conversation)?["conversation_parts"]
      let assignments = parts?["conversation_parts"]?.array?.filter {
        $0["part_type"]?.string == "assignment"
      }
      #expect(assignments?.count == 1)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("A1: 'assign' by hand tells who has it, and why not")
    func asked() async throws {
      let story = try Self.story(AssignSettings())
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let nobody = story.person("nobody@example.com")
      try await story.begin()
      let conversation = story.conversation(person)
      let empty = story.conversation(nobody)
      guard case .refused(let lack) = try await story.assign(conversation) else {
        Issue.record("assigned to nobody")
        return
      }
      #expect(lack.code == "IC-NO-TEAMMATE")
      await story.simulation.advance(minutes: 2)
      let teammate = story.teammate("Ann")
      #expect(try await story.assign(conversation) == .assigned(String(teammate)))
      #expect(story.assignee(of: conversation) == teammate)
      #expect(try await story.assign(conversation) == .exists(String(teammate)))
      guard case .refused(let none) = try await story.assign(empty) else {
        Issue.record("assigned without a record")
        return
      }
      #expect(none.code == "ASSIGN-NO-RECORD")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("A2: the person's owner follows the record's, edits by hand are put back, no echo")
    func people() async throws {
      let story = try Self.story(AssignSettings(assignsPeople: true))
      let ann = story.user("Ann")
      let bob = story.user("Bob")
      let zoe = story.user("Zoe")
      let lead = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let unlinked = story.person("b@example.com")
      let teammates = ["Ann", "Bob"].map { String(story.teammate($0)) }
      try await story.begin()
      #expect(story.teammate(of: person) == teammates[0])
      #expect(try await story.isAtRest())
      story.edit { salesforce, _ in salesforce.update(lead, ["OwnerId": bob]) }
      try await story.sync()
      #expect(story.teammate(of: person) == teammates[1])
      story.edit { _, intercom in
        intercom.update(person, "owner_id", .string(teammates[0]))
        intercom.update(unlinked, "owner_id", .string(teammates[0]))
      }
      try await story.sync()
      #expect(story.teammate(of: person) == teammates[1])
      #expect(story.teammate(of: unlinked) == teammates[0])
      #expect(try await story.isAtRest())
      // Nobody is there for this one: the person is left as it is, and one entry says so.
      story.edit { salesforce, _ in salesforce.update(lead, ["OwnerId": zoe]) }
      try await story.sync()
      #expect(story.teammate(of: person) == teammates[1])
      #expect(try story.open() == ["IC-NO-TEAMMATE"])
      let newcomer = String(story.teammate("Zoe"))
      await story.simulation.advance(minutes: 15)
      #expect(story.teammate(of: person) == newcomer)
      #expect(try story.open() == [])
      #expect(try await story.isAtRest())
    }
  }
}
