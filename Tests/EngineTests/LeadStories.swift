import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Which people become leads, and what is sent (L1 to L5, L8, L9).
extension EngineTests {
  @Suite struct LeadStories {
    @EventLoop
    @Test("L1 L4 L8: a rule that comes to hold makes one lead, which the person carries at once")
    func rule() async throws {
      let story = try Story.withRule()
      story.intercom.defineAttribute("company_size", dataType: "integer")
      let person = story.person("ada@example.com", name: "Ada King Lovelace")
      try await story.begin()
      #expect(story.leads.isEmpty)
      story.grow(person)
      try await story.sync()
      let lead = try #require(story.leads.first)
      #expect(story.leads.count == 1)
      #expect(story.field(lead, "FirstName") == "Ada King")
      #expect(story.field(lead, "LastName") == "Lovelace")
      #expect(story.field(lead, "Email") == "ada@example.com")
      #expect(story.field(lead, "LeadSource") == "Intercom")
      #expect(story.field(lead, "Company") == "[not provided]")
      // Carried without another poll.
      #expect(story.record(of: person) == lead)
      #expect(try story.store.pin(of: person) == lead)
      // Echo: a further cycle writes nothing on either side.
      let before = story.writes
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.writes == before)
      #expect(try story.open() == [])
      let history = try story.store.history(ofPerson: person, limit: 50)
      #expect(history.contains { $0.what == "lead" && $0.result == "created" })
    }

    @EventLoop
    @Test("L1a: who meets a rule at the very first start gets no lead; who comes to meet it does")
    func baseline() async throws {
      let story = try Story.withRule()
      let old = story.person("old@example.com", name: "Old")
      story.grow(old)
      try await story.begin()
      try await story.sync(isFull: true)
      #expect(story.leads.isEmpty)
      // Ceasing to hold and holding again is an edge.
      story.grow(old, to: 1)
      try await story.sync()
      story.grow(old)
      try await story.sync()
      #expect(story.leads.count == 1)
    }

    @EventLoop
    @Test("L1a: a rule that says backfill makes leads of those who met it before")
    func backfill() async throws {
      var rule = Story.sizeRule
      rule.isBackfilled = true
      let story = try Story.withRule(rule)
      let people = (0..<5).map { story.person("p\($0)@example.com", name: "P \($0)") }
      for person in people.prefix(3) { story.grow(person) }
      try await story.begin()
      await story.simulation.advance(minutes: 2)
      #expect(story.leads.count == 3)
      #expect(people.filter { story.record(of: $0) != nil } == Array(people.prefix(3)))
    }

    @EventLoop
    @Test("L1a: a rule that is added later concerns those who come to meet it from then on")
    func laterRule() async throws {
      let story = try Story.withRule { $0.leads.rules = [] }
      let old = story.person("old@example.com", name: "Old")
      let new = story.person("new@example.com", name: "New")
      story.grow(old)
      try await story.begin()
      try await story.restart { $0.leads.rules = [Story.sizeRule] }
      try await story.sync(isFull: true)
      #expect(story.leads.isEmpty)
      story.grow(new)
      try await story.sync()
      #expect(story.leads.count == 1)
      #expect(story.record(of: new) == story.leads.first)
      // One that is changed begins anew.
      var other = Story.sizeRule
      other.conditions[0].value = .number("100")
      try await story.restart { $0.leads.rules = [other] }
      try await story.sync(isFull: true)
      #expect(story.leads.count == 1)
    }

