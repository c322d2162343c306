import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct PollTests {
  private let empty = #"{"totalSize":0,"done":true,"records":[]}"#
  private let starts = Dictionary(
    uniqueKeysWithValues: Stream.allCases.map { ($0, StreamStart.changes(since: 0, after: nil)) })

  private func parts(_ leads: String) -> [(String, Int, String)] {
    [
      ("Lead", 200, leads), ("Contact", 200, empty), ("User", 200, empty),
      ("Group", 200, empty), ("UserRole", 200, empty),
    ]
  }

  @Test("S1: a poll is one call to /composite, once the fields are known")
  func onePoll() async throws {
    let row = lead("00Q000000000001")
    let bench = Bench([
      granted(), described(leadFields), described(contactFields),
      composite(parts(page([row]))), composite(parts(empty)),
    ])
    let answer = try await bench.client.poll(starts)
    #expect(bench.client.calls == 3)
    _ = try await bench.client.poll(starts)
    #expect(bench.client.calls == 4)
    #expect(bench.client.usage?.used == 18)
    #expect(bench.client.usage?.limit == 5000)
    #expect(answer.serverTime == 1_795_341_600_000)
    #expect(answer.pages.count == 5)
    #expect(answer.failures.isEmpty)
    let request = bench.transport.requests[3]
    #expect(request.url == home + "/services/data/v62.0/composite")
    #expect(request.headers["Authorization"] == "Bearer 00Dx!one")
    let body = bench.transport.bodies[3]
    #expect(body.contains("queryAll?q=SELECT%20Id%2C%20SystemModstamp"))
    #expect(body.contains("query?q=SELECT%20Id%2C%20SystemModstamp%2C%20Name%20FROM%20UserRole"))
    #expect(body.contains("Type%20%3D%20%27Queue%27"))
  }

  @Test("S1: a Lead's columns come in order, ids of 18 characters, times in milliseconds")
  func leadColumns() async throws {
    let rows = [
      lead(
        "00Q000000000001",
        [
          "Title": #""Caf\u00e9 \"X\"""#, "IsConverted": "true",
          "ConvertedContactId": "\"003000000000001\"",
        ]),
      lead(
        "00Q000000000002AAA",
        [
          "Email": "null", "IsDeleted": "true",
          "MasterRecordId": "\"00Q000000000001AAA\"",
        ]),
    ]
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(parts(page(rows))),
    ])
    let found = try #require(try await bench.client.poll(starts).pages[.lead])
    let sink = TestSink()
    try found.forEachRow(sink)
    #expect(
      sink.rows == [
        [
          "00Q000000000001EAA", "Lead", "1767323045000", "ann@example.com", nil, "Ann", "Open",
          "Café \"X\"", "005000000000001AAA", nil, "1", "003000000000001AAA", nil, "1735787045000",
          "Acme", nil,
        ],
        [
          "00Q000000000002AAA", "Lead", "1767323045000", nil, nil, "Ann", "Open", nil,
          "005000000000001AAA", "1", nil, nil, "00Q000000000001AAA", "1735787045000", "Acme", nil,
        ],
      ])
    #expect(sink.flushes == 1)
    #expect(found.lastKey == StreamKey(modifiedAt: 1_767_323_045_000, id: "00Q000000000002AAA"))
  }

  @Test("S5: without the permission for roles the rest of the poll stands")
  func rolesAreOptional() async throws {
    var list = parts(empty)
    list[4] = (
      "UserRole", 400,
      #"[{"errorCode":"INVALID_TYPE","message":"sObject type 'UserRole' is not supported."}]"#
    )
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(list),
    ])
    let answer = try await bench.client.poll(starts)
    #expect(answer.failures[.role]?.meaning == SalesforceMeaning.object)
    #expect(answer.pages.count == 4)
  }

  @Test("E2: a refused query for leads fails the poll")
  func leadsAreNot() async throws {
    var list = parts(empty)
    list[0] = (
      "Lead", 400,
      #"[{"errorCode":"QUERY_TIMEOUT","message":"Your query request was running for too long."}]"#
    )
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(list),
    ])
    let found = await failure { try await bench.client.poll(starts) }
    #expect(found?.meaning == SalesforceMeaning.queryTimeout)
  }

  @Test("S1: a field hidden since the last describe is described anew, once, and left out")
  func invalidField() async throws {
    var list = parts(empty)
    list[0] = (
      "Lead", 400,
      #"[{"errorCode":"INVALID_FIELD","message":"No such column 'Title' on entity 'Lead'."}]"#
    )
    let without = leadFields.filter { $0 != "Title" }
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(list),
      described(without), composite(parts(empty)),
    ])
    _ = try await bench.client.poll(starts)
    #expect(bench.client.missingFields == ["Lead.Title"])
    #expect(bench.transport.requests[4].headers["If-Modified-Since"] == nil)
    #expect(
      !bench.transport.bodies[5].contains(
        "Name%2C%20Title%2C%20OwnerId%2C%20IsDeleted%2C%20MasterRecordId%2C%20Status"))
  }

  @Test("S1: describes are kept for a day, then asked for with If-Modified-Since")
  func describedDaily() async throws {
    let unchanged = ScriptedTransport.Step.answer(Response(status: 304))
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(parts(empty)),
      unchanged, unchanged, composite(parts(empty)), composite(parts(empty)),
    ])
    _ = try await bench.client.poll(starts)
    bench.clock.now += Salesforce.descriptionMilliseconds
    _ = try await bench.client.poll(starts)
    let since = bench.transport.requests[4].headers["If-Modified-Since"]
    #expect(since == "Fri, 14 Aug 2020 20:53:02 GMT")
    _ = try await bench.client.poll(starts)
    #expect(bench.transport.requests.count == 8)
    #expect(try await bench.client.describe(.lead).field("email")?.name == "Email")
  }

  @Test("S1: a hidden field is looked for every day, without If-Modified-Since")
  func grantedLater() async throws {
    let bench = Bench([
      granted(), described(leadFields.filter { $0 != "Title" }), described(contactFields),
      composite(parts(empty)), described(leadFields),
      .answer(Response(status: 304)), composite(parts(empty)),
    ])
    _ = try await bench.client.poll(starts)
    #expect(bench.client.missingFields == ["Lead.Title"])
    bench.clock.now += Salesforce.descriptionMilliseconds
    _ = try await bench.client.poll(starts)
    #expect(bench.transport.requests[4].headers["If-Modified-Since"] == nil)
    #expect(bench.client.missingFields == [])
    #expect(bench.transport.bodies[6].contains("Title"))
  }

  @Test("E1: a hidden field that the sync cannot do without names object, field and remedy")
  func hidden() async throws {
    let without = leadFields.filter { $0 != "Email" }
    let bench = Bench([granted(), described(without), described(without)])
    let found = await failure { try await bench.client.poll(starts) }
    #expect(found?.meaning == SalesforceMeaning.fieldHidden)
    #expect(found?.meaning.kind == .broken)
    #expect(found?.fields == ["Email"])
    #expect(found?.answer.contains("Lead.Email") == true)
  }

  @Test(
    "E2: an answer of another shape is unreadable, never no rows",
    arguments: [
      "<html><body>Sign in</body></html>", "{}", "[]", #"{"compositeResponse":[]}"#,
      #"{"compositeResponse":[{"body":{"totalSize":0,"done":true,"records":["#,
      #"{"compositeResponse":null}"#, "",
    ])
  func otherShapes(_ text: String) async {
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), .answer(json(text)),
    ])
    let found = await failure { try await bench.client.poll(starts) }
    #expect(found?.meaning == SalesforceMeaning.unreadable)
    #expect(found?.meaning.kind == .passing)
  }

  @Test(
    "E2: a page whose rows or counts do not hold is unreadable",
    arguments: [
      page([lead("00Q000000000001")], total: 2), page([lead("00Q000000000001")], total: 0),
      page(["{\"attributes\":{}}"]), page([lead("short")]),
      page([lead("00Q000000000001", ["OwnerId": "{}"])]),
      page([lead("00Q000000000001", ["SystemModstamp": "null"])]),
      page([lead("00Q000000000001", ["SystemModstamp": "\"yesterday\""])]),
      #"{"totalSize":0,"records":[]}"#, #"{"totalSize":0,"done":true}"#,
      #"{"totalSize":1,"done":false,"records":[]}"#, #"{"done":true,"records":[]}"#, "null", "[]",
    ])
  func badPages(_ text: String) async {
    let bench = Bench([
      granted(), described(leadFields), described(contactFields), composite(parts(text)),
    ])
    let found = await failure { try await bench.client.poll(starts) }
    #expect(found?.meaning == SalesforceMeaning.unreadable)
  }

  @Test("S1: a short page is not the last; its address is followed as it stands")
  func paging() async throws {
    let next = "/services/data/v62.0/query/0r8xx5R2sM3DgWhASK-2000"
    let bench = Bench([
      granted(), described(leadFields), described(contactFields),
      composite(parts(page([lead("00Q000000000001")], total: 3, next: next))),
      .answer(json(page([], total: 3, next: next + "1"))),
      .answer(json(page([lead("00Q000000000002")], total: 3))),
    ])
    var current = try #require(try await bench.client.poll(starts).pages[.lead])
    #expect(current.next == next)
    current = try await bench.client.nextPage(of: current)
    #expect(bench.transport.requests.last?.url == home + next)
    #expect(current.rows == 0)
    current = try await bench.client.nextPage(of: current)
    #expect(current.next == nil)
    #expect(current.rows == 1)
    let over = current
    #expect(await failure { try await bench.client.nextPage(of: over) } != nil)
  }

  @Test("I3: a dead locator is told apart, so that the caller goes on from its key")
  func deadLocator() async throws {
    let next = "/services/data/v62.0/query/01g-2000"
    let bench = Bench([
      granted(), described(leadFields), described(contactFields),
      composite(parts(page([lead("00Q000000000001")], total: 3, next: next))),
      .answer(
        json(
          #"[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]"#, status: 400
        )),
      .answer(json(page([lead("00Q000000000003")]))),
    ])
    let first = try #require(try await bench.client.poll(starts).pages[.lead])
    let found = await failure { try await bench.client.nextPage(of: first) }
    #expect(found?.isDeadLocator == true)
    let key = try #require(first.lastKey)
    let rest = try await bench.client.page(of: .lead, from: .changes(since: 0, after: key))
    #expect(rest.rows == 1)
    let url = try #require(bench.transport.requests.last?.url)
    #expect(url.hasPrefix(home + "/services/data/v62.0/queryAll?q=SELECT"))
    #expect(url.contains("Id%20%3E%20%2700Q000000000001EAA%27"))
  }

  @Test("I1: counts come from one composite, deleted records included")
  func counts() async throws {
    let bench = Bench([
      granted(),
      composite([
        ("Lead", 200, page([], total: 0)),
        ("Contact", 200, #"{"totalSize":17,"done":true,"records":[]}"#),
      ]),
    ])
    let counts = try await bench.client.counts([.lead, .contact])
    #expect(counts == [.lead: 0, .contact: 17])
    #expect(bench.transport.bodies[1].contains("queryAll?q=SELECT%20count%28%29%20FROM%20Lead\""))
  }

  @Test("M6: rows asked for by id come in place, the others are missing")
  func byID() async throws {
    let ids = ["00Q000000000001AAA", "00Q000000000002AAA", "00Q000000000003AAA"]
    let bench = Bench([
      granted(), described(leadFields),
      .answer(json("[\(lead(ids[0])),null,\(lead(ids[2]))]")), .answer(json("[null]")),
    ])
    let found = try await bench.client.rows(of: .lead, ids: ids)
    #expect(found.page.rows == 2)
    #expect(found.missing == [ids[1]])
    let sink = TestSink()
    try found.page.forEachRow(sink)
    #expect(sink.rows.map { $0[0] } == [ids[0], ids[2]])
    // An answer of another length proves nothing about anybody.
    let short = await failure { try await bench.client.rows(of: .lead, ids: ids) }
    #expect(short?.meaning == SalesforceMeaning.unreadable)
  }
}
