import HTTP
import Simulators
import Testing

@Suite struct QueryTests {
  private static let people: [(String?, String, String?, String?)] = [
    ("ann@example.com", "Ann", "CEO", "10"), ("bob@example.com", "bob", nil, "20"),
    (nil, "Carl", "Head, \"Sales\"", nil), ("O'Neil@example.com", "Dora", "50%_off", "30"),
  ]

  private func world(
    _ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }
  ) -> World {
    let world = World(change)
    for (email, name, title, employees) in Self.people {
      world.org.createLead(
        email: email, lastName: name,
        fields: ["Title": title, "NumberOfEmployees": employees])
      world.clock.now += 60_000
    }
    return world
  }

  @Test(
    "Conditions are judged as SOQL says",
    arguments: [
      ("Email = 'ANN@EXAMPLE.COM'", ["Ann"]),
      (#"Email = 'o\'neil@example.com'"#, ["Dora"]),
      ("Email = null", ["Carl"]), ("Email != null", ["Ann", "bob", "Dora"]),
      ("Email != 'ann@example.com'", ["bob", "Carl", "Dora"]),
      ("Email IN ('bob@example.com', 'x', 'O\\'NEIL@example.com')", ["bob", "Dora"]),
      ("Email NOT IN ('bob@example.com')", ["Ann", "Carl", "Dora"]),
      ("Title LIKE 'c%'", ["Ann"]), ("Title LIKE '%sales%'", ["Carl"]),
      (#"Title LIKE '50\%\_off'"#, ["Dora"]), ("Title LIKE '5_%off'", ["Dora"]),
      ("NumberOfEmployees > 10", ["bob", "Dora"]), ("NumberOfEmployees <= 10", ["Ann"]),
      ("NumberOfEmployees = null", ["Carl"]),
      ("LastName > 'b' AND LastName < 'd'", ["bob", "Carl"]),
      ("NOT LastName = 'bob'", ["Ann", "Carl", "Dora"]),
      ("(LastName = 'Ann' OR LastName = 'Dora') AND Email LIKE 'ann%'", ["Ann"]),
      ("IsConverted = false AND IsDeleted = false", ["Ann", "bob", "Carl", "Dora"]),
      ("CreatedDate > 2026-09-21T14:14:20Z", ["Carl", "Dora"]),
      ("CreatedDate >= 2026-09-21T16:14:20+02:00", ["bob", "Carl", "Dora"]),
      ("SystemModstamp < 2026-09-21T14:14:20.000Z", ["Ann"]),
      ("ConvertedDate = null", ["Ann", "bob", "Carl", "Dora"]),
      ("Owner.Name = 'sync integration'", ["Ann", "bob", "Carl", "Dora"]),
      ("Lead.LastName = 'Ann'", ["Ann"]),
    ])
  func conditions(condition: String, names: [String]) throws {
    let found = try world().column("SELECT LastName FROM Lead WHERE \(condition)", "LastName")
    #expect(found == names)
  }

  @Test(
    "Rows come in the order asked for, nulls first unless said otherwise",
    arguments: [
      ("Title", ["bob", "Dora", "Ann", "Carl"]),
      ("Title NULLS LAST", ["Dora", "Ann", "Carl", "bob"]),
      ("Title DESC NULLS LAST", ["Carl", "Ann", "Dora", "bob"]),
      ("SystemModstamp DESC, Id", ["Dora", "Carl", "bob", "Ann"]),
      ("SystemModstamp, Id LIMIT 2", ["Ann", "bob"]),
      ("Id DESC LIMIT 2 OFFSET 1", ["Carl", "bob"]),
      ("LastName LIMIT 3", ["Ann", "bob", "Carl"]),
    ])
  func order(order: String, names: [String]) throws {
    let found = try world().column("SELECT LastName FROM Lead ORDER BY \(order)", "LastName")
    #expect(found == names)
  }

  @Test(
    "A wrong statement is refused with its code",
    arguments: [
      ("SELECT Id FROM", "MALFORMED_QUERY"), ("SELECT FROM Lead", "MALFORMED_QUERY"),
      ("SELECT Id FROM Lead WHERE Email = 'x", "MALFORMED_QUERY"),
      (#"SELECT Id FROM Lead WHERE Email = 'a\q'"#, "MALFORMED_QUERY"),
      ("SELECT Id FROM Lead WHERE Email = 'a' AND Id = null OR Id = null", "MALFORMED_QUERY"),
      ("SELECT Id, Id FROM Lead", "MALFORMED_QUERY"),
      ("SELECT Foo FROM Lead", "INVALID_FIELD"),
      ("SELECT Id FROM Lead WHERE Foo = 1", "INVALID_FIELD"),
      ("SELECT Id FROM Lead ORDER BY Foo", "INVALID_FIELD"),
      ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD"),
      ("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
      ("SELECT Id FROM Lead WHERE Email = 5", "INVALID_FIELD"),
      ("SELECT Owner.Department FROM Lead", "INVALID_FIELD"),
      ("SELECT Owner.Type FROM Contact", "INVALID_FIELD"),
      ("SELECT Id FROM Foo", "INVALID_TYPE"),
      ("SELECT Id FROM Lead WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR"),
      ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ])
  func errors(soql: String, code: String) throws {
    let world = world()
    let answer = try world.query(soql)
    #expect(answer.status == 400)
    #expect(try world.code(answer) == code)
  }

  @Test(
    "An unknown object is answered word for word as recorded",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func unknownObject() throws {
    let recorded = try Recorded.json("cumulusci/composite_count_query_errors.json")
    let expected = try recorded["interactions"][0]["response"]["body"]["compositeResponse"][1]
    let answer = try World().query("select count() from XYZZY")
    #expect(try answer.json == expected["body"])
  }

  @Test("A field that security hides fails the whole query as a missing one does")
  func hiddenField() throws {
    let world = world { $0.hiddenFields = ["Lead": ["Title"]] }
    let hidden = try world.query("SELECT Id, Title FROM Lead")
    let missing = try world.query("SELECT Id, Tutle FROM Lead")
    #expect(hidden.status == 400)
    #expect(try world.code(hidden) == "INVALID_FIELD")
    let text = try hidden.json[0]["message"].text
    #expect(text?.contains("No such column 'Title' on entity 'Lead'") == true)
    #expect(
      try missing.json[0]["message"].text
        == text.map { $0.split(separator: "Title") }
        .map { $0.joined(separator: "Tutle") })
  }

  @Test("A row has its attributes, explicit nulls and the +0000 form")
  func shape() throws {
    let world = world()
    let answer = try world.query(
      "select id, title, isconverted, numberofemployees, systemmodstamp, MasterRecord.Name, "
        + "Owner.Name, Owner.Type FROM Lead WHERE LastName = 'bob'")
    let row = try answer.json["records"][0]
    let id = try #require(try row["Id"].text)
    #expect(id.utf8.count == 18)
    #expect(
      try row["attributes"]["url"].text == "/services/data/v66.0/sobjects/Lead/\(id)")
    #expect(try row["Title"] == .null)
    #expect(try row["IsConverted"] == .bool(false))
    #expect(try row["NumberOfEmployees"] == .number(20))
    #expect(try row["SystemModstamp"].text == "2026-09-21T14:14:20.000+0000")
    #expect(try row["MasterRecord"] == .null)
    #expect(try row["Owner"]["Name"].text == "Sync Integration")
    #expect(try row["Owner"]["Type"].text == "User")
    #expect(
      try answer.json["records"][0].keys == [
        "attributes", "Id", "Title", "IsConverted", "NumberOfEmployees", "SystemModstamp",
        "MasterRecord", "Owner",
      ])
  }

  @Test("A queue that owns a lead has a name, its own e-mail and no person's fields")
  func queueOwner() throws {
    let world = World()
    let queue = world.org.createQueue(name: "Inbound")
    world.org.createLead(email: nil, fields: ["OwnerId": queue])
    let row = try world.query(
      "SELECT Owner.Name, Owner.Email, Owner.Type, Owner.FirstName FROM Lead"
    ).json["records"][0]
    #expect(try row["Owner"]["Name"].text == "Inbound")
    #expect(try row["Owner"]["Email"] == .null)
    #expect(try row["Owner"]["Type"].text == "Queue")
    #expect(try row["Owner"]["FirstName"] == .null)
  }

  @Test("A contact's owner is a real User, two look-ups deep")
  func contactOwner() throws {
    let world = World()
    let role = world.org.createRole(name: "EMEA")
    let user = world.org.createUser(lastName: "Ann", email: "ann@example.com", role: role)
    world.org.createContact(email: "c@example.com", fields: ["OwnerId": user])
    let row = try world.query(
      "SELECT Owner.UserRole.Name, Owner.Department, Account.Name FROM Contact"
    ).json["records"][0]
    #expect(try row["Owner"]["UserRole"]["Name"].text == "EMEA")
    #expect(try row["Owner"]["Department"] == .null)
    #expect(try row["Account"] == .null)
  }

  @Test("An Id of fifteen characters finds its row; another's prefix does not")
  func shortID() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.org.createContact(email: nil)
    #expect(try world.column("SELECT Id FROM Lead WHERE Id = '\(lead.prefix(15))'") == [lead])
    let contact = "003" + lead.dropFirst(3).prefix(12)
    #expect(try world.column("SELECT Id FROM Lead WHERE Id IN ('\(contact)')").isEmpty)
    #expect(try world.column("SELECT Id FROM Lead WHERE Id > '\(lead)'").isEmpty)
  }

  @Test("count() answers a number and no rows; COUNT(Id) one aggregate")
  func counts() throws {
    let world = world()
    let count = try world.query("SELECT count() FROM Lead WHERE Email != null")
    #expect(try count.json["totalSize"] == .number(3))
    #expect(try count.json["records"].list.isEmpty)
    let aggregate = try world.query("SELECT COUNT(Id), MAX(CreatedDate) latest FROM Lead")
    #expect(try aggregate.json["records"][0]["expr0"] == .number(4))
    #expect(
      try aggregate.json["records"][0]["latest"].text == "2026-09-21T14:16:20.000+0000")
  }

  // MARK: Pages

  @Test("Pages are followed by nextRecordsUrl until done, under /query for queryAll too")
  func pages() throws {
    let world = world { $0.pageSize = 3 }
    let first = try world.query("SELECT LastName FROM Lead ORDER BY Id", all: true)
    #expect(try first.json["totalSize"] == .number(4))
    #expect(try first.json["done"] == .bool(false))
    let next = try #require(try first.json["nextRecordsUrl"].text)
    #expect(next.hasPrefix("/services/data/v66.0/query/0r8") && next.hasSuffix("-3"))
    let second = try JSON.parse(world.send(.get, next).body)
    #expect(try second["done"] == .bool(true))
    #expect(!second.has("nextRecordsUrl"))
    #expect(try second["records"].list.count == 1)
  }

  @Test("A later page is read when it is fetched, without rows deleted meanwhile")
  func laterPage() throws {
    let world = world { $0.pageSize = 2 }
    let first = try world.query("SELECT Id, LastName FROM Lead ORDER BY Id")
    let rows = try world.column("SELECT Id FROM Lead WHERE LastName IN ('Carl', 'Dora')")
    world.org.update(try #require(rows[0]), ["LastName": "Charles"])
    world.org.delete(try #require(rows[1]))
    let second = try JSON.parse(
      world.send(.get, try #require(try first.json["nextRecordsUrl"].text)).body)
    #expect(try second["records"].list.map { try $0["LastName"].text } == ["Charles"])
  }

  @Test("A locator dies after two days, on demand, and with its session where so set")
  func locators() throws {
    let world = world { $0.pageSize = 2 }
    let next = try #require(
      try world.query("SELECT Id FROM Lead").json["nextRecordsUrl"].text)
    #expect(try world.send(.get, next).status == 200)
    #expect(try world.send(.get, next).status == 200)
    world.org.settings.locatorsDieWithSession = true
    let other = world.org.makeAccessToken()
    let foreign = try world.send(.get, next, headers: ["Authorization": "Bearer \(other)"])
    #expect(foreign.status == 400)
    world.org.expireLocators()
    let answer = try JSON.parse(world.send(.get, next).body)
    #expect(try answer[0]["errorCode"].text == "INVALID_QUERY_LOCATOR")
  }

  @Test("batchSize is a wish, and a short page is not the last one")
  func shortPages() throws {
    let world = World { $0.shortPages = true }
    for number in 0..<450 { world.org.createLead(email: "p\(number)@example.com") }
    var path: String? = "/services/data/v66.0/query?q=SELECT+Id+FROM+Lead"
    var sizes: [Int] = []
    while let next = path {
      let answer = try JSON.parse(
        world.send(
          .get, next,
          headers: [
            "Authorization": "Bearer \(world.token)", "Sforce-Query-Options": "batchSize=200",
          ]
        ).body)
      sizes.append(try answer["records"].list.count)
      path = answer.has("nextRecordsUrl") ? try answer["nextRecordsUrl"].text : nil
    }
    #expect(sizes.reduce(0, +) == 450)
    #expect(sizes.allSatisfy { $0 <= 200 } && sizes.count > 3)
  }

  @Test("query hides deleted rows, queryAll shows them")
  func deletedRows() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.org.delete(lead)
    #expect(try world.column("SELECT Id FROM Lead").isEmpty)
    #expect(try world.column("SELECT Id FROM Lead WHERE IsDeleted = true", all: true) == [lead])
    world.org.hardDelete(lead)
    #expect(try world.column("SELECT Id FROM Lead", all: true).isEmpty)
  }

  @Test("A URI above 16,384 bytes is 414, with its headers 431")
  func longURI() throws {
    let world = World()
    let list = (0..<900).map { "'00Q00000000000\($0)'" }.joined(separator: ",")
    let soql = World.encoded("SELECT Id FROM Lead WHERE Email IN (\(list))")
    #expect(try world.send(.get, "/services/data/v66.0/query?q=\(soql)").status == 414)
    let short = String(soql.prefix(16_300))
    #expect(try world.send(.get, "/services/data/v66.0/query?q=\(short)").status == 431)
  }

  @Test("LeadStatus and TaskStatus list their flags in order")
  func statuses() throws {
    let world = World()
    let lead = try world.query(
      "SELECT ApiName, IsConverted FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder")
    #expect(try lead.json["records"][0]["ApiName"].text == "Closed - Converted")
    let task = try world.column(
      "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder", "ApiName")
    #expect(task == ["Completed"])
  }
}
