import HTTP
import Simulators
import Testing

@Suite struct RecordTests {
  private static let custom: [String: [OrgField]] = [
    "Lead": [
      .externalID("Intercom_ID__c"),
      OrgField(
        "Level__c", .picklist, 255, traits: [.editable, .custom, .restricted], values: ["A"]),
      OrgField("Score__c", .double, traits: [.editable, .custom], precision: 5, scale: 2),
      OrgField("Seen__c", .datetime, traits: [.editable, .custom]),
      OrgField("Is_Hot__c", .boolean, traits: [.editable, .custom]),
    ]
  ]

  private func world(
    _ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }
  ) -> World {
    World {
      $0.customFields = Self.custom
      change(&$0)
    }
  }

  private func create(
    _ world: World, _ body: String, headers: Headers = [:]
  ) throws -> (status: Int, json: JSON) {
    try world.call(.post, "/sobjects/Lead/", body, headers: headers)
  }

  @Test("L4: Creating a lead needs LastName and Company, and gives 201 with a Location")
  func create() throws {
    let world = world()
    let response = try world.send(
      .post, "/services/data/v66.0/sobjects/Lead/", #"{"LastName":"Smith","Company":"C"}"#)
    #expect(response.status == 201)
    let answer = try JSON.parse(response.body)
    #expect(answer.keys == ["id", "success", "errors"])
    let id = try #require(try answer["id"].text)
    #expect(response.headers["Location"] == "/services/data/v66.0/sobjects/Lead/\(id)")
    #expect(world.org.value(id, "Status") == "Open - Not Contacted")
    #expect(world.org.value(id, "OwnerId") == world.org.runningUserID)
    #expect(world.org.writes == 1)
  }

  @Test(
    "A bad lead is refused with its code and fields",
    arguments: [
      (#"{"FirstName":"A"}"#, "REQUIRED_FIELD_MISSING", ["LastName", "Company"]),
      (#"{"LastName":"  ","Company":"C"}"#, "REQUIRED_FIELD_MISSING", ["LastName"]),
      (#"{"LastName":"A","Company":"C","Email":"nonsense"}"#, "INVALID_EMAIL_ADDRESS", ["Email"]),
      (
        #"{"LastName":"A","Company":"C","Level__c":"B"}"#,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Level__c"]
      ),
      (
        #"{"LastName":"A","Company":"C","Score__c":1000}"#,
        "NUMBER_OUTSIDE_VALID_RANGE", ["Score__c"]
      ),
      (#"{"LastName":"A","Company":"C","OwnerId":"abc"}"#, "MALFORMED_ID", ["OwnerId"]),
      (
        #"{"LastName":"A","Company":"C","OwnerId":"005000000000001AAA"}"#,
        "INVALID_CROSS_REFERENCE_KEY", ["OwnerId"]
      ),
      (#"{"LastName":"A","Company":"C","Name":"x"}"#, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
      (
        #"{"LastName":"A","Company":"C","SystemModstamp":null}"#,
        "INVALID_FIELD_FOR_INSERT_UPDATE", ["SystemModstamp"]
      ),
    ])
  func refusals(body: String, code: String, fields: [String]) throws {
    let world = world()
    let answer = try create(world, body)
    #expect(answer.status == 400)
    #expect(try world.code(answer) == code)
    #expect(try answer.json[0]["fields"].list.map(\.text) == fields)
    #expect(world.org.writes == 0)
  }

  @Test(
    "What cannot be read at all is INVALID_FIELD or JSON_PARSER_ERROR",
    arguments: [
      (#"{"LastName":"A","Company":"C","Foo__c":1}"#, "INVALID_FIELD"),
      (#"{"LastName":"A","Company":"C","Is_Hot__c":"maybe"}"#, "JSON_PARSER_ERROR"),
      (#"{"LastName":"A","Company":"C","Seen__c":"yesterday"}"#, "JSON_PARSER_ERROR"),
      (#"{"LastName":"A","Company":"C","NumberOfEmployees":1.5}"#, "JSON_PARSER_ERROR"),
      (#"{"LastName":"#, "JSON_PARSER_ERROR"),
    ])
  func unreadable(body: String, code: String) throws {
    let world = world()
    let answer = try create(world, body)
    #expect(answer.status == 400)
    #expect(try world.code(answer) == code)
  }

  @Test("A text that is too long is an error that shows the label, in UTF-16 units")
  func tooLong() throws {
    let world = world()
    let emoji = String(repeating: "😀", count: 20)
    #expect(
      try create(world, #"{"LastName":"A","Company":"C","FirstName":"\#(emoji)"}"#).status == 201)
    let answer = try create(
      world, #"{"LastName":"A","Company":"C","FirstName":"\#(emoji)x"}"#)
    #expect(try world.code(answer) == "STRING_TOO_LONG")
    #expect(
      try answer.json[0]["message"].text
        == "First Name: data value too large: \(emoji)x (max length=40)")
  }

  @Test("Standard picklists take any value, and a converted Status converts nothing")
  func picklists() throws {
    let world = world()
    let answer = try create(
      world, #"{"LastName":"A","Company":"C","LeadSource":"Typo","Status":"Closed - Converted"}"#)
    let id = try #require(try answer.json["id"].text)
    #expect(world.org.value(id, "LeadSource") == "Typo")
    #expect(world.org.value(id, "IsConverted") == nil)
  }

  @Test("Values come back in the platform's form")
  func values() throws {
    let world = world()
    let answer = try create(
      world,
      #"{"LastName":" A ","Company":"C","Score__c":12,"Seen__c":"2026-01-02T03:04:05.678+02:00","Is_Hot__c":true}"#
    )
    let id = try #require(try answer.json["id"].text)
    let row = try world.call(
      .get, "/sobjects/Lead/\(id)?fields=Score__c,Seen__c,Is_Hot__c,LastName")
    #expect(try row.json["Score__c"] == .number(12))
    #expect(try row.json["Seen__c"].text == "2026-01-02T01:04:05.000+0000")
    #expect(try row.json["Is_Hot__c"] == .bool(true))
    #expect(try row.json["LastName"].text == "A")
  }

  @Test(
    "A GET shows every standard field that a real one showed",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func recordedKeys() throws {
    let recorded = try Recorded.json("grouparoo/export-objects_export-records-lead.json")
    let expected = try recorded["interactions"][3]["body"].keys
    let world = World()
    let lead = world.org.createLead(email: "a@example.com")
    let response = try world.send(.get, "/services/data/v66.0/sobjects/Lead/\(lead)")
    let own = try JSON.parse(response.body).keys
    #expect(expected.filter { !$0.hasSuffix("__c") }.subtracting(own).isEmpty)
    #expect(own.subtracting(expected).isEmpty)
    #expect(response.headers["Last-Modified"] == "Mon, 21 Sep 2026 14:13:20 GMT")
  }

  @Test("PATCH is 204; null clears, an absent key leaves; required ones stay")
  func update() throws {
    let world = world()
    let lead = world.org.createLead(email: "a@example.com", fields: ["Title": "T", "Phone": "1"])
    world.clock.now += 2000
    let path = "/sobjects/Lead/\(lead)"
    #expect(try world.call(.patch, path, #"{"Title":null}"#).status == 204)
    #expect(world.org.value(lead, "Title") == nil)
    #expect(world.org.value(lead, "Phone") == "1")
    #expect(world.org.value(lead, "SystemModstamp") == String(World.start + 2000))
    let answer = try world.call(.patch, path, #"{"Company":null}"#)
    #expect(try world.code(answer) == "REQUIRED_FIELD_MISSING")
  }

  @Test("A deleted record: GET is NOT_FOUND, PATCH and DELETE are ENTITY_IS_DELETED, all 404")
  func deleted() throws {
    let world = world()
    let lead = world.org.createLead(email: nil)
    let path = "/sobjects/Lead/\(lead)"
    #expect(try world.call(.delete, path).status == 204)
    let cases: [(Request.Method, String)] = [
      (.get, "NOT_FOUND"), (.patch, "ENTITY_IS_DELETED"), (.delete, "ENTITY_IS_DELETED"),
    ]
    for (method, code) in cases {
      let answer = try world.call(method, path, #"{"Title":"x"}"#)
      #expect(answer.status == 404)
      #expect(try world.code(answer) == code)
    }
  }

  @Test("PATCH with If-Unmodified-Since before the last change is 412")
  func guarded() throws {
    let world = world()
    let lead = world.org.createLead(email: nil)
    let answer = try world.call(
      .patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#,
      headers: ["If-Unmodified-Since": "Mon, 21 Sep 2026 14:13:19 GMT"])
    #expect(answer.status == 412)
  }

  @Test("L6: A unique field refuses a second record with DUPLICATE_VALUE and the other's id")
  func unique() throws {
    let world = world()
    let body = #"{"LastName":"A","Company":"C","Intercom_ID__c":"abc"}"#
    let id = try #require(try create(world, body).json["id"].text)
    let again = try create(
      world, #"{"LastName":"A","Company":"C","Intercom_ID__c":"ABC"}"#)
    #expect(try world.code(again) == "DUPLICATE_VALUE")
    #expect(
      try again.json[0]["message"].text
        == "duplicate value found: Intercom_ID__c duplicates value on record with id: "
        + id.prefix(15))
  }

  @Test("An upsert is 201 created, then 200; its field must not stand in the body")
  func upsert() throws {
    let world = world()
    let path = "/sobjects/Lead/Intercom_ID__c/a%20b"
    let first = try world.call(.patch, path, #"{"LastName":"A","Company":"C"}"#)
    #expect(first.status == 201)
    #expect(try first.json["created"] == .bool(true))
    let second = try world.call(.patch, path, #"{"LastName":"B"}"#)
    #expect(second.status == 200)
    #expect(try second.json["created"] == .bool(false))
    #expect(try second.json["id"] == first.json["id"])
    #expect(try world.call(.patch, path, #"{"Intercom_ID__c":"x"}"#).status == 400)
    let unknown = try world.call(.patch, "/sobjects/Lead/Namez/x", "{}")
    #expect(unknown.status == 404)
  }

  @Test("Several records for one idLookup value are 300 with their URLs")
  func several() throws {
    let world = world()
    world.org.createLead(email: "a@example.com")
    world.org.createLead(email: "a@example.com")
    let answer = try world.call(.patch, "/sobjects/Lead/Email/a@example.com", "{}")
    #expect(answer.status == 300)
    #expect(answer.json.list.count == 2)
  }

  @Test("L5: An assignment rule gives leads away on create and on update unless told FALSE")
  func assignment() throws {
    let world = world()
    let queue = world.org.createQueue(name: "Inbound")
    world.org.settings.assignmentRuleOwner = queue
    let body = #"{"LastName":"A","Company":"C"}"#
    let made = try #require(try create(world, body).json["id"].text)
    #expect(world.org.value(made, "OwnerId") == queue)
    let kept = try #require(
      try create(world, body, headers: ["Sforce-Auto-Assign": "FALSE"]).json["id"].text)
    #expect(world.org.value(kept, "OwnerId") == world.org.runningUserID)
    let path = "/sobjects/Lead/\(kept)"
    _ = try world.call(.patch, path, #"{"Title":"x"}"#, headers: ["Sforce-Auto-Assign": "false"])
    #expect(world.org.value(kept, "OwnerId") == world.org.runningUserID)
    _ = try world.call(.patch, path, #"{"Title":"y"}"#)
    #expect(world.org.value(kept, "OwnerId") == queue)
  }

  @Test("An inactive owner, a hidden and a locked field, and a validation rule refuse")
  func rules() throws {
    let world = world {
      $0.hiddenFields = ["Lead": ["Phone"]]
      $0.lockedFields = ["Lead": ["Fax"]]
      $0.validationRule = { object, fields in
        object == "Lead" && fields["Title"] == "no" ? "Not that title" : nil
      }
    }
    let user = world.org.createUser(lastName: "U", email: "u@example.com", isActive: false)
    let cases = [
      (#""OwnerId":"\#(user)""#, "INACTIVE_OWNER_OR_USER"), (#""Phone":"1""#, "INVALID_FIELD"),
      (#""Fax":"1""#, "INVALID_FIELD_FOR_INSERT_UPDATE"),
      (#""Title":"no""#, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    ]
    for (field, code) in cases {
      let answer = try create(world, #"{"LastName":"A","Company":"C",\#(field)}"#)
      #expect(try world.code(answer) == code)
    }
  }

  // MARK: Duplicates

  private func duplicate(
    _ rule: SalesforceSimulator.DuplicateRule, headers: Headers = [:]
  ) throws -> (world: World, lead: String, status: Int, json: JSON) {
    let world = world { $0.duplicateRule = rule }
    let lead = world.org.createLead(email: "a@example.com")
    let answer = try create(
      world, #"{"LastName":"A","Company":"C","Email":"A@example.com"}"#, headers: headers)
    return (world, lead, answer.status, answer.json)
  }

  @Test(
    "L7: A duplicate rule's refusal has the recorded shape, in both spellings",
    .enabled(if: Recorded.isThere, Recorded.absence), arguments: [true, false])
  func duplicates(isMisspelt: Bool) throws {
    var rule = SalesforceSimulator.DuplicateRule(.alert)
    rule.isMisspelt = isMisspelt
    let answer = try duplicate(rule)
    let name = isMisspelt ? "v54_misspelled" : "v60_correct"
    let recorded = try Recorded.json("github-snippets/duplicates_detected_\(name)_key.json")
    #expect(answer.status == 400)
    #expect(try answer.json[0].keys == recorded[0].keys)
    let key = isMisspelt ? "duplicateResut" : "duplicateResult"
    let own = try answer.json[0][key]
    let other = try recorded[0][key]
    #expect(own.keys == other.keys)
    #expect(try own["matchResults"][0].keys == other["matchResults"][0].keys)
    let record = try own["matchResults"][0]["matchRecords"][0]
    #expect(try record.keys == other["matchResults"][0]["matchRecords"][0].keys)
    #expect(try record["record"]["Id"].text == answer.lead)
  }

  @Test("allowSave passes an alert and not a block")
  func allowSave() throws {
    let headers: Headers = ["Sforce-Duplicate-Rule-Header": "allowSave=true"]
    #expect(try duplicate(.init(.alert), headers: headers).status == 201)
    let blocked = try duplicate(.init(.block), headers: headers)
    #expect(blocked.status == 400)
    #expect(try blocked.json[0]["duplicateResult"]["allowSave"] == .bool(false))
  }

  @Test("Sharing can hide the matches, and a lead can match a contact")
  func hiddenMatches() throws {
    var rule = SalesforceSimulator.DuplicateRule(.block)
    rule.hidesMatches = true
    let hidden = try duplicate(rule)
    #expect(try hidden.json[0]["duplicateResult"]["matchResults"].list.isEmpty)
    let world = world { $0.duplicateRule = .init(.block) }
    let contact = world.org.createContact(email: "c@example.com")
    let answer = try create(world, #"{"LastName":"A","Company":"C","Email":"c@example.com"}"#)
    let match = try answer.json[0]["duplicateResult"]["matchResults"][0]
    #expect(try match["entityType"].text == "Contact")
    #expect(try match["matchRecords"][0]["record"]["Id"].text == contact)
  }

  // MARK: Tasks

  @Test("T2: A task with a closed status is completed at once and moves its lead's stamp only")
  func task() throws {
    let world = world()
    let lead = world.org.createLead(email: nil)
    world.clock.now += 3000
    let body =
      #"{"WhoId":"\#(lead)","Subject":"S","Status":"Completed","ActivityDate":"2026-09-20"}"#
    let answer = try world.call(.post, "/sobjects/Task", body)
    let task = try #require(try answer.json["id"].text)
    let row = try world.query(
      "SELECT IsClosed, CompletedDateTime, Priority, Who.Name, Who.Type FROM Task"
    ).json["records"][0]
    #expect(try row["IsClosed"] == .bool(true))
    #expect(try row["CompletedDateTime"].text == "2026-09-21T14:13:23.000+0000")
    #expect(try row["Priority"].text == "Normal")
    #expect(try row["Who"]["Type"].text == "Lead")
    #expect(task.hasPrefix("00T"))
    #expect(world.org.value(lead, "LastActivityDate") == "2026-09-20")
    #expect(world.org.value(lead, "SystemModstamp") == String(World.start + 3000))
    #expect(world.org.value(lead, "LastModifiedDate") == String(World.start))
  }

  @Test("T4: A task for a converted lead is refused")
  func taskOfConverted() throws {
    let world = world()
    let lead = world.org.createLead(email: nil)
    world.org.convert(lead: lead)
    let answer = try world.call(.post, "/sobjects/Task", #"{"WhoId":"\#(lead)"}"#)
    #expect(try world.code(answer) == "CANNOT_UPDATE_CONVERTED_LEAD")
  }

  @Test("TaskSubtype cannot be changed later; a task of a lead has no WhatId")
  func taskRules() throws {
    let world = world()
    let lead = world.org.createLead(email: nil)
    let account = world.org.create("Account", ["Name": "A"])
    let task = world.org.create("Task", ["Subject": "S"])
    let update = try world.call(.patch, "/sobjects/Task/\(task)", #"{"TaskSubtype":"Call"}"#)
    #expect(try world.code(update) == "INVALID_FIELD_FOR_INSERT_UPDATE")
    let both = try world.call(
      .post, "/sobjects/Task", #"{"WhoId":"\#(lead)","WhatId":"\#(account)"}"#)
    #expect(try world.code(both) == "FIELD_INTEGRITY_EXCEPTION")
  }
}
