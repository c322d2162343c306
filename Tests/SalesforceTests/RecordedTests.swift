import Foundation
import HTTP
import SyncCore
import Testing
import Wire

@testable import Salesforce

/// Recorded answers of real orgs, beside the repository or where SFSYNC_SHARED says.
enum Recorded {
  static let folder: String = {
    let shared = ProcessInfo.processInfo.environment["SFSYNC_SHARED"]
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let beside = repository.deletingLastPathComponent().appendingPathComponent("shared").path
    return (shared ?? beside) + "/contracts/salesforce/"
  }()

  static let isThere = FileManager.default.fileExists(atPath: folder)

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + name)))
  }

  static func object(_ name: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(try bytes(name)))
    return try #require(value as? [String: Any])
  }

  static func text(_ value: Any) throws -> [UInt8] {
    [UInt8](try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed))
  }
}

@Suite(.enabled(if: Recorded.isThere, "no recorded exchanges at \(Recorded.folder)"))
struct RecordedTests {
  @Test("S1: real describes list every field that we read", arguments: RecordObject.allCases)
  func describes(_ object: RecordObject) throws {
    let response = Response(
      status: 200, headers: ["Last-Modified": "Fri, 14 Aug 2020 20:53:02 GMT"],
      body: try Recorded.bytes("cumulusci/describe_\(object.rawValue).json"))
    let description = try #require(ObjectDescription(response, readAt: 0))
    let shape = RowShape(.init(object), matchField: "email", visible: description)
    #expect(shape.missing == [])
    #expect(shape.indispensable == [])
    #expect(shape.twin != nil)
    #expect(description.field("systemmodstamp")?.isFilterable == true)
    #expect(description.field("Description")?.type == "textarea")
    #expect(description.field("Description")?.isFilterable == false)
  }

