import HTTP
import Simulators
import Testing

@Suite struct BulkTests {
  private func create(
    _ world: World, _ soql: String, _ more: String = ""
  ) throws -> (status: Int, json: JSON) {
    try world.call(
      .post, "/jobs/query",
      #"{"operation":"queryAll","query":"\#(soql)","contentType":"CSV"\#(more)}"#)
  }

  private func world(_ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }) -> World {
    let world = World(change)
    world.org.createLead(email: "a@example.com", fields: ["Description": "line one\nline two"])
    world.org.createLead(email: nil, fields: ["Title": "He said \"hi\", twice"])
    let gone = world.org.createLead(email: "na@example.com", fields: ["Title": "NA"])
    world.org.delete(gone)
    return world
  }

  @Test(
    "I1: A job goes from UploadComplete by InProgress to JobComplete with time",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func states() throws {
    let world = world()
    let made = try create(world, "SELECT Id FROM Lead")
    let recorded = try Recorded.json("synthetic-from-docs/bulk2_jobs.json")
    #expect(made.status == 200)
    #expect(made.json.keys == (try recorded["created"].keys))
    #expect(try made.json["apiVersion"] == .number(66))
    let id = try #require(try made.json["id"].text)
    #expect(id.hasPrefix("750"))
    func state() throws -> String? {
      try world.call(.get, "/jobs/query/\(id)").json["state"].text
    }
    #expect(try state() == "UploadComplete")
    #expect(try world.call(.get, "/jobs/query/\(id)/results").status == 400)
    world.clock.now += 1000
    #expect(try state() == "InProgress")
    #expect(try world.call(.delete, "/jobs/query/\(id)").status == 400)
    world.clock.now += 4000
    #expect(try state() == "JobComplete")
    let whole = try world.call(.get, "/jobs/query/\(id)")
    #expect(whole.json.keys == (try recorded["complete"].keys))
    #expect(try whole.json["numberRecordsProcessed"] == .number(3))
    #expect(try world.call(.patch, "/jobs/query/\(id)", #"{"state":"Aborted"}"#).status == 400)
    #expect(try world.call(.delete, "/jobs/query/\(id)").status == 204)
    #expect(try world.call(.get, "/jobs/query/\(id)").status == 404)
  }

  private func finished(_ world: World, _ soql: String, _ more: String = "") throws -> String {
    let answer = try create(world, soql, more)
    world.clock.now += 10_000
    return try #require(try answer.json["id"].text)
  }

  @Test("Results quote every value, double quotes, and end moments in Z")
  func csv() throws {
    let world = world()
    let id = try finished(
      world, "SELECT Email, Title, IsDeleted, Description, SystemModstamp FROM Lead")
    let response = try world.send(.get, "/services/data/v66.0/jobs/query/\(id)/results")
    let moment = "\"2026-09-21T14:13:20.000Z\"\n"
    let rows = [
      #""Email","Title","IsDeleted","Description","SystemModstamp""# + "\n",
      "\"a@example.com\",\"\",\"false\",\"line one\nline two\"," + moment,
      #""","He said ""hi"", twice","false","","# + moment,
      #""na@example.com","NA","true","","# + moment,
    ]
    #expect(String(decoding: response.body, as: UTF8.self) == rows.joined())
    #expect(response.headers["Sforce-Locator"] == "null")
    #expect(response.headers["Sforce-NumberOfRecords"] == "3")
  }

  @Test("Locators page through the rows, may be used again, and end with the word null")
  func pages() throws {
    let world = world()
    let id = try finished(world, "SELECT Email FROM Lead", #","lineEnding":"CRLF""#)
    let path = "/services/data/v66.0/jobs/query/\(id)/results?maxRecords=2"
    let first = try world.send(.get, path)
    #expect(first.body.suffix(2) == [0x0D, 0x0A])
    let locator = try #require(first.headers["Sforce-Locator"])
    for _ in 0..<2 {
      let second = try world.send(.get, path + "&locator=\(locator)")
      #expect(second.headers["Sforce-Locator"] == "null")
      #expect(second.headers["Sforce-NumberOfRecords"] == "1")
    }
    let pages = try world.call(.get, "/jobs/query/\(id)/resultPages")
    #expect(pages.json.keys == ["resultPages", "nextRecordsUrl", "done"])
  }

  @Test("S11: Results are the rows of the job's time, whatever happened since")
  func snapshot() throws {
    let world = world()
    let made = try create(world, "SELECT Title FROM Lead WHERE Email = 'a@example.com'")
    let id = try #require(try made.json["id"].text)
    let lead = try #require(world.org.ids("Lead", where: "Email", is: "a@example.com").first)
    world.org.update(lead, ["Title": "new"])
    world.clock.now += 10_000
    let response = try world.send(.get, "/services/data/v66.0/jobs/query/\(id)/results")
    #expect(String(decoding: response.body, as: UTF8.self) == "\"Title\"\n\"\"\n")
  }

  @Test("Results with another version than the job's are 409")
  func version() throws {
    let world = world()
    let id = try finished(world, "SELECT Id FROM Lead")
    #expect(try world.send(.get, "/services/data/v65.0/jobs/query/\(id)/results").status == 409)
  }

  @Test(
    "What Bulk does not do is refused at creation",
    arguments: [
      ("SELECT ApiName FROM TaskStatus", "INVALIDENTITY"),
      ("SELECT Address FROM Lead", "FEATURENOTENABLED"),
      ("SELECT Owner.Name FROM Lead", "FEATURENOTENABLED"),
      ("SELECT count() FROM Lead", "FEATURENOTENABLED"),
      ("SELECT Foo FROM Lead", "INVALID_FIELD"), ("SELECT", "MALFORMED_QUERY"),
    ])
  func refusals(soql: String, code: String) throws {
    let world = world()
    let answer = try create(world, soql)
    #expect(answer.status == 400)
    #expect(try world.code(answer) == code)
  }

  @Test("A contact's owner and account are columns of their own")
  func relations() throws {
    let world = World()
    let account = world.org.create("Account", ["Name": "Acme \"1\""])
    world.org.createContact(email: "c@example.com", fields: ["AccountId": account])
    world.org.createContact(email: "d@example.com")
    let id = try finished(world, "SELECT Email, Account.Name, Owner.Name FROM Contact")
    let response = try world.send(.get, "/services/data/v66.0/jobs/query/\(id)/results")
    #expect(
      String(decoding: response.body, as: UTF8.self)
        == "\"Email\",\"Account.Name\",\"Owner.Name\"\n"
        + "\"c@example.com\",\"Acme \"\"1\"\"\",\"Sync Integration\"\n"
        + "\"d@example.com\",\"\",\"Sync Integration\"\n")
  }

  @Test("The daily quota of jobs, a refused object and a failing job")
  func quota() throws {
    let world = world { $0.bulk.jobsPerDay = 1 }
    _ = try create(world, "SELECT Id FROM Lead")
    let second = try create(world, "SELECT Id FROM Lead")
    #expect(second.status == 400)
    #expect(try world.code(second) == "LIMIT_EXCEEDED")
    let refusing = self.world { $0.bulk.refusedObjects = ["Lead"] }
    #expect(try refusing.code(create(refusing, "SELECT Id FROM Lead")) == "INVALIDENTITY")
    let failing = self.world { $0.bulk.failure = "InternalServerError : timed out" }
    let id = try finished(failing, "SELECT Id FROM Lead")
    let state = try failing.call(.get, "/jobs/query/\(id)")
    #expect(try state.json["state"].text == "Failed")
    #expect(try state.json["errorMessage"].text == "InternalServerError : timed out")
  }
}
