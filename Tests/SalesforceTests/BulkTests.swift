import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct BulkTests {
  private let header =
    #""Id","SystemModstamp","CreatedDate","Email","Name","Title","OwnerId","IsDeleted","#
    + #""MasterRecordId","Status","IsConverted","ConvertedContactId","Company""# + "\n"
  private let job = #"{"id":"750000000000001AAA","state":"UploadComplete","apiVersion":62.0}"#

  private func row(_ id: String, name: String = "Ann", title: String = "") -> String {
    #""\#(id)","2026-01-02T03:04:05.000Z","2025-01-02T03:04:05.000Z","Ann@Example.com","\#(name)","#
      + #""\#(title)","005000000000001AAA","false","","Open","false","","Acme""# + "\n"
  }

  private func results(
    _ text: String, rows: Int, locator: String? = "null", status: Int = 200
  ) -> ScriptedTransport.Step {
    var headers: Headers = ["Sforce-NumberOfRecords": "\(rows)", "Content-Type": "text/csv"]
    headers["Sforce-Locator"] = locator
    return .answer(Response(status: status, headers: headers, body: Array(text.utf8)))
  }

  private func started(
    _ steps: [ScriptedTransport.Step]
  ) async throws -> (bench: Bench, job: BulkJob) {
    let bench = Bench([granted(), described(leadFields), .answer(json(job))] + steps)
    return (bench, try await bench.client.startBulk(.lead, changedSince: nil))
  }

  @Test("I1: an export asks for deleted rows, in no order, and only for an owner's id")
  func start() async throws {
    let (bench, job) = try await started([])
    #expect(job.id == "750000000000001AAA")
    #expect(job.fields.map(\.name) == leadFields)
    #expect(bench.transport.requests[2].url == home + "/services/data/v62.0/jobs/query")
    let body = bench.transport.bodies[2]
    #expect(body.contains(#""operation":"queryAll""#))
    #expect(
      body.contains(#"FROM Lead","contentType":"CSV","columnDelimiter":"COMMA","lineEnding":"LF""#))
    #expect(!body.contains("ORDER BY"))
    #expect(!body.contains("Owner."))
  }

  @Test("I1, I4: rows come the same as by REST, whatever pieces the text comes in")
  func sameRows() async throws {
    let bodies =
      header + row("00Q000000000001AAA", name: "He said \"\"hi\"\",\nthen")
      + row("00Q000000000002AAA", title: "null")
    for piece in [1, 7, 4096] {
      let (bench, job) = try await started([results(bodies, rows: 2)])
      bench.transport.pieceBytes = piece
      let sink = TestSink()
      let page = try await bench.client.bulkPage(job, locator: nil, into: sink)
      #expect(page == BulkPage(rows: 2, next: nil))
      #expect(
        sink.rows == [
          [
            "00Q000000000001AAA", "Lead", "1767323045000", "ann@example.com", nil,
            "He said \"hi\",\nthen", "Open", nil, "005000000000001AAA", nil, nil, nil, nil,
            "1735787045000", "Acme", nil,
          ],
          [
            "00Q000000000002AAA", "Lead", "1767323045000", "ann@example.com", nil, "Ann", "Open",
            "null", "005000000000001AAA", nil, nil, nil, nil, "1735787045000",
            "Acme", nil,
          ],
        ])
      #expect(sink.flushes == 1)
    }
  }

  @Test("I3: pages follow the locator; the word null, and none, end them")
  func locators() async throws {
    let text = header + row("00Q000000000001AAA")
    let (bench, job) = try await started([
      results(text, rows: 1, locator: "MTA+"), results(text, rows: 1, locator: "null"),
      results(text, rows: 1, locator: nil), results(text, rows: 1, locator: "X"),
    ])
    var page = try await bench.client.bulkPage(job, locator: nil, maxRecords: 9, into: TestSink())
    #expect(page.next == "MTA+")
    let path = home + "/services/data/v62.0/jobs/query/750000000000001AAA/results?maxRecords=9"
    #expect(bench.transport.requests[3].url == path)
    page = try await bench.client.bulkPage(
      job, locator: page.next, maxRecords: 9, into: TestSink())
    #expect(bench.transport.requests[4].url == path + "&locator=MTA%2B")
    #expect(page.next == nil)
    page = try await bench.client.bulkPage(job, locator: "Y", into: TestSink())
    #expect(page.next == nil)
    // A page that leads to itself would be read for ever.
    let loop = await failure {
      try await bench.client.bulkPage(job, locator: "X", into: TestSink())
    }
    #expect(loop?.meaning == SalesforceMeaning.unreadable)
  }

  @Test("I3: results are asked for with the version of the job")
  func version() async throws {
    let bench = Bench([granted(), results(header, rows: 0)])
    let fields = leadFields.map {
      BulkJob.Field(name: $0, type: "string", isFilterable: true)
    }
    let old = BulkJob(id: "750", stream: .lead, fields: fields, apiVersion: "60.0")
    let page = try await bench.client.bulkPage(old, locator: nil, into: TestSink())
    #expect(page.rows == 0)
    #expect(
      bench.transport.requests[1].url.hasPrefix(home + "/services/data/v60.0/jobs/query/750/"))
  }

  @Test("M6: a page that is cut short or miscounted is unreadable")
  func integrity() async throws {
    let one = row("00Q000000000001AAA")
    let bad: [(String, Int)] = [
      (header + one, 2), (header + one + one, 1), (header + String(one.dropLast(20)), 1),
      ("", 0), ("<html><body>Sign in</body></html>", 0), (#""Id","Name""# + "\n", 0),
      (header + row("short"), 1), (header + "\"00Q000000000001AAA\"\n", 1),
      (header + one.replacing("2026-01-02T03:04:05.000Z", with: ""), 1),
    ]
    for (text, rows) in bad {
      let (bench, job) = try await started([results(text, rows: rows)])
      let found = await failure {
        try await bench.client.bulkPage(job, locator: nil, into: TestSink())
      }
      #expect(found?.meaning == SalesforceMeaning.unreadable, "\(text)")
    }
  }

  @Test("O4: what the sink throws comes out, and the transfer ends")
  func sinkThrows() async throws {
    let text = header + (1...9).map { row("00Q00000000000\($0)AAA") }.joined()
    let (bench, job) = try await started([results(text, rows: 9)])
    let sink = TestSink()
    sink.limit = 3
    await #expect(throws: TestSink.Full()) {
      _ = try await bench.client.bulkPage(job, locator: nil, into: sink)
    }
    #expect(sink.rows.count == 3)
    #expect(sink.flushes == 0)
  }

  @Test("I4: the sink flushes about every eighth of a megabyte")
  func flushes() async throws {
    let long = String(repeating: "x", count: 1000)
    let text = header + (0..<3000).map { _ in row("00Q000000000001AAA", name: long) }.joined()
    let (bench, job) = try await started([results(text, rows: 3000)])
    bench.transport.pieceBytes = 16_384
    let sink = TestSink()
    _ = try await bench.client.bulkPage(job, locator: nil, into: sink)
    #expect(sink.flushes == 25)
  }

  @Test("E2: an error in place of results is an error, and an expired session is refreshed")
  func refusedResults() async throws {
    let expired = #"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#
    let (bench, job) = try await started([
      .answer(json(expired, status: 401)), granted("00Dx!two"),
      results(header + row("00Q000000000001AAA"), rows: 1),
      .answer(json(#"[{"errorCode":"NOT_FOUND","message":"gone"}]"#, status: 404)),
      .answer(json(#"[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]"#, status: 500)),
      .fail(.answerLost),
    ])
    let sink = TestSink()
    #expect(try await bench.client.bulkPage(job, locator: nil, into: sink).rows == 1)
    #expect(sink.rows.count == 1)
    for meaning in [
      SalesforceMeaning.deleted, SalesforceMeaning.serverError, SalesforceMeaning.answerLost,
    ] {
      let found = await failure { try await bench.client.bulkPage(job, locator: nil, into: sink) }
      #expect(found?.meaning == meaning)
    }
  }

  @Test(
    "I1: where Bulk is refused as such, REST may still do",
    arguments: [
      (400, "LIMIT_EXCEEDED", true), (400, "INVALIDENTITY", true),
      (403, "API_DISABLED_FOR_ORG", true),
      (400, "FEATURENOTENABLED", true), (404, "NOT_FOUND", true),
      (403, "INSUFFICIENT_ACCESS", true),
      (400, "MALFORMED_QUERY", false), (503, "SERVER_UNAVAILABLE", false),
      (403, "REQUEST_LIMIT_EXCEEDED", false),
    ])
  func fallback(_ status: Int, _ code: String, _ isRefusal: Bool) async {
    let body = #"[{"errorCode":"\#(code)","message":"no"}]"#
    let bench = Bench([granted(), described(leadFields), .answer(json(body, status: status))])
    let found = await failure { try await bench.client.startBulk(.lead, changedSince: 0) }
    #expect(found?.refusesBulk == isRefusal)
    #expect(found?.farCode == code)
  }

  @Test(
    "I2: the states of a job",
    arguments: [
      (#"{"id":"750","state":"UploadComplete"}"#, BulkState.running),
      (#"{"id":"750","state":"InProgress"}"#, .running),
      (
        #"{"id":"750","state":"JobComplete","numberRecordsProcessed":740003}"#,
        .complete(rows: 740_003)
      ),
      (#"{"id":"750","state":"Failed","errorMessage":"too long"}"#, .failed(message: "too long")),
      (#"{"id":"750","state":"Failed"}"#, .failed(message: "without a reason")),
      (#"{"id":"750","state":"Aborted"}"#, .failed(message: "the job was aborted")),
    ])
  func states(_ text: String, _ state: BulkState) async throws {
    let (bench, job) = try await started([.answer(json(text))])
    #expect(try await bench.client.bulkState(job) == state)
  }

  @Test(
    "M6: a job without a count, or in no known state, is unreadable",
    arguments: [
      #"{"id":"750","state":"JobComplete"}"#, #"{"id":"750","state":"Odd"}"#, "{}", "<html>",
      #"{"id":"750","state":"JobComplete","numberRecordsProcessed":-1}"#,
    ])
  func badStates(_ text: String) async throws {
    let (bench, job) = try await started([.answer(json(text))])
    let found = await failure { try await bench.client.bulkState(job) }
    #expect(found?.meaning == SalesforceMeaning.unreadable)
  }

  @Test("I3: deleting a job that is gone is no error, one that still runs is")
  func delete() async throws {
    let (bench, job) = try await started([
      .answer(Response(status: 204)),
      .answer(json(#"[{"errorCode":"NOT_FOUND","message":"gone"}]"#, status: 404)),
      .answer(
        json(#"[{"errorCode":"API_ERROR","message":"the job is not terminated"}]"#, status: 400)),
    ])
    try await bench.client.deleteBulk(job)
    #expect(bench.transport.requests.last?.method == .delete)
    try await bench.client.deleteBulk(job)
    let found = await failure { try await bench.client.deleteBulk(job) }
    #expect(found?.meaning == SalesforceMeaning.bulkState)
  }

  @Test("I3: a job started for another match field is not read on")
  func otherConfiguration() async throws {
    let bench = Bench([granted()], match: "Intercom_ID__c")
    let fields = leadFields.map {
      BulkJob.Field(name: $0, type: "string", isFilterable: true)
    }
    let old = BulkJob(id: "750", stream: .lead, fields: fields, apiVersion: "62.0")
    let found = await failure {
      try await bench.client.bulkPage(old, locator: nil, into: TestSink())
    }
    #expect(found?.meaning == SalesforceMeaning.bulkFailed)
    #expect(bench.transport.requests.isEmpty)
  }

  @Test("M1: a numeric match field reads the same from an export as by REST")
  func numericKey() async throws {
    let names = leadFields + ["Intercom_ID__c"]
    let fields = names.map {
      BulkJob.Field(
        name: $0, type: $0 == "Intercom_ID__c" ? "double" : "string", isFilterable: true)
    }
    let job = BulkJob(id: "750", stream: .lead, fields: fields, apiVersion: "62.0")
    let text =
      header.dropLast() + ",\"Intercom_ID__c\"\n"
      + row("00Q000000000001AAA").dropLast() + ",\"12.0\"\n"
    let bench = Bench([granted(), results(String(text), rows: 1)], match: "Intercom_ID__c")
    let sink = TestSink()
    _ = try await bench.client.bulkPage(job, locator: nil, into: sink)
    let shape = RowShape(
      .lead, matchField: "intercom_id__c",
      visible: ObjectDescription(
        fields: fields.map { FieldDescription(name: $0.name, type: $0.type) }))
    let body = page([lead("00Q000000000001AAA", ["Intercom_ID__c": "12"])])
    let rest = try Page(
      Array(body.utf8), 0..<body.utf8.count, shape: shape, isFirst: true, attempt: "x",
      response: json(body))
    let other = TestSink()
    try rest.forEachRow(other)
    #expect(sink.rows.first?[RecordColumn.matchKey.rawValue] == "12")
    #expect(other.rows.first?[RecordColumn.matchKey.rawValue] == "12")
  }
}
