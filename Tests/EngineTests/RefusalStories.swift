import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// What Salesforce refuses of a new lead (L7, E1, E2; the table of refusals among the facts).
extension EngineTests {
  @Suite struct RefusalStories {
    /// One row of the table: the code, its HTTP status, and how it is to be taken.
    struct Refusal: Sendable, CustomTestStringConvertible {
      var code: String
      var status: Int
      var kind: Meaning.Kind
      var message = "said Salesforce"
      var testDescription: String { "\(code) \(status)" }

      var response: Response {
        Response(
          status: status, headers: ["Content-Type": "application/json"],
          body: Array(
            "[{\"errorCode\":\"\(code)\",\"message\":\"\(message)\",\"fields\":[]}]".utf8))
      }
    }

    nonisolated static let refusals: [Refusal] =
      [
        "REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS",
        "INVALID_TYPE_ON_FIELD_IN_RECORD", "JSON_PARSER_ERROR",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "NUMBER_OUTSIDE_VALID_RANGE", "MALFORMED_ID",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION", "FIELD_INTEGRITY_EXCEPTION",
        "FIELD_FILTER_VALIDATION_EXCEPTION", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "CANNOT_EXECUTE_FLOW_TRIGGER", "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE",
        "DUPLICATES_DETECTED", "DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID",
        "INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "INACTIVE_OWNER_OR_USER", "ENTITY_IS_LOCKED", "SOMETHING_NEW",
      ].map { Refusal(code: $0, status: 400, kind: .refused) }
      + ["INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY"].map {
        Refusal(code: $0, status: 403, kind: .refused)
      }
      + [
        Refusal(code: "UNABLE_TO_LOCK_ROW", status: 400, kind: .passing),
        Refusal(code: "SERVER_UNAVAILABLE", status: 503, kind: .passing),
        Refusal(code: "UNKNOWN_EXCEPTION", status: 500, kind: .passing),
        Refusal(
          code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", status: 400, kind: .passing,
          message: "LeadTrigger: System.DmlException: UNABLE_TO_LOCK_ROW"),
        Refusal(
          code: "REQUEST_LIMIT_EXCEEDED", status: 403, kind: .passing,
          message: "ConcurrentPerOrgLongTxn Limit exceeded."),
        Refusal(
          code: "REQUEST_LIMIT_EXCEEDED", status: 403, kind: .broken,
          message: "TotalRequests Limit exceeded."),
        Refusal(code: "API_DISABLED_FOR_ORG", status: 403, kind: .broken),
        Refusal(code: "STORAGE_LIMIT_EXCEEDED", status: 400, kind: .broken),
        Refusal(code: "TXN_SECURITY_NO_ACCESS", status: 403, kind: .broken),
      ]

