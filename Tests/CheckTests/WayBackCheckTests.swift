import Simulators
import Testing

@testable import Daemon

/// What leads, mapped fields, tasks, tags and assignment need, as the check sees it.
@Suite struct WayBackCheckTests {
  @Test("L4: a required field that nothing fills is named; a default or a mapping fills it")
  func requiredField() async throws {
    let seats = OrgField.custom("Seats__c", .double, isRequired: true)
    let rule = """
      [[leads.rule]]
      name = "Big"
      when = [ { attribute = "company_size", is = ">", value = 500 } ]
      """
    let bench = try CheckBench()
    bench.salesforce.defineField(seats, on: "Lead")
    bench.changes = rule
    let list = try await bench.run()
    #expect(failures(list) == ["salesforce lead creation: "])
    #expect(result(list, LeadChecks.leadsName)?.found.contains("Seats__c") == true)
    bench.changes = rule + "\n[leads.defaults]\nSeats__c = 1"
    #expect(failures(try await bench.run()).isEmpty)
    bench.changes = rule + "\n[mapping]\n\"custom_attributes.seats\" = \"Seats__c\""
    #expect(failures(try await bench.run()).isEmpty)
    // Without a rule nobody makes leads without asking: a thought, no failure.
    bench.changes = ""
    #expect(result(try await bench.run(), LeadChecks.leadsName)?.mark == .warning)
  }

  @Test("Q3: a mapped field that is not there, or cannot be written, is named with its code")
  func mapping() async throws {
    let bench = try CheckBench()
    bench.changes = """
      [mapping]
      "utm_campaign" = "Campaign__c"
      "custom_attributes.id" = "IsConverted"
      "company_size" = "NumberOfEmployees"
      """
    let list = try await bench.run()
    #expect(
      failures(list).sorted() == [
        "salesforce mapped fields: MAP-NO-FIELD", "salesforce mapped fields: MAP-READ-ONLY",
      ])
    #expect(list.exitCode == 1)
  }

  @Test("T4, L6: an external-id field that is missing or not unique is a failure")
  func externalIDs() async throws {
    let bench = try CheckBench()
    bench.changes = """
      [leads]
      external_id_field = "Nowhere__c"
      [tasks]
      external_id_field = "Nowhere__c"
      """
    let list = try await bench.run()
    #expect(
      failures(list) == ["salesforce lead creation: MAP-NO-FIELD", "salesforce tasks: "])
  }

  @Test("A1: a teammate who is not there, or has no seat, is a failure once assignment is on")
  func teammate() async throws {
    let bench = try CheckBench()
    bench.changes = """
      [assign]
      conversations = "unassigned"
      acting_admin = "nobody@example.com"
      """
    let list = try await bench.run()
    #expect(failures(list) == ["intercom acting teammate: "])
    #expect(
      result(list, ConversationChecks.teammateName)?.remedy?.contains("acting_admin") == true)
  }

  @Test("conversations are not read where nothing needs them")
  func conversationsUnused() async throws {
    let bench = try CheckBench()
    bench.changes = "[tasks]\ntag = \"\"\n[leads]\ntag = \"\""
    let list = try await bench.run()
    #expect(result(list, ConversationChecks.tagsName)?.found == "none is configured")
    #expect(!bench.requests.contains("POST /conversations/search"))
    #expect(!bench.requests.contains("GET /tags"))
  }
}
