import HTTP
import Simulators
import Testing

@Suite struct PollTests {
  static let poll = ["Lead", "Contact", "User", "Group", "UserRole"].map { object in
    let fields: String
    switch object {
    case "Lead":
      fields =
        "Id, SystemModstamp, Email, Name, Status, Title, OwnerId, IsDeleted, IsConverted, "
        + "ConvertedContactId, MasterRecordId, CreatedDate"
    case "Contact": fields = "Id, SystemModstamp, Email, Name, Title, OwnerId, MasterRecordId"
    case "User": fields = "Id, SystemModstamp, Name, Email, Title, UserRoleId, IsActive"
    case "Group": fields = "Id, SystemModstamp, Name, Email"
    default: fields = "Id, SystemModstamp, Name"
    }
    let filter = object == "Group" ? "Type = 'Queue' AND " : ""
    let soql =
      "SELECT \(fields) FROM \(object) WHERE \(filter)SystemModstamp >= 2020-01-01T00:00:00Z "
      + "ORDER BY SystemModstamp, Id LIMIT 2000"
    let url = "/services/data/v66.0/queryAll?q=" + World.encoded(soql)
    return #"{"method":"GET","referenceId":"\#(object)","url":"\#(url)"}"#
  }

  @Test("Five polls in one composite are one API call")
  func onePoll() throws {
    let world = World()
    let queue = world.org.createQueue(name: "Inbound", email: "q@example.com")
    let lead = world.org.createLead(email: "a@example.com", fields: ["OwnerId": queue])
    let body = #"{"compositeRequest":[\#(Self.poll.joined(separator: ","))]}"#
    let answer = try world.call(.post, "/composite", body)
    #expect(answer.status == 200)
    #expect(world.org.apiCalls == 1)
    let parts = try answer.json["compositeResponse"].list
    #expect(parts.count == 5)
    for part in parts { #expect(try part["httpStatusCode"] == .number(200), "\(part)") }
    let row = try parts[0]["body"]["records"][0]
    #expect(try row["Id"] == .string(lead))
    #expect(try row["Title"] == .null)
    #expect(try row["OwnerId"] == .string(queue))
    #expect(try row["SystemModstamp"] == .string("2026-09-21T14:13:20.000+0000"))
  }

  @Test("Organization is one row with edition, time zone and sandbox")
  func organization() throws {
    let world = World { $0.isSandbox = true }
    let answer = try world.query(
      "SELECT Id, Name, IsSandbox, OrganizationType, TimeZoneSidKey FROM Organization")
    #expect(try answer.json["totalSize"] == .number(1))
    #expect(try answer.json["records"][0]["IsSandbox"] == .bool(true))
    #expect(try answer.json["records"][0]["Id"] == .string(world.org.orgID))
  }
}
