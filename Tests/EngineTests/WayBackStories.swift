import Engine
import EventLoop
import Foundation
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// What holds of leads and fields as of everything else: merges, stops, the guard, the plan.
extension EngineTests {
  @Suite struct WayBackStories {
    @EventLoop
    @Test("S9: a poll that is wanted while one is under way is not put off by its interval")
    func wantedMeanwhile() async throws {
      let story = try Story.withTasks()
      try await story.begin()
      let engine = try story.engine
      let before = Self.polls(story)
      var isAsked = false
      story.world.faultAt = { request, _ in
        if !isAsked, request.url.hasSuffix("/conversations/search") {
          isAsked = true
          engine.probeSides()
        }
        return nil
      }
      try await story.sync()
      #expect(isAsked)
      // The one that was asked for, and the one that was wanted meanwhile; no third one.
      await story.simulation.advance(seconds: 60)
      #expect(Self.polls(story) == before + 2)
    }

    @EventLoop private static func polls(_ story: Story) -> Int {
      story.simulation.occurrences.count { $0.kind == .pollFinished }
    }

    @EventLoop
    @Test(
      "S3 S4: another attribute name, set while the daemon was stopped, reaches everybody at once")
    func renamedAttribute() async throws {
      let story = try Story()
      story.simulation.settings.reconcileEvery = nil
      let lead = story.lead("a@example.com", ["Title": "CTO"])
      let person = story.person("a@example.com")
      let other = story.person("b@example.com")
      try await story.begin()
      #expect(story.record(of: person) == lead)
      // Longer ago than the days that a poll's search brings along.
      await story.simulation.advance(minutes: 4 * 24 * 60 + 120)
      story.edit { _, intercom in intercom.update(other, "name", .string("Other")) }
      await story.simulation.advance(minutes: 15)
      try await story.restart { $0.attributeNames[.title] = "SALESFORCE_JOB" }
      await story.simulation.advance(minutes: 2)
      #expect(story.value(person, "JOB") == "CTO")
    }

    @EventLoop
    @Test("Q3: a field that is not empty is left, and stays empty once sales has emptied it")
    func baseOfTheRest() async throws {
      let story = try Story()
      story.simulation.settings.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      let lead = story.lead("a@example.com", ["NumberOfEmployees": "3"])
      let person = story.person("a@example.com")
      story.grow(person, to: 7)
      try await story.begin()
      #expect(story.field(lead, "NumberOfEmployees") == "3")
      story.edit { salesforce, _ in salesforce.update(lead, ["NumberOfEmployees": nil]) }
      try await story.sync()
      try await story.sync(isFull: true)
      try await story.restart()
      try await story.sync(isFull: true)
      #expect(story.field(lead, "NumberOfEmployees") == nil)
      story.grow(person, to: 8)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "8")
    }

    @EventLoop
    @Test("M5 L1: what had happened to a lead that is merged into a user goes with it")
    func merged() async throws {
      let story = try Story.withRule { $0.leads.tag = "send-to-salesforce" }
      let visitor = story.person("a@example.com", role: .lead)
      try await story.begin()
      story.grow(visitor)
      try await story.sync()
      let lead = try #require(story.leads.first)
      let user = story.person("a@example.com", name: "A")
      story.edit { salesforce, intercom in
        salesforce.delete(lead)
        intercom.merge(visitor, into: user)
      }
      await story.simulation.advance(minutes: 12)
      story.grow(user)
      story.edit { _, intercom in intercom.tag(user, "send-to-salesforce") }
      await story.simulation.advance(minutes: 150)
      #expect(try story.store.person(visitor) == nil)
      #expect(story.leads.isEmpty, "sales deleted it")
    }

    @EventLoop
    @Test("O3 L6: told to stop, what is in flight is settled, and nothing new is begun")
    func stop() async throws {
      let story = try Story.withRule()
      let people = (0..<40).map { story.person("p\($0)@example.com", name: "P \($0)") }
      try await story.begin()
      for person in people { story.grow(person) }
      try await story.simulation.sync()
      await story.world.clock.advance(milliseconds: 120)
      let before = story.world.clock.uptime
      try await story.simulation.stop()
      #expect(story.world.clock.uptime - before < 10_000)
      let made = story.leads.count
      #expect(made < 40)
      try story.simulation.start()
      await story.simulation.advance(minutes: 2)
      #expect(story.leads.count == 40)
      #expect(people.allSatisfy { story.record(of: $0) != nil })
    }

