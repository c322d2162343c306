import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Simulators

/// An HTTP/1.1 server on loopback that gives every request to one function.
///
/// Built on the server below Hummingbird's application: that one writes the real date into every
/// answer, and here it is the simulated one's turn.
struct Listener {
  typealias Answerer = @Sendable (HTTP.Request) async -> Exchange

  /// Breaks off the handling of a connection that is gone.
  private struct Broken: Error {}

  private let service: any Service

  /// `port` 0 takes a free one; `ready` is told which.
  init(
    port: Int, ready: @escaping @Sendable (Int) async -> Void, answerer: @escaping Answerer
  ) throws {
    var logger = Logger(label: "sfsync-sim")
    logger.logLevel = .critical
    service = try HTTPServerBuilder.http1().buildServer(
      configuration: ServerConfiguration(
        address: .hostname("127.0.0.1", port: port), backlog: 1024),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      responder: { request, writer, channel in
        let exchange = await answerer(try await Self.convert(request))
        let response = try await Self.response(exchange, channel)
        try await writer.write(response: response.head, body: response.body)
      },
      onServerRunning: { await ready($0.localAddress?.port ?? 0) })
  }

  func run() async throws { try await service.run() }

  private static func convert(_ request: Hummingbird.Request) async throws -> HTTP.Request {
    var request = request
    let body = try await request.collectBody(upTo: 64 << 20)
    var headers = Headers()
    for field in request.headers { headers.append(field.name.rawName, field.value) }
    if let host = request.head.authority { headers["Host"] = host }
    let method = HTTP.Request.Method(rawValue: request.method.rawValue.lowercased()) ?? .head
    return HTTP.Request(
      method, "http://127.0.0.1" + (request.head.path ?? "/"), headers: headers,
      body: body.readableBytes == 0 ? nil : Array(body.readableBytesView))
  }

  /// What goes over the wire for an exchange.
  ///
  /// A refused connection cannot be shown behind a listening socket: it becomes a reset before
  /// anything happened, which a client has to treat with more care, never with less.
  private static func response(
    _ exchange: Exchange, _ channel: any Channel
  ) async throws -> Hummingbird.Response {
    switch exchange {
    case .answer(let answer):
      return try await response(answer, ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    case .refused, .reset:
      let lingering = channel as? any SocketOptionProvider
      try? await lingering?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
      try? await channel.close()
      throw Broken()
    case .truncated(let answer, let bytes):
      let piece = ByteBuffer(bytes: answer.body.prefix(bytes))
      let body = ResponseBody(contentLength: answer.body.count) { writer in
        try await writer.write(piece)
        try? await channel.close()
        throw Broken()
      }
      return try await response(answer, body)
    }
  }

  private static func response(
    _ answer: HTTP.Response, _ body: ResponseBody
  ) async throws -> Hummingbird.Response {
    var fields = HTTPFields()
    for field in answer.headers.fields {
      if field.name == "X-Simulator-Delay-Ms" {
        try await Task.sleep(for: .milliseconds(Int64(field.value) ?? 0))
      } else if field.name.lowercased() != "content-length", let name = HTTPField.Name(field.name) {
        fields.append(HTTPField(name: name, value: field.value))
      }
    }
    return Hummingbird.Response(
      status: HTTPResponse.Status(code: answer.status), headers: fields, body: body)
  }
}
