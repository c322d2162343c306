import HTTP
import Salesforce
import SyncCore
import Wire

/// Answers requests from a script, in order, and remembers what was asked.
final class ScriptedTransport: Transport {
  enum Step {
    case answer(Response)
    case fail(TransportError.Reason)
    /// Decided when the request is there.
    case reply((Request) -> Response)
  }

  private(set) var requests: [Request] = []
  var steps: [Step]
  /// Runs before every answer; where a test holds calls back.
  var pause: (() async -> Void)?
  /// How many bytes a streamed body comes in at a time.
  var pieceBytes = 7

  init(_ steps: [Step] = []) { self.steps = steps }

  func send(_ request: Request) async throws(TransportError) -> Response {
    requests.append(request)
    guard !steps.isEmpty else { throw TransportError(.notSent, "the script is at its end") }
    let step = steps.removeFirst()
    await pause?()
    switch step {
    case .answer(let response): return response
    case .fail(let reason): throw TransportError(reason, "scripted")
    case .reply(let make): return make(request)
    }
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    var response = try await send(request)
    guard (200..<300).contains(response.status) else { return response }
    let body = response.body
    response.body = []
    var start = 0
    while start < body.count {
      let end = min(start + pieceBytes, body.count)
      let isTaken = body[start..<end].withUnsafeBytes { sink.take($0) }
      guard isTaken else { throw TransportError(.cancelled, "the sink ended the transfer") }
      start = end
    }
    return response
  }

  /// The bodies sent, as text.
  var bodies: [String] { requests.map { String(decoding: $0.body ?? [], as: UTF8.self) } }
}

/// Secrets in memory.
final class TestSecrets: SalesforceSecrets {
  struct Trouble: Error, CustomStringConvertible { var description: String }

  var secret: String? = "secret"
  var pem = ""
  var refresh = "refresh-1"
  var trouble: Trouble?
  /// What happened, in order.
  var log: [String] = []

  func clientSecret() throws -> String? { secret }
  func privateKeyPEM() throws -> String {
    if let trouble { throw trouble }
    return pem
  }
  func refreshToken() throws -> String { refresh }
  func keep(refreshToken: String) throws {
    if let trouble { throw trouble }
    log.append("keep \(refreshToken)")
    refresh = refreshToken
  }
}

/// Collects rows as texts.
final class TestSink: RowSink {
  struct Full: Error, Equatable {}

  private(set) var rows: [[String?]] = []
  private(set) var flushes = 0
  /// Throws at the row after that many.
  var limit = Int.max

  func take(_ row: borrowing RowBuffer) throws {
    guard rows.count < limit else { throw Full() }
    rows.append((0..<row.columns).map { row.string($0) })
  }

  func flush() throws { flushes += 1 }
}

func json(_ text: String, status: Int = 200, headers: Headers = [:]) -> Response {
  var headers = headers
  headers["Content-Type"] = "application/json;charset=UTF-8"
  if headers["Date"] == nil { headers["Date"] = "Sun, 22 Nov 2026 10:00:00 GMT" }
  return Response(status: status, headers: headers, body: Array(text.utf8))
}

let home = "https://example.my.salesforce.com"

/// A token answer.
func granted(_ token: String = "00Dx!one", instance: String = home, refresh: String? = nil)
  -> ScriptedTransport.Step
{
  let rotated = refresh.map { ",\"refresh_token\":\"\($0)\"" } ?? ""
  return .answer(
    json(
      #"{"access_token":"\#(token)","instance_url":"\#(instance)","token_type":"Bearer"\#(rotated)}"#
    ))
}

