import HTTP
import Simulators

typealias JSON = IntercomSimulator.JSON

/// What the control interface could not do, and why.
struct ControlError: Error {
  var status: Int
  var message: String

  init(_ message: String, status: Int = 400) {
    self.status = status
    self.message = message
  }
}

/// The control interface: JSON over HTTP on a port of its own.
///
/// - `POST /edit` `{"side","do",…}` changes either side by hand; see `SalesforceEdit`,
///   `SetUpEdit`, `IntercomEdit` and `ConversationEdit` for the verbs.
/// - `POST /fault` `{"side","kind","ordinal","fault",…}` lets a call go wrong; see `Faults`.
/// - `GET /counters`, `POST /reset-counters`.
/// - `GET /received?since=N`: the writes that arrived in Intercom after the N-th, in order.
/// - `GET /person/ID`, `GET /record/ID?fields=A,B`, `GET /people?from=0&limit=100`,
///   `GET /records?object=Task[&field=WhoId&value=x][&fields=A,B]`, `GET /events?contact=ID`,
///   `GET /conversations[?contact=ID]`, `GET /conversation?id=ID`, `GET /company/ID`,
///   `GET /calls?since=N` (Salesforce's), `GET /time`.
struct ControlAPI: Sendable {
  let stage: Stage

  func answer(_ request: Request) async -> Response {
    var status = 200
    var body: JSON
    do {
      body = try await route(request)
    } catch let error as ControlError {
      status = error.status
      body = .of(("error", .string(error.message)))
    } catch {
      status = 500
      body = .of(("error", .string("\(error)")))
    }
    return Response(
      status: status, headers: ["Content-Type": "application/json"], body: body.bytes)
  }

  private func route(_ request: Request) async throws -> JSON {
    let (path, query) = IntercomSimulator.split(request.url)
    await stage.tick()
    switch (request.method, path.first ?? "", path.count) {
    case (.get, "counters", 1): return await stage.counters()
    case (.get, "received", 1): return await stage.received(since: Int(query["since"] ?? "") ?? 0)
    case (.get, "events", 1): return await stage.events(of: query["contact"])
    case (.get, "time", 1): return await stage.time()
    case (.get, "people", 1):
      return await stage.people(
        from: Int(query["from"] ?? "") ?? 0, limit: Int(query["limit"] ?? "") ?? 100)
    case (.get, "records", 1):
      return try await stage.records(query)
    case (.get, "conversations", 1): return await stage.conversations(of: query["contact"])
    case (.get, "conversation", 1): return try await stage.conversation(query["id"])
    case (.get, "conversation", 2): return try await stage.conversation(path[1])
    case (.get, "company", 2): return try await stage.company(path[1])
    case (.get, "calls", 1): return await stage.calls(since: Int(query["since"] ?? "") ?? 0)
    case (.get, "person", 2): return try await stage.person(path[1])
    case (.get, "record", 2): return try await stage.record(path[1], fields: query["fields"])
    case (.post, "edit", 1): return try await stage.edit(body(request))
    case (.post, "fault", 1): return try await stage.schedule(body(request))
    case (.post, "reset-counters", 1):
      await stage.resetCounters()
      return .of(("ok", .bool(true)))
    default: throw ControlError("There is no such resource", status: 404)
    }
  }

  private func body(_ request: Request) throws -> JSON {
    guard let body = JSON.parse(request.body ?? []), body.members != nil else {
      throw ControlError("The body has to be a JSON object")
    }
    return body
  }
}

extension JSON {
  /// Text that has to be there.
  func needed(_ key: String) throws -> String {
    guard let text = self[key]?.scalarText else { throw ControlError("'\(key)' is missing") }
    return text
  }
}
