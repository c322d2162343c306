import HTTP
import Simulators
import Testing

@Suite struct AdministrationTests {
  private func field(_ world: World, _ object: String, _ name: String) throws -> JSON? {
    let answer = try world.call(.get, "/sobjects/\(object)/describe")
    return try answer.json["fields"].list.first { try $0["name"].text == name }
  }

  @Test("A custom field that is made at run time is described, required and kept")
  func customField() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com")
    world.org.defineField(
      .custom("Seats__c", .double, isRequired: true, precision: 4, scale: 1), on: "Lead")
    let described = try #require(try field(world, "Lead", "Seats__c"))
    #expect(try described["nillable"] == .bool(false))
    #expect(try described["precision"].number == 4)
    #expect(try described["createable"] == .bool(true))
    let bare = try world.call(.post, "/sobjects/Lead", #"{"LastName":"A","Company":"C"}"#)
    #expect(try world.code(bare) == "REQUIRED_FIELD_MISSING")
    #expect(try bare.json[0]["fields"].list.map(\.text) == ["Seats__c"])
    let full = try world.call(
      .post, "/sobjects/Lead", #"{"LastName":"A","Company":"C","Seats__c":12.5}"#)
    #expect(full.status == 201)
    #expect(world.org.value(lead, "Email") == "a@example.com")
    let cleared = try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Seats__c":null}"#)
    #expect(try world.code(cleared) == "REQUIRED_FIELD_MISSING")
  }

  @Test("Q2: Dates, multi-picklists and restricted picklists take what fits and refuse the rest")
  func kinds() throws {
    let world = World()
    world.org.defineField(.custom("Since__c", .date), on: "Lead")
    world.org.defineField(
      .custom("Tags__c", .multipicklist, values: ["a", "b"], isRestricted: true), on: "Lead")
    world.org.defineField(
      .custom("Level__c", .picklist, values: ["One"], isRestricted: true), on: "Lead")
    world.org.changeField("Level__c", of: "Lead") { $0.retiredValues = ["Zero"] }
    func code(_ member: String) throws -> String? {
      let answer = try world.call(
        .post, "/sobjects/Lead", #"{"LastName":"A","Company":"C",\#(member)}"#)
      return answer.status == 201 ? nil : try world.code(answer)
    }
    #expect(try code(#""Since__c":"2026-02-03","Tags__c":"b;a","Level__c":"One""#) == nil)
    #expect(try code(#""Since__c":"2026-02-30""#) == "JSON_PARSER_ERROR")
    #expect(try code(#""Tags__c":"a;c""#) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    #expect(try code(#""Tags__c":["a"]"#) == "JSON_PARSER_ERROR")
    #expect(try code(#""Level__c":"Zero""#) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    let values = try #require(try field(world, "Lead", "Level__c"))["picklistValues"].list
    #expect(try values.map { try $0["active"] } == [.bool(true), .bool(false)])
  }

  @Test("T4: A field of Activity is one of Task, and finds tasks that are archived too")
  func activityField() throws {
    let world = World()
    world.org.defineField(.externalID("Part__c"), on: "Activity")
    let body = #"{"Subject":"S","Status":"Completed","Part__c":"7","ActivityDate":"2025-01-01"}"#
    #expect(try world.call(.post, "/sobjects/Task", body).status == 201)
    world.org.archiveOldTasks()
    let find = "SELECT Id FROM Task WHERE Part__c IN ('7')"
    #expect(try world.column(find).isEmpty)
    #expect(try world.column(find, all: true).count == 1)
    let again = try world.call(.post, "/sobjects/Task", body)
    #expect(try world.code(again) == "DUPLICATE_VALUE")
  }

  @Test("T2: Task statuses of another language: the first closed one by SortOrder is told")
  func statuses() throws {
    let world = World()
    world.org.setTaskStatuses([
      .init("Neu", isDefault: true), .init("Erledigt", isClosed: true),
      .init("Abgebrochen", isClosed: true),
    ])
    let closed = "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder LIMIT 1"
    #expect(try world.column(closed, "ApiName") == ["Erledigt"])
    let made = try world.call(.post, "/sobjects/Task", #"{"Subject":"S","Status":"Erledigt"}"#)
    let task = try #require(try made.json["id"].text)
    #expect(world.org.value(task, "IsClosed") == "1")
    let other = try world.call(.post, "/sobjects/Task", #"{"Subject":"S"}"#)
    #expect(world.org.value(try #require(try other.json["id"].text), "Status") == "Neu")
    world.org.changeField("Status", of: "Task") { $0.traits.insert(.restricted) }
    let old = try world.call(.post, "/sobjects/Task", #"{"Subject":"S","Status":"Completed"}"#)
    #expect(try world.code(old) == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
  }

  @Test("Sharing, approval and other transactions refuse a write of one record, each in its words")
  func oneRecord() throws {
    let world = World()
    let leads = (0..<3).map { world.org.createLead(email: "\($0)@example.com") }
    world.org.settings.readOnlyRecords = [leads[0]]
    world.org.settings.approvalRecords = [leads[1]]
    world.org.lock(leads[2], milliseconds: 10_000)
    let codes = try leads.map { lead in
      let answer = try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#)
      return try world.code(answer)
    }
    #expect(
      codes == ["INSUFFICIENT_ACCESS_OR_READONLY", "ENTITY_IS_LOCKED", "UNABLE_TO_LOCK_ROW"])
    let task = try world.call(.post, "/sobjects/Task", #"{"WhoId":"\#(leads[0])"}"#)
    #expect(try world.code(task) == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
    let busy = try world.call(.post, "/sobjects/Task", #"{"WhoId":"\#(leads[2])"}"#)
    #expect(try world.code(busy) == "UNABLE_TO_LOCK_ROW")
    world.clock.now += 11_000
    #expect(try world.call(.patch, "/sobjects/Lead/\(leads[2])", #"{"Title":"x"}"#).status == 204)
  }

  @Test("L7: A record that is not shared is seen nowhere, and still a duplicate and in the way")
  func unshared() throws {
    let world = World {
      $0.customFields = ["Lead": [.externalID("Intercom_ID__c")]]
    }
    let lead = world.org.createLead(email: "a@example.com", fields: ["Intercom_ID__c": "p"])
    world.org.share(lead, false)
    #expect(try world.column("SELECT Id FROM Lead", all: true).isEmpty)
    #expect(try world.call(.get, "/sobjects/Lead/\(lead)").status == 404)
    #expect(try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#).status == 404)
    let body = #"{"LastName":"A","Company":"C","Email":"a@example.com"}"#
    world.org.settings.duplicateRule = .init(.block)
    let duplicate = try world.call(.post, "/sobjects/Lead", body)
    #expect(try world.code(duplicate) == "DUPLICATES_DETECTED")
    #expect(try duplicate.json[0]["duplicateResult"]["matchResults"].list.isEmpty)
    world.org.settings.duplicateRule = nil
    let taken = try world.call(
      .post, "/sobjects/Lead", #"{"LastName":"A","Company":"C","Intercom_ID__c":"p"}"#)
    #expect(try world.code(taken) == "DUPLICATE_VALUE")
    let task = try world.call(.post, "/sobjects/Task", #"{"WhoId":"\#(lead)"}"#)
    #expect(try world.code(task) == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
    world.org.share(lead, true)
    #expect(try world.column("SELECT Id FROM Lead") == [lead])
  }

  @Test("An object that may only be read is described so, and takes no rows")
  func readOnlyObject() throws {
    let world = World()
    world.org.settings.readOnlyObjects = ["Lead"]
    let described = try world.call(.get, "/sobjects/Lead/describe").json
    #expect(try described["createable"] == .bool(false))
    #expect(try described["queryable"] == .bool(true))
    let answer = try world.call(.post, "/sobjects/Lead", #"{"LastName":"A","Company":"C"}"#)
    #expect(answer.status == 400)
    #expect(world.org.ids(of: "Lead").isEmpty)
  }

  @Test("T3: The owner of a task has to be active, and its person there")
  func taskRefusals() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    let user = world.org.createUser(lastName: "Gone", email: "g@example.com", isActive: false)
    func code(_ members: String) throws -> String? {
      try world.code(try world.call(.post, "/sobjects/Task", "{\(members)}"))
    }
    #expect(try code(#""WhoId":"\#(lead)","OwnerId":"\#(user)""#) == "INACTIVE_OWNER_OR_USER")
    #expect(try code(#""WhoId":"\#(user)""#) == "MALFORMED_ID")
    let long = String(repeating: "x", count: 32_001)
    #expect(try code(#""Description":"\#(long)""#) == "STRING_TOO_LONG")
    world.org.delete(lead)
    #expect(try code(#""WhoId":"\#(lead)""#) == "ENTITY_IS_DELETED")
    #expect(world.org.ids(of: "Task").isEmpty)
  }

  @Test(
    "A row that cannot be read fails alone, or the whole call: the guide leaves it open",
    arguments: [false, true])
  func unreadableRow(refusesWhole: Bool) throws {
    let world = World { $0.collectionsRefuseWhole = refusesWhole }
    let lead = world.org.createLead(email: nil)
    let row = #"{"attributes":{"type":"Lead"},"id":"\#(lead)""#
    let answer = try world.call(
      .patch, "/composite/sobjects",
      #"{"records":[\#(row),"Title":"x"},\#(row),"Foo__c":1}]}"#)
    #expect(answer.status == (refusesWhole ? 400 : 200))
    #expect(world.org.value(lead, "Title") == (refusesWhole ? nil : "x"))
    if refusesWhole {
      #expect(try world.code(answer) == "INVALID_FIELD")
    } else {
      #expect(try answer.json[1]["errors"][0]["statusCode"].text == "INVALID_FIELD")
    }
  }
}
