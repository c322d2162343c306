import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct ConversationTroubleStories {
    @EventLoop
    @Test("T1 A1: a tag counts and a conversation is assigned when its person's record comes later")
    func recordLater() async throws {
      let story = try Story.withTasks(settings: { $0.assign.assignsConversations = true })
      let ann = story.user("Ann")
      let teammate = story.teammate("Ann")
      let person = story.person("a@example.com")
      try await story.begin()
      try await story.simulation.stop()
      let conversation = story.conversation(person)
      story.tag(conversation)
      // Longer than the overlap.
      await story.simulation.advance(minutes: 90)
      try story.simulation.start()
      await story.simulation.advance(minutes: 30)
      #expect(story.tasks.isEmpty && story.assignee(of: conversation) == nil)
      let lead = story.lead("a@example.com", owner: ann)
      await story.simulation.advance(minutes: 15)
      #expect(story.tasks(on: lead).count == 1)
      #expect(story.assignee(of: conversation) == teammate)
      #expect(try story.open() == [])
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 1)
    }

    @EventLoop
    @Test("E1: a conversation that always fails holds no cursor, and is told of after an hour")
    func alwaysFailing() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let sick = story.conversation(person, "Sick")
      story.tag(sick)
      var reads = 0
      story.world.faultAt = { request, _ in
        guard request.method == .get, request.url.hasSuffix("/conversations/\(sick)") else {
          return nil
        }
        reads += 1
        return .status(500)
      }
      try await story.sync()
      #expect(try story.open() == [])
      await story.simulation.advance(minutes: 30)
      story.tag(story.conversation(person, "Well"))
      await story.simulation.advance(minutes: 20)
      let cursor = try #require(try story.store.cursor("conversations")?.since)
      #expect(cursor > story.world.now - 25 * 60_000)
      await story.simulation.advance(minutes: 60)
      #expect(try story.open() == ["IC-SERVER"])
      #expect(reads < 30)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 25)
      #expect(story.tasks(on: lead).count == 2)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S9: conversations that cannot be read hold up no change, and are not all tried")
    func outage() async throws {
      let story = try Story.withTasks()
      let leads = (0..<30).map { story.lead("p\($0)@example.com") }
      let people = (0..<30).map { story.person("p\($0)@example.com") }
      try await story.begin()
      let isRead: (Request) -> Bool = {
        $0.method == .get && $0.url.contains("/conversations/")
      }
      var reads = 0
      story.world.faultAt = { request, _ in
        guard isRead(request) else { return nil }
        reads += 1
        return .status(504)
      }
      story.world.delay = { isRead($0) ? 100_000 : nil }
      for person in people { story.tag(story.conversation(person)) }
      story.edit { salesforce, _ in salesforce.update(leads[0], ["Title": "Boss"]) }
      await story.simulation.advance(seconds: 2)
      let engine = try story.engine
      Task { @EventLoop in _ = await engine.sync(isFull: false, isForced: false) }
      await story.simulation.advance(seconds: 30)
      #expect(reads == 1)
      #expect(story.value(people[0], "TITLE") == "Boss")
      await story.simulation.advance(minutes: 10)
      #expect(reads < 15)
      story.world.faultAt = nil
      story.world.delay = nil
      await story.simulation.advance(minutes: 40)
      #expect(leads.allSatisfy { story.tasks(on: $0).count == 1 })
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: a conversation whose reading is refused keeps its tag, and its entry closes")
    func refused() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person)
      story.tag(conversation)
      story.world.faultAt = { request, _ in
        request.method == .get && request.url.hasSuffix("/conversations/\(conversation)")
          ? .status(422) : nil
      }
      try await story.sync()
      #expect(try story.open().count == 1)
      await story.simulation.advance(minutes: 40)
      story.world.faultAt = nil
      let entry = try #require(try story.store.errors(all: true, after: 0, limit: 1).first)
      #expect(entry.count == 1)
      try await story.ask { try $0.retry(entry) }
      await story.simulation.advance(minutes: 2)
      #expect(story.tasks(on: lead).count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: what conversations were refused for is closed where nobody wants them any more")
    func switchedOff() async throws {
      let story = try Story.withTasks()
      let person = story.person("a@example.com")
      try await story.begin()
      _ = story.conversation(person)
      story.world.faultAt = { request, _ in
        request.url.contains("/conversations") ? .status(403) : nil
      }
      try await story.sync()
      #expect(try story.open().count == 1)
      try await story.simulation.stop()
      story.simulation.settings.tasks = TaskSettings()
      try story.simulation.start()
      await story.simulation.advance(minutes: 10)
      #expect(try story.open() == [])
    }
  }
}
