import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Leads from Intercom (L1 to L9).
extension EngineTests {
  @Suite struct LeadStories {
    @EventLoop
    @Test("L1 L3 L4 L8: a rule that comes to hold makes one lead, and the person carries it at once")
    func rule() async throws {
      let story = try Story.withRule()
      story.intercom.defineAttribute("company_size", dataType: "integer")
      let person = story.person("ada@example.com", name: "Ada King Lovelace")
      try await story.begin()
      #expect(story.leads.isEmpty)
      story.edit { _, intercom in intercom.setAttribute(person, "company_size", .int(900)) }
      try await story.sync()
      let lead = try #require(story.leads.first)
      #expect(story.leads.count == 1)
      let value = { story.salesforce.value(lead, $0) }
      #expect(value("FirstName") == "Ada King")
      #expect(value("LastName") == "Lovelace")
      #expect(value("Email") == "ada@example.com")
      #expect(value("LeadSource") == "Intercom")
      #expect(value("Company") == "[not provided]")
      // Carried without another poll.
      #expect(story.record(of: person) == lead)
      #expect(try story.store.pin(of: person) == lead)
      // Echo: a further cycle writes nothing on either side.
      let before = (story.salesforce.writes, story.intercom.writes)
      try await story.sync()
      try await story.sync(isFull: true)
      #expect((story.salesforce.writes, story.intercom.writes) == before)
      #expect(try story.open() == [])
      let history = try story.store.history(ofPerson: person, limit: 50)
      #expect(history.contains { $0.what == "lead" && $0.result == "created" })
    }
  }
}
