import Foundation
import HTTP
import Intercom
import SyncCore
import Testing
import Wire

/// Real exchanges of 2021 (Intercom-Version 2.3) that lie beside the repository.
enum Recorded {
  static let directory: String? = {
    let shared = ProcessInfo.processInfo.environment["SFSYNC_SHARED"] ?? "../shared"
    let path = shared + "/contracts/intercom/grouparoo-nock"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  struct Exchange {
    var file: String
    var index: Int
    var method: String
    var path: String
    var answer: Response
    /// The parsed body, to check against.
    var object: [String: Any]
  }

  static func all() throws -> [Exchange] {
    guard let directory else { return [] }
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    return try files.flatMap { file in
      let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + file))
      let items = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
      return items.enumerated().compactMap { exchange(file, $0, $1) }
    }
  }

  private static func exchange(_ file: String, _ index: Int, _ item: [String: Any]) -> Exchange? {
    guard let url = item["url"] as? String, let method = item["method"] as? String,
      let status = item["status"] as? Int,
      let body = item["responseBody"].flatMap({
        try? JSONSerialization.data(withJSONObject: $0, options: .fragmentsAllowed)
      })
    else { return nil }
    var headers = Headers()
    for (name, value) in item["headers"] as? [String: String] ?? [:] { headers[name] = value }
    return Exchange(
      file: file, index: index, method: method,
      path: url.replacingOccurrences(of: "https://api.intercom.io:443", with: ""),
      answer: Response(status: status, headers: headers, body: Array(body)),
      object: item["responseBody"] as? [String: Any] ?? [:])
  }
}

@Suite(
  .enabled(
    if: Recorded.directory != nil,
    "no recorded exchanges: set SFSYNC_SHARED to the directory that holds contracts/"))
struct RecordedTests {
  private func isPerson(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count == 2 && parts[0] == "contacts" && parts[1].count == 24
  }

  @Test("Recorded pages give every person with its stamp, address and attributes")
  func pages() async throws {
    var people = 0
    for exchange in try Recorded.all()
    where exchange.answer.status == 200
      && ["/contacts", "/contacts/search"].contains(exchange.path)
    {
      guard let data = exchange.object["data"] as? [[String: Any]] else { continue }
      let names: [Attribute: String] = [.status: "text_field", .title: "date_field"]
      let intercom = client(
        ScriptedTransport([.success(exchange.answer)]), names: names, matchByExternalID: true)
      let page = try await intercom.list(startingAfter: nil)
      let all = try rows(page)
      #expect(page.totalCount == exchange.object["total_count"] as? Int)
      #expect(all.map { $0[.id] } == data.map { $0["id"] as? String })
      #expect(all.map { $0[.role] } == data.map { $0["role"] as? String })
      #expect(all.map { $0[.externalID] } == data.map { $0["external_id"] as? String })
      #expect(all.map { $0[.email] } == data.map { ($0["email"] as? String)?.lowercased() })
      let stamps = data.map { ($0["updated_at"] as? Int).map { String($0 * 1000) } }
      #expect(all.map { $0[.updatedAt] } == stamps)
      for (row, item) in zip(all, data) {
        let custom = item["custom_attributes"] as? [String: Any] ?? [:]
        #expect(row[.status] == custom["text_field"] as? String)
        #expect(row[.title] == (custom["date_field"] as? Int).map { String($0) })
      }
      people += all.count
    }
    #expect(people > 100)
  }

  @Test("Q1: recorded people have what is watched, and the details say the same")
  func watched() async throws {
    let names = ["name", "phone", "tag", "owner_id", "custom_attributes.text_field", "utm_source"]
    var people = 0
    for exchange in try Recorded.all()
    where exchange.answer.status == 200 && isPerson(exchange.path) {
      let transport = ScriptedTransport([.success(exchange.answer), .success(exchange.answer)])
      let intercom = client(
        transport, watched: names, readsCompanies: true, readsTeammates: true)
      let details = try await intercom.details("x")
      var row = RowBuffer(columns: PersonColumn.allCases.count)
      try await intercom.person("x").fill(&row)
      guard exchange.object["role"] != nil else { continue }
      let watched = try #require(row.string(PersonColumn.watched.rawValue))
      let parsed = try JSONSerialization.jsonObject(with: Data(watched.utf8))
      let object = try #require(parsed as? [String: Any])
      #expect(Set(object.keys) == Set(names.filter { details.values[$0] != nil }))
      #expect(object["name"] as? String == details.values["name"]?.text)
      #expect(details.createdAt == row.integer(PersonColumn.createdAt.rawValue))
      #expect(details.createdAt == (exchange.object["created_at"] as? Int64).map { $0 * 1000 })
      #expect(details.companyID == row.string(PersonColumn.companyID.rawValue))
      people += 1
    }
    #expect(people > 20)
  }

