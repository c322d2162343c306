import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

extension EngineTests {
  @Suite struct OperationStories {
    /// Thirty leads and contacts, half of them with a person.
    @EventLoop private func world(
      _ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }
    ) throws -> Story {
      let story = try Story(salesforce: change)
      for number in 0..<15 {
        _ = story.lead("p\(number)@example.com")
        _ = story.contact("p\(number + 10)@example.com")
        _ = story.person("p\(number)@example.com")
      }
      return story
    }

    @EventLoop private func problems(_ story: Story) -> [String] {
      story.world.tick()
      return Oracle(ledger: story.ledger, preference: story.simulation.preference).problems()
    }

    @EventLoop
    @Test("I1: REST, Bulk, and Bulk refused come to the same", arguments: [10_000, 5, 4])
    func ways(bulkAbove: Int) async throws {
      let story = try world { if bulkAbove == 4 { $0.bulk.jobsPerDay = 1 } }
      story.simulation.settings.bulkAbove = bulkAbove
      try await story.begin()
      #expect(problems(story) == [])
      #expect(story.puts == 15)
      #expect((story.salesforce.counts[.bulk] ?? 0 > 0) == (bulkAbove < 100))
      #expect(try story.engine.initialProgress().phase == .done)
    }

    @EventLoop
    @Test("I3 O1: killed at any call of the initial sync, it ends the same", arguments: 1...48)
    func killed(call: Int) async throws {
      let story = try world()
      if call % 2 == 0 { story.simulation.settings.bulkAbove = 5 }
      try story.simulation.start()
      _ = await story.world.clock.run(until: { story.world.callCount >= call })
      try story.simulation.kill()
      try story.simulation.start()
      await story.simulation.advance(minutes: 20)
      #expect(problems(story) == [])
      #expect(story.intercom.events.isEmpty)
      // Those whose answer was lost are written once more, nobody else.
      #expect((15...15 + Deliverer.callsMax).contains(story.puts), "\(story.puts) writes")
      #expect(story.ledger.people.allSatisfy { story.intercom.putCount(of: $0) <= 2 })
      #expect(try story.open() == [])
    }

    // MARK: The guard

    @EventLoop private func many() async throws -> (Story, leads: [String], bob: String) {
      let story = try Story()
      let ann = story.user("Ann")
      let bob = story.user("Bob")
      let leads = (0..<40).map { story.lead("p\($0)@example.com", owner: ann) }
      for number in 0..<40 { _ = story.person("p\(number)@example.com") }
      try await story.begin()
      #expect(story.puts == 40)
      return (story, leads, bob)
    }

    @EventLoop
    @Test("G1: too many moves stop before writing, and --yes lets them through")
    func guarded() async throws {
      let (story, leads, bob) = try await many()
      story.edit { salesforce, _ in
        for lead in leads.prefix(30) { salesforce.update(lead, ["OwnerId": bob]) }
      }
      try await story.sync()
      #expect(story.puts == 40 && story.intercom.events.isEmpty)
      #expect(try story.engine.state() == .guarded)
      #expect(try story.open() == ["SYNC-GUARD"])
      #expect(try story.store.deliveries(after: 0, limit: 99).count == 60)
      try await story.sync(isForced: true)
      #expect(story.puts == 70 && story.intercom.events.count == 30)
      #expect(try story.open() == [])
      #expect(try story.engine.state() == .idle)
    }

    @EventLoop
    @Test("G1: mended at its source, the guard lets go by itself and nothing was ever said")
    func mended() async throws {
      let (story, leads, bob) = try await many()
      let ann = try #require(story.salesforce.value(leads[0], "OwnerId"))
      story.edit { salesforce, _ in
        for lead in leads { salesforce.update(lead, ["OwnerId": bob]) }
      }
      try await story.sync()
      #expect(try story.engine.state() == .guarded)
      story.edit { salesforce, _ in
        for lead in leads { salesforce.update(lead, ["OwnerId": ann]) }
      }
      try await story.sync()
      #expect(try story.engine.state() == .idle)
      #expect(try story.open() == [])
      #expect(story.puts == 40 && story.intercom.events.isEmpty)
    }

