import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Mapped attributes (Q1 to Q4).
extension EngineTests {
  @Suite struct FieldStories {
    @EventLoop private static func story(
      _ mapping: [String: String] = [
        "custom_attributes.company_size": "NumberOfEmployees",
        "custom_attributes.plan": "Plan__c",
      ]
    ) throws -> Story {
      let story = try Story.withRule {
        $0.leads.rules = []
        $0.mapping = mapping
      }
      story.salesforce.defineField(.custom("Plan__c", .string, length: 20), on: "Lead")
      return story
    }

    @EventLoop private static func plan(_ story: Story, _ person: String, _ text: String) {
      story.edit { _, intercom in intercom.setAttribute(person, "plan", .string(text)) }
    }

    // MARK: Q1

    @EventLoop
    @Test(
      "Q1: a changed value goes to its field; an edit in Salesforce stays until Intercom changes again"
    )
    func change() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      Self.plan(story, person, "gold")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "gold")
      Self.plan(story, person, "silver")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "silver")
      story.edit { salesforce, _ in salesforce.update(lead, ["Plan__c": "by hand"]) }
      let before = story.writes
      try await story.sync()
      try await story.sync(isFull: true)
      try await story.restart()
      try await story.sync(isFull: true)
      story.grow(person, to: 7)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "7")
      #expect(story.field(lead, "Plan__c") == "by hand")
      #expect(story.writes == [before[0] + 1, before[1]])
      Self.plan(story, person, "bronze")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "bronze")
      // Echo.
      let quiet = story.writes
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.writes == quiet)
    }

    @EventLoop
    @Test("Q1: null clears the field, never a required one; an absent key is no news")
    func null() async throws {
      let story = try Self.story([
        "custom_attributes.plan": "Plan__c", "custom_attributes.firm": "Company",
      ])
      let lead = story.lead("a@example.com", ["Plan__c": nil])
      let person = story.person("a@example.com", name: "A")
      Self.plan(story, person, "gold")
      story.edit { _, intercom in intercom.setAttribute(person, "firm", .string("Acme")) }
      try await story.begin()
      #expect(story.field(lead, "Plan__c") == "gold")
      #expect(story.field(lead, "Company") == "Company")
      // Archived: the key is gone.
      story.edit { _, intercom in intercom.archiveAttribute("plan") }
      try await story.sync(isFull: true)
      #expect(story.field(lead, "Plan__c") == "gold")
      story.edit { _, intercom in
        intercom.archiveAttribute("plan", false)
        intercom.setAttribute(person, "plan", .null)
        intercom.setAttribute(person, "firm", .null)
      }
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == nil)
      #expect(story.field(lead, "Company") == "Company")
      #expect(try story.open() == ["MAP-REQUIRED"])
      story.edit { _, intercom in intercom.setAttribute(person, "firm", .string("Acme Ltd")) }
      try await story.sync()
      #expect(story.field(lead, "Company") == "Acme Ltd")
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test(
      "Q1: company values are read when the person changes and when reconciling; utm_* are mapped too"
    )
    func company() async throws {
      let story = try Self.story([
        "company.industry": "Industry", "company.size": "NumberOfEmployees",
        "utm_campaign": "Plan__c",
      ])
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      var company: String?
      story.edit { _, intercom in
        company = intercom.addCompany("Acme", of: person)
        intercom.updateCompany(company ?? "", "industry", .string("Banking"))
      }
      try await story.begin()
      #expect(story.field(lead, "Industry") == "Banking")
      story.edit { _, intercom in
        intercom.updateCompany(company ?? "", "industry", .string("Chemicals"))
        intercom.updateCompany(company ?? "", "size", .int(40))
      }
      // Nothing says so but the company itself.
      try await story.sync()
      #expect(story.field(lead, "Industry") == "Banking")
      try await story.sync(isFull: true)
      #expect(story.field(lead, "Industry") == "Chemicals")
      #expect(story.field(lead, "NumberOfEmployees") == "40")
      story.edit { _, intercom in
        intercom.updateCompany(company ?? "", "industry", .string("Education"))
        intercom.setUTM(person, "utm_campaign", .string("spring"))
      }
      try await story.sync()
      #expect(story.field(lead, "Industry") == "Education")
      #expect(story.field(lead, "Plan__c") == "spring")
    }

    @EventLoop
    @Test("Q1: of several people on one lead the latest change wins")
    func latest() async throws {
      let story = try Self.story()
      let lead = story.lead("same@example.com")
      let people = (0..<3).map { story.person("same@example.com", name: "P \($0)") }
      try await story.begin()
      for (number, person) in people.enumerated() { Self.plan(story, person, "plan \(number)") }
      try await story.sync()
      for index in [2, 0, 1] {
        Self.plan(story, people[index], "newest of \(index)")
        try await story.sync()
        #expect(story.field(lead, "Plan__c") == "newest of \(index)")
      }
      // Also while Salesforce does not take anything.
      story.salesforce.faults.schedule(.status(503), ordinal: 1, times: 4) {
        $0.kind == .collections && $0.method == .patch
      }
      for index in [1, 2, 0] {
        Self.plan(story, people[index], "after all \(index)")
        try await story.simulation.sync()
      }
      await story.simulation.advance(minutes: 6)
      #expect(story.field(lead, "Plan__c") == "after all 0")
    }

    @EventLoop
    @Test("Q1 L4: a lead that we made has for its base what was sent")
    func made() async throws {
      let story = try Self.story()
      let person = story.person("a@example.com", name: "A")
      Self.plan(story, person, "gold")
      try await story.begin()
      try await story.createLead(person)
      let lead = try #require(story.leads.first)
      #expect(story.field(lead, "Plan__c") == "gold")
      story.edit { salesforce, _ in salesforce.update(lead, ["Plan__c": nil]) }
      let before = story.salesforce.writes
      try await story.sync(isFull: true)
      #expect(story.salesforce.writes == before)
      story.grow(person, to: 5)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "5")
      #expect(story.field(lead, "Plan__c") == nil)
    }

    // MARK: Q2

    @EventLoop
    @Test(
      "Q2: what does not fit is registered and holds nothing back; a value that fits closes the entry"
    )
    func misfit() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      Self.plan(story, person, "short")
      try await story.sync()
      Self.plan(story, person, String(repeating: "long ", count: 10))
      story.grow(person, to: 12)
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "short")
      #expect(story.field(lead, "NumberOfEmployees") == "12")
      #expect(try story.open() == ["MAP-TOO-LONG"])
      let before = story.salesforce.writes
      try await story.sync()
      try await story.sync(isFull: true)
      #expect(story.salesforce.writes == before)
      #expect(try story.open() == ["MAP-TOO-LONG"])
      Self.plan(story, person, "fits")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "fits")
      #expect(try story.open() == [])
      // Back at what Salesforce has, the entry goes too.
      Self.plan(story, person, String(repeating: "long ", count: 10))
      try await story.sync()
      Self.plan(story, person, "fits")
      try await story.sync()
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test(
      "Q2 E1: a validation rule's refusal is set aside, the lead's other news goes on, retry tries it again"
    )
    func validation() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let other = story.lead("b@example.com")
      let person = story.person("a@example.com", name: "A")
      let another = story.person("b@example.com", name: "B")
      try await story.begin()
      story.salesforce.settings.validationRule = { _, fields in
        fields["Plan__c"] == "forbidden" ? "This plan is forbidden" : nil
      }
      Self.plan(story, person, "forbidden")
      Self.plan(story, another, "fine")
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == nil)
      #expect(story.field(other, "Plan__c") == "fine")
      #expect(try story.open() == ["SF-VALIDATION"])
      story.grow(person, to: 3)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "3")
      story.salesforce.settings.validationRule = nil
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == nil)
      try await story.ask { _ = try $0.retryParked(person: person) }
      try await story.sync()
      #expect(story.field(lead, "Plan__c") == "forbidden")
      #expect(try story.open() == [])
    }

    // MARK: Q3

    @EventLoop
    @Test("Q3: linking to a lead that was there, and a newly mapped field, fill only what is empty")
    func fill() async throws {
      let story = try Self.story(["custom_attributes.plan": "Plan__c"])
      let empty = story.lead("a@example.com")
      let full = story.lead("b@example.com", ["Plan__c": "theirs", "NumberOfEmployees": "3"])
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      for person in people {
        Self.plan(story, person, "ours")
        story.grow(person, to: 50)
      }
      try await story.begin()
      #expect(story.field(empty, "Plan__c") == "ours")
      #expect(story.field(full, "Plan__c") == "theirs")
      try await story.restart {
        $0.mapping["custom_attributes.company_size"] = "NumberOfEmployees"
      }
      // Who changed within the overlap is read anew by the next deep poll.
      await story.simulation.advance(minutes: 12)
      #expect(story.field(empty, "NumberOfEmployees") == "50")
      #expect(story.field(full, "NumberOfEmployees") == "3")
      Self.plan(story, people[1], "ours again")
      try await story.sync()
      #expect(story.field(full, "Plan__c") == "ours again")
    }

    @EventLoop
    @Test(
      "Q3 E1: a field that is missing or hidden is one open entry while it lasts, and holds back nothing"
    )
    func hidden() async throws {
      let story = try Self.story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com", name: "A")
      story.salesforce.settings.hiddenFields["Lead"] = ["Plan__c"]
      try await story.begin()
      Self.plan(story, person, "gold")
      story.grow(person, to: 4)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "4")
      #expect(try story.open() == ["MAP-NO-FIELD"])
      story.salesforce.settings.hiddenFields["Lead"] = []
      await story.simulation.advance(minutes: 25 * 60)
      #expect(story.field(lead, "Plan__c") == "gold")
      #expect(try story.open() == [])
      // Hidden while we know it for visible: found out by the refusal.
      story.salesforce.settings.lockedFields["Lead"] = ["Plan__c"]
      Self.plan(story, person, "silver")
      story.grow(person, to: 6)
      try await story.sync()
      #expect(story.field(lead, "NumberOfEmployees") == "6")
      #expect(try story.open().contains("MAP-READ-ONLY"))
    }

    // MARK: Q4

    @EventLoop
    @Test("Q4: a hundred mapped edits are one call, a thousand five")
    func batch() async throws {
      let story = try Self.story()
      let people = (0..<1_000).map { number in
        _ = story.lead("p\(number)@example.com")
        return story.person("p\(number)@example.com", name: "P \(number)")
      }
      try await story.begin()
      await story.simulation.advance(minutes: 2)
      func patches() -> Int {
        story.salesforce.calls.count { $0.kind == .collections && $0.method == .patch }
      }
      for person in people.prefix(100) { Self.plan(story, person, "gold") }
      var before = patches()
      try await story.sync()
      #expect(patches() == before + 1)
      #expect(story.field(story.leads[99], "Plan__c") == "gold")
      before = patches()
      for person in people { Self.plan(story, person, "silver") }
      try await story.sync()
      #expect(patches() == before + 5)
      #expect(story.leads.allSatisfy { story.field($0, "Plan__c") == "silver" })
    }

    @EventLoop
    @Test(
      "Q4: a converted or deleted lead ends its updates without an error, and holds back nobody")
    func ended() async throws {
      let story = try Self.story()
      let leads = (0..<4).map { story.lead("p\($0)@example.com") }
      let people = (0..<4).map { story.person("p\($0)@example.com", name: "P \($0)") }
      try await story.begin()
      // Seen by the write, before any poll.
      try await story.simulation.ask { try $0.pause(true) }
      for person in people { Self.plan(story, person, "gold") }
      try await story.simulation.ask { try $0.pause(false) }
      story.world.rewrite = { [world = story.world] request in
        if request.url.contains("/composite/sobjects"), request.method == .patch {
          world.salesforce.convert(lead: leads[0])
          world.salesforce.delete(leads[1])
          world.salesforce.hardDelete(leads[2])
        }
        return request
      }
      await story.simulation.advance(minutes: 3)
      story.world.rewrite = nil
      #expect(story.field(leads[3], "Plan__c") == "gold")
      #expect(try story.open() == [])
      #expect(try story.store.outboxCounts().pending == 0)
      #expect(story.record(of: people[0])?.hasPrefix("003") == true)
      #expect(story.record(of: people[1]) == nil)
      #expect(story.record(of: people[2]) == nil)
      await story.simulation.advance(minutes: 30)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("Q4: rows that are locked for a moment go again by themselves")
    func locked() async throws {
      let story = try Self.story()
      let leads = (0..<3).map { story.lead("p\($0)@example.com") }
      let people = (0..<3).map { story.person("p\($0)@example.com", name: "P \($0)") }
      try await story.begin()
      story.edit { salesforce, _ in salesforce.lock(leads[1], milliseconds: 40_000) }
      for person in people { Self.plan(story, person, "gold") }
      try await story.sync()
      #expect(story.field(leads[0], "Plan__c") == "gold")
      #expect(story.field(leads[2], "Plan__c") == "gold")
      await story.simulation.advance(minutes: 3)
      #expect(story.field(leads[1], "Plan__c") == "gold")
      #expect(try story.open() == [])
    }
  }
}
