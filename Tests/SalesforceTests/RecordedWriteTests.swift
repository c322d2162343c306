import Foundation
import HTTP
import SyncCore
import Testing
import Wire

@testable import Salesforce

@Suite(.enabled(if: Recorded.isThere, "no recorded exchanges at \(Recorded.folder)"))
struct RecordedWriteTests {
  private func description(_ object: String) throws -> ObjectDescription {
    let body = try Recorded.bytes("cumulusci/describe_\(object).json")
    return try #require(ObjectDescription(Response(status: 200, body: body), readAt: 0))
  }

  @Test("L4, Q2: a real describe of Lead says what is required and what fits")
  func lead() throws {
    let found = try description("Lead")
    #expect(found.isCreateable)
    #expect(found.isUpdateable)
    #expect(found.fields.filter(\.isRequired).map(\.name) == ["LastName", "Company"])
    let email = try #require(found.field("EMAIL"))
    #expect(email.type == "email")
    #expect(email.length == 80)
    #expect(email.isNillable)
    let status = try #require(found.field("Status"))
    #expect(status.type == "picklist")
    #expect(!status.isNillable)
    #expect(status.isDefaultedOnCreate)
    #expect(!status.isRequired)
    #expect(!status.isRestrictedPicklist)
    #expect(status.picklistValues.contains { $0.value == "Open - Not Contacted" && $0.isActive })
    let source = try #require(found.field("LeadSource"))
    #expect(source.picklistValues.allSatisfy { !$0.value.isEmpty && !$0.label.isEmpty })
    let revenue = try #require(found.field("AnnualRevenue"))
    #expect(revenue.type == "currency")
    #expect(revenue.precision == 18)
    #expect(revenue.scale == 0)
    #expect(found.field("NumberOfEmployees")?.digits == 8)
    let id = try #require(found.field("Id"))
    #expect(!id.isCreateable)
    #expect(!id.isUpdateable)
    #expect(found.field("IsConverted")?.type == "boolean")
    #expect(found.field("Description")?.length == 32000)
    #expect(found.field("FirstName")?.label == "First Name")
    #expect(found.field("Nothing") == nil)
  }

  @Test("L4, C1: of Contact only the last name is required, and the account can be reached")
  func contact() throws {
    let found = try description("Contact")
    #expect(found.fields.filter(\.isRequired).map(\.name) == ["LastName"])
    let shape = RowShape(.contact, matchField: nil, visible: found)
    #expect(shape.fields.suffix(2) == ["Account.Name", "Account.OwnerId"])
    #expect(shape.isComplete)
  }

  @Test("L4: a describe of another object, and its picklists, are read whatever else they bear")
  func others() throws {
    for object in ["Event", "Account"] {
      let found = try description(object)
      #expect(found.fields.count > 30)
      #expect(found.fields.allSatisfy { !$0.type.isEmpty && $0.length >= 0 })
      #expect(found.fields.contains { !$0.picklistValues.isEmpty })
    }
  }

  @Test("L7: the two recorded spellings of a duplicate rule's refusal")
  func duplicates() throws {
    for name in ["v54_misspelled_key", "v60_correct_key"] {
      let body = try Recorded.bytes("github-snippets/duplicates_detected_\(name).json")
      let found = FarAnswer(Response(status: 400, body: body))
        .failure(attempt: "x", writes: true, ofRecords: true)
      #expect(found.records == ["0030000000000AAAAA"], "\(name)")
      #expect(found.answer.hasPrefix("duplicate rule Standard_Contact_Duplicate_Rule, which "))
      #expect(found.effect == Failure.Effect.none)
    }
    let body = try Recorded.bytes("synthetic-from-docs/collections_mixed.json")
    let rows = try body.withBytes { all throws(JSONError) in try SavedRow.array(all) }
    let outcomes = rows.map { $0.outcome(nil, "x", Response(status: 200)) }
    #expect(outcomes.map(\.id) == ["00Q000000000001AAA", nil])
    #expect(outcomes[1].failure?.meaning == SalesforceMeaning.duplicate)
    #expect(outcomes[1].failure?.records == [])
  }

