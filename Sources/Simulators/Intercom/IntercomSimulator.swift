package import HTTP

/// An Intercom workspace as a state machine: a request in, what became of it out.
///
/// Read from the vendor's descriptions and recordings, not from the daemon's client. It belongs to
/// whoever made it and is used by one task at a time; its only time is the ``SimulatorClock``.
package final class IntercomSimulator {
  package let clock: SimulatorClock
  package var settings: Settings
  /// Calls that arrived, by kind, the refused ones too.
  package internal(set) var calls: [Kind: Int] = [:]
  /// Calls that changed something.
  package internal(set) var writes = 0
  /// Answers by status.
  package internal(set) var answers: [Int: Int] = [:]
  /// Events that came a second time with the same contact, name and second, and were dropped.
  package internal(set) var duplicateEvents = 0

  let people: ContactStore
  let zone: Zone
  var attributes: [Attribute] = []
  var admins: [Admin] = []
  var teams: [Team] = []
  var tags: [Tag] = []
  var companies: [Company] = []
  var companyPlaces: [String: Int] = [:]
  var companyScroll: CompanyScroll?
  var conversations: [Conversation] = []
  var conversationPlaces: [String: Int] = [:]
  var received = ReceivedLog()
  var eventLog: [Event] = []
  var eventKeys: Set<String> = []
  var eventNames: Set<String> = []
  var searches = SearchCache()
  var nextID = 4_897_643
  var tokenRefusal: (code: String, message: String)?

  /// Of the call at hand.
  var currentPath = ""
  private var requestCount: UInt64 = 0
  private var windowStart: Int64 = 0
  private var windowUsed = 0
  private var faults: [Kind: [Int: Fault]] = [:]
  private var refusals: [Kind: [Int: Refusal]] = [:]
  private var ordinals: [Kind: Int] = [:]

  package init(clock: SimulatorClock, settings: Settings = Settings()) {
    self.clock = clock
    self.settings = settings
    zone = Zone(settings.timezone)
    people = ContactStore(
      clock: clock, identities: Identities(seed: settings.seed),
      lag: settings.searchLagMilliseconds)
    windowStart = clock.now - Int64(settings.seed % 9_000) - 500
    admins = [
      Admin(id: 991_267_459, name: "Token Admin", email: "token.admin@example.com"),
      Admin(
        id: 991_267_460, name: "Operator",
        email: "operator+\(settings.workspaceID)@intercom.io", hasSeat: false),
    ]
  }

  // MARK: Faults

  /// Lets the `ordinal`-th call of that kind from now on (1 is the next one) go wrong.
  package func schedule(_ fault: Fault, at ordinal: Int, of kind: Kind) {
    faults[kind, default: [:]][(ordinals[kind] ?? 0) + ordinal] = fault
  }

  /// Lets that call be refused in the vendor's shape; nothing is written.
  package func scheduleRefusal(
    _ status: Int, code: String, message: String, at ordinal: Int, of kind: Kind
  ) {
    refusals[kind, default: [:]][(ordinals[kind] ?? 0) + ordinal] = Refusal(
      status, code, message)
  }

  /// Refuses the token from now on, as a revoked or expired one; nil takes it again.
  package func refuseToken(code: String?, message: String = "Access Token Invalid") {
    tokenRefusal = code.map { ($0, message) }
  }

  package func resetCounters() {
    calls = [:]
    answers = [:]
    writes = 0
    duplicateEvents = 0
  }

  // MARK: One call

  /// Takes one request and says what became of it.
  ///
  /// A fault ``Fault/slow(milliseconds:)`` is only marked, by the answer's header
  /// `X-Simulator-Delay-Ms`: whoever carries the answer waits.
  package func handle(_ request: Request) -> Exchange {
    let (path, query) = Self.split(request.url)
    let kind = Self.kind(request.method, path)
    let ordinal = (ordinals[kind] ?? 0) + 1
    ordinals[kind] = ordinal
    currentPath = "/" + path.joined(separator: "/")
    if let refusal = refusals[kind]?.removeValue(forKey: ordinal) {
      calls[kind, default: 0] += 1
      answers[refusal.status, default: 0] += 1
      var response = errorResponse(refusal, version: settings.appVersion)
      limitHeaders(&response.headers)
      return .answer(response)
    }
    let fault = faults[kind]?.removeValue(forKey: ordinal)
    switch fault {
    case .refuse: return .refused
    case .resetBefore: return .reset(written: false)
    case .status(let status): return .answer(failure(status, kind))
    case .html:
      calls[kind, default: 0] += 1
      return .answer(
        Response(
          status: 200, headers: ["Content-Type": "text/html", "Date": date()],
          body: Array("<html><body><h1>Welcome to our Wi-Fi</h1></body></html>".utf8)))
    default: break
    }
    calls[kind, default: 0] += 1
    var response = respond(request, path, query, kind)
    answers[response.status, default: 0] += 1
    switch fault {
    case .resetAfter: return .reset(written: true)
    case .truncate: return .truncated(response, bytes: response.body.count / 2)
    case .statusAfter(let status): return .answer(failure(status, nil))
    case .slow(let milliseconds):
      response.headers["X-Simulator-Delay-Ms"] = String(milliseconds)
      return .answer(response)
    default: return .answer(response)
    }
  }

  private func failure(_ status: Int, _ kind: Kind?) -> Response {
    if let kind { calls[kind, default: 0] += 1 }
    answers[status, default: 0] += 1
    let (code, message) = Self.generic(status)
    var response = errorResponse(Refusal(status, code, message), version: settings.appVersion)
    if status == 429 { limitHeaders(&response.headers, exhausted: true) }
    return response
  }

  private static func generic(_ status: Int) -> (String, String) {
    switch status {
    case 400: ("parameter_invalid", "Invalid parameter")
    case 401: ("unauthorized", "Access Token Invalid")
    case 403: ("api_plan_restricted", "Active subscription needed.")
    case 404: ("not_found", "Resource Not Found")
    case 408: ("request_timeout", "Request Timeout")
    case 409: ("conflict", "Resource conflict")
    case 422: ("unprocessable_entity", "Unprocessable Entity")
    case 429: ("rate_limit_exceeded", "Exceeded rate limit of 1667 in 10_seconds")
    case 503: ("service_unavailable", "Sorry, the API service is temporarily unavailable")
    default: ("server_error", "Server Error")
    }
  }

  private func respond(
    _ request: Request, _ path: [String], _ query: [String: String], _ kind: Kind
  ) -> Response {
    requestCount += 1
    let asked = request.headers["Intercom-Version"] ?? settings.appVersion
    if let refusal = authenticate(request) { return errorResponse(refusal, version: asked) }
    guard countsInWindow() else {
      var response = errorResponse(
        Refusal(
          429, "rate_limit_exceeded",
          "Exceeded rate limit of \(settings.callsPerWindow ?? 0) in 10_seconds"),
        version: asked)
      limitHeaders(&response.headers)
      return response
    }
    var response: Response
    do throws(Refusal) {
      let call = Call(
        method: request.method, path: path, query: query, bytes: request.body ?? [],
        version: try Self.minor(asked))
      let answer = try route(call, kind)
      var headers = commonHeaders(version: asked)
      if !answer.body.isEmpty { headers["Content-Type"] = "application/json; charset=utf-8" }
      response = Response(status: answer.status, headers: headers, body: answer.body)
    } catch {
      response = errorResponse(error, version: asked)
    }
    limitHeaders(&response.headers)
    return response
  }

  private func authenticate(_ request: Request) -> Refusal? {
    if let tokenRefusal { return Refusal(401, tokenRefusal.code, tokenRefusal.message) }
    guard request.headers["Authorization"] == "Bearer \(settings.accessToken)" else {
      return Refusal(401, "unauthorized", "Access Token Invalid")
    }
    return nil
  }

  /// The minor number of a version of the enumeration in the 2.16 description.
  private static func minor(_ version: String) throws(Refusal) -> Int {
    if version == "Preview" || version == "Unstable" { return 99 }
    if ["1.0", "1.1", "1.2", "1.3", "1.4"].contains(version) { return 0 }
    guard version.hasPrefix("2."), let minor = Int(version.dropFirst(2)), (0...17) ~= minor else {
      throw Refusal(
        400, "intercom_version_invalid", "The requested version could not be found")
    }
    return minor
  }

  // MARK: Rate limit

  private func countsInWindow() -> Bool {
    turnWindow()
    guard let limit = settings.callsPerWindow else { return true }
    guard windowUsed < limit else { return false }
    windowUsed += 1
    return true
  }

  private func turnWindow() {
    let passed = clock.now - windowStart
    guard passed >= 10_000 || passed < 0 else { return }
    let turns = passed >= 0 ? passed / 10_000 : (passed - 9_999) / 10_000
    windowStart += turns * 10_000
    windowUsed = 0
  }

  private func limitHeaders(_ headers: inout Headers, exhausted: Bool = false) {
    let limit = settings.callsPerWindow ?? 1_000_000
    headers.append("X-RateLimit-Limit", String(limit))
    headers.append("X-RateLimit-Remaining", exhausted ? "0" : String(max(0, limit - windowUsed)))
    let end = (windowStart + 10_000 + 999) / 1000 + settings.resetLateSeconds
    headers.append("X-RateLimit-Reset", String(end))
  }

  // MARK: Envelope

  private var requestID: String {
    let bits = people.identities.mix(requestCount &+ 0x5EED)
    let digits = String(bits, radix: 32)
    return "00" + String(repeating: "0", count: max(0, 18 - digits.count)) + digits
  }

  private func commonHeaders(version: String) -> Headers {
    var headers = Headers()
    headers.append("Date", date())
    headers.append("Intercom-Version", version)
    headers.append("X-Request-Id", requestID)
    return headers
  }

  func date() -> String { Zone.httpDate(clock.now / 1000) }

  private func errorResponse(_ refusal: Refusal, version: String) -> Response {
    var headers = commonHeaders(version: version)
    headers.append("Content-Type", "application/json; charset=utf-8")
    for field in refusal.headers.fields { headers.append(field.name, field.value) }
    let body = JSON.of(
      ("type", .string("error.list")), ("request_id", .string(requestID)),
      (
        "errors",
        .array([.of(("code", .string(refusal.code)), ("message", .string(refusal.message)))])
      ))
    return Response(status: refusal.status, headers: headers, body: body.bytes)
  }
}