    @EventLoop
    @Test("L1 L2: an e-mail address left later makes the lead: a refusal uses up no rule")
    func email() async throws {
      let story = try Story.withRule()
      let person = story.person(nil, role: .lead)
      try await story.begin()
      story.grow(person)
      try await story.sync()
      #expect(story.leads.isEmpty)
      #expect(try story.open() == ["LEAD-NO-EMAIL"])
      let entry = try #require(try story.store.errors(all: true, after: 0, limit: 9).first)
      #expect(entry.personID == person)
      #expect(entry.remedy.contains("e-mail"))
      story.edit { _, intercom in intercom.update(person, "email", .string("left@example.com")) }
      try await story.sync()
      #expect(story.leads(of: "left@example.com").count == 1)
      #expect(story.record(of: person) == story.leads.first)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("L1: a rule that ends before its lead could be made takes it back")
    func ends() async throws {
      let story = try Story.withRule()
      let person = story.person(nil, role: .lead)
      try await story.begin()
      story.grow(person)
      try await story.sync()
      story.grow(person, to: 3)
      try await story.sync()
      #expect(try story.open() == [])
      story.edit { _, intercom in intercom.update(person, "email", .string("a@example.com")) }
      try await story.sync()
      #expect(story.leads.isEmpty)
      #expect(try story.store.salesforceDeliveries(after: 0, limit: 9).isEmpty)
    }

    @EventLoop
    @Test("L1: a lead that sales deleted is not made again by a rule, but is by hand")
    func deleted() async throws {
      let story = try Story.withRule()
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.grow(person)
      try await story.sync()
      let lead = try #require(story.leads.first)
      story.edit { salesforce, _ in salesforce.delete(lead) }
      try await story.sync()
      #expect(story.record(of: person) == nil)
      story.grow(person, to: 1)
      try await story.sync()
      story.grow(person)
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.leads.filter(story.salesforce.isAlive).isEmpty)
      // The pin is kept for an undelete; who asks for a lead gets one all the same.
      try await story.ask { try $0.pin(person, to: nil) }
      guard case .created(let ids) = try await story.createLead(person) else {
        Issue.record("no lead by hand")
        return
      }
      #expect(story.record(of: person) == ids.first)
    }

    // MARK: Tags

    @EventLoop
    @Test("L1 L1a: a teammate's tag makes the lead; tags from before the first start do not")
    func tag() async throws {
      let story = try Story.withRule { $0.leads.tag = "send-to-salesforce" }
      let old = story.person("old@example.com", name: "Old")
      let new = story.person("new@example.com", name: "New")
      story.edit { _, intercom in intercom.tag(old, "send-to-salesforce") }
      try await story.begin()
      try await story.sync()
      #expect(story.leads.isEmpty)
      story.edit { _, intercom in intercom.tag(new, "send-to-salesforce") }
      try await story.sync()
      #expect(story.leads.count == 1)
      #expect(story.record(of: new) == story.leads.first)
      try await story.restart()
      try await story.sync(isFull: true)
      #expect(story.leads.count == 1)
      // Taken off and put on again it is a new wish.
      story.edit { _, intercom in intercom.untag(old, "send-to-salesforce") }
      await story.simulation.advance(minutes: 12)
      story.edit { _, intercom in intercom.tag(old, "send-to-salesforce") }
      await story.simulation.advance(minutes: 12)
      #expect(story.leads(of: "old@example.com").count == 1)
    }

    @EventLoop
    @Test("L1 S1: a tag that does not exist yet costs one call a poll, and works once it does")
    func tagLater() async throws {
      let story = try Story.withRule { $0.leads.tag = "later" }
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      let before = story.intercom.calls.values.reduce(0, +)
      try await story.sync()
      #expect(story.intercom.calls.values.reduce(0, +) - before <= 3)
      story.edit { _, intercom in intercom.tag(person, "later") }
      try await story.sync()
      #expect(story.leads(of: "a@example.com").count == 1)
    }

    @EventLoop
    @Test("L1: a rule may ask for a tag by its name")
    func tagRule() async throws {
      let rule = LeadRule(
        name: "VIP",
        conditions: [Condition(attribute: "tag", comparison: .equal, value: .text("VIP"))])
      let story = try Story.withRule(rule)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.edit { _, intercom in
        intercom.tag(person, "VIP")
        intercom.update(person, "name", .string("Ada"))
      }
      try await story.sync()
      #expect(story.leads.count == 1)
    }

    // MARK: There already

    @EventLoop
    @Test("L3: a record newer than the last poll is linked instead, pinned; the answer says so")
    func exists() async throws {
      let story = try Story.withRule()
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      let lead = story.lead("A@Example.com")
      #expect(try await story.createLead(person) == .exists([lead]))
      #expect(story.leads == [lead])
      #expect(story.record(of: person) == lead)
      #expect(try story.store.pin(of: person) == lead)
      // And again: the link itself is the answer, without a call.
      let calls = story.salesforce.apiCalls
      #expect(try await story.createLead(person) == .exists([lead]))
      #expect(story.salesforce.apiCalls == calls)
    }

