import HTTP
import Simulators
import Testing

@Suite struct CollectionTests {
  private func rows(_ rows: [String], allOrNone: Bool = false, type: String = "Lead") -> String {
    let records = rows.map { #"{"attributes":{"type":"\#(type)"},\#($0)}"# }
    return #"{"allOrNone":\#(allOrNone),"records":[\#(records.joined(separator: ","))]}"#
  }

  @Test(
    "Q4: Rows fail one by one inside a 200, with statusCode and without an id",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func mixed() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com")
    let gone = world.org.createLead(email: nil)
    let converted = world.org.createLead(email: nil)
    world.org.delete(gone)
    world.org.convert(lead: converted)
    let answer = try world.call(
      .patch, "/composite/sobjects",
      rows([
        #""id":"\#(lead)","Title":"x""#, #""id":"\#(lead)","Email":"badone""#,
        #""id":"\#(gone)","Title":"x""#, #""id":"\#(converted)","Title":"x""#,
        #""id":"00Q5g00000ZZZZZEAA","Title":"x""#, #""Title":"x""#,
      ]))
    #expect(answer.status == 200)
    let codes = try answer.json.list.map { row in
      try row["errors"].list.first?["statusCode"].text
    }
    #expect(
      codes == [
        nil, "INVALID_EMAIL_ADDRESS", "ENTITY_IS_DELETED", "CANNOT_UPDATE_CONVERTED_LEAD",
        "MALFORMED_ID", "MISSING_ARGUMENT",
      ])
    #expect(world.org.writes == 1)
    let recorded = try Recorded.json("grouparoo/export-objects_export-records-lead.json")
    let refused = try recorded["interactions"].list.first { interaction in
      let errors = try? interaction["body"][0]["errors"][0]["statusCode"].text
      return errors == "CANNOT_UPDATE_CONVERTED_LEAD"
    }
    #expect(try answer.json[3] == refused?["body"][0])
  }

  @Test("allOrNone takes back the good rows and says so")
  func allOrNone() throws {
    let world = World()
    let answer = try world.call(
      .post, "/composite/sobjects",
      rows([#""LastName":"A","Company":"C""#, #""LastName":"A""#], allOrNone: true))
    let codes = try answer.json.list.map { try $0["errors"][0]["statusCode"].text }
    #expect(codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"])
    #expect(try world.column("SELECT Id FROM Lead", all: true).isEmpty)
    #expect(world.org.writes == 0)
  }

  @Test("200 rows are one call, 201 are refused")
  func limit() throws {
    let world = World()
    let row = #""LastName":"A","Company":"C""#
    let good = try world.call(
      .post, "/composite/sobjects", rows(Array(repeating: row, count: 200)))
    #expect(good.json.list.count == 200)
    #expect(world.org.apiCalls == 1)
    let bad = try world.call(
      .post, "/composite/sobjects", rows(Array(repeating: row, count: 201)))
    #expect(bad.status == 400)
    #expect(try world.code(bad) == "EXCEEDED_ID_LIMIT")
  }

  @Test("L7: In a collection a duplicate has no matches in its error")
  func duplicates() throws {
    let world = World { $0.duplicateRule = .init(.block) }
    world.org.createLead(email: "a@example.com")
    let answer = try world.call(
      .post, "/composite/sobjects",
      rows([#""LastName":"A","Company":"C","Email":"a@example.com""#]))
    let error = try answer.json[0]["errors"][0]
    #expect(error.keys == ["statusCode", "message", "fields"])
    #expect(try error["statusCode"].text == "DUPLICATES_DETECTED")
  }

  @Test("Reading by ids gives null in place of what is not there")
  func retrieve() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com")
    let gone = world.org.createLead(email: nil)
    world.org.delete(gone)
    let body = #"{"ids":["\#(gone)","\#(lead.prefix(15))","rubbish"],"fields":["Id","Email"]}"#
    let answer = try world.call(.post, "/composite/sobjects/Lead", body)
    #expect(answer.status == 200)
    #expect(answer.json.list.count == 3)
    #expect(answer.json.list.first == .null && answer.json.list.last == .null)
    #expect(try answer.json[1]["Email"].text == "a@example.com")
    let bad = try world.call(
      .post, "/composite/sobjects/Lead", #"{"ids":["\#(lead)"],"fields":["Foo"]}"#)
    #expect(try world.code(bad) == "INVALID_FIELD")
  }

  @Test("Deleting by ids and upserting by a field answer row by row")
  func deleteAndUpsert() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com")
    let upsert = try world.call(
      .patch, "/composite/sobjects/Lead/Email",
      rows([
        #""Email":"a@example.com","Title":"x""#,
        #""Email":"b@example.com","LastName":"B","Company":"C""#,
      ]))
    #expect(try upsert.json.list.map { try $0["created"] } == [.bool(false), .bool(true)])
    let delete = try world.call(.delete, "/composite/sobjects?ids=\(lead),rubbish")
    #expect(try delete.json.list.map { try $0["success"] } == [.bool(true), .bool(false)])
  }
}
