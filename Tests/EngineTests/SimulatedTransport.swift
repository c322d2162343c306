import EventLoop
import HTTP
import Simulators
import TestSupport

/// Carries one engine's calls to both simulators, each taking its own time on the virtual clock.
///
/// Dead, it brings nothing any more: whoever waits is told that the call was cancelled.
@EventLoop final class SimulatedTransport: @EventLoop Transport {
  private let world: SimulatedWorld
  var isDead = false

  init(_ world: SimulatedWorld) { self.world = world }

  @EventLoop func send(_ request: Request) async throws(TransportError) -> Response {
    try await travel()
    let call = world.rewrite?(request) ?? request
    let exchange = world.handle(call)
    try await travel(world.delay?(call) ?? 0)
    world.onArrival?(call)
    switch exchange {
    case .answer(let response): return response
    case .refused: throw TransportError(.notSent, "connection refused")
    case .reset: throw TransportError(.answerLost, "connection reset")
    case .truncated: throw TransportError(.answerLost, "the answer broke off")
    }
  }

  @EventLoop func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    try await travel()
    let exchange = world.handle(request)
    try await travel(world.delay?(request) ?? 0)
    switch exchange {
    case .answer(var response):
      guard (200..<300).contains(response.status) else { return response }
      try feed(response.body[...], to: sink)
      response.body = []
      return response
    case .truncated(let response, let bytes):
      if (200..<300).contains(response.status) { try feed(response.body.prefix(bytes), to: sink) }
      throw TransportError(.answerLost, "the answer broke off")
    case .refused: throw TransportError(.notSent, "connection refused")
    case .reset: throw TransportError(.answerLost, "connection reset")
    }
  }

  /// In pieces, as a network brings them.
  private func feed(
    _ body: ArraySlice<UInt8>, to sink: any BodySink
  ) throws(TransportError) {
    var rest = body
    while !rest.isEmpty {
      let piece = rest.prefix(1 + world.random.below(700))
      rest = rest.dropFirst(piece.count)
      let isTaken = piece.withUnsafeBytes { sink.take($0) }
      guard isTaken else { throw TransportError(.cancelled, "the sink ended the transfer") }
    }
  }

  private func travel(_ more: Int64 = 0) async throws(TransportError) {
    if !isDead {
      do throws(CancellationError) {
        try await world.clock.sleep(milliseconds: world.latency() + more)
      } catch {
        throw TransportError(.cancelled, "the call was given up")
      }
    }
    if isDead { throw TransportError(.cancelled, "nothing comes back any more") }
  }
}