    @EventLoop
    @Test("G1: 25 of 40 are too many, 24 or a small share are not", arguments: [24, 25])
    func threshold(moves: Int) async throws {
      let (story, leads, bob) = try await many()
      story.edit { salesforce, _ in
        for lead in leads.prefix(moves) { salesforce.update(lead, ["OwnerId": bob]) }
      }
      try await story.sync()
      #expect(story.puts == (moves == 24 ? 64 : 40))
    }

    @EventLoop
    @Test("G1: polls in the middle of a reconciliation do not let go what it holds")
    func guardedFull() async throws {
      let (story, leads, bob) = try await many()
      story.simulation.settings.reconcileEvery = nil
      // Changes that no poll sees: their stamps lie far behind the cursor when they appear.
      story.edit { salesforce, _ in
        for lead in leads { salesforce.update(lead, ["OwnerId": bob], visibleAfter: 3_600_000) }
      }
      await story.simulation.advance(minutes: 70)
      #expect(story.puts == 40)
      try await story.sync(isFull: true)
      #expect(story.puts == 40)
      #expect(try story.engine.state() == .guarded)
    }

    @EventLoop
    @Test("G2: another org or workspace than the store's is refused before anything is read")
    func pinned() async throws {
      let story = try world()
      try await story.begin()
      try await story.simulation.stop()
      story.intercom.settings.workspaceID = "other"
      try story.simulation.start()
      await story.simulation.advance(minutes: 5)
      #expect(try story.open() == ["IC-OTHER-WORKSPACE"])
      try await story.simulation.stop()
      story.intercom.settings.workspaceID = "l4wp0knn"
      try story.simulation.start()
      await story.simulation.advance(minutes: 5)
      #expect(try story.open() == [])
      let store = try story.store
      try store.transaction { try store.set("org_id", "00D000000000000AAA") }
      try await story.simulation.stop()
      try story.simulation.start()
      let polls = story.salesforce.counts[.composite]
      await story.simulation.advance(minutes: 20)
      #expect(try story.open() == ["SF-OTHER-ORG"])
      #expect(story.salesforce.counts[.composite] == polls)
    }

    // MARK: Errors

