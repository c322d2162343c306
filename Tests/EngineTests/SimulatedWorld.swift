import EventLoop
import HTTP
import Simulators
import TestSupport

/// Both vendors on one clock, with whatever stands between them and the daemon.
@EventLoop final class SimulatedWorld {
  let clock: VirtualClock
  let random: SeededRandom
  let salesforce: SalesforceSimulator
  let intercom: IntercomSimulator
  private let simulatorClock: SimulatorClock
  private let start: Int64

  /// One call in so many goes wrong; nil for none.
  var faultsOneIn: Int?
  /// What goes wrong at a call that a test chose: its place among all calls, and nil for nothing.
  var faultAt: ((Request, _ ordinal: Int) -> Fault?)?
  /// Answers in a vendor's stead; nil for what goes through.
  var answer: ((Request) -> Exchange?)?
  /// Alters a request on its way.
  var rewrite: ((Request) -> Request)?
  /// How much longer an answer takes on its way back.
  var delay: ((Request) -> Int64?)?
  /// Called when an answer has come back, just before the engine has it.
  var onArrival: ((Request) -> Void)?
  /// Milliseconds that a call takes each way.
  var latencies: ClosedRange<Int64> = 5...250
  /// One call in so many takes some seconds.
  var slowOneIn: Int? = 25
  /// Calls that arrived, in whatever shape.
  private(set) var callCount = 0
  private(set) var trace: [String]?

  nonisolated static let attributeNames = [
    "SALESFORCE_LEAD_STATUS", "SALESFORCE_TITLE", "SALESFORCE_OWNER_ID", "SALESFORCE_OWNER_NAME",
    "SALESFORCE_OWNER_EMAIL", "SALESFORCE_OWNER_ROLE", "SALESFORCE_ID",
    "SALESFORCE_OBJECT_TYPE", "SALESFORCE_URL",
  ]
  nonisolated static let baseURL = "https://example.my.salesforce.com"

  init(
    seed: UInt64, isTraced: Bool = false, salesforce orgSettings: SalesforceSimulator.Settings,
    intercom workspaceSettings: IntercomSimulator.Settings
  ) {
    let now: Int64 = 1_795_341_600_000
    start = now
    clock = VirtualClock(now: now)
    random = SeededRandom(seed)
    simulatorClock = SimulatorClock(now: now - 90 * 86_400_000)
    salesforce = SalesforceSimulator(clock: simulatorClock, settings: orgSettings)
    intercom = IntercomSimulator(clock: simulatorClock, settings: workspaceSettings)
    if isTraced { trace = [] }
  }

  /// The vendors' time, which no operator can set.
  var now: Int64 { start + clock.uptime }

  /// Brings the simulators to the present moment; call before every edit.
  func tick() { simulatorClock.now = now }

  /// Makes what `body` does lie that many milliseconds before the beginning.
  func past(_ milliseconds: Int64, _ body: () -> Void) {
    simulatorClock.now = start - milliseconds
    body()
    simulatorClock.now = now
  }

  func note(_ text: @autoclosure () -> String) {
    guard trace != nil else { return }
    let seconds = clock.uptime / 1000
    trace?.append("\(seconds / 60)m\(seconds % 60)s \(text())")
  }

  func latency() -> Int64 {
    if let slowOneIn, random.happens(oneIn: slowOneIn) { return random.within(1_000...20_000) }
    return random.within(latencies)
  }

  // MARK: One call

  func handle(_ request: Request) -> Exchange {
    tick()
    callCount += 1
    if let exchange = answer?(request) {
      note("\(request.method) \(path(request)) ANSWERED \(exchange.brief)")
      return exchange
    }
    let fault = faultAt?(request, callCount) ?? chance()
    let exchange: Exchange
    if request.url.hasPrefix(Self.baseURL) {
      if let fault { salesforce.faults.schedule(fault) }
      exchange = salesforce.handle(request)
    } else {
      exchange = disturbed(request, fault)
    }
    note(
      "\(request.method) \(path(request)) \(fault.map { "FAULT \($0) " } ?? "")\(exchange.brief)")
    return exchange
  }

  private func path(_ request: Request) -> String {
    let path = request.url.split(separator: "/", maxSplits: 2).last.map(String.init) ?? ""
    let body = request.body.map { String(decoding: $0.prefix(600), as: UTF8.self) } ?? ""
    return path.prefix(120) + " " + (path.hasPrefix("api.intercom") ? body : "")
  }

  private func chance() -> Fault? {
    guard let faultsOneIn, random.happens(oneIn: faultsOneIn) else { return nil }
    let all: [Fault] = [
      .refuse, .resetBefore, .resetAfter, .truncate, .html, .status(500), .status(502),
      .status(503), .statusAfter(500), .status(429), .refuse, .resetAfter,
    ]
    return random.pick(all)
  }

  private func disturbed(_ request: Request, _ fault: Fault?) -> Exchange {
    switch fault {
    case nil, .slow: return intercom.handle(request)
    case .refuse: return .refused
    case .resetBefore: return .reset(written: false)
    case .resetAfter:
      _ = intercom.handle(request)
      return .reset(written: true)
    case .truncate:
      guard case .answer(let response) = intercom.handle(request) else { return .refused }
      return .truncated(response, bytes: response.body.count / 2)
    case .html:
      return .answer(
        Response(
          status: 200, headers: ["Content-Type": "text/html"],
          body: Array("<html><body>Welcome to our Wi-Fi</body></html>".utf8)))
    case .status(let status): return .answer(refusal(status))
    case .statusAfter(let status):
      _ = intercom.handle(request)
      return .answer(refusal(status))
    }
  }

  private func refusal(_ status: Int) -> Response {
    let code =
      switch status {
      case 429: "rate_limit_exceeded"
      case 400, 422: "parameter_invalid"
      case 401: "unauthorized"
      case 403: "api_plan_restricted"
      default: "server_error"
      }
    var headers: Headers = ["Content-Type": "application/json"]
    if status == 429 {
      headers["X-RateLimit-Limit"] = "1667"
      headers["X-RateLimit-Remaining"] = "0"
      headers["X-RateLimit-Reset"] = String(now / 1000 + 7)
    }
    let body =
      "{\"type\":\"error.list\",\"request_id\":\"r\",\"errors\":[{\"code\":\"\(code)\","
      + "\"message\":\"simulated\"}]}"
    return Response(status: status, headers: headers, body: Array(body.utf8))
  }
}

extension Exchange {
  var brief: String {
    switch self {
    case .answer(let response): "\(response.status)"
    case .refused: "refused"
    case .reset(let written): "reset written=\(written)"
    case .truncated: "truncated"
    }
  }
}
