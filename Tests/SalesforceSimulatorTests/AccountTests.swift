import HTTP
import Simulators
import Testing

@Suite struct AccountTests {
  private func world() -> (World, owner: String, contacts: [String]) {
    let world = World()
    let owner = world.org.createUser(lastName: "Owner", email: "o@example.com")
    let account = world.org.create("Account", ["Name": "Acme, \"Inc\"", "OwnerId": owner])
    let contacts = [
      world.org.createContact(email: "a@example.com", fields: ["AccountId": account]),
      world.org.createContact(email: "b@example.com"),
    ]
    return (world, owner, contacts)
  }

  @Test("C1: A contact's account shows its name and owner; without one the whole object is null")
  func query() throws {
    let (world, owner, contacts) = world()
    let rows = try world.query("SELECT Id, Account.Name, Account.OwnerId FROM Contact ORDER BY Id")
      .json["records"].list
    #expect(try rows.map { try $0["Id"].text } == contacts)
    #expect(try rows[0]["Account"]["Name"].text == "Acme, \"Inc\"")
    #expect(try rows[0]["Account"]["OwnerId"].text == owner)
    #expect(try rows[0]["Account"]["attributes"]["type"].text == "Account")
    #expect(try rows[1]["Account"] == .null)
  }

  @Test("C1: Bulk CSV names the column Account.Name and leaves the cell of no account empty")
  func bulk() throws {
    let (world, owner, contacts) = world()
    let made = try world.call(
      .post, "/jobs/query",
      #"{"operation":"query","query":"SELECT Id, Account.Name, Account.OwnerId FROM Contact"}"#)
    let job = try #require(try made.json["id"].text)
    world.clock.now += 60_000
    let csv = try world.send(.get, "/services/data/v66.0/jobs/query/\(job)/results").body
    #expect(
      String(decoding: csv, as: UTF8.self) == """
        "Id","Account.Name","Account.OwnerId"
        "\(contacts[0])","Acme, ""Inc\""","\(owner)"
        "\(contacts[1])","",""

        """)
  }

  @Test("C1: An account that the user may not see makes the whole query INVALID_FIELD")
  func hidden() throws {
    let (world, _, _) = world()
    world.org.settings.hiddenObjects = ["Account"]
    let answer = try world.query("SELECT Id, Account.Name FROM Contact")
    #expect(try world.code(answer) == "INVALID_FIELD")
  }

  @Test("Q3: Ids and fields in one call give rows in their order, and null for what is not there")
  func retrieve() throws {
    let (world, _, contacts) = world()
    let lead = world.org.createLead(email: "a@example.com", fields: ["Industry": "Banking"])
    let answer = try world.call(
      .post, "/composite/sobjects/Lead",
      #"{"ids":["\#(lead)","\#(contacts[0])"],"fields":["Id","Industry","Title"]}"#)
    #expect(answer.status == 200)
    #expect(try answer.json[0]["Industry"].text == "Banking")
    #expect(try answer.json[0]["Title"] == .null)
    #expect(try answer.json[1] == .null)
  }
}