    @EventLoop
    @Test("L3: two people with the same address make one lead")
    func sameAddress() async throws {
      let story = try Story.withRule()
      let people = (0..<4).map { story.person("same@example.com", name: "P \($0)") }
      try await story.begin()
      for person in people { story.grow(person) }
      try await story.sync()
      #expect(story.leads.count == 1)
      #expect(people.allSatisfy { story.record(of: $0) == story.leads.first })
    }

    @EventLoop
    @Test("L3 M2: with match.prefer none several records are left to people")
    func several() async throws {
      let story = try Story.withRule(preference: .none)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      let found = [story.lead("a@example.com"), story.contact("a@example.com")]
      guard case .exists(let ids) = try await story.createLead(person) else {
        Issue.record("not told that they exist")
        return
      }
      #expect(Set(ids) == Set(found))
      #expect(try story.store.pin(of: person) == nil)
    }

    // MARK: What is sent

    @EventLoop
    @Test("L4: mapped values, edits, the company, defaults and the placeholder fill the lead")
    func fields() async throws {
      let story = try Story.withRule {
        $0.leads.defaults = ["Industry": .text("Banking"), "Rating": .text("Hot")]
        $0.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      }
      let person = story.person("a@example.com", name: "Cher")
      story.edit { _, intercom in intercom.addCompany("Acme & Sons", of: person) }
      try await story.begin()
      story.grow(person)
      let outcome = try await story.createLead(
        person, edits: ["phone": .text("+44 20 7946 0000"), "Rating": .text("Cold")])
      let lead = try #require(story.leads.first)
      #expect(outcome == .created([lead]))
      #expect(story.field(lead, "LastName") == "Cher")
      #expect(story.field(lead, "FirstName") == nil)
      #expect(story.field(lead, "Company") == "Acme & Sons")
      #expect(story.field(lead, "Phone") == "+44 20 7946 0000")
      #expect(story.field(lead, "NumberOfEmployees") == "900")
      #expect(story.field(lead, "Industry") == "Banking")
      #expect(story.field(lead, "Rating") == "Cold")
    }

    @EventLoop
    @Test("L4: a required field that nothing fills is named; a default for it makes the lead")
    func required() async throws {
      let story = try Story.withRule()
      story.salesforce.defineField(
        .custom("Region__c", .picklist, values: ["North", "South"], isRequired: true), on: "Lead")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      guard case .refused(let entry) = try await story.createLead(person) else {
        Issue.record("not refused")
        return
      }
      #expect(entry.code == "LEAD-REQUIRED-FIELD")
      #expect(entry.answer.contains("Region__c"))
      #expect(story.leads.isEmpty)
      try await story.restart { $0.leads.defaults = ["Region__c": .text("North")] }
      try await story.ask { _ = try $0.retryParked(person: nil) }
      #expect(story.field(story.leads.first, "Region__c") == "North")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("L5: the org assigns a new lead, and what is written later does not assign it again")
    func assigns() async throws {
      let story = try Story.withRule {
        $0.mapping = ["custom_attributes.company_size": "NumberOfEmployees"]
      }
      let first = story.user("First")
      let second = story.user("Second")
      story.salesforce.settings.assignmentRuleOwner = first
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.grow(person)
      try await story.sync()
      #expect(story.field(story.leads.first, "OwnerId") == first)
      story.salesforce.settings.assignmentRuleOwner = second
      story.grow(person, to: 901)
      try await story.sync()
      #expect(story.field(story.leads.first, "NumberOfEmployees") == "901")
      #expect(story.field(story.leads.first, "OwnerId") == first)
    }

    @EventLoop
    @Test("L9: name, e-mail, phone and company are not carried over later")
    func laterEdits() async throws {
      let story = try Story.withRule()
      let person = story.person("a@example.com", name: "Ada")
      try await story.begin()
      story.grow(person)
      try await story.sync()
      let lead = try #require(story.leads.first)
      let before = story.salesforce.writes
      story.edit { salesforce, intercom in
        intercom.update(person, "name", .string("Grace"))
        intercom.update(person, "email", .string("b@example.com"))
        salesforce.update(lead, ["LastName": "Byron"])
      }
      try await story.sync()
      #expect(story.salesforce.writes == before)
      #expect(story.field(lead, "LastName") == "Byron")
      // Pinned: the link stays (M7).
      #expect(story.record(of: person) == lead)
    }
  }
}