  @Test("E1: real and known token answers are read, their errors are broken")
  func tokens() async throws {
    let all = try Recorded.object("github-snippets/token_endpoint.json")
    for (name, value) in all {
      guard let entry = value as? [String: Any], let body = entry["body"] else { continue }
      let answer = try #require(TokenAnswer(try Recorded.text(body)), "\(name)")
      #expect(Origin.split(answer.instanceURL) != nil)
      #expect((answer.refreshToken != nil) == name.contains("rotation"))
    }
    let errors = try #require(all["errors"] as? [[String: Any]])
    #expect(errors.count > 5)
    for error in errors {
      let bench = Bench([
        .answer(Response(status: 400, body: try Recorded.text(try #require(error["body"]))))
      ])
      let found = await failure { try await bench.client.organization() }
      #expect(found?.meaning.kind == .broken)
      #expect(found?.meaning != SalesforceMeaning.tokenRefused)
    }
    for name in ["auth_success_response", "reauth_success_response", "refresh_success_response"] {
      #expect(TokenAnswer(try Recorded.bytes("restforce/\(name).json")) != nil)
    }
  }

  @Test("E1: every error body that was ever seen is told apart")
  func errors() throws {
    let all = try Recorded.object("github-snippets/error_bodies.json")
    var seen = 0
    for (name, value) in all {
      guard let entry = value as? [String: Any], let body = entry["body"],
        let status = entry["status"] as? Int
      else { continue }
      let response = Response(status: status, body: try Recorded.text(body))
      let found = FarAnswer(response).failure(attempt: "x", writes: false)
      #expect(found.meaning != SalesforceMeaning.refused, "\(name)")
      #expect(found.meaning != SalesforceMeaning.unreadable, "\(name)")
      #expect(found.farCode != nil)
      seen += 1
    }
    #expect(seen > 10)
    for name in ["v54_misspelled_key", "v60_correct_key"] {
      let body = try Recorded.bytes("github-snippets/duplicates_detected_\(name).json")
      let found = FarAnswer(Response(status: 400, body: body)).failure(attempt: "x", writes: true)
      #expect(found.meaning == SalesforceMeaning.duplicate, "\(name)")
    }
  }

  @Test("S1: a real composite answer with a count and an error")
  func composite() throws {
    let all = try Recorded.object("cumulusci/composite_count_query_errors.json")
    let body = try Recorded.text(try #require(interaction(all, 0)["body"]))
    let parts = try CompositePart.read(body)
    let response = Response(status: 200, body: body)
    #expect(parts["refAccount"]?.total(in: body) == 17)
    #expect(parts["refAccount"]?.failure(response, attempt: "x") == nil)
    #expect(
      parts["refXYZZY"]?.failure(response, attempt: "x")?.meaning == SalesforceMeaning.object)
  }

  @Test("M6: a real page of rows is read whole")
  func page() throws {
    let fields = ["Id", "SystemModstamp", "Email", "Title", "OwnerId", "Status"].map {
      FieldDescription(name: $0, type: "string", isFilterable: true)
    }
    let shape = RowShape(.lead, matchField: nil, visible: ObjectDescription(fields: fields))
    let body = try Recorded.bytes("synthetic-from-docs/query_leads_page.json")
    let found = try Page(
      body, 0..<body.count, shape: shape, isFirst: true, attempt: "x",
      response: Response(status: 200))
    #expect(found.rows == 3)
    #expect(found.totalSize == 4)
    #expect(found.next == "/services/data/v66.0/query/0r8xx0000000001AAA-3")
    let sink = TestSink()
    try found.forEachRow(sink)
    #expect(sink.rows[1][RecordColumn.ownerID.rawValue] == "00G000000000001AAA")
    #expect(sink.rows[2][RecordColumn.modifiedAt.rawValue] == "1767323046000")
    // A field asked for that no row bears is no answer to our question.
    let wider = RowShape(
      .lead, matchField: nil,
      visible: ObjectDescription(
        fields: fields + [
          FieldDescription(name: "Name", type: "string", isFilterable: true)
        ]))
    #expect(throws: Failure.self) {
      _ = try Page(
        body, 0..<body.count, shape: wider, isFirst: true, attempt: "x",
        response: Response(status: 200))
    }
  }

  @Test("I4: a bulk result of the documented form")
  func bulk() throws {
    let fields = ["Id", "Email", "Title", "Status", "SystemModstamp", "IsDeleted"].map {
      FieldDescription(name: $0, type: "string", isFilterable: true)
    }
    let shape = RowShape(.lead, matchField: nil, visible: ObjectDescription(fields: fields))
    let sink = TestSink()
    let reader = BulkReader(shape, sink, attempt: "x")
    let text = try Recorded.bytes("synthetic-from-docs/bulk2_query_results.csv")
    #expect(text.withUnsafeBytes { reader.take($0) })
    #expect(
      try reader.finish(Response(status: 200, headers: ["Sforce-NumberOfRecords": "3"])) == 3)
    #expect(sink.rows[1][RecordColumn.title.rawValue] == "He said \"hi\", twice")
    #expect(sink.rows[1][RecordColumn.isDeleted.rawValue] == "1")
    #expect(sink.rows[2][RecordColumn.title.rawValue] == "NA")
    #expect(sink.rows[2][RecordColumn.status.rawValue] == "null")
  }

  @Test("S1: real answers of a developer org bear the meter of calls")
  func meter() throws {
    let all = try Recorded.object("grouparoo/export-objects_export-records-lead.json")
    let list = try #require(all["interactions"] as? [[String: Any]])
    var seen = 0
    for entry in list {
      guard let headers = entry["headers"] as? [String: String],
        let text = headers["sforce-limit-info"]
      else { continue }
      #expect(LimitInfo(text)?.limit == 15000)
      seen += 1
    }
    #expect(seen > 3)
  }

  private func interaction(_ all: [String: Any], _ index: Int) throws -> [String: Any] {
    let list = try #require(all["interactions"] as? [[String: Any]])
    return try #require(list[index]["response"] as? [String: Any])
  }
}