  @Test("E2: a refusal that is cut or altered anywhere is still told, and never a trap")
  func hostile() throws {
    var generator = Generator(state: 7)
    for name in ["v54_misspelled_key", "v60_correct_key"] {
      let body = try Recorded.bytes("github-snippets/duplicates_detected_\(name).json")
      for end in stride(from: 0, to: body.count, by: 3) {
        let found = FarAnswer(Response(status: 400, body: Array(body[..<end])))
          .failure(attempt: "x", writes: true, ofRecords: true)
        #expect(found.effect == .unknown)
      }
      for _ in 0..<500 {
        var other = body
        for _ in 0..<3 {
          other[Int.random(in: 0..<other.count, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
        let found = FarAnswer(Response(status: 400, body: other))
          .failure(attempt: "x", writes: true, ofRecords: true)
        #expect(found.records.allSatisfy { $0.utf8.count == 18 })
        #expect(SalesforceMeaning.all.contains(found.meaning))
      }
    }
  }

  @Test("Q4: every recorded collection gives each row its outcome")
  func collections() throws {
    var saved = 0
    var refused: [String] = []
    for (method, path, sent, answer) in try exchanges() {
      guard path.hasSuffix("/composite/sobjects"), method == "POST" || method == "PATCH",
        let records = (sent as? [String: Any])?["records"] as? [[String: Any]]
      else { continue }
      let rows = try Recorded.text(answer).withBytes { all throws(JSONError) in
        try SavedRow.array(all)
      }
      #expect(rows.count == records.count)
      for (row, record) in zip(rows, records) {
        let id = (record["id"] ?? record["Id"]) as? String
        let outcome = row.outcome(method == "PATCH" ? id : nil, "x", Response(status: 200))
        #expect((outcome.id == nil) == (outcome.failure != nil))
        if outcome.id != nil { saved += 1 }
        guard let failure = outcome.failure else { continue }
        refused.append(failure.meaning.code)
        #expect(failure.effect == Failure.Effect.none)
        #expect(failure.meaning.kind == .refused)
      }
    }
    #expect(saved > 20)
    #expect(Set(refused).isSuperset(of: ["SF-INVALID-EMAIL", "SF-REQUIRED-FIELD", "SF-CONVERTED"]))
    #expect(!refused.contains("SF-REFUSED"))
  }

  @Test("L4: every recorded single create bears the id of what it made")
  func creates() throws {
    var made = 0
    for (method, path, _, answer) in try exchanges() {
      let parts = path.split(separator: "/")
      guard method == "POST", parts.dropLast().last == "sobjects", parts.last != "sobjects",
        !path.contains("composite")
      else { continue }
      let row = try Recorded.text(answer).withBytes { all throws(JSONError) in
        try SavedRow.single(all)
      }
      guard row.isSaved else { continue }
      #expect(row.id?.count == 18)
      made += 1
    }
    #expect(made > 0)
    let plain = try Recorded.bytes("restforce/sobject_create_success_response.json")
    #expect(try plain.withBytes { all throws(JSONError) in try SavedRow.single(all) }.isSaved)
    for (name, status) in [
      ("upsert_error", 400), ("write_error", 400), ("upsert_multiple_error", 300),
    ] {
      let body = try Recorded.bytes("restforce/sobject_\(name)_response.json")
      let found = FarAnswer(Response(status: status, body: body))
        .failure(attempt: "x", writes: true, ofRecords: true)
      #expect(found.meaning.kind == .refused, "\(name)")
    }
  }

  @Test("L6: a documented answer of getUpdated bears the moment that is covered")
  func covered() async throws {
    let body = try Recorded.bytes("synthetic-from-docs/getupdated.json")
    let real = try Recorded.bytes("restforce/sobject_get_updated_success_response.json")
    let bench = Bench([
      granted(), .answer(Response(status: 200, body: body)),
      .answer(Response(status: 200, body: real)),
    ])
    #expect(
      try await bench.client.latestDateCovered(.lead, from: 0, to: 1_767_323_045_000)
        == 1_767_323_040_000)
    #expect(try await bench.client.latestDateCovered(.lead, from: 0, to: 0) > 0)
  }

  /// Method, path, body and answer of everything that was recorded with both.
  private func exchanges() throws -> [(String, String, Any, Any)] {
    var all: [(String, String, Any, Any)] = []
    for folder in ["grouparoo", "cumulusci"] {
      let names = try FileManager.default.contentsOfDirectory(atPath: Recorded.folder + folder)
      for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix("describe_") {
        guard let list = try Recorded.object("\(folder)/\(name)")["interactions"] else { continue }
        for entry in try #require(list as? [[String: Any]]) {
          let request = entry["request"] as? [String: Any]
          let response = entry["response"] as? [String: Any]
          guard let method = (entry["method"] ?? request?["method"]) as? String,
            let path = (entry["path"] ?? request?["uri"]) as? String,
            let answer = entry["body"] ?? response?["body"]
          else { continue }
          all.append((method, path, entry["requestBody"] ?? request?["body"] ?? [], answer))
        }
      }
    }
    return all
  }
}
