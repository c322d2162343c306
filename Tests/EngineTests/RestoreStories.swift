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
    private static let plan = "custom_attributes.plan"

    /// Puts the backup back, and lets the daemon find its way.
    @EventLoop private static func restore(_ backup: String, _ story: Story) async throws {
      try await story.simulation.stop()
      try story.simulation.restore(backup)
      await story.simulation.advance(minutes: 3)
      try story.simulation.start()
      await story.simulation.advance(minutes: 3)
    }

    @EventLoop private static func story(
      _ settings: (inout EngineSettings) -> Void = { _ in }
    ) throws -> Story {
      let story = try Story.withRule {
        $0.mapping = [plan: "Plan__c", "custom_attributes.seats": "Seats__c"]
        $0.leads.tag = "to-sales"
        $0.tasks = TaskSettings(tag: Story.taskTag, logsOnClose: true, externalIDField: nil)
        $0.assign = AssignSettings(assignsConversations: true)
        settings(&$0)
      }
      for name in ["Plan__c", "Seats__c"] {
        story.salesforce.defineField(.custom(name, .string, length: 40), on: "Lead")
      }
      return story
    }

    @EventLoop private static func set(
      _ story: Story, _ person: String, _ text: String
    ) {
      story.edit { _, intercom in intercom.setAttribute(person, "plan", .string(text)) }
    }

    // MARK: Salesforce to Intercom

    @EventLoop
    @Test("O4 S6: no event is told twice, and what changed since is on every person")
    func events() async throws {
      let story = try Self.story()
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
      let story = try Self.story()
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
      try await Self.restore(backup, story)
      #expect(story.intercom.events.count == events)
      #expect(story.puts == puts)
      #expect(story.value(person, "LEAD_STATUS") == "Closed - Not Converted")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test(
      "O4 M7: a link that was made by hand after the backup is taken from what the person bears")
    func links() async throws {
      let story = try Self.story()
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
      try await Self.restore(backup, story)
      #expect(story.record(of: person) == other && story.record(of: stranger) == other)
      #expect(story.writes == writes)
      #expect(try story.store.pin(of: person) == other)
      // The other way round: a pin of the backup was ended since.
      let later = try await story.simulation.backUp()
      try await story.ask { try $0.pin(person, to: nil) }
      #expect(story.record(of: person) == own)
      try await Self.restore(later, story)
      #expect(story.record(of: person) == own)
      #expect(try story.store.pin(of: person) == nil)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("O4 M6: what was deleted or made after the backup is known again")
    func comingsAndGoings() async throws {
      let story = try Self.story()
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
      try await Self.restore(backup, story)
      #expect(story.record(of: person) == nil && story.record(of: newcomer) == late)
      #expect(story.puts == puts && story.intercom.events.count == events)
      #expect(try await story.isAtRest())
    }

    // MARK: Intercom to Salesforce

    enum Fate: CaseIterable { case stays, readdressed, deleted, converted }

    @EventLoop
    @Test(
      "O4 L6: a lead that was made after the backup is not made again, whatever sales did with it",
      arguments: Fate.allCases, [false, true])
    func leads(_ fate: Fate, hasField: Bool) async throws {
      let story = try Self.story {
        if hasField { $0.leads.externalIDField = "Intercom_ID__c" }
      }
      if hasField {
        story.salesforce.defineField(.externalID("Intercom_ID__c"), on: "Lead")
      }
      let ruled = story.person("a@example.com", name: "A")
      let tagged = story.person("b@example.com", name: "B")
      let asked = story.person("c@example.com", name: "C")
      let people = [ruled, tagged, asked]
      try await story.begin()
      // One is owed already when the backup is made.
      story.salesforce.faults.schedule(.status(503)) { $0.kind == .record && $0.method == .post }
      story.grow(ruled)
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 1)
      let backup = try await story.simulation.backUp()
      story.edit { _, intercom in intercom.tag(tagged, "to-sales") }
      try await story.sync()
      try await story.createLead(asked)
      await story.simulation.advance(minutes: 20)
      let leads = people.compactMap { story.record(of: $0) }
      #expect(leads.count == 3 && story.leads.count == 3)
      for lead in leads {
        story.edit { salesforce, _ in
          switch fate {
          case .stays: break
          case .readdressed:
            salesforce.update(lead, ["Email": "new-\(lead)@example.com".lowercased()])
          case .deleted: salesforce.delete(lead)
          case .converted: salesforce.convert(lead: lead)
          }
        }
      }
      try await story.sync()
      let made = story.salesforce.ids(of: "Lead").count
      let bear = people.map { story.record(of: $0) }
      try await Self.restore(backup, story)
      await story.simulation.advance(minutes: 20)
      #expect(story.salesforce.ids(of: "Lead").count == made)
      #expect(people.map { story.record(of: $0) } == bear)
      #expect(try story.store.outboxCounts().pending == 0)
      #expect(try await story.isAtRest())
      // Who is asked for by hand now gets one all the same.
      guard fate == .deleted else { return }
      try await story.createLead(asked)
      #expect(story.salesforce.ids(of: "Lead").count == made + 1)
    }

    @EventLoop
    @Test("O4 Q1: what sales edited after the backup stays, and the next change still comes")
    func fields() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let cleared = story.lead("b@example.com")
      let (person, other) = (
        story.person("a@example.com", name: "A"), story.person("b@example.com", name: "B")
      )
      for one in [person, other] {
        story.intercom.setAttribute(one, "plan", .string("gold"))
        story.intercom.setAttribute(one, "seats", .string("5"))
      }
      try await story.begin()
      await story.simulation.advance(minutes: 12)
      #expect(story.field(lead, "Plan__c") == "gold" && story.field(cleared, "Plan__c") == "gold")
      let backup = try await story.simulation.backUp()
      Self.set(story, person, "silver")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "silver")
      story.edit { salesforce, _ in
        salesforce.update(lead, ["Plan__c": "by hand", "Seats__c": "6"])
        salesforce.update(cleared, ["Plan__c": nil])
      }
      try await story.sync()
      let writes = story.salesforce.writes
      try await Self.restore(backup, story)
      #expect(story.salesforce.writes == writes)
      #expect(story.field(lead, "Plan__c") == "by hand" && story.field(lead, "Seats__c") == "6")
      #expect(story.field(cleared, "Plan__c") == nil)
      Self.set(story, person, "bronze")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "bronze" && story.field(lead, "Seats__c") == "6")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test(
      "O4 T4 A1: no conversation is logged or assigned again that was so after the backup",
      arguments: [false, true])
    func conversations(hasField: Bool) async throws {
      let story = try Story.withTasks(
        field: hasField, onClose: true,
        settings: {
          $0.assign = AssignSettings(assignsConversations: true)
        })
      let ann = story.user("Ann")
      let lead = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      try await story.begin()
      let old = story.conversation(person, "Old")
      try await story.sync()
      #expect(story.assignee(of: old) == teammate)
      // A task is on its way when the backup is made.
      story.world.faultAt = { request, _ in request.makesTasks ? .status(503) : nil }
      story.tag(old)
      try await story.sync()
      let backup = try await story.simulation.backUp()
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 20)
      let new = story.conversation(person, "New")
      try await story.sync()
      #expect(story.assignee(of: new) == teammate)
      _ = story.part(old, "More")
      story.edit { _, intercom in intercom.closeConversation(old) }
      story.tag(new)
      try await story.sync()
      await story.simulation.advance(minutes: 2)
      #expect(story.tasks(on: lead).count == 3)
      // A person's decision stands.
      story.edit { _, intercom in intercom.assignConversation(new, admin: 0) }
      try await story.sync()
      try await story.simulation.stop()
      // Tagged while the daemon is away: this one is news.
      let away = story.conversation(person, "Away")
      story.tag(away)
      try story.simulation.restore(backup)
      try story.simulation.start()
      await story.simulation.advance(minutes: 25)
      #expect(story.assignee(of: new) == nil)
      let texts = story.tasks.compactMap { story.task($0, "Description") }
      for word in ["Old", "New", "More", "Away"] {
        #expect(texts.filter { $0.contains(word) }.count == 1, "\(word)")
      }
      #expect(texts.count == 4)
      #expect(try await story.isAtRest())
      // What begins from now on is assigned.
      let next = story.conversation(person, "Next")
      try await story.sync()
      #expect(story.assignee(of: next) == teammate)
    }

    // MARK: On the way

    @EventLoop
    @Test("O4 O1: killed at any moment of the first read after it, it goes on and repeats nothing")
    func killed() async throws {
      let story = try Self.story()
      let leads = (0..<40).map { story.lead("p\($0)@example.com") }
      let people = (0..<40).map { story.person("p\($0)@example.com", name: "P\($0)") }
      for person in people { story.intercom.setAttribute(person, "plan", .string("gold")) }
      try await story.begin()
      let backup = try await story.simulation.backUp()
      for lead in leads {
        story.edit { salesforce, _ in salesforce.update(lead, ["Title": "T \(lead)"]) }
      }
      for person in people { Self.set(story, person, "silver") }
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
    @Test(
      "O4 I3: a backup that was made during the initial sync begins anew, and keeps what is rare")
    func early() async throws {
      let story = try Self.story()
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
      try await Self.restore(try #require(backup), story)
      #expect(story.intercom.events.count == events && story.writes == writes)
      #expect(try story.store.get("initial") == "done")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("O4: the journal says once that the store comes from a backup")
    func told() async throws {
      let story = try Self.story()
      _ = story.lead("a@example.com")
      try await story.begin()
      let backup = try await story.simulation.backUp()
      #expect(try story.store.restored() == nil)
      try await Self.restore(backup, story)
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
