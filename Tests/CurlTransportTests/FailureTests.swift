import CurlTransport
import EventLoop
import HTTP
import Testing

@Suite struct FailureTests {
  static let secret = "very-secret-value"
  static let headers: Headers = ["Authorization": "Bearer very-secret-value"]

  /// The error of one request, which must not hold the secret that the request holds.
  @EventLoop static func failure(
    _ url: String, method: Request.Method = .post, body: String? = "{}",
    timeLimit: Duration = .seconds(5), with transport: CurlTransport? = nil
  ) async throws -> TransportError {
    let transport = try transport ?? makeTransport(url)
    let request = Request(
      method, url + "/path?email=ada@example.org", headers: headers,
      body: body.map { Array($0.utf8) }, timeLimit: timeLimit)
    let error = try #require(
      await #expect(throws: TransportError.self) { try await transport.send(request) })
    #expect(!error.message.contains(secret))
    #expect(!error.message.contains("ada@"))
    #expect(error.message.contains("127.0.0.1"))
    return error
  }

  @Test("L6: a refused connection made surely nothing")
  @EventLoop func refused() async throws {
    let port = try LoopbackServer.closedPort()
    let error = try await Self.failure("http://127.0.0.1:\(port)")
    #expect(error.reason == .notSent)
    #expect(error.message == "POST 127.0.0.1:\(port): no connection: Connection refused.")
  }

  @Test("L6: a reset after the request was read is an answer lost")
  @EventLoop func resetAfter() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.readRequest()
      connection.reset()
    }
    #expect(try await Self.failure(server.url).reason == .answerLost)
    #expect(server.received.count == 1)
  }

  @Test("L6: a reset before the request was read is notSent or answerLost, as far as can be known")
  @EventLoop func resetBefore() async throws {
    let server = try LoopbackServer { $0.reset() }
    let reason = try await Self.failure(server.url).reason
    #expect([.notSent, .answerLost].contains(reason))
    #expect(server.received.isEmpty)
  }

  @Test("L6: a connection closed without an answer is an answer lost")
  @EventLoop func closed() async throws {
    let server = try LoopbackServer { _ = $0.readRequest() }
    #expect(try await Self.failure(server.url).reason == .answerLost)
    #expect(server.received.count == 1)
  }

  @Test(
    "L6: a body that breaks off is an answer lost",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"id\":\r\n",
      "HTTP/1.1 200 OK\r\nContent-Le",
      "220 mail.example.org ESMTP\r\n",
    ])
  @EventLoop func truncated(_ text: String) async throws {
    let server = try LoopbackServer { connection in
      _ = connection.readRequest()
      connection.write(text)
    }
    #expect(try await Self.failure(server.url).reason == .answerLost)
  }

  @Test("L6: an answer slower than the limit is an answer lost")
  @EventLoop func slow() async throws {
    let server = try LoopbackServer { connection in
      _ = connection.readRequest()
      connection.waitForClose()
    }
    let error = try await Self.failure(server.url, timeLimit: .seconds(1))
    #expect(error.reason == .answerLost)
    #expect(error.message.contains("within the time limit"))
  }

  @Test("a GET or PUT on a kept-alive connection that the server drops is sent again by curl")
  @EventLoop func droppedRepeatable() async throws {
    for method in [Request.Method.get, .put] {
      let server = try Self.droppingServer()
      let transport = try makeTransport(server.url)
      for _ in 0..<2 {
        let body: [UInt8]? = method == .put ? [0x7B, 0x7D] : nil
        #expect(try await transport.send(Request(method, server.url, body: body)).status == 200)
      }
      #expect(server.received.count == 3)
      #expect(server.connections == 2)
      #expect(server.received.allSatisfy { $0.body.count == (method == .put ? 2 : 0) })
    }
  }

  @Test("L6: a POST or PATCH is never sent twice, with a body or without")
  @EventLoop func droppedOnce() async throws {
    for method in [Request.Method.post, .patch] {
      for body in ["{}", nil] {
        let server = try Self.droppingServer()
        let transport = try makeTransport(server.url)
        let first = Request(.get, server.url)
        #expect(try await transport.send(first).status == 200)
        if body == nil {
          // Such a request takes a connection of its own, and that one is served.
          let bare = Request(method, server.url)
          #expect(try await transport.send(bare).status == 200)
          #expect(server.connections == 2)
        } else {
          let error = try await Self.failure(
            server.url, method: method, body: body, with: transport)
          #expect(error.reason == .answerLost)
        }
        #expect(server.received.count == 2)
      }
    }
  }

  @Test("keep-alive: one connection carries many requests, POSTs with them")
  @EventLoop func keepAlive() async throws {
    let server = try LoopbackServer.answering()
    let transport = try makeTransport(server.url)
    for _ in 0..<5 {
      _ = try await transport.send(Request(.post, server.url, body: [1]))
      _ = try await transport.send(Request(.get, server.url))
    }
    #expect(server.received.count == 10)
    #expect(server.connections == 1)
  }

  @Test("a header that would end its line is refused without being shown")
  @EventLoop func injection() async throws {
    let server = try LoopbackServer.answering()
    let transport = try makeTransport(server.url)
    for headers: Headers in [["X": "\(Self.secret)\r\nY: 1"], ["X: Y": "1"], ["": "1"]] {
      let error = await #expect(throws: TransportError.self) {
        try await transport.send(Request(.get, server.url, headers: headers))
      }
      #expect(error?.reason == .forbidden)
      #expect(error?.message.contains(Self.secret) == false)
    }
    #expect(server.connections == 0)
  }

  /// Its first connection answers once and drops the second request; every later one answers.
  static func droppingServer() throws -> LoopbackServer {
    let first = OnceFlag()
    return try LoopbackServer { connection in
      let isFirst = first.take()
      while connection.readRequest() != nil {
        connection.answer(200)
        guard isFirst else { continue }
        _ = connection.readRequest()
        return
      }
    }
  }
}
