import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct ConversationStories {
    @EventLoop
    @Test(
      "T1 O1: a conversation that cannot be read for a while is not lost, nor does it hold others")
    func unreadable() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let sick = story.conversation(person, "Sick")
      let well = story.conversation(person, "Well")
      story.tag(sick)
      story.tag(well)
      story.world.faultAt = { request, _ in
        request.method == .get && request.url.hasSuffix("/conversations/\(sick)")
          ? .status(500) : nil
      }
      try await story.sync()
      #expect(story.tasks(on: lead).map { story.task($0, "Subject") } == ["Intercom: Well"])
      // Longer than the overlap, and over a restart.
      await story.simulation.advance(minutes: 40)
      try story.simulation.kill()
      try story.simulation.start()
      await story.simulation.advance(minutes: 6)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 12)
      #expect(
        story.tasks(on: lead).compactMap { story.task($0, "Subject") }.sorted()
          == ["Intercom: Sick", "Intercom: Well"])
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test(
      "S8: what conversations lack a permission for holds up no attributes, and heals by itself")
    func forbidden() async throws {
      let story = try Story.withTasks(settings: { $0.assign.assignsConversations = true })
      let ann = story.user("Ann")
      let lead = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      _ = story.teammate("Ann")
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.url.contains("/conversations") ? .status(403) : nil
      }
      let conversation = story.conversation(person)
      story.tag(conversation)
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "Boss")
      #expect(try story.open().count == 1)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 30)
      #expect(story.tasks(on: lead).count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("T1 L1: a conversation tagged while its person is about to become a lead is logged on it")
    func becoming() async throws {
      let story = try Story.withTasks(settings: {
        $0.leads.tag = "lead"
        $0.assign.assignsConversations = true
      })
      let person = story.person("new@example.com")
      _ = story.intercom.addTag("lead")
      try await story.begin()
      let conversation = story.conversation(person, "I want to buy")
      story.tag(conversation)
      story.edit { _, intercom in intercom.tag(person, "lead") }
      try await story.sync()
      await story.simulation.advance(minutes: 8)
      let lead = try #require(story.record(of: person))
      #expect(story.tasks(on: lead).count == 1)
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 1)
    }

    @EventLoop
    @Test("T1: people of a group conversation bring their records, each record once")
    func group() async throws {
      let story = try Story.withTasks()
      let leads = ["a", "b"].map { story.lead("\($0)@example.com") }
      let shared = story.contact("b@example.com")
      let people = ["a", "b", "b"].map { story.person("\($0)@example.com") }
      try await story.begin()
      let conversation = story.conversation(people[0])
      story.edit { _, intercom in
        for person in people.dropFirst() { intercom.addContact(person, to: conversation) }
      }
      story.tag(conversation)
      try await story.sync()
      for record in leads + [shared] { #expect(story.tasks(on: record).count == 1) }
      #expect(story.tasks.count == 3)
    }

    @EventLoop
    @Test(
      "M7 T1: a pinned record comes first, whatever its address; tasks of a converted one move on")
    func pinned() async throws {
      let story = try Story.withTasks(onClose: true)
      let pinned = story.lead("elsewhere@example.com")
      let match = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      try await story.ask { try $0.pin(person, to: pinned) }
      let conversation = story.conversation(person, "First")
      story.tag(conversation)
      try await story.sync()
      #expect(story.tasks(on: pinned).count == 1 && story.tasks(on: match).count == 1)
      // What was logged on the lead went to its contact: it is not logged there again.
      var contact: String?
      story.edit { salesforce, _ in contact = salesforce.convert(lead: pinned) }
      try await story.sync()
      _ = story.part(conversation, "Second")
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      let texts = story.tasks(on: try #require(contact)).compactMap {
        story.task($0, "Description")
      }
      #expect(texts.count == 2)
      #expect(texts.filter { $0.contains("First") }.count == 1)
    }

    @EventLoop
    @Test(
      "T1: both readings of where a message's tag shows give one task", arguments: [true, false])
    func readings(showsOnConversation: Bool) async throws {
      let story = try Story.withTasks()
      story.intercom.settings.messageTagsShowOnConversation = showsOnConversation
      story.intercom.settings.tellsStatistics = showsOnConversation
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let second = story.part(conversation, "Second")
      story.tag(conversation, part: second)
      try await story.sync()
      #expect(story.tasks(on: lead).map { story.task($0, "Subject") } == ["Intercom: Second"])
      _ = story.part(conversation, "Third")
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 1)
    }

    @EventLoop
    @Test("T1: people whom the search brings late are met when somebody asks")
    func late() async throws {
      let story = try Story.withTasks()
      let ann = story.user("Ann")
      let lead = story.lead("a@example.com", owner: ann)
      let teammate = story.teammate("Ann")
      story.intercom.settings.searchLagMilliseconds = 0
      try await story.begin()
      let person = story.person("a@example.com")
      let conversation = story.conversation(person)
      #expect(try await story.assign(conversation) == .assigned(String(teammate)))
      #expect(try await story.createTask(conversation) == .created(story.tasks(on: lead)))
      #expect(story.tasks.count == 1)
      await story.simulation.advance(minutes: 1)
      #expect(story.record(of: person) == lead)
    }
  }
}
