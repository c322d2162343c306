import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct AttributeStories {
    @EventLoop
    @Test("S1: an idle poll costs one Salesforce call and at most two Intercom calls")
    func costs() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.record(of: person) == lead)
      await story.simulation.advance(minutes: 30)
      let before = (story.salesforce.apiCalls, story.intercom.calls.values.reduce(0, +))
      await story.simulation.advance(minutes: 30)
      let polls = story.simulation.occurrences.filter { $0.kind == .pollFinished }.count
      #expect(polls >= 8)
      let used = (
        story.salesforce.apiCalls - before.0,
        story.intercom.calls.values.reduce(0, +) - before.1
      )
      #expect((5...6).contains(used.0), "\(used)")
      #expect(used.1 <= 2 * used.0, "\(used)")
    }

    @EventLoop
    @Test("S2: past its share the daemon waits and says so; what a person asks still goes through")
    func share() async throws {
      let story = try Story(salesforce: { $0.dailyLimit = 100 })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      await story.simulation.advance(minutes: 5 * 60)
      let calls = story.salesforce.apiCalls
      #expect((20...26).contains(calls), "\(calls) of 20 that are ours")
      #expect(try story.open() == ["SF-SHARE-USED"])
      // It waits; it is not ill, and says so once.
      #expect(try story.engine.state() == .idle)
      #expect(story.told(.budgetExhausted) == 1)
      #expect(story.told(.pollFailed) == 0)
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "Boss")
      // A day later the calls of today count no more.
      await story.simulation.advance(minutes: 25 * 60)
      #expect(story.salesforce.apiCalls > calls + 1)
      #expect(story.told(.budgetReleased) >= 1)
      // As often as it waited, or once less while it waits.
      #expect((0...1).contains(story.told(.budgetExhausted) - story.told(.budgetReleased)))
      #expect(story.told(.budgetExhausted) < 25)
    }

    @EventLoop
    @Test("S2: the interval stretches as the share is used up")
    func stretch() async throws {
      let story = try Story(salesforce: { $0.dailyLimit = 500 })
      _ = story.lead("a@example.com")
      try await story.begin()
      func polls(_ minutes: Double) async -> Int {
        let before = story.salesforce.apiCalls
        await story.simulation.advance(minutes: minutes)
        return story.salesforce.apiCalls - before
      }
      story.simulation.settings.reconcileEvery = nil
      let fast = await polls(60)
      await story.simulation.advance(minutes: 4 * 60)
      let slow = await polls(60)
      #expect(fast >= 11 && slow < fast, "\(fast) polls an hour, later \(slow)")
    }

    @EventLoop
    @Test("S3: leads, contacts, queues, roles and long titles stand as they should")
    func values() async throws {
      let story = try Story()
      let role = story.salesforce.createRole(name: "Sales & Co")
      let ann = story.user("Ann", role: role)
      let bob = story.user("Bob", title: "Account Executive")
      let queue = story.salesforce.createQueue(name: "Inbound <x>")
      let long = String(repeating: "a", count: 250) + "👨‍👩‍👧‍👦"
      let lead = story.lead("a@example.com", owner: queue, ["Title": long])
      let contact = story.contact("b@example.com", owner: ann, ["Title": nil])
      _ = story.lead("c@example.com", owner: bob)
      let people = ["a", "b", "c"].map { story.person("\($0)@example.com") }
      try await story.begin()
      #expect(story.value(people[0], "LEAD_STATUS") == "Open - Not Contacted")
      #expect(story.value(people[0], "TITLE") == String(repeating: "a", count: 250))
      #expect(story.value(people[0], "OWNER_NAME") == "Inbound <x>")
      #expect(story.value(people[0], "OWNER_EMAIL") == nil)
      #expect(story.value(people[0], "OWNER_ROLE") == nil)
      #expect(story.value(people[0], "ID") == lead)
      #expect(story.value(people[0], "OBJECT_TYPE") == "Lead")
      #expect(story.value(people[1], "LEAD_STATUS") == nil)
      #expect(story.value(people[1], "TITLE") == nil)
      #expect(story.value(people[1], "OWNER_ROLE") == "Sales & Co")
      #expect(story.value(people[1], "OBJECT_TYPE") == "Contact")
      #expect(story.value(people[1], "URL") == "\(SimulatedWorld.baseURL)/\(contact)")
      #expect(story.value(people[2], "OWNER_ROLE") == "Account Executive")
      #expect(story.value(people[2], "OWNER_EMAIL") == "bob@example.com")
    }

    @EventLoop
    @Test(
      "S4: what is missing is created, what is archived revived, the wrong type told, each once")
    func attributes() async throws {
      let story = try Story()
      story.intercom.defineAttribute("SALESFORCE_TITLE", archived: true)
      story.intercom.defineAttribute("SALESFORCE_ID", dataType: "integer")
      story.intercom.defineAttribute("SALESFORCE_URL", dataType: "boolean")
      _ = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      await story.simulation.advance(minutes: 20)
      #expect(try story.open() == ["IC-ATTRIBUTE-TYPE", "IC-ATTRIBUTE-TYPE"])
      #expect(story.intercom.attributeExists("SALESFORCE_TITLE", on: person) == false)
      #expect(story.intercom.setAttribute(person, "SALESFORCE_TITLE", .string("x")))
      #expect(story.puts == 0)
      #expect(try story.engine.state() == .degraded)
    }

    @EventLoop
    @Test("S4: an attribute that vanishes while we run is one broken entry, and is brought back")
    func vanished() async throws {
      let story = try Story()
      let leads = (0..<40).map { story.lead("p\($0)@example.com") }
      let people = (0..<40).map { story.person("p\($0)@example.com") }
      try await story.begin()
      // Nobody may list or write attributes for a while, so that it stays away.
      story.world.faultAt = { request, _ in
        request.url.contains("/data_attributes") ? .status(503) : nil
      }
      story.edit { salesforce, intercom in
        intercom.archiveAttribute("SALESFORCE_TITLE")
        for lead in leads { salesforce.update(lead, ["Title": "Boss"]) }
      }
      try await story.sync()
      let codes = try story.open()
      #expect(codes.filter { $0 == "IC-ATTRIBUTE-MISSING" }.count == 1, "\(codes)")
      #expect(try story.store.outboxCounts().parked == 0)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 30)
      #expect(people.allSatisfy { story.value($0, "TITLE") == "Boss" })
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S4: at the limit of 250 attributes the entry names those that are missing")
    func limit() async throws {
      let story = try Story()
      for number in 0..<245 { story.intercom.defineAttribute("own-\(number)") }
      _ = story.lead("a@example.com")
      try await story.begin()
      let entry = try #require(try story.store.errors(all: true, after: 0, limit: 9).first)
      #expect(entry.code == "IC-ATTRIBUTE-LIMIT")
      #expect(entry.what.contains("SALESFORCE_URL"))
      #expect(!entry.what.contains("SALESFORCE_TITLE"))
    }

    @EventLoop
    @Test("S5: a renamed user, role or queue reaches everyone, without an event")
    func renames() async throws {
      let story = try Story()
      let role = story.salesforce.createRole(name: "Old role")
      let ann = story.user("Ann", role: role)
      _ = story.lead("a@example.com", owner: ann)
      _ = story.contact("b@example.com", owner: ann)
      let people = ["a", "b"].map { story.person("\($0)@example.com") }
      try await story.begin()
      story.edit { salesforce, _ in
        salesforce.renameUser(ann, firstName: "Anna", lastName: "Smith")
        salesforce.renameRole(role, "New role")
      }
      try await story.sync()
      #expect(people.allSatisfy { story.value($0, "OWNER_NAME") == "Anna Smith" })
      #expect(people.allSatisfy { story.value($0, "OWNER_ROLE") == "New role" })
      #expect(story.intercom.events.isEmpty)
      #expect(story.puts == 4)
    }

    @EventLoop
    @Test("S10: what is edited by hand is put back, and escaped names are taken for what they are")
    func byHand() async throws {
      let story = try Story()
      _ = story.lead("a@example.com", ["Title": "R&D <Lead> \"x\" &amp;"])
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.puts == 1)
      story.edit { _, intercom in
        intercom.setAttribute(person, "SALESFORCE_TITLE", .string("mine"))
        intercom.setAttribute(person, "SALESFORCE_ID", .null)
      }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "R&D <Lead> \"x\" &amp;")
      #expect(story.puts == 2)
      try await story.sync(isFull: true)
      #expect(story.puts == 2)
    }

    @EventLoop
    @Test("S10: a value that comes back altered the same way twice is one entry, two writes")
    func altered() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com", ["Title": "Chief  Officer"])
      let person = story.person("a@example.com")
      story.world.rewrite = { request in
        guard request.isPut, let body = request.body else { return request }
        var copy = request
        copy.body = Array(
          String(decoding: body, as: UTF8.self)
            .split(separator: "Chief  Officer", omittingEmptySubsequences: false)
            .joined(separator: "Chief Officer").utf8)
        return copy
      }
      try await story.begin()
      #expect(story.puts == 2)
      #expect(try story.open() == ["IC-VALUE-ALTERED"])
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.puts == 2)
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "Boss")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S11: a lagging search does not undo what is newer, and a late page of an export neither")
    func stale() async throws {
      let story = try Story(intercom: { $0.searchLagMilliseconds = 170_000 })
      story.simulation.settings.bulkAbove = 1
      let lead = story.lead("a@example.com")
      _ = story.lead("b@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      await story.simulation.advance(minutes: 10)
      // The rows are those of the moment at which the export was asked for.
      story.salesforce.settings.bulk.runTime = 900_000
      let engine = try story.engine
      Task { @EventLoop in _ = await engine.sync(isFull: true, isForced: false) }
      await story.simulation.advance(minutes: 3)
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "Boss"]) }
      await story.simulation.advance(minutes: 8)
      #expect(story.value(person, "TITLE") == "Boss")
      await story.simulation.advance(minutes: 52)
      try await story.sync()
      #expect(story.value(person, "TITLE") == "Boss")
      #expect(story.changes(of: person) == ["CEO>Boss"])
      #expect(story.puts == 2)
    }
  }
}