    @EventLoop
    @Test("E1 E2: what is refused is parked, tried again with new data, and closes by itself")
    func parked() async throws {
      let story = try Story()
      let leads = ["a", "b"].map { story.lead("\($0)@example.com") }
      let people = ["a", "b"].map { story.person("\($0)@example.com") }
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.isPut && request.concerns(people[0]) ? .status(422) : nil
      }
      story.edit { salesforce, _ in salesforce.update(leads[0], ["Title": "Boss"]) }
      try await story.sync()
      let calls = story.world.callCount
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.world.callCount - calls < 20)
      #expect(try story.open() == ["IC-REFUSED"])
      #expect(try story.store.outboxCounts().parked == 1)
      story.world.faultAt = nil
      story.edit { salesforce, _ in salesforce.update(leads[0], ["Title": "Chief"]) }
      try await story.sync()
      #expect(story.value(people[0], "TITLE") == "Chief")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: a refused event closes its entry when it is sent on demand")
    func parkedEvent() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.url.hasSuffix("/events") ? .status(400) : nil
      }
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      #expect(try story.open() == ["IC-REFUSED"])
      story.edit { salesforce, _ in salesforce.update(lead, ["Status": "Working - Contacted"]) }
      story.world.faultAt = nil
      try await story.sync()
      #expect(try story.open() == ["IC-REFUSED"])
      try await story.ask { _ = try $0.retryParked(person: nil) }
      #expect(story.changes(of: person, "sf-title") == ["CEO>Boss"])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: a refusal of someone who then loses the link is no open entry any more")
    func parkedUnlinked() async throws {
      let story = try Story()
      try await story.begin()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      story.world.faultAt = { request, _ in request.isPut ? .status(422) : nil }
      try await story.sync()
      #expect(try story.open() == ["IC-REFUSED"])
      story.edit { salesforce, _ in salesforce.delete(lead) }
      try await story.sync()
      #expect(try story.open() == [])
      #expect(try story.store.deliveries(of: person) == [])
    }

    @EventLoop
    @Test("E2: a passing outage parks nothing, and one entry says so while it lasts")
    func passing() async throws {
      let story = try world()
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.url.hasPrefix(SimulatedWorld.baseURL) ? nil : .status(503)
      }
      story.edit { salesforce, _ in
        for lead in story.ledger.records { salesforce.update(lead, ["Title": "Boss"]) }
      }
      await story.simulation.advance(minutes: 60)
      #expect(try story.open() == ["IC-SERVER"])
      #expect(try story.store.outboxCounts().parked == 0)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 40)
      #expect(problems(story) == [])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E2: a broken side stops, is probed, is one entry, and nothing is lost")
    func broken() async throws {
      let story = try world()
      try await story.begin()
      story.intercom.refuseToken(code: "token_revoked")
      story.edit { salesforce, _ in
        for lead in story.ledger.records { salesforce.update(lead, ["Title": "Boss"]) }
      }
      let calls = story.intercom.calls.values.reduce(0, +)
      await story.simulation.advance(minutes: 120)
      #expect(story.intercom.calls.values.reduce(0, +) - calls < 60)
      #expect(try story.open() == ["IC-TOKEN"])
      #expect(try story.engine.state() == .degraded)
      #expect(try story.store.outboxCounts().parked == 0)
      story.intercom.refuseToken(code: nil)
      await story.simulation.advance(minutes: 40)
      #expect(problems(story) == [])
      #expect(try story.open() == [])
      let told = story.simulation.occurrences.filter { $0.kind == .sideBroken }
      #expect(told.count == 1, "\(told.map(\.sentence))")
    }

    @EventLoop
    @Test("E2: a reading that is refused for a reason unknown is a sick side, not a tight loop")
    func refusedReading() async throws {
      let story = try world()
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.url.hasSuffix("/contacts/search") ? .status(422) : nil
      }
      let calls = story.salesforce.apiCalls
      await story.simulation.advance(minutes: 120)
      #expect(story.salesforce.apiCalls - calls < 40)
      #expect(try story.open() == ["IC-REFUSED"])
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 40)
      #expect(try story.open() == [])
    }

    // MARK: Operation

    @EventLoop
    @Test("O4: a lost store is built anew from what is found, without a write or an event")
    func lost() async throws {
      let story = try world()
      try await story.begin()
      try await story.simulation.stop()
      story.edit { salesforce, _ in
        salesforce.update(story.ledger.records[0], ["Title": "Boss"])
      }
      story.simulation.loseStore()
      let before = story.puts
      try story.simulation.start()
      await story.simulation.advance(minutes: 20)
      #expect(problems(story) == [])
      #expect(story.puts == before + 1)
      #expect(story.intercom.events.isEmpty)
    }

    @EventLoop
    @Test("O4: a clock that is set back by hours holds no delivery up")
    func clock() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.world.faultAt = { request, _ in request.isPut ? .status(503) : nil }
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      story.world.clock.jump(wall: -8 * 3_600_000)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 30)
      #expect(story.value(person, "TITLE") == "Boss")
    }

    @EventLoop
    @Test("E2: a token that one reading refuses breaks the side once, until that is read")
    func refusedSearch() async throws {
      let story = try world()
      try await story.begin()
      story.world.faultAt = { request, _ in
        request.url.contains("/contacts/search") ? .status(401) : nil
      }
      await story.simulation.advance(minutes: 40)
      #expect(story.told(.sideBroken) == 1)
      #expect(story.told(.sideRecovered) == 0)
      #expect(try story.open() == ["IC-TOKEN"])
      let calls = story.world.callCount
      await story.simulation.advance(minutes: 20)
      #expect(story.world.callCount - calls < 60, "the gap between two tries grows")
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 40)
      #expect(story.told(.sideRecovered) == 1)
      #expect(try story.open().isEmpty)
    }
  }
}
