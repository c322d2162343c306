import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// A backup is made, life goes on, and the backup is put back: nothing that was done in between is
/// done again (O4).
extension EngineTests {
  @Suite struct RestoreStories {
    // MARK: Salesforce to Intercom

    @EventLoop
    @Test("O4 S6: no event is told twice, and what changed since is on every person")
    func events() async throws {
      let story = try Story.toBeRestored()
      let (ann, bob) = (story.user("Ann"), story.user("Bob"))
      let lead = story.lead("a@example.com", owner: ann)
      let other = story.lead("b@example.com", owner: ann)
      let person = story.person("a@example.com", name: "A")
      let second = story.person("b@example.com", name: "B")
      try await story.begin()
      let backup = try await story.simulation.backUp()
      story.edit { salesforce, _ in
        salesforce.update(lead, ["OwnerId": bob, "Status": "Working - Contacted", "Title": "CTO"])
      }
      try await story.sync()
      story.edit { salesforce, _ in salesforce.update(lead, ["Status": "Closed - Not Converted"]) }
      try await story.sync()
      var contact: String?
      story.edit { salesforce, _ in contact = salesforce.convert(lead: other) }
      try await story.sync()
      #expect(story.record(of: second) == contact)
      let events = story.intercom.events.count
      #expect(events == 5)
      let puts = story.puts
      // This one comes while the daemon is away.
      try await story.simulation.stop()
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "CEO again"]) }
      try story.simulation.restore(backup)
      try story.simulation.start()
      await story.simulation.advance(minutes: 3)
      #expect(story.intercom.events.count == events)
      #expect(story.puts == puts + 1)
      #expect(story.value(person, "TITLE") == "CEO again")
      #expect(story.value(person, "LEAD_STATUS") == "Closed - Not Converted")
      #expect(story.record(of: second) == contact)
      #expect(try await story.isAtRest())
      // And what changes from now on is told.
      story.edit { salesforce, _ in salesforce.update(lead, ["Title": "President"]) }
      try await story.sync()
      #expect(story.changes(of: person, "sf-title") == ["CEO>CTO", "CEO again>President"])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("O4: what waited when the backup was made is written as it is now, and its event never")
    func waiting() async throws {
      let story = try Story.toBeRestored()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      try await story.ask { try $0.pause(true) }
      story.edit { salesforce, _ in salesforce.update(lead, ["Status": "Working - Contacted"]) }
      story.world.faultAt = { request, _ in
        request.isPut || request.url.hasSuffix("/events") ? .status(503) : nil
      }
      try await story.ask { try $0.pause(false) }
      try await story.sync()
      #expect(try story.store.outboxCounts().pending == 2)
      let backup = try await story.simulation.backUp()
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 20)
      #expect(story.changes(of: person) == ["Open - Not Contacted>Working - Contacted"])
      story.edit { salesforce, _ in salesforce.update(lead, ["Status": "Closed - Not Converted"]) }
      try await story.sync()
      let (events, puts) = (story.intercom.events.count, story.puts)
      try await story.restore(backup)
      #expect(story.intercom.events.count == events)
      #expect(story.puts == puts)
      #expect(story.value(person, "LEAD_STATUS") == "Closed - Not Converted")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test(
      "O4 M7: a link that was made by hand after the backup is taken from what the person bears")
    func links() async throws {
      let story = try Story.toBeRestored()
      let own = story.lead("a@example.com")
      let other = story.lead("z@example.com")
      let person = story.person("a@example.com", name: "A")
      let stranger = story.person("none@example.com", name: "N")
      try await story.begin()
      let backup = try await story.simulation.backUp()
      for one in [person, stranger] {
        try await story.ask { try $0.pin(one, to: other) }
        #expect(story.record(of: one) == other)
      }
      let writes = story.writes
      try await story.restore(backup)
      #expect(story.record(of: person) == other && story.record(of: stranger) == other)
      #expect(story.writes == writes)
      #expect(try story.store.pin(of: person) == other)
      // The other way round: a pin of the backup was ended since.
      let later = try await story.simulation.backUp()
      try await story.ask { try $0.pin(person, to: nil) }
      #expect(story.record(of: person) == own)
      try await story.restore(later)
      #expect(story.record(of: person) == own)
      #expect(try story.store.pin(of: person) == nil)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("O4 M6: what was deleted or made after the backup is known again")
    func comingsAndGoings() async throws {
      let story = try Story.toBeRestored()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      let backup = try await story.simulation.backUp()
      story.edit { salesforce, _ in salesforce.delete(lead) }
      let late = story.lead("late@example.com")
      let newcomer = story.person("late@example.com", name: "L")
      try await story.sync()
      #expect(story.record(of: person) == nil && story.record(of: newcomer) == late)
      let (puts, events) = (story.puts, story.intercom.events.count)
      try await story.restore(backup)
      #expect(story.record(of: person) == nil && story.record(of: newcomer) == late)
      #expect(story.puts == puts && story.intercom.events.count == events)
      #expect(try await story.isAtRest())
    }

    // MARK: On the way

    @EventLoop
    @Test("O4 O1: killed at any moment of the first read after it, it goes on and repeats nothing")
    func killed() async throws {
      let story = try Story.toBeRestored()
      let leads = (0..<40).map { story.lead("p\($0)@example.com") }
      let people = (0..<40).map { story.person("p\($0)@example.com", name: "P\($0)") }
      for person in people { story.intercom.setAttribute(person, "plan", .string("gold")) }
      try await story.begin()
      let backup = try await story.simulation.backUp()
      for lead in leads {
        story.edit { salesforce, _ in salesforce.update(lead, ["Title": "T \(lead)"]) }
      }
      for person in people { story.setPlan(person, "silver") }
      try await story.sync()
      for lead in leads {
        story.edit { salesforce, _ in salesforce.update(lead, ["Plan__c": "by hand"]) }
      }
      try await story.sync()
      let (events, writes) = (story.intercom.events.count, story.writes)
      try await story.simulation.stop()
      try story.simulation.restore(backup)
      for milliseconds in stride(from: Int64(5), through: 400, by: 23) {
        try story.simulation.start()
        await story.world.clock.advance(milliseconds: milliseconds)
        try story.simulation.kill()
      }
      try story.simulation.start()
      await story.simulation.advance(minutes: 3)
      #expect(try !story.store.isUnbased())
      #expect(story.intercom.events.count == events)
      #expect(story.writes == writes)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("O4 S6: a poll that somebody asks for during the first read after it tells nothing old")
    func polled() async throws {
      let story = try Story.toBeRestored()
      let leads = (0..<400).map { story.lead("p\($0)@example.com") }
      for number in 0..<400 { _ = story.person("p\(number)@example.com", name: "P") }
      try await story.begin()
      let backup = try await story.simulation.backUp()
      for lead in leads.prefix(30) {
        story.edit { salesforce, _ in salesforce.update(lead, ["Title": "T \(lead)"]) }
      }
      try await story.sync()
      let (events, writes) = (story.intercom.events.count, story.writes)
      #expect(events == 30)
      try await story.simulation.stop()
      try story.simulation.restore(backup)
      try story.simulation.start()
      let engine = try story.engine
      var ended = 0
      for _ in 0..<3 {
        Task { @EventLoop in
          _ = await engine.sync(isFull: false, isForced: false)
          ended += 1
        }
      }
      _ = await story.world.clock.run(until: { ended == 3 })
      await story.simulation.advance(minutes: 2)
      #expect(story.intercom.events.count == events && story.writes == writes)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test(
      "O4 I3: a backup that was made during the initial sync begins anew, and keeps what is rare")
    func early() async throws {
      let story = try Story.toBeRestored()
      let leads = (0..<300).map { story.lead("p\($0)@example.com") }
      let people = (0..<300).map { story.person("p\($0)@example.com", name: "P\($0)") }
      try story.simulation.start()
      var backup: String?
      while backup == nil {
        await story.world.clock.advance(milliseconds: 10)
        guard try story.store.personCount() > 100 else { continue }
        #expect(try story.store.get("initial") == nil)
        backup = try await story.simulation.backUp()
      }
      await story.simulation.advance(minutes: 5)
      #expect(story.record(of: people[7]) == leads[7])
      story.edit { salesforce, _ in salesforce.update(leads[7], ["Title": "CTO"]) }
      try await story.sync()
      let (events, writes) = (story.intercom.events.count, story.writes)
      try await story.restore(try #require(backup))
      #expect(story.intercom.events.count == events && story.writes == writes)
      #expect(try story.store.get("initial") == "done")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("O4: the journal says once that the store comes from a backup")
    func told() async throws {
      let story = try Story.toBeRestored()
      _ = story.lead("a@example.com")
      try await story.begin()
      let backup = try await story.simulation.backUp()
      #expect(try story.store.restored() == nil)
      try await story.restore(backup)
      func told() -> Int {
        story.simulation.occurrences.filter { $0.kind == .storeRestored }.count
      }
      #expect(told() == 1)
      let restored = try #require(try story.store.restored())
      #expect(restored.at > restored.from && restored.farAt >= restored.at - 2_000)
      try await story.restart()
      #expect(told() == 1)
      #expect(try story.store.restored() == restored)
    }
  }
}
