import HTTP
import SyncCore

/// Counts the calls to one side on their way: what came of each, and how long it took.
struct MeteredTransport: Transport {
  let transport: any Transport
  let side: Side
  let meters: Meters
  /// Milliseconds of a clock that never jumps.
  let uptime: () -> Int64

  func send(_ request: Request) async throws(TransportError) -> Response {
    try await metered { () async throws(TransportError) in try await transport.send(request) }
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    try await metered { () async throws(TransportError) in
      try await transport.stream(request, into: sink)
    }
  }

  private func metered(
    _ body: () async throws(TransportError) -> Response
  ) async throws(TransportError) -> Response {
    let start = uptime()
    do {
      let response = try await body()
      meters.called(side, status: response.status, milliseconds: uptime() - start)
      return response
    } catch {
      meters.called(side, status: nil, milliseconds: uptime() - start)
      throw error
    }
  }
}
