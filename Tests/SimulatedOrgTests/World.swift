import HTTP
import Salesforce
import Simulators
import SyncCore
import Wire

/// Carries requests to a simulated org.
final class SimulatedTransport: Transport {
  let simulator: SalesforceSimulator

  init(_ simulator: SalesforceSimulator) { self.simulator = simulator }

  func send(_ request: Request) async throws(TransportError) -> Response {
    switch simulator.handle(request) {
    case .answer(let response): return response
    case .refused: throw TransportError(.notSent, "connection refused")
    case .reset: throw TransportError(.answerLost, "connection reset")
    case .truncated: throw TransportError(.answerLost, "the answer broke off")
    }
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    var response = try await send(request)
    guard (200..<300).contains(response.status) else { return response }
    let isTaken = response.body.withUnsafeBytes { sink.take($0) }
    guard isTaken else { throw TransportError(.cancelled, "the sink ended the transfer") }
    response.body = []
    return response
  }
}

final class SimulatedSecrets: SalesforceSecrets {
  struct Missing: Error {}
  var token = "5Aep861.initial"
  func clientSecret() throws -> String? { "client-secret" }
  func privateKeyPEM() throws -> String { throw Missing() }
  func refreshToken() throws -> String { token }
  func keep(refreshToken: String) throws { token = refreshToken }
}

final class Rows: RowSink {
  var rows: [[String?]] = []
  func take(_ row: borrowing RowBuffer) throws {
    rows.append((0..<row.columns).map { row.string($0) })
  }
  func flush() throws {}
}

final class World {
  let clock = SimulatorClock(now: 1_795_341_600_000)
  let simulator: SalesforceSimulator
  let client: Salesforce

  init(
    _ settings: SalesforceSimulator.Settings = .init(),
    flow: Salesforce.Flow = .clientCredentials, match: String? = nil
  ) {
    simulator = SalesforceSimulator(clock: clock, settings: settings)
    let clock = clock
    client = Salesforce(
      settings: .init(
        loginURL: "https://example.my.salesforce.com", clientID: settings.clientID, flow: flow,
        matchField: match),
      secrets: SimulatedSecrets(), transport: SimulatedTransport(simulator), now: { clock.now })
  }

  func poll(_ since: Int64 = 0) async throws -> PollAnswer {
    try await client.poll(
      Dictionary(
        uniqueKeysWithValues: Stream.allCases.map { ($0, .changes(since: since, after: nil)) }))
  }

  func rows(_ page: Page?) async throws -> [[String?]] {
    let sink = Rows()
    var next = page
    while let page = next {
      try page.forEachRow(sink)
      next = page.next == nil ? nil : try await client.nextPage(of: page)
    }
    return sink.rows
  }
}
