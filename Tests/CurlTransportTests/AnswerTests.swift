import CurlTransport
import EventLoop
import HTTP
import Testing

/// Collects a streamed body, and stops when it has enough.
final class CollectingSink: BodySink {
  private(set) var bytes: [UInt8] = []
  private(set) var pieces = 0
  private let limit: Int

  init(limit: Int = .max) { self.limit = limit }

  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    pieces += 1
    bytes.append(contentsOf: piece)
    return bytes.count < limit
  }
}

@Suite struct AnswerTests {
  /// `printf 'hello hello hello hello' | gzip -n`, by another implementation than curl's.
  static let gzipped: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57,
    0xc8, 0x40, 0x27, 0x01, 0xe3, 0x51, 0x3d, 0x8d, 0x17, 0x00, 0x00, 0x00,
  ]

  static func gzipServer(_ body: [UInt8]) throws -> LoopbackServer {
    try LoopbackServer { connection in
      while connection.readRequest() != nil {
        connection.answer(200, ["Content-Encoding: gzip"], body)
      }
    }
  }

  @Test("a gzip body arrives decoded")
  @EventLoop func gzip() async throws {
    let server = try Self.gzipServer(Self.gzipped)
    let answer = try await makeTransport(server.url).send(Request(.get, server.url))
    #expect(String(decoding: answer.body, as: UTF8.self) == "hello hello hello hello")
  }

  @Test("L6: a damaged gzip body is an answer lost")
  @EventLoop func damagedGzip() async throws {
    let server = try Self.gzipServer(Array(Self.gzipped.prefix(10)) + [0xFF, 0xFF, 0xFF, 0xFF])
    let error = await #expect(throws: TransportError.self) {
      try await makeTransport(server.url).send(Request(.get, server.url))
    }
    #expect(error?.reason == .answerLost)
  }

  @Test("the request's own Accept-Encoding is sent, and the body is left as it came")
  @EventLoop func ownEncoding() async throws {
    let server = try LoopbackServer.answering()
    let headers: Headers = ["accept-encoding": "identity"]
    _ = try await makeTransport(server.url).send(Request(.get, server.url, headers: headers))
    #expect(server.received.map { $0.header("Accept-Encoding") } == ["identity"])
  }

  @Test("the limit of an answer counts decoded bytes", arguments: [22, 23])
  @EventLoop func limit(_ limit: Int) async throws {
    let server = try Self.gzipServer(Self.gzipped)
    let transport = try makeTransport(server.url)
    let request = Request(.get, server.url, answerBytesLimit: limit)
    if limit == 23 {
      #expect(try await transport.send(request).body.count == 23)
    } else {
      let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
      #expect(error?.reason == .tooLarge)
    }
  }

  @Test("an endless head ends as too large")
  @EventLoop func endlessHead() async throws {
    let server = try LoopbackServer { connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\n")
      while connection.write(Array("X-Fill: \(String(repeating: "a", count: 1000))\r\n".utf8)) {}
    }
    let error = await #expect(throws: TransportError.self) {
      try await makeTransport(server.url).send(Request(.get, server.url))
    }
    #expect(error?.reason == .tooLarge)
  }

  @Test("O4: HTML where JSON is expected is passed on untouched")
  @EventLoop func html() async throws {
    let page = "<html><body>Log in to the hotel's network</body></html>"
    let server = try LoopbackServer.answering(200, ["Content-Type: text/html"], page)
    let answer = try await makeTransport(server.url).send(Request(.get, server.url))
    #expect(answer.headers["content-type"] == "text/html")
    #expect(String(decoding: answer.body, as: UTF8.self) == page)
  }

  @Test("a redirect is an answer like any other and is not followed")
  @EventLoop func redirect() async throws {
    let server = try LoopbackServer.answering(302, ["Location: /elsewhere"])
    let answer = try await makeTransport(server.url).send(Request(.get, server.url + "/start"))
    #expect(answer.status == 302)
    #expect(answer.headers["location"] == "/elsewhere")
    #expect(server.received.map(\.line) == ["GET /start HTTP/1.1"])
  }

  @Test("a cookie is never sent back")
  @EventLoop func cookies() async throws {
    let server = try LoopbackServer.answering(200, ["Set-Cookie: a=b; Path=/"])
    let transport = try makeTransport(server.url)
    for _ in 0..<2 { _ = try await transport.send(Request(.get, server.url)) }
    #expect(server.received.count == 2)
    #expect(server.received.allSatisfy { $0.header("Cookie") == nil })
  }

  @Test("an interim answer and trailers are not part of the answer")
  @EventLoop func interim() async throws {
    let server = try LoopbackServer { connection in
      while connection.readRequest() != nil {
        connection.write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
        connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n")
        connection.write("3\r\nabc\r\n0\r\nX-Late: 1\r\n\r\n")
      }
    }
    let answer = try await makeTransport(server.url).send(Request(.get, server.url))
    #expect(answer.status == 200)
    #expect(answer.body == Array("abc".utf8))
    #expect(answer.headers["X-Early"] == nil)
    #expect(answer.headers["X-Late"] == nil)
  }

  @Test("a HEAD answer has no body, whatever its length says")
  @EventLoop func head() async throws {
    let server = try LoopbackServer { connection in
      while connection.readRequest() != nil {
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
      }
    }
    let answer = try await makeTransport(server.url).send(Request(.head, server.url))
    #expect(answer.headers["Content-Length"] == "1234")
    #expect(answer.body.isEmpty)
    #expect(server.received.first?.line == "HEAD / HTTP/1.1")
  }

  @Test("a 2xx body goes to the sink, in order and whole")
  @EventLoop func streamed() async throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let server = try LoopbackServer { connection in
      while connection.readRequest() != nil { connection.answer(200, [], body) }
    }
    let sink = CollectingSink()
    let answer = try await makeTransport(server.url).stream(Request(.get, server.url), into: sink)
    #expect(answer.body.isEmpty)
    #expect(sink.bytes == body)
    #expect(sink.pieces > 1)
  }

  @Test("the body of any other status is collected and the sink sees nothing")
  @EventLoop func streamedFailure() async throws {
    let server = try LoopbackServer.answering(500, [], "broken")
    let sink = CollectingSink()
    let answer = try await makeTransport(server.url).stream(Request(.get, server.url), into: sink)
    #expect(answer.status == 500)
    #expect(answer.body == Array("broken".utf8))
    #expect(sink.pieces == 0)
  }

  @Test("a sink that has enough ends the transfer as cancelled")
  @EventLoop func sinkStops() async throws {
    let server = try LoopbackServer { connection in
      guard connection.readRequest() != nil else { return }
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
      while connection.write([UInt8](repeating: 7, count: 100_000)) {}
    }
    let sink = CollectingSink(limit: 100_000)
    let transport = try makeTransport(server.url)
    let error = await #expect(throws: TransportError.self) {
      try await transport.stream(
        Request(.get, server.url, answerBytesLimit: .max), into: sink)
    }
    #expect(error?.reason == .cancelled)
    #expect(sink.bytes.count >= 100_000 && sink.bytes.count < 1_000_000)
    #expect(transport.requestsInFlight == 0)
  }
}
