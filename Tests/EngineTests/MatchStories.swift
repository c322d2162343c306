import Engine
import EventLoop
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct MatchStories {
    @EventLoop
    @Test("M1: addresses are trimmed and compared without case; each who shares one is linked")
    func shared() async throws {
      let story = try Story()
      let lead = story.lead("  Ann@Example.COM ")
      let gone = story.lead("b@example.com")
      story.world.past(1_000) { story.salesforce.delete(gone) }
      let converted = story.lead("c@example.com")
      story.world.past(1_000) {
        let contact = story.salesforce.convert(lead: converted)
        if let contact { story.salesforce.update(contact, ["Email": "d@example.com"]) }
      }
      let twins = [story.person("ann@example.com"), story.person("ANN@example.com", role: .lead)]
      let others = ["b", "c"].map { story.person("\($0)@example.com") } + [story.person(nil)]
      try await story.begin()
      #expect(twins.allSatisfy { story.record(of: $0) == lead })
      #expect(others.allSatisfy { story.intercom.putCount(of: $0) == 0 })
    }

    @EventLoop
    @Test("M2: the preferred class wins, then the newest; being touched wins nothing")
    func several() async throws {
      let story = try Story(preference: .lead)
      let old = story.lead("a@example.com")
      let new = story.lead("a@example.com")
      _ = story.contact("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.record(of: person) == new)
      story.edit { salesforce, _ in salesforce.touch(old) }
      try await story.sync()
      #expect(story.record(of: person) == new)
      let newest = story.lead("a@example.com")
      try await story.sync()
      #expect(newest != new && story.record(of: person) == new)
    }

    @EventLoop
    @Test("M2: with none nobody wins until somebody links by hand, and unlinks")
    func none() async throws {
      let story = try Story(preference: .none)
      let leads = [story.lead("a@example.com"), story.lead("a@example.com")]
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.puts == 0)
      #expect(try story.store.ambiguousPeople(offset: 0, limit: 9) == [person])
      try await story.ask { try $0.pin(person, to: leads[0]) }
      #expect(story.record(of: person) == leads[0])
      #expect(try story.store.ambiguousPeople(offset: 0, limit: 9) == [])
    }

    @EventLoop
    @Test("M3: a new person is matched without a Salesforce call beside the poll's")
    func newcomer() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      try await story.begin()
      try await story.sync()
      let calls = story.salesforce.apiCalls
      let person = story.person("a@example.com")
      try await story.sync()
      #expect(story.record(of: person) == lead)
      #expect(story.salesforce.apiCalls == calls + 1)
    }

    @EventLoop
    @Test("M4: a conversion moves the link in one write and one event, whatever the address")
    func converted() async throws {
      let story = try Story()
      let leads = ["a", "b"].map { story.lead("\($0)@example.com") }
      let people = ["a", "b"].map { story.person("\($0)@example.com") }
      let other = story.contact("other@example.com")
      try await story.begin()
      var contact: String?
      story.edit { salesforce, _ in
        contact = salesforce.convert(lead: leads[0])
        salesforce.convert(lead: leads[1], into: other)
      }
      try await story.sync()
      #expect(story.record(of: people[0]) == contact)
      #expect(story.record(of: people[1]) == other)
      #expect(story.changes(of: people[0]) == ["\(leads[0])>\(contact ?? "")"])
      #expect(story.changes(of: people[1], "sf-converted") == ["\(leads[1])>\(other)"])
      #expect(story.intercom.events.count == 2)
      #expect(story.puts == 4)
      // Pinned: the address does not matter any more (M7).
      story.edit { salesforce, _ in salesforce.update(other, ["Email": "third@example.com"]) }
      try await story.sync()
      #expect(story.record(of: people[1]) == other)
    }

    @EventLoop
    @Test("M5: a link follows merges through chains")
    func merged() async throws {
      let story = try Story()
      let chain = ["a", "b", "c"].map { story.lead("\($0)@example.com") }
      let person = story.person("a@example.com")
      try await story.begin()
      story.edit { salesforce, _ in
        salesforce.merge(into: chain[1], from: [chain[0]])
        salesforce.merge(into: chain[2], from: [chain[1]])
      }
      try await story.sync()
      #expect(story.record(of: person) == chain[2])
    }

    @EventLoop
    @Test("M5: the survivor of a merge in Intercom takes the link, noticed at a write")
    func mergedPeople() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let visitor = story.person("a@example.com", role: .lead)
      let user = story.person("a@example.com")
      try await story.begin()
      try await story.ask { try $0.pin(visitor, to: lead) }
      story.edit { salesforce, intercom in
        intercom.merge(visitor, into: user)
        salesforce.update(lead, ["Title": "Boss"])
      }
      try await story.sync()
      try await story.sync()
      #expect(story.value(user, "TITLE") == "Boss")
      #expect(try story.store.person(visitor) == nil)
      #expect(try story.store.pin(of: user) == lead)
      #expect(try story.open() == [])
      #expect(story.changes(of: user) == ["CEO>Boss"])
    }

    @EventLoop
    @Test("M6: a deletion hands over to the next candidate, else clears; undelete brings back")
    func deleted() async throws {
      let story = try Story()
      let first = story.contact("a@example.com")
      let second = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      #expect(story.record(of: person) == first)
      story.edit { salesforce, _ in salesforce.delete(first) }
      try await story.sync()
      #expect(story.record(of: person) == second)
      story.edit { salesforce, _ in salesforce.delete(second) }
      try await story.sync()
      #expect(story.record(of: person) == nil && story.value(person, "TITLE") == nil)
      story.edit { salesforce, _ in salesforce.undelete(first) }
      try await story.sync()
      #expect(story.record(of: person) == first)
      #expect(story.intercom.events.isEmpty)
    }

    @EventLoop
    @Test("M6: what was deleted for good is found by reconciling, and only after asking by name")
    func purged() async throws {
      let story = try Story()
      let leads = ["a", "b"].map { story.lead("\($0)@example.com") }
      let people = ["a", "b"].map { story.person("\($0)@example.com") }
      try await story.begin()
      story.edit { salesforce, _ in salesforce.hardDelete(leads[0]) }
      try await story.sync()
      #expect(story.record(of: people[0]) == leads[0])
      try await story.sync(isFull: true)
      #expect(story.record(of: people[0]) == nil)
      #expect(story.record(of: people[1]) == leads[1])
      #expect(story.salesforce.counts[.collections] == 1)
    }

    @EventLoop
    @Test("M7: an address that changes on either side moves the link in that cycle, never a pin")
    func addresses() async throws {
      let story = try Story()
      let leads = ["a", "b"].map { story.lead("\($0)@example.com") }
      let person = story.person("a@example.com")
      let pinned = story.person("a@example.com")
      try await story.begin()
      try await story.ask { try $0.pin(pinned, to: leads[0]) }
      story.edit { _, intercom in
        intercom.update(person, "email", .string("b@example.com"))
        intercom.update(pinned, "email", .string("b@example.com"))
      }
      try await story.sync()
      #expect(story.record(of: person) == leads[1])
      #expect(story.record(of: pinned) == leads[0])
      story.edit { salesforce, _ in salesforce.update(leads[1], ["Email": "c@example.com"]) }
      try await story.sync()
      #expect(story.record(of: person) == nil)
      try await story.ask { try $0.pin(pinned, to: nil) }
      #expect(story.record(of: pinned) == nil)
    }

    @EventLoop
    @Test("M8: archived, blocked and deleted people are dropped, and their deliveries end")
    func dropped() async throws {
      let story = try Story()
      let leads = (0..<4).map { story.lead("p\($0)@example.com") }
      let people = (0..<4).map { story.person("p\($0)@example.com") }
      try await story.begin()
      story.edit { salesforce, intercom in
        intercom.archive(people[0])
        intercom.delete(people[1])
        intercom.block(people[2])
        salesforce.update(leads[0], ["Title": "Boss"])
      }
      try await story.sync()
      #expect(try story.store.person(people[0]) == nil)
      // A person that changed since the list began would be missed by it too.
      await story.simulation.advance(minutes: 30)
      try await story.sync(isFull: true)
      #expect(try people.map { try story.store.person($0) != nil } == [false, false, false, true])
      let counts = try story.store.outboxCounts()
      #expect(counts.pending + counts.parked + counts.held == 0)
      #expect(try story.open() == [])
    }
  }
}