/// A describe answer that lists `fields`.
func described(_ fields: [String]) -> ScriptedTransport.Step {
  let list = fields.map { #"{"name":"\#($0)","type":"string","filterable":true}"# }
  return .answer(
    json(
      #"{"fields":[\#(list.joined(separator: ","))],"name":"X"}"#,
      headers: ["Last-Modified": "Fri, 14 Aug 2020 20:53:02 GMT"]))
}

let leadFields = [
  "Id", "SystemModstamp", "CreatedDate", "Email", "Name", "Title", "OwnerId", "IsDeleted",
  "MasterRecordId", "Status", "IsConverted", "ConvertedContactId", "Company",
]
let contactFields = Array(leadFields.prefix(9)) + ["AccountId"]

/// A Lead row as JSON; `values` replace or add members.
func lead(_ id: String, _ values: [String: String] = [:]) -> String {
  var members: [String: String] = [
    "Id": "\"\(id)\"", "SystemModstamp": "\"2026-01-02T03:04:05.000+0000\"",
    "CreatedDate": "\"2025-01-02T03:04:05.000+0000\"", "Email": "\" Ann@Example.COM\"",
    "Name": "\"Ann\"", "Title": "null", "OwnerId": "\"005000000000001AAA\"",
    "IsDeleted": "false", "MasterRecordId": "null", "Status": "\"Open\"", "IsConverted": "false",
    "ConvertedContactId": "null", "Company": "\"Acme\"",
  ]
  members.merge(values) { $1 }
  return record("Lead", members)
}

/// A Contact row as JSON; `account` is its Account.
func contact(_ id: String, account: String = "null", _ values: [String: String] = [:]) -> String {
  var members: [String: String] = [
    "Id": "\"\(id)\"", "SystemModstamp": "\"2026-01-02T03:04:05.000+0000\"",
    "CreatedDate": "\"2025-01-02T03:04:05.000+0000\"", "Email": "\"c@example.com\"",
    "Name": "\"Con\"", "Title": "null", "OwnerId": "\"005000000000001AAA\"",
    "IsDeleted": "false", "MasterRecordId": "null", "Account": account,
  ]
  members.merge(values) { $1 }
  return record("Contact", members)
}

private func record(_ type: String, _ members: [String: String]) -> String {
  let list = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
  return
    "{\"attributes\":{\"type\":\"\(type)\",\"url\":\"/x\"},\(list.joined(separator: ","))}"
}

func page(_ rows: [String], total: Int? = nil, next: String? = nil) -> String {
  let more = next.map { "\"done\":false,\"nextRecordsUrl\":\"\($0)\"" } ?? "\"done\":true"
  return
    "{\"totalSize\":\(total ?? rows.count),\(more),\"records\":[\(rows.joined(separator: ","))]}"
}

/// A composite answer of (referenceId, status, body).
func composite(_ parts: [(String, Int, String)]) -> ScriptedTransport.Step {
  let list = parts.map { name, status, body in
    #"{"body":\#(body),"httpHeaders":{},"httpStatusCode":\#(status),"referenceId":"\#(name)"}"#
  }
  return .answer(
    json(
      "{\"compositeResponse\":[\(list.joined(separator: ","))]}",
      headers: ["Sforce-Limit-Info": "api-usage=18/5000; per-app-api-usage=17/250(appName=x)"]))
}

/// The client with what it stands on.
final class Bench {
  let transport: ScriptedTransport
  let secrets = TestSecrets()
  let client: Salesforce

  init(
    _ steps: [ScriptedTransport.Step], flow: Salesforce.Flow = .clientCredentials,
    login: String = home, match: String? = nil
  ) {
    transport = ScriptedTransport(steps)
    let settings = Salesforce.Settings(
      loginURL: login, clientID: "app", flow: flow, matchField: match)
    let clock = TestClock()
    client = Salesforce(
      settings: settings, secrets: secrets, transport: transport, now: { clock.now })
    self.clock = clock
  }

  let clock: TestClock
}

final class TestClock {
  var now: Int64 = 1_767_323_045_000
}

/// The failure that `body` throws.
func failure<Value>(_ body: () async throws -> Value) async -> Failure? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? Failure
  }
}