  @Test("M8: recorded answers for one person are read, or mean that it is gone")
  func person() async throws {
    var outcomes: [String: Int] = [:]
    for exchange in try Recorded.all() where isPerson(exchange.path) {
      let intercom = client(ScriptedTransport([.success(exchange.answer)]))
      do {
        let person = try await intercom.person("x")
        #expect(person.id == exchange.object["id"] as? String)
        outcomes[person.isDeleted ? "deleted" : "read", default: 0] += 1
      } catch {
        outcomes[error.failure.meaning.code, default: 0] += 1
        #expect(error.failure.requestID != nil)
      }
    }
    #expect(outcomes["read", default: 0] > 0)
    #expect(outcomes["deleted", default: 0] > 0)
    #expect(outcomes["IC-PERSON-GONE", default: 0] > 0)
    #expect(outcomes["IC-REFUSED"] == 1)
    #expect(Set(outcomes.keys) == ["read", "deleted", "IC-PERSON-GONE", "IC-REFUSED"])
  }

  @Test("Recorded conflicts, refusals and errors mean what the table says")
  func refusals() async throws {
    var seen: Set<String> = []
    for exchange in try Recorded.all()
    where exchange.answer.status >= 400 && !isPerson(exchange.path) {
      let intercom = client(ScriptedTransport([.success(exchange.answer)]))
      let error = await failure { _ = try await intercom.update("1", attributes: []) }
      seen.insert("\(exchange.answer.status) \(error?.failure.meaning.code ?? "none")")
    }
    #expect(seen == ["409 IC-CONFLICT", "400 IC-NOT-RESTORABLE", "500 IC-SERVER"])
  }

  @Test("S4: recorded data attributes are read, with their model and type")
  func attributes() async throws {
    let exchange = try #require(
      try Recorded.all().first { $0.path.hasPrefix("/data_attributes") && $0.method == "GET" })
    let data = try #require(exchange.object["data"] as? [[String: Any]])
    let transport = ScriptedTransport([.success(exchange.answer), .success(exchange.answer)])
    let all = try await client(transport).dataAttributes().prefix(data.count)
    #expect(all.map(\.name) == data.compactMap { $0["name"] as? String })
    #expect(all.map(\.isCustom) == data.compactMap { $0["custom"] as? Bool })
    #expect(all.allSatisfy { $0.model == .contact && (!$0.isCustom || $0.id != nil) })
    let plan = AttributePlan(
      wanted: [.status: "text_field", .title: "email", .url: "SALESFORCE_URL"], listed: Array(all))
    #expect(plan.existing == [.status])
    #expect(plan.problems.map(\.meaning.code) == ["IC-ATTRIBUTE-STANDARD"])
    #expect(plan.toCreate.map(\.name) == ["SALESFORCE_URL"])
  }

  @Test("A1: a recorded webhook's conversation is read, its assignment with a body too")
  func conversation() async throws {
    let shared = ProcessInfo.processInfo.environment["SFSYNC_SHARED"] ?? "../shared"
    let file = shared + "/contracts/intercom/zulip/conversation_admin_open_assigned.json"
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    let body = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let item = try #require((body["data"] as? [String: Any])?["item"])
    let answer = Response(
      status: 200, body: Array(try JSONSerialization.data(withJSONObject: item)))
    let conversation = try await client(ScriptedTransport([.success(answer)])).conversation("x")
    #expect(conversation.id == "215472621202693")
    #expect(conversation.teammateID == "9608799" && conversation.teamID == nil)
    #expect(!conversation.isWithAIAgent && conversation.title == nil)
    #expect(conversation.closedAt == nil)
    #expect(conversation.people == ["696205460674dbb9050aa7fd"])
    let messages = try #require(conversation.messages)
    #expect(messages.map(\.kind) == ["source", "assignment"])
    #expect(messages[1].body == "<p class=\"no-margin\">aMSIJJO</p>")
    #expect(messages[1].author.name == "John Doe")
  }
}