    @EventLoop
    @Test(
      "E1 E2 L6: each refusal is registered with its remedy, closes by itself and holds back nobody",
      arguments: refusals)
    func refusal(_ refusal: Refusal) async throws {
      let story = try Story.withRule()
      let people = ["a", "b", "c"].map { story.person("\($0)@example.com", name: $0) }
      try await story.begin()
      var refused = 0
      var isOver = false
      story.world.answer = { request in
        guard !isOver, request.method == .post, request.url.hasSuffix("/sobjects/Lead/"),
          let body = request.body, String(decoding: body, as: UTF8.self).contains("a@example.com")
        else { return nil }
        refused += 1
        return .answer(refusal.response)
      }
      for person in people { story.grow(person) }
      try await story.sync()
      #expect(refused >= 1)
      #expect(story.leads(of: "a@example.com").isEmpty)
      switch refusal.kind {
      case .refused:
        #expect(story.leads(of: "b@example.com").count == 1)
        #expect(story.leads(of: "c@example.com").count == 1)
        let open = try story.store.errors(all: true, after: 0, limit: 9)
        #expect(open.count == 1)
        #expect(open.first?.personID == people[0])
        #expect(open.first?.kind == .refused)
        #expect(open.first?.remedy.isEmpty == false)
        // Parked: it is not tried again by itself.
        let before = refused
        await story.simulation.advance(minutes: 30)
        #expect(refused == before)
        isOver = true
        try await story.ask { _ = try $0.retryParked(person: people[0]) }
      case .broken:
        #expect(try story.open().count == 1)
        isOver = true
      case .passing:
        isOver = true
      }
      await story.simulation.advance(minutes: 30)
      for name in ["a", "b", "c"] { #expect(story.leads(of: "\(name)@example.com").count == 1) }
      let left = try story.store.errors(all: true, after: 0, limit: 9)
      #expect(left == [])
      #expect(people.allSatisfy { story.record(of: $0) != nil })
    }

    @EventLoop
    @Test("E2: a refused lead is tried again when the person's data changes, watched or not")
    func changedPerson() async throws {
      let story = try Story.withRule()
      story.salesforce.settings.validationRule = { _, fields in
        fields["LastName"] == "Bad" ? "No such name" : nil
      }
      let person = story.person("a@example.com", name: "Bad")
      try await story.begin()
      story.grow(person)
      try await story.sync()
      #expect(try story.open() == ["SF-VALIDATION"])
      #expect(story.leads.isEmpty)
      story.edit { _, intercom in intercom.update(person, "name", .string("Good")) }
      try await story.sync()
      #expect(story.leads.count == 1)
      #expect(try story.open() == [])
    }

    // MARK: Duplicate rules (L7)

    @EventLoop
    @Test(
      "L7: a duplicate rule's refusal links, pinned, to the record that it names",
      arguments: [false, true])
    func duplicates(_ isMisspelt: Bool) async throws {
      let story = try Story.withRule()
      var rule = SalesforceSimulator.DuplicateRule(.block)
      rule.isMisspelt = isMisspelt
      story.salesforce.settings.duplicateRule = rule
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      // Made between our look-up and our creation.
      var contact: String?
      story.world.rewrite = { [world = story.world] request in
        if contact == nil, request.method == .post, request.url.hasSuffix("/sobjects/Lead/") {
          contact = world.salesforce.createContact(email: "a@example.com")
        }
        return request
      }
      story.grow(person)
      try await story.sync()
      #expect(story.leads.isEmpty)
      #expect(story.record(of: person) == contact)
      #expect(try story.store.pin(of: person) == contact)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("L7: a rule that names none is registered with the rule and who can see it")
    func hiddenDuplicates() async throws {
      let story = try Story.withRule()
      var rule = SalesforceSimulator.DuplicateRule(.block)
      rule.hidesMatches = true
      story.salesforce.settings.duplicateRule = rule
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.world.rewrite = { [world = story.world] request in
        if request.method == .post, request.url.hasSuffix("/sobjects/Lead/"),
          world.salesforce.ids(of: "Contact").isEmpty
        {
          world.salesforce.createContact(email: "a@example.com")
        }
        return request
      }
      guard case .refused(let entry) = try await story.createLead(person) else {
        Issue.record("not refused")
        return
      }
      #expect(entry.code == "SF-DUPLICATE-HIDDEN")
      #expect(entry.answer.contains("Standard_Lead_Duplicate_Rule"))
    }

    @EventLoop
    @Test("L7 L6: a lead of ours whose unique id is taken already is the person's own")
    func ownLead() async throws {
      let story = try Story.withRule { $0.leads.externalIDField = "Intercom_ID__c" }
      story.salesforce.defineField(.externalID("Intercom_ID__c"), on: "Lead")
      let person = story.person("new@example.com", name: "A")
      // The person had another address when the lead was made, and the store is lost since.
      let lead = story.lead("old@example.com", ["Intercom_ID__c": person])
      try await story.begin()
      try await story.createLead(person)
      #expect(story.leads == [lead])
      #expect(story.record(of: person) == lead)
    }

    // MARK: Our share (S2)

    @EventLoop
    @Test("S2: past our share of the calls a rule waits, and what a person asks for goes on")
    func share() async throws {
      let story = try Story.withRule(salesforce: { $0.dailyLimit = 100 })
      let people = ["a", "b"].map { story.person("\($0)@example.com", name: $0) }
      try await story.begin()
      await story.simulation.advance(minutes: 5 * 60)
      #expect(try story.open() == ["SF-SHARE-USED"])
      story.grow(people[0])
      try await story.sync()
      let asked = try await story.createLead(people[1])
      #expect(story.leads(of: "b@example.com").count == 1)
      #expect(asked == .created(story.leads(of: "b@example.com")))
      await story.simulation.advance(minutes: 26 * 60)
      #expect(story.leads(of: "a@example.com").count == 1)
    }
  }
}