    @EventLoop
    @Test("G1 L1: what a guarded cycle would make of leads is held with the rest, and goes with it")
    func guarded() async throws {
      let story = try Story.withRule()
      let leads = (0..<30).map { story.lead("p\($0)@example.com") }
      let people = (0..<30).map { story.person("p\($0)@example.com", name: "P \($0)") }
      let other = story.person("other@example.com", name: "Other")
      try await story.begin()
      story.edit { salesforce, _ in for lead in leads { salesforce.delete(lead) } }
      story.grow(other)
      try await story.sync()
      #expect(try story.engine.state() == .guarded)
      #expect(story.leads.isEmpty)
      #expect(story.record(of: people[0]) == leads[0])
      let held = try story.store.salesforceDeliveries(of: other)
      #expect(held.map(\.state) == [.held])
      try await story.sync(isForced: true)
      #expect(story.leads.count == 1)
      #expect(story.record(of: other) == story.leads.first)
    }

    @EventLoop
    @Test("O2: a plan on a copy shows the leads and fields that are owed, and nothing is written")
    func plan() async throws {
      let story = try Story.withRule {
        $0.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      }
      let lead = story.lead("linked@example.com")
      let linked = story.person("linked@example.com", name: "L")
      let other = story.person("other@example.com", name: "O")
      try await story.begin()
      story.grow(linked)
      story.grow(other)
      await story.simulation.advance(seconds: 2)
      let path = "\(NSTemporaryDirectory())/plan-\(UUID().uuidString).db"
      defer {
        for suffix in ["", "-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: path + suffix)
        }
      }
      let store = try story.store
      let parts = try story.engine.parts
      let before = story.writes
      var planned: Result<[SalesforceDelivery], any Error>?
      Task { @EventLoop in
        do {
          try await store.copy(to: path) { await EventLoop.nextTurn() }
          let copy = try Store.open(path: path, settings: store.settings).store
          let copied = try parts.with(store: copy)
          _ = try await Cycle(copied, planner: Planner(copied), isDry: true).poll(
            isAsked: true, isDeep: true)
          planned = .success(try copy.salesforceDeliveries(after: 0, limit: 9))
        } catch {
          planned = .failure(error)
        }
      }
      _ = await story.world.clock.run { planned != nil }
      let deliveries = try #require(try planned?.get())
      #expect(Set(deliveries.map(\.kind)) == [.lead, .fields])
      #expect(deliveries.allSatisfy { $0.state == .held })
      #expect(deliveries.first { $0.kind == .lead }?.personID == other)
      #expect(deliveries.first { $0.kind == .fields }?.recordID == lead)
      #expect(story.writes == before)
    }

    @EventLoop
    @Test("O4 L1a Q3: after the store is lost no lead is repeated, and nothing is overwritten")
    func lostStore() async throws {
      let story = try Story.withRule {
        $0.leads.tag = "send-to-salesforce"
        $0.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      }
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      try await story.begin()
      story.grow(people[0])
      story.edit { _, intercom in intercom.tag(people[1], "send-to-salesforce") }
      try await story.sync()
      #expect(story.leads.count == 2)
      let first = try #require(story.leads(of: "a@example.com").first)
      let second = try #require(story.leads(of: "b@example.com").first)
      story.edit { salesforce, _ in
        salesforce.update(first, ["NumberOfEmployees": "1"])
        salesforce.delete(second)
      }
      try await story.simulation.stop()
      story.simulation.loseStore()
      try story.simulation.start()
      await story.simulation.advance(minutes: 5)
      try await story.sync(isFull: true)
      #expect(story.leads == [first])
      #expect(story.field(first, "NumberOfEmployees") == "1")
      #expect(story.record(of: people[0]) == first)
    }

    @EventLoop
    @Test("E2: what was refused is tried again under another configuration, without being asked")
    func configuration() async throws {
      let story = try Story.withRule()
      story.salesforce.defineField(
        .custom("Region__c", .picklist, values: ["North"], isRequired: true), on: "Lead")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.grow(person)
      try await story.sync()
      #expect(try story.open() == ["LEAD-REQUIRED-FIELD"])
      try await story.restart { $0.leads.defaults = ["Region__c": .text("North")] }
      await story.simulation.advance(minutes: 6)
      #expect(story.field(story.leads.first, "Region__c") == "North")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S8 E2: an outage of Salesforce's writes keeps nobody from Intercom, and heals by itself")
    func outage() async throws {
      let story = try Story.withRule()
      let lead = story.lead("b@example.com")
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      try await story.begin()
      var isOut = true
      story.world.answer = { request in
        guard isOut, request.method == .post, request.url.hasSuffix("/sobjects/Lead/") else {
          return nil
        }
        return .refused
      }
      story.grow(people[0])
      try await story.sync()
      await story.simulation.advance(minutes: 10)
      #expect(try story.open() == ["SF-UNREACHABLE"])
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      #expect(story.value(people[1], "TITLE") == "Boss")
      isOut = false
      await story.simulation.advance(minutes: 30)
      #expect(story.leads(of: "a@example.com").count == 1)
      #expect(try story.open() == [])
    }
  }
}
