import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Mapped attributes whose mapping changes, and values that name what is not there (Q1 to Q3).
extension EngineTests {
  @Suite struct MappingStories {
    private static let plan = "custom_attributes.plan"

    @EventLoop private static func story(_ field: String = "Plan__c") throws -> Story {
      let story = try Story.withRule {
        $0.leads.rules = []
        $0.mapping = [plan: field, "custom_attributes.company_size": "NumberOfEmployees"]
      }
      for name in ["Plan__c", "Other__c"] {
        story.salesforce.defineField(.custom(name, .string, length: 40), on: "Lead")
      }
      return story
    }

    @EventLoop private static func set(_ story: Story, _ person: String, _ text: String) {
      story.edit { _, intercom in intercom.setAttribute(person, "plan", .string(text)) }
    }

    /// Starts again with that mapping of `plan`, and lets everybody be read by it.
    @EventLoop private static func map(_ story: Story, to field: String?) async throws {
      try await story.restart { $0.mapping[plan] = field }
      try await story.sync(isFull: true)
      await story.simulation.advance(minutes: 12)
    }

    nonisolated private static func isPatch(_ request: Request) -> Bool {
      request.method == .patch && request.url.contains("/composite/sobjects")
    }

    @EventLoop
    @Test("S9: what the answer to a write tells of a person is planned soon, not by the next poll")
    func newsOfAWrite() async throws {
      let story = try Story(intercom: { $0.searchLagMilliseconds = 170_000 })
      story.simulation.settings.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      await story.simulation.advance(minutes: 20)
      // The search does not show the person's change yet, the answer to the write does.
      story.grow(person, to: 7)
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "CTO"]) }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "CTO")
      #expect(story.field(lead, "NumberOfEmployees") == "7")
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test(
      "Q2 E1: a value that names what is not there is refused as that value, not sent again and again",
      arguments: ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"])
    func missingReference(_ code: String) async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      var refused = 0
      story.world.answer = { request in
        guard Self.isPatch(request), let body = request.body,
          String(decoding: body, as: UTF8.self).contains("nowhere")
        else { return nil }
        refused += 1
        let answer =
          "[{\"id\":\"\(lead)\",\"success\":false,\"errors\":[{\"statusCode\":\"\(code)\","
          + "\"message\":\"no such record\",\"fields\":[\"Plan__c\"]}]}]"
        return .answer(
          Response(
            status: 200, headers: ["Content-Type": "application/json"], body: Array(answer.utf8)))
      }
      Self.set(story, person, "nowhere")
      story.grow(person, to: 7)
      try await story.sync()
      await story.simulation.advance(minutes: 5)
      #expect(refused == 1)
      #expect(story.field(lead, "NumberOfEmployees") == "7")
      #expect(try story.open().count == 1)
      #expect(try story.store.outboxCounts().pending == 0)
      Self.set(story, person, "somewhere")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "somewhere")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("Q3: an attribute that is mapped again fills only what is empty, whatever it was before")
    func mappedAgain() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      Self.set(story, person, "a")
      try await story.begin()
      #expect(story.field(lead, "Plan__c") == "a")
      try await Self.map(story, to: nil)
      Self.set(story, person, "b")
      story.edit { salesforce, _ in salesforce.update(lead, ["Plan__c": "theirs"]) }
      try await story.sync()
      try await Self.map(story, to: "Plan__c")
      #expect(story.field(lead, "Plan__c") == "theirs")
      Self.set(story, person, "c")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "c")
    }

    @EventLoop
    @Test("Q3: an attribute that is mapped to another field fills that one where it is empty")
    func mappedElsewhere() async throws {
      let story = try Self.story()
      let empty = story.lead("a@example.com")
      let full = story.lead("b@example.com", ["Other__c": "theirs"])
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      for person in people { Self.set(story, person, "ours") }
      try await story.begin()
      #expect(story.field(full, "Plan__c") == "ours")
      try await Self.map(story, to: "Other__c")
      #expect(story.field(empty, "Other__c") == "ours")
      #expect(story.field(full, "Other__c") == "theirs")
    }

    @EventLoop
    @Test("Q3 E1: what was refused of an attribute is forgotten with its mapping")
    func unmapped() async throws {
      let story = try Self.story()
      _ = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      Self.set(story, person, String(repeating: "long ", count: 20))
      try await story.sync()
      #expect(try story.open() == ["MAP-TOO-LONG"])
      try await story.restart { $0.mapping = [:] }
      try await story.sync(isFull: true)
      #expect(try story.open() == [])
    }
  }
}
