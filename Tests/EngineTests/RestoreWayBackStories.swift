import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// A backup is put back: what went to Salesforce after it is not made again, nor written over (O4).
extension EngineTests {
  @Suite struct RestoreWayBackStories {
    enum Fate: CaseIterable { case stays, readdressed, deleted, converted }

    @EventLoop
    @Test(
      "O4 L6: a lead that was made after the backup is not made again, whatever sales did with it",
      arguments: Fate.allCases, [false, true])
    func leads(_ fate: Fate, hasField: Bool) async throws {
      let story = try Story.toBeRestored {
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
      try await story.restore(backup)
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
      let story = try Story.toBeRestored()
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
      story.setPlan(person, "silver")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "silver")
      story.edit { salesforce, _ in
        salesforce.update(lead, ["Plan__c": "by hand", "Seats__c": "6"])
        salesforce.update(cleared, ["Plan__c": nil])
      }
      try await story.sync()
      let writes = story.salesforce.writes
      try await story.restore(backup)
      #expect(story.salesforce.writes == writes)
      #expect(story.field(lead, "Plan__c") == "by hand" && story.field(lead, "Seats__c") == "6")
      #expect(story.field(cleared, "Plan__c") == nil)
      story.setPlan(person, "bronze")
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
  }
}
