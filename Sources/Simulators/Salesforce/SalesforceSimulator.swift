package import HTTP

/// A Salesforce org as a state machine: requests in, answers out, time from a virtual clock.
///
/// An independent reading of the vendor's rules (REST, Bulk API 2.0, SOQL and Object Reference
/// guides of v66, and recorded exchanges); it knows nothing of the clients that call it. Any URL
/// whose path begins with `/services` or `/id` is answered, whatever its host.
package final class SalesforceSimulator {
  /// How the org behaves; may be changed at any time.
  package var settings: Settings {
    didSet {
      guard
        oldValue.hiddenFields != settings.hiddenFields
          || oldValue.lockedFields != settings.lockedFields
          || oldValue.readOnlyObjects != settings.readOnlyObjects
      else { return }
      schemaChangedAt = clock.now / 1000 * 1000
    }
  }
  package let clock: SimulatorClock
  /// Things that go wrong at calls that a test chose.
  package var faults = SalesforceFaults()

  /// The last calls, oldest first.
  package internal(set) var calls: [CallRecord] = []
  /// Calls since the beginning, by kind.
  package internal(set) var counts: [CallKind: Int] = [:]
  /// Calls that counted against the daily limit since the beginning.
  package internal(set) var apiCalls = 0
  /// Rows written through the API since the beginning.
  package internal(set) var writes = 0

  let org: Org
  var random: OrgRandom
  var sessions: [String: Session] = [:]
  var grants: [String: Grant] = [:]
  var logins: [Int64] = []
  var cursors: [String: Cursor] = [:]
  var jobs: [BulkJob] = []
  var usage = OrgUsage()
  /// How long the transactions of the call at hand stay open.
  var commitDelay: Int64 = 0
  /// Rows that somebody else's long transaction holds, and until when.
  var busyRows: [String: Int64] = [:]
  var schemaChangedAt: Int64
  /// The running user: whose sessions the API gets.
  let integrationUserID: String
  let organizationID: String

  /// The calls of ``calls`` beyond which the oldest are forgotten.
  package static let callsMax = 10_000

  package init(clock: SimulatorClock, settings: Settings = Settings()) {
    self.clock = clock
    self.settings = settings
    random = OrgRandom(seed: settings.seed)
    org = Org(clock: clock, settings: settings)
    schemaChangedAt = clock.now / 1000 * 1000
    usage.before = settings.callsUsedBefore
    (organizationID, integrationUserID) = org.setUp(settings)
    grants[settings.refreshToken] = Grant(current: settings.refreshToken)
  }

  /// Answers one request.
  package func handle(_ request: Request) -> Exchange {
    let call = OrgCall(request)
    let kind = CallKind(call)
    counts[kind, default: 0] += 1
    var record = CallRecord(
      ordinal: counts.values.reduce(0, +), at: clock.now, kind: kind, method: request.method,
      path: "/" + call.path.joined(separator: "/"), status: nil)
    let fault = faults.next(for: record)
    let exchange = exchange(request, call, fault)
    record.status = exchange.status
    if calls.count >= Self.callsMax { calls.removeFirst(Self.callsMax / 2) }
    calls.append(record)
    return exchange
  }

  private func exchange(
    _ request: Request, _ call: OrgCall, _ fault: SalesforceFaults.Planned?
  ) -> Exchange {
    switch fault {
    case nil: return .answer(answer(request, call))
    case .refusal(let refusal): return .answer(finished(refusal.response, call))
    case .late(let milliseconds):
      commitDelay = milliseconds
      defer { commitDelay = 0 }
      _ = answer(request, call)
      return .reset(written: true)
    case .fault(let fault):
      switch fault {
      case .refuse: return .refused
      case .resetBefore: return .reset(written: false)
      case .resetAfter:
        _ = answer(request, call)
        return .reset(written: true)
      case .truncate:
        let response = answer(request, call)
        return .truncated(response, bytes: response.body.count / 2)
      case .status(let status): return .answer(finished(.refusal(status), call))
      case .statusAfter(let status):
        _ = answer(request, call)
        return .answer(finished(.refusal(status), call))
      case .html: return .answer(.captivePortal)
      case .slow(let milliseconds):
        var response = answer(request, call)
        clock.now += milliseconds
        // Where the clock is a real one, whoever carries the answer waits.
        response.headers["X-Simulator-Delay-Ms"] = String(milliseconds)
        return .answer(response)
      }
    }
  }

  private func answer(_ request: Request, _ call: OrgCall) -> Response {
    do {
      try checkLength(request)
      return finished(try route(call), call)
    } catch {
      return finished(.failure(error), call)
    }
  }

  /// URI 16,384 bytes at most, alone and together with the headers (App Limits).
  private func checkLength(_ request: Request) throws(OrgError) {
    let target = OrgCall.target(request.url).utf8.count
    let headers = request.headers.fields.reduce(0) {
      $0 + $1.name.utf8.count + $1.value.utf8.count + 4
    }
    if target > 16_384 { throw OrgError("URI_TOO_LONG", "URI Too Long", status: 414) }
    if target + headers > 16_384 {
      throw OrgError(
        "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large", status: 431)
    }
  }

  /// Adds what every answer bears.
  private func finished(_ response: Response, _ call: OrgCall) -> Response {
    var response = response
    response.headers["Date"] = OrgTime.httpDate(clock.now + settings.clockSkew)
    response.headers["Cache-Control"] = "no-cache,must-revalidate,max-age=0,no-store,private"
    response.headers["x-sfdc-request-id"] = requestID
    if call.path.count > 2, call.path[1] == "data" {
      var value = "api-usage=\(usage.used(at: clock.now))/\(settings.dailyLimit)"
      if let app = settings.appName {
        value += "; per-app-api-usage=\(apiCalls)/\(settings.dailyLimit)(appName=\(app))"
      }
      response.headers["Sforce-Limit-Info"] = value
    }
    return response
  }

  private var requestID: String {
    let digits = String(counts.values.reduce(0, +), radix: 16)
    return String(repeating: "0", count: max(0, 32 - digits.count)) + digits
  }
}

extension Response {
  static let captivePortal = Response(
    status: 200, headers: ["Content-Type": "text/html; charset=utf-8"],
    body: Array("<html><head><title>Sign in</title></head><body>Welcome</body></html>".utf8))

  /// A status in the vendor's own shape, or the edge's page where the edge answers.
  static func refusal(_ status: Int) -> Response {
    switch status {
    case 400:
      .failure(OrgError("FIELD_INTEGRITY_EXCEPTION", "A refusal that was asked for.", fields: []))
    case 401: .failure(OrgError("INVALID_SESSION_ID", "Session expired or invalid"))
    case 403: .failure(OrgError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
    case 404: .failure(.notFound)
    case 500:
      .failure(OrgError("UNKNOWN_EXCEPTION", "An unexpected error occurred.", status: 500))
    case 503: .failure(OrgError("SERVER_UNAVAILABLE", "Server Unavailable"))
    case 406, 420, 502, 504:
      Response(
        status: status, headers: ["Content-Type": "text/html"],
        body: Array("<html><body>We are setting things up.</body></html>".utf8))
    default: .failure(OrgError("UNKNOWN_EXCEPTION", "status \(status)", status: status))
    }
  }
}

extension Exchange {
  /// The status that the caller saw; nil where it saw none.
  var status: Int? {
    switch self {
    case .answer(let response), .truncated(let response, _): response.status
    case .refused, .reset: nil
    }
  }
}
