import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct LeadWriteTests {
  private let made = json(#"{"id":"00Q000000000001","success":true,"errors":[]}"#, status: 201)
  private let fields: Values = [
    "LastName": .text("O'Neil \"x\""), "Company": .text("Acme"), "Seats__c": .number("12"),
    "Wants__c": .flag(true), "Fax": .null, "Topics__c": .list([.text("a"), .text("b")]),
  ]

  private func create(
    _ steps: [ScriptedTransport.Step], allowsDuplicates: Bool = false
  ) async -> (bench: Bench, id: String?, failure: Failure?) {
    let bench = Bench([granted()] + steps)
    do {
      let id = try await bench.client.createLead(fields, allowsDuplicates: allowsDuplicates)
      return (bench, id, nil)
    } catch {
      return (bench, nil, error)
    }
  }

  @Test("L4, L5: a lead is one POST, and the org assigns it")
  func post() async throws {
    let found = await create([.answer(made)])
    #expect(found.id == "00Q000000000001EAA")
    let request = try #require(found.bench.transport.requests.last)
    #expect(request.method == .post)
    #expect(request.url == home + "/services/data/v62.0/sobjects/Lead/")
    #expect(request.headers["Sforce-Auto-Assign"] == nil)
    #expect(request.headers["Sforce-Duplicate-Rule-Header"] == nil)
    #expect(
      found.bench.transport.bodies.last
        == #"{"Company":"Acme","Fax":null,"LastName":"O'Neil \"x\"","Seats__c":12,"#
        + #""Topics__c":"a;b","Wants__c":true}"#)
    let passed = await create([.answer(made)], allowsDuplicates: true)
    #expect(
      passed.bench.transport.requests.last?.headers["Sforce-Duplicate-Rule-Header"]
        == "allowSave=true")
  }

  @Test(
    "L4: what is no number of JSON goes as a text, so that no value can add a field",
    arguments: [
      ("1", "1"), ("-1.5e+3", "-1.5e+3"), ("01", #""01""#), ("1,\"X\":2", #""1,\"X\":2""#),
      ("NaN", #""NaN""#), ("", #""""#), ("１", #""１""#), ("1\n", #""1\u000A""#),
    ])
  func numbers(_ digits: String, _ text: String) {
    #expect(Encoding.json(.number(digits)) == text)
  }

  @Test(
    "L6: a 2xx that bears no id may have made the lead",
    arguments: [
      "", "{}", "[]", "null", "<html>", #"{"id":null,"success":true}"#,
      #"{"id":"00Q000000000001","success":false,"errors":[]}"#, #"{"id":"00Q000000000001"}"#,
      #"{"id":"short","success":true}"#, #"{"id":"00Q000000000001","success":true"#,
    ])
  func unreadable(_ body: String) async {
    for status in [200, 201, 204, 304] {
      let found = await create([.answer(Response(status: status, body: Array(body.utf8)))])
      #expect(found.failure?.meaning == SalesforceMeaning.unreadable)
      #expect(found.failure?.effect == .unknown)
    }
  }

  @Test("L6: only a refused connection, or a 4xx or 503 in Salesforce's own form, made nothing")
  func effects() async {
    let own = #"[{"errorCode":"SERVER_UNAVAILABLE","message":"x"}]"#
    let cases: [(ScriptedTransport.Step, Failure.Effect)] = [
      (.fail(.notSent), .none), (.fail(.forbidden), .none), (.fail(.answerLost), .unknown),
      (.fail(.cancelled), .unknown), (.fail(.tooLarge), .unknown),
      (.answer(json(own, status: 503)), .none), (.answer(json(own, status: 400)), .none),
      (.answer(json(own, status: 500)), .unknown), (.answer(json(own, status: 502)), .unknown),
      (.answer(json(own, status: 504)), .unknown),
      (.answer(json("<html>", status: 503)), .unknown),
      (.answer(json("<html>", status: 404)), .unknown),
      (.answer(json("", status: 302)), .unknown),
    ]
    for (step, effect) in cases {
      let found = await create([step])
      #expect(found.failure?.effect == effect, "\(found.failure?.sentence ?? "")")
    }
  }

  @Test("L6: a lead that was never sent for want of a token is of no effect")
  func noToken() async {
    let expired = json(
      #"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#, status: 401)
    let lost = await create([.answer(expired), .fail(.answerLost)])
    #expect(lost.failure?.effect == Failure.Effect.none)
    #expect(lost.bench.transport.requests.count == 3)
    let renewed = await create([.answer(expired), granted("00Dx!two"), .answer(made)])
    #expect(renewed.id == "00Q000000000001EAA")
    let again = await create([.answer(expired), granted("00Dx!two"), .fail(.answerLost)])
    #expect(again.failure?.effect == .unknown)
  }

  @Test(
    "E2: a refusal that stops a reading is one record's when it meets a write",
    arguments: [
      Refusal(403, "INSUFFICIENT_ACCESS", "SF-RECORD-ACCESS", .refused),
      Refusal(400, "INSUFFICIENT_ACCESS_OR_READONLY", "SF-RECORD-ACCESS", .refused),
      Refusal(400, "INVALID_TYPE", "SF-RECORD-ACCESS", .refused),
      Refusal(400, "INVALID_FIELD", "SF-WRITE-FIELD", .refused),
      Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "SF-FIELD-NOT-WRITABLE", .refused),
      Refusal(400, "TRANSFER_REQUIRES_READ", "SF-OWNER-UNFIT", .refused),
      Refusal(400, "OP_WITH_INVALID_USER_TYPE_EXCEPTION", "SF-OWNER-UNFIT", .refused),
      Refusal(400, "LIMIT_EXCEEDED", "SF-REFUSED", .refused),
      Refusal(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-TRIGGER", .refused),
      Refusal(
        400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-LOCKED", .passing,
        "LeadTrigger: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access"),
      Refusal(
        400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-LOCKED", .passing,
        "LeadTrigger: ConcurrentRequests"),
      Refusal(
        400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-RECORD-ACCESS", .refused,
        "entity type cannot be inserted: Task"),
      Refusal(400, "FIELD_INTEGRITY_EXCEPTION", "SF-FIELD-INTEGRITY", .refused),
      Refusal(400, "ENTITY_IS_LOCKED", "SF-APPROVAL-LOCK", .refused),
      Refusal(400, "INACTIVE_OWNER_OR_USER", "SF-INACTIVE-OWNER", .refused),
      Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "SF-CONVERTED", .refused),
      Refusal(400, "UNABLE_TO_LOCK_ROW", "SF-LOCKED", .passing),
      Refusal(403, "REQUEST_LIMIT_EXCEEDED", "SF-DAILY-LIMIT", .broken),
      Refusal(400, "STORAGE_LIMIT_EXCEEDED", "SF-STORAGE-FULL", .broken),
      Refusal(403, "TXN_SECURITY_NO_ACCESS", "SF-SECURITY-POLICY", .broken),
      Refusal(403, "SOMETHING_NEW", "SF-REFUSED", .refused),
    ])
  func refusals(_ refusal: Refusal) async {
    let body =
      #"[{"errorCode":"\#(refusal.code)","message":\#(Encoding.json(refusal.message))}]"#
    let found = await create([.answer(json(body, status: refusal.status))])
    #expect(found.failure?.meaning.code == refusal.ours)
    #expect(found.failure?.meaning.kind == refusal.kind)
    #expect(found.failure?.effect == Failure.Effect.none)
  }

  @Test("Q3: a refusal that the fields should have foretold has them read anew, but not at once")
  func doubt() async throws {
    let refused = ScriptedTransport.Step.answer(
      json(#"[{"errorCode":"STRING_TOO_LONG","message":"x"}]"#, status: 400))
    let row = #"{"success":false,"errors":[{"statusCode":"INVALID_FIELD","message":"x"}]}"#
    let bench = Bench([
      granted(), described(leadFields), refused, refused, described(leadFields),
      .answer(json("[\(row)]")), .answer(json("[\(row)]")), described(leadFields),
    ])
    func describe() async throws -> Int {
      _ = try await bench.client.describe(.lead)
      return bench.transport.requests.count
    }
    #expect(try await describe() == 2)
    _ = await failure { try await bench.client.createLead(fields, allowsDuplicates: false) }
    #expect(try await describe() == 3)
    bench.clock.now += Salesforce.doubtMilliseconds
    _ = await failure { try await bench.client.createLead(fields, allowsDuplicates: false) }
    #expect(try await describe() == 5)
    #expect(bench.transport.requests[4].headers["If-Modified-Since"] == nil)
    _ = try await bench.client.updateLeads([("00Q000000000001EAA", fields)])
    #expect(try await describe() == 6)
    bench.clock.now += Salesforce.doubtMilliseconds
    _ = try await bench.client.updateLeads([("00Q000000000001EAA", fields)])
    #expect(try await describe() == 8)
  }

  // MARK: Duplicates

  private func duplicates(_ key: String, _ results: String, allowSave: Bool = false) -> Response {
    json(
      #"[{"\#(key)":{"allowSave":\#(allowSave),"duplicateRule":"Our_Rule","#
        + #""duplicateRuleEntityType":"Lead","errorMessage":"Use it","matchResults":\#(results)},"#
        + #""errorCode":"DUPLICATES_DETECTED","message":"Use one of these records?"}]"#,
      status: 400)
  }

  private func result(_ ids: [String]) -> String {
    let records = ids.map {
      #"{"additionalInformation":[],"fieldDiffs":[],"matchConfidence":100.0,"record":{"#
        + #""attributes":{"type":"Lead","url":"/x"},"Id":"\#($0)"}}"#
    }
    return #"{"entityType":"Lead","errors":[],"matchEngine":"X","matchRecords":["#
      + records.joined(separator: ",") + #"],"rule":"R","size":\#(ids.count),"success":true}"#
  }

  @Test(
    "L7: a duplicate rule's refusal names its records, under either spelling",
    arguments: ["duplicateResult", "duplicateResut"])
  func named(_ key: String) async {
    let results =
      "[" + result(["00Q000000000002", "00Q000000000001AAA"]) + ","
      + result(["003000000000001AAA", "00Q000000000001AAA", "001000000000001AAA"]) + "]"
    let found = await create([.answer(duplicates(key, results))])
    #expect(found.failure?.meaning == SalesforceMeaning.duplicate)
    #expect(
      found.failure?.records
        == ["00Q000000000002EAA", "00Q000000000001AAA", "003000000000001AAA"])
    #expect(found.failure?.answer == "duplicate rule Our_Rule: Use one of these records?")
    #expect(found.failure?.farCode == "DUPLICATES_DETECTED")
    #expect(found.failure?.effect == Failure.Effect.none)
    let alerting = await create([.answer(duplicates(key, results, allowSave: true))])
    #expect(alerting.failure?.answer.contains("leads.allow_duplicates") == true)
  }

  @Test(
    "L7: records that are hidden are told as such, with the rule",
    arguments: [
      "[]", "null", "{}", #"[{"matchRecords":null}]"#, #"[{"matchRecords":[null,{}]}]"#,
      #"[{"matchRecords":[{"record":null},{"record":{"Id":null}},{"record":{"Id":"x"}}]}]"#,
      "[null,1,[]]",
    ])
  func hidden(_ results: String) async {
    let found = await create([.answer(duplicates("duplicateResult", results))])
    #expect(found.failure?.meaning == SalesforceMeaning.duplicateHidden)
    #expect(found.failure?.meaning.kind == .refused)
    #expect(found.failure?.records == [])
    #expect(found.failure?.answer.contains("Our_Rule") == true)
  }

  @Test(
    "L6: a unique value's refusal names the record that has it, in 15 or 18 characters",
    arguments: [
      (
        "duplicate value found: Intercom_ID__c duplicates value on record with id: 00Q5g00000ABCDE",
        ["00Q5g00000ABCDEEA5"], ["Intercom_ID__c"]
      ),
      (
        "duplicate value found: Intercom_ID__c duplicates value on record with id: "
          + "00Q000000000001AAA.", ["00Q000000000001AAA"], ["Intercom_ID__c"]
      ),
      ("doppelter Wert: Feld (00Q000000000001AAA)", ["00Q000000000001AAA"], []),
      (
        "duplicate value found: <unknown> duplicates value on record with id: <unknown>", [], []
      ),
      ("duplicate value found: x", [], []),
    ])
  func uniqueValue(_ message: String, _ records: [String], _ fields: [String]) async {
    let body = #"[{"errorCode":"DUPLICATE_VALUE","message":"\#(message)","fields":[]}]"#
    let found = await create([.answer(json(body, status: 400))])
    #expect(found.failure?.meaning == SalesforceMeaning.duplicateValue)
    #expect(found.failure?.records == records)
    #expect(found.failure?.fields == fields)
    #expect(found.failure?.effect == Failure.Effect.none)
  }

  @Test("Q2: the fields that a refusal names only in words are read from them")
  func fieldsInWords() async {
    let cases = [
      (
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: Rating, Score__c. Please check the security settings of "
          + "this field", ["Rating", "Score__c"]
      ),
      (
        "INVALID_FIELD", "No such column 'Score__c' on sobject of type Lead", ["Score__c"]
      ),
      ("INVALID_FIELD", "something else", []),
    ]
    for (code, message, fields) in cases {
      let body = #"[{"errorCode":"\#(code)","message":"\#(message)"}]"#
      let found = await create([.answer(json(body, status: 400))])
      #expect(found.failure?.fields == fields)
    }
  }

  @Test("E1: the value that a refusal repeats stays out of our words")
  func values() async {
    let cases = [
      (
        "STRING_TOO_LONG", "First Name: data value too large: Ann (max length=40)",
        "First Name: data value too large (max length=40)"
      ),
      (
        "INVALID_EMAIL_ADDRESS", "Email: invalid email address: ann at example",
        "Email: invalid email address"
      ),
      (
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Race: bad value for restricted picklist field: Ann",
        "Race: bad value for restricted picklist field"
      ),
      (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION", "ann@example.com is taken",
        "(e-mail address) is taken"
      ),
    ]
    for (code, message, words) in cases {
      let body = #"[{"errorCode":"\#(code)","message":"\#(message)","fields":["F"]}]"#
      let found = await create([.answer(json(body, status: 400))])
      #expect(found.failure?.answer == words)
      #expect(found.failure?.fields == ["F"])
    }
  }
}
