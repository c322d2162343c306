import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct AssignmentTroubleStories {
    @EventLoop private static func story(_ settings: AssignSettings) throws -> Story {
      let story = try Story()
      story.simulation.settings.assign = settings
      return story
    }

    @EventLoop
    @Test("A1 A2: what waits when assignment is switched off stays undone, and its entries close")
    func switchedOff() async throws {
      let story = try Self.story(
        AssignSettings(assignsConversations: true, assignsPeople: true))
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person)
      try await story.sync()
      #expect(try story.open() == ["IC-NO-TEAMMATE"])
      try await story.simulation.stop()
      story.simulation.settings.assign = AssignSettings()
      _ = story.teammate("Ann")
      try story.simulation.start()
      try await story.ask { _ = try $0.retryParked(person: nil) }
      await story.simulation.advance(minutes: 15)
      #expect(story.assignee(of: conversation) == nil && story.teammate(of: person) == nil)
      #expect(try story.open() == [])
      #expect(try story.store.outboxCounts().parked == 0)
    }

    @EventLoop
    @Test("A1 A2: whom Intercom lists but refuses is not tried again until the list says otherwise")
    func refusedTeammate() async throws {
      let story = try Self.story(
        AssignSettings(assignsConversations: true, assignsPeople: true))
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      try await story.begin()
      var tries = 0
      let refusal = Response(
        status: 404, headers: ["Content-Type": "application/json"],
        body: Array(
          "{\"type\":\"error.list\",\"errors\":[{\"code\":\"assignee_not_found\",\"message\":\"\"}]}"
            .utf8))
      story.world.answer = { request in
        guard request.method == .post, request.url.hasSuffix("/parts") else { return nil }
        tries += 1
        return .answer(refusal)
      }
      let conversation = story.conversation(person)
      try await story.sync()
      #expect(tries == 1)
      await story.simulation.advance(minutes: 60)
      #expect(tries == 1)
      #expect(try story.open() == ["IC-NO-TEAMMATE"])
      story.world.answer = nil
      story.edit { _, intercom in intercom.setAdmin(teammate, hasSeat: false) }
      await story.simulation.advance(minutes: 25)
      #expect(story.assignee(of: conversation) == nil)
      story.edit { _, intercom in intercom.setAdmin(teammate, hasSeat: true) }
      await story.simulation.advance(minutes: 25)
      #expect(story.assignee(of: conversation) == teammate)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("A1 S1: while an owner has no teammate an idle poll costs no third call")
    func idle() async throws {
      let story = try Self.story(AssignSettings(assignsConversations: true))
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      try await story.begin()
      _ = story.conversation(person)
      try await story.sync()
      await story.simulation.advance(minutes: 12)
      let before = story.intercom.calls.values.reduce(0, +)
      await story.simulation.advance(minutes: 60)
      let calls = story.intercom.calls.values.reduce(0, +) - before
      #expect(calls <= 12 * 2 + 8, "\(calls)")
      #expect(try story.open() == ["IC-NO-TEAMMATE"])
    }

    @EventLoop
    @Test("A1 E1: an owner who is invited without a seat is told of as that")
    func invitedWithoutSeat() async throws {
      let story = try Self.story(AssignSettings(assignsConversations: true))
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      try await story.begin()
      _ = story.conversation(person)
      try await story.sync()
      #expect(try story.open() == ["IC-NO-TEAMMATE"])
      _ = story.teammate("Ann", hasSeat: false)
      await story.simulation.advance(minutes: 25)
      #expect(try story.open() == ["IC-TEAMMATE-WITHOUT-SEAT"])
    }

    @EventLoop
    @Test("O3: nothing is assigned by hand while writing is paused")
    func paused() async throws {
      let story = try Self.story(AssignSettings())
      let ann = story.user("Ann")
      _ = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      _ = story.teammate("Ann")
      try await story.begin()
      let conversation = story.conversation(person)
      try await story.ask { try $0.pause(true) }
      #expect(try await story.assign(conversation) == .failed("Writing is paused."))
      #expect(story.assignee(of: conversation) == nil)
    }
  }
}
