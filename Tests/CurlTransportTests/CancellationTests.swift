import CurlTransport
import EventLoop
import HTTP
import Synchronization
import Testing

/// True for the first who asks.
final class OnceFlag: Sendable {
  private let taken = Atomic<Bool>(false)
  func take() -> Bool { taken.exchange(true, ordering: .relaxed) == false }
}

/// Lets a server's thread tell the loop that something has happened.
final class Gate: Sendable {
  private let stream = AsyncStream<Void>.makeStream()
  func open() { stream.continuation.yield() }
  func wait() async { for await _ in stream.stream { return } }
}

@Suite struct CancellationTests {
  /// A server that reads a request and never answers.
  static func silentServer(_ gate: Gate) throws -> LoopbackServer {
    try LoopbackServer { connection in
      guard connection.readRequest() != nil else { return }
      gate.open()
      connection.waitForClose()
    }
  }

  @Test("cancelling the task ends the request at once and closes its connection")
  @EventLoop func cancel() async throws {
    let gate = Gate()
    let server = try Self.silentServer(gate)
    let transport = try makeTransport(server.url)
    let task = Task { @EventLoop in try await transport.send(Request(.get, server.url)) }
    await gate.wait()
    #expect(transport.requestsInFlight == 1)
    task.cancel()
    let error = await #expect(throws: TransportError.self) { try await task.value }
    #expect(error?.reason == .cancelled)
    #expect(transport.requestsInFlight == 0)
  }

  @Test("a task cancelled before it asks sends nothing")
  @EventLoop func cancelledBefore() async throws {
    let server = try LoopbackServer.answering()
    let transport = try makeTransport(server.url)
    let task = Task { @EventLoop in
      withUnsafeCurrentTask { $0?.cancel() }
      return try await transport.send(Request(.get, server.url))
    }
    let error = await #expect(throws: TransportError.self) { try await task.value }
    #expect(error?.reason == .cancelled)
    #expect(server.connections == 0)
  }

  @Test("O3: shutdown ends every request once and refuses later ones")
  @EventLoop func shutdown() async throws {
    let gate = Gate()
    let server = try Self.silentServer(gate)
    let transport = try makeTransport(server.url)
    let tasks = (0..<50).map { number in
      Task { @EventLoop in try await transport.send(Request(.get, server.url + "/\(number)")) }
    }
    await gate.wait()
    transport.shutdown()
    transport.shutdown()
    for task in tasks {
      let error = await #expect(throws: TransportError.self) { try await task.value }
      #expect(error?.reason == .cancelled)
    }
    let late = await #expect(throws: TransportError.self) {
      try await transport.send(Request(.get, server.url))
    }
    #expect(late?.reason == .cancelled)
    #expect(transport.requestsInFlight == 0)
  }

  @Test("a transport that is dropped without shutdown is released")
  @EventLoop func dropped() async throws {
    let server = try LoopbackServer.answering()
    weak var last: CurlTransport?
    for _ in 0..<20 {
      let transport = try makeTransport(server.url)
      _ = try await transport.send(Request(.get, server.url))
      last = transport
    }
    #expect(last == nil)
  }

  @Test("200 requests at once all come back, over 16 connections at most")
  @EventLoop func parallel() async throws {
    let server = try LoopbackServer { connection in
      while let request = connection.readRequest() {
        connection.answer(200, [], Array(request.line.utf8))
      }
    }
    let transport = try makeTransport(server.url)
    let tasks = (0..<200).map { number in
      Task { @EventLoop in try await transport.send(Request(.get, server.url + "/\(number)")) }
    }
    for (number, task) in tasks.enumerated() {
      let body = try await task.value.body
      #expect(String(decoding: body, as: UTF8.self) == "GET /\(number) HTTP/1.1")
    }
    #expect((1...16).contains(server.connections))
    #expect(transport.requestsInFlight == 0)
  }
}
