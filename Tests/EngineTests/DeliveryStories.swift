import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct DeliveryStories {
    @EventLoop
    @Test("S6: a change of owner, status and title is one event each; first enrichment is none")
    func events() async throws {
      let story = try Story()
      let ann = story.user("Ann")
      let bob = story.user("Bob")
      let lead = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.intercom.events.isEmpty)
      var second: Int64 = 0
      story.edit { salesforce, _ in
        second = story.world.now / 1000
        salesforce.update(
          lead, ["OwnerId": bob, "Status": "Working - Contacted", "Title": "Boss"])
      }
      try await story.sync()
      #expect(story.changes(of: person, "sf-owner") == ["Ann>Bob"])
      #expect(
        story.changes(of: person, "sf-status") == ["Open - Not Contacted>Working - Contacted"])
      #expect(story.changes(of: person, "sf-title") == ["CEO>Boss"])
      #expect(story.events(of: person).allSatisfy { $0.createdAt == second })
      let metadata = try #require(story.events(of: person).first).metadata
      #expect(metadata.map(\.key) == ["from", "to", "salesforce_id", "object_type", "record"])
      #expect(metadata[2].value.string == lead)
      #expect(metadata[3].value.string == "Lead")
      #expect(metadata[4].value["url"]?.string == "\(SimulatedWorld.baseURL)/\(lead)")
      #expect(story.puts == 2)
    }

    @EventLoop
    @Test("S6: a link that moves to another record sends none")
    func moved() async throws {
      let story = try Story()
      _ = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let contact = story.contact("a@example.com", ["Title": "Boss"])
      try await story.sync()
      #expect(story.record(of: person) == contact)
      #expect(story.intercom.events.isEmpty)
    }

    @EventLoop
    @Test("S7: two changes of one kind in one second are a second apart")
    func oneSecond() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.edit { salesforce, _ in
        salesforce.update(lead, ["Title": "One"])
        salesforce.update(lead, ["Title": "Two"], visibleAfter: 120_000)
      }
      try await story.sync()
      await story.simulation.advance(minutes: 10)
      #expect(story.changes(of: person) == ["CEO>One", "One>Two"])
      let seconds = story.events(of: person).map(\.createdAt)
      #expect(seconds.count == 2 && seconds[1] == seconds[0] + 1)
    }

    @EventLoop
    @Test("S7: an event whose answer was lost is sent again as the very same one")
    func repeated() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      var isLost = false
      story.world.faultAt = { request, _ in
        guard request.url.hasSuffix("/events"), !isLost else { return nil }
        isLost = true
        return .resetAfter
      }
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      await story.simulation.advance(minutes: 5)
      #expect(story.changes(of: person) == ["CEO>Boss"])
      #expect(story.intercom.duplicateEvents == 1)
    }

    @EventLoop
    @Test("S8: changes that wait for one person become one write; their events all stay, in order")
    func merged() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let before = story.puts
      story.world.faultAt = { request, _ in
        request.isPut || request.url.hasSuffix("/events") ? .status(503) : nil
      }
      for title in ["One", "Two", "Three"] {
        story.edit { salesforce, _ in salesforce.update(lead, ["Title": title]) }
        try await story.sync()
      }
      #expect(story.puts == before)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 30)
      #expect(story.puts == before + 1)
      #expect(story.changes(of: person) == ["CEO>One", "One>Two", "Two>Three"])
      #expect(story.value(person, "TITLE") == "Three")
    }

    @EventLoop
    @Test("S8 E2: one refused person holds up nobody else")
    func others() async throws {
      let story = try Story()
      let leads = (0..<20).map { story.lead("p\($0)@example.com") }
      let people = (0..<20).map { story.person("p\($0)@example.com") }
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.isPut && request.concerns(people[3]) ? .status(422) : nil
      }
      story.edit { salesforce, _ in
        for lead in leads { salesforce.update(lead, ["Title": "Boss"]) }
      }
      try await story.sync()
      let done = people.filter { story.value($0, "TITLE") == "Boss" }
      #expect(done.count == 19 && !done.contains(people[3]))
      #expect(story.intercom.events.count == 20)
    }

    @EventLoop
    @Test("S8: what is owed to Intercom goes out while Salesforce is down, after a restart too")
    func otherSide() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.world.faultAt = { request, _ in request.isPut ? .status(503) : nil }
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      try story.simulation.kill()
      story.world.faultAt = { request, _ in
        request.url.hasPrefix(SimulatedWorld.baseURL) ? .refuse : nil
      }
      try story.simulation.start()
      await story.simulation.advance(minutes: 30)
      #expect(story.value(person, "TITLE") == "Boss")
      #expect(story.changes(of: person) == ["CEO>Boss"])
    }

    @EventLoop
    @Test("S8: people's attributes do not wait for events that the workspace refuses")
    func eventNames() async throws {
      let story = try Story(intercom: { $0.eventNameLimit = 0 })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      for title in ["One", "Two"] {
        story.edit { salesforce, _ in salesforce.update(lead, ["Title": title]) }
        try await story.sync()
      }
      #expect(story.value(person, "TITLE") == "Two")
      #expect(try story.open() == ["IC-EVENT-NAMES"])
      story.intercom.settings.eventNameLimit = 120
      await story.simulation.advance(minutes: 30)
      #expect(story.changes(of: person) == ["CEO>One", "One>Two"])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S9: a fresh change overtakes a long first enrichment")
    func freshFirst() async throws {
      let story = try Story(intercom: { $0.callsPerWindow = 20 })
      story.simulation.settings.pollEvery = 15_000
      story.simulation.settings.pollAtMost = 30_000
      let leads = (0..<200).map { story.lead("p\($0)@example.com") }
      let people = (0..<200).map { story.person("p\($0)@example.com") }
      try story.simulation.start()
      await story.simulation.advance(seconds: 40)
      let isWritten = { story.intercom.putCount(of: $0) > 0 }
      let index = try #require(people.firstIndex(where: isWritten))
      story.edit { salesforce, _ in salesforce.update(leads[index], ["Title": "Boss"]) }
      await story.simulation.advance(seconds: 45)
      #expect(story.changes(of: people[index]) == ["CEO>Boss"])
      #expect(story.value(people[index], "TITLE") == "Boss")
      let left = people.filter { !isWritten($0) }.count
      #expect(left > 20, "\(left) wait still")
      await story.simulation.advance(minutes: 10)
      #expect(people.allSatisfy(isWritten))
      #expect(story.intercom.answers[429] == nil)
    }

    @EventLoop
    @Test("M1: a link that ends while its first write is on its way leaves nothing behind")
    func inFlight() async throws {
      let story = try Story()
      try await story.begin()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      // The write gets there, its answer does not, until the lead is gone.
      var isDown = true
      story.world.faultAt = { request, _ in isDown && request.isPut ? .resetAfter : nil }
      try await story.sync()
      #expect(story.record(of: person) == lead)
      story.edit { salesforce, _ in salesforce.delete(lead) }
      try await story.sync()
      isDown = false
      await story.simulation.advance(minutes: 30)
      #expect(story.record(of: person) == nil)
      #expect(try story.store.outboxCounts().pending == 0)
    }
  }
}
