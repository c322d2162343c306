import HTTP
import Intercom
import SyncCore
import Wire

/// Answers from a list, and keeps what was asked.
final class ScriptedTransport: Transport {
  var answers: [Result<Response, TransportError>]
  private(set) var requests: [Request] = []

  init(_ answers: [Result<Response, TransportError>]) { self.answers = answers }

  func send(_ request: Request) async throws(TransportError) -> Response {
    requests.append(request)
    guard !answers.isEmpty else { throw TransportError(.notSent, "no answer is scripted") }
    return try answers.removeFirst().get()
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    throw TransportError(.forbidden, "the client does not stream")
  }
}

/// Keeps every row as text.
final class RowKeeper: RowSink {
  private(set) var rows: [[String?]] = []
  private(set) var flushes = 0

  func take(_ row: borrowing RowBuffer) throws {
    rows.append((0..<row.columns).map { row.string($0) })
  }

  func flush() throws { flushes += 1 }
}

extension [String?] {
  subscript(_ column: PersonColumn) -> String? { self[column.rawValue] }
}

let allNames: [Attribute: String] = [
  .status: "SALESFORCE_STATUS", .title: "SALESFORCE_TITLE", .ownerID: "SALESFORCE_OWNER_ID",
  .ownerName: "SALESFORCE_OWNER_NAME", .ownerEmail: "SALESFORCE_OWNER_EMAIL",
  .ownerRole: "SALESFORCE_OWNER_ROLE", .recordID: "SALESFORCE_ID",
  .objectType: "SALESFORCE_OBJECT_TYPE", .url: "SALESFORCE_URL",
]

let secret = "dG9rOmFiY2RlZjEyMzQ1Njc4OTA="

func client(
  _ transport: ScriptedTransport, names: [Attribute: String] = allNames,
  matchByExternalID: Bool = false, watched: [String] = [], readsCompanies: Bool = false,
  readsTeammates: Bool = false, version: String = "2.15"
) -> Intercom {
  Intercom(
    settings: .init(
      version: version, attributeNames: names, matchByExternalID: matchByExternalID,
      watched: watched, readsCompanies: readsCompanies, readsTeammates: readsTeammates),
    accessToken: { secret }, transport: transport, now: { 1_700_000_000_000 })
}

func client(
  answering status: Int, _ body: String, headers: Headers = [:]
) -> (Intercom, ScriptedTransport) {
  let answer = Response(status: status, headers: headers, body: Array(body.utf8))
  let transport = ScriptedTransport([.success(answer)])
  return (client(transport), transport)
}

/// What `call` throws.
func failure(_ call: () async throws -> Void) async -> IntercomError? {
  do {
    try await call()
    return nil
  } catch {
    return error as? IntercomError
  }
}

func rows(_ page: PersonPage) throws -> [[String?]] {
  let keeper = RowKeeper()
  try page.forEachRow(keeper)
  return keeper.rows
}

func text(_ request: Request?) -> String? {
  request?.body.map { String(decoding: $0, as: UTF8.self) }
}
