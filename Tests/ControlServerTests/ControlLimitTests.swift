import Control
import Daemon
import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlLimitTests {
  @Test("control: the 65th connection is told so and closed, and the next finds a free place")
  func connections() async throws {
    try await Served.run { served in
      let path = served.path
      let replies = try await served.offLoop {
        var clients = try (1...64).map { _ in try RawClient(path: path) }
        for client in clients {
          client.say(call("Pause"))
          _ = try client.next()
        }
        let late = try RawClient(path: path)
        late.say(call("Pause"))
        let refused = [try late.next(), try late.next()]
        let leaving = clients.removeLast()
        leaving.endInput()
        _ = try leaving.next()
        let next = try RawClient(path: path)
        next.say(call("Pause"))
        return refused + [try next.next(), try clients.last?.answer(call("Pause"))]
      }
      #expect(replies[0]?.contains("org.sfsync.control.TooManyConnections") == true)
      #expect(replies[1] == nil)
      #expect(replies[2] == #"{"parameters":{}}"#)
      #expect(replies[3] == #"{"parameters":{}}"#)
    }
  }

  @Test("control: a half-sent message is dropped after 30 s, an idle connection is not")
  func halfSent() async throws {
    try await Served.run { served in
      let idle = try RawClient(path: served.path)
      let half = try RawClient(path: served.path)
      half.write(Array(call("Pause").utf8))
      await served.clock.waitForSleeper()
      served.clock.advance(milliseconds: 29_999)
      #expect(served.server.connectionCount == 2)
      served.clock.advance(milliseconds: 1)
      let end = try await served.blocking(half) { try $0.next() }
      #expect(end == nil)
      let reply = try await served.blocking(idle) { try $0.answer(call("Pause")) }
      #expect(reply == #"{"parameters":{}}"#)
      #expect(served.handler.asked == ["pause"])
    }
  }

  @Test("control: a message whose second half comes in time is answered")
  func secondHalf() async throws {
    try await Served.run { served in
      let client = try RawClient(path: served.path)
      let message = Array(call("Pause").utf8) + [0]
      client.write(Array(message[..<10]))
      await served.clock.waitForSleeper()
      served.clock.advance(milliseconds: 29_999)
      let reply = try await served.blocking(client) {
        $0.write(Array(message[10...]))
        return try $0.next()
      }
      #expect(reply == #"{"parameters":{}}"#)
      served.clock.advance(milliseconds: 60_000)
      let again = try await served.blocking(client) { try $0.answer(call("Pause")) }
      #expect(again == #"{"parameters":{}}"#)
    }
  }

  @Test("control: a client that asks and does not read is given up, and others do not notice")
  func slowReader() async throws {
    try await Served.run { served in
      served.handler.queued = 1_000_000
      let slow = try RawClient(path: served.path)
      slow.say(call("Queue", flags: #","more":true"#))
      await served.clock.waitForSleeper()
      let reply = try await served.client { client in try client.answer(call("Pause")) }
      #expect(reply == #"{"parameters":{}}"#)
      served.clock.advance(milliseconds: 30_000)
      // What fits into the socket is still there, the rest never comes.
      let pages = try await served.blocking(slow) { client in
        var pages = 0
        while try client.next() != nil { pages += 1 }
        return pages
      }
      #expect(pages < 10_000)
    }
  }

  @Test("control: more than 4 MiB of unread output ends the connection")
  func outputLimit() async throws {
    try await Served.run { served in
      var entry = FakeHandler.sampleError(1)
      entry.what = String(repeating: "x", count: 3 << 20)
      served.handler.entries = [entry]
      let whole = try await served.client { try $0.answer(call("Errors")) }
      #expect(whole?.hasSuffix("}") == true)
      served.handler.entries[0].cause = String(repeating: "y", count: 2 << 20)
      let none = try await served.client { try $0.answer(call("Errors")) }
      #expect(none == nil)
    }
  }

  @Test("control: a client that leaves in the midst of a list leaves nothing behind")
  func leaves() async throws {
    try await Served.run { served in
      served.handler.queued = 1_000_000
      let path = served.path
      try await served.offLoop {
        let client = try RawClient(path: path)
        client.say(call("Queue", flags: #","more":true"#))
        _ = try client.next()
      }
      await served.server.stop()
      #expect(served.server.connectionCount == 0)
    }
  }
}
