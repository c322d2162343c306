import Control
import Daemon
import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlStreamTests {
  @Test("control: with more every page of a list comes, without it one and the next cursor")
  func pages() async throws {
    try await Served.run { served in
      served.handler.queued = 1050
      let path = served.path
      let (ids, one) = try await served.offLoop {
        var ids: [Int64] = []
        let client = ControlClient(path: path)
        try client.stream(.queue(PageRequest()), as: ListPage<QueuedDelivery>.self) { page in
          ids += page.entries.map(\.id)
          return true
        }
        let one = try client.call(
          .queue(PageRequest(after: 100, limit: 5)), as: ListPage<QueuedDelivery>.self)
        return (ids, one)
      }
      #expect(ids == Array(1...1050))
      #expect(one.entries.map(\.id) == [101, 102, 103, 104, 105])
      #expect(one.next == 105)
    }
  }

  @Test("control: a watched status comes every second until the client hangs up")
  func watch() async throws {
    try await Served.run { served in
      let client = try RawClient(path: served.path)
      let first = try await served.blocking(client) {
        $0.say(call("Status", flags: #","more":true"#))
        return try $0.next()
      }
      await served.clock.waitForSleeper()
      served.clock.advance(milliseconds: 1000)
      let second = try await served.blocking(client) { try $0.next() }
      #expect(first?.contains(#""continues":true"#) == true)
      #expect(second?.contains(#""state":"idle""#) == true)
      #expect(served.handler.asked == ["status", "status"])
      client.endInput()
      let rest = try await served.blocking(client) { client in
        var rest: [String] = []
        while let reply = try client.next() { rest.append(reply) }
        return rest
      }
      #expect(rest.isEmpty)
    }
  }

  @Test("E1: a followed register sends what is there, and each entry when it is seen again")
  func follow() async throws {
    try await Served.run { served in
      served.handler.entries = [FakeHandler.sampleError(1), FakeHandler.sampleError(2)]
      let client = try RawClient(path: served.path)
      let first = try await served.blocking(client) {
        $0.say(call("Errors", #"{"follow":true}"#, flags: #","more":true"#))
        return try $0.next()
      }
      #expect(first?.contains(#""continues":true"#) == true)
      #expect(first?.contains(#""id":2"#) == true)
      await served.clock.waitForSleeper()
      served.handler.entries.append(FakeHandler.sampleError(3, seen: served.clock.now + 1))
      served.clock.advance(milliseconds: 1000)
      let second = try await served.blocking(client) { try $0.next() }
      #expect(second?.contains(#""id":3"#) == true)
      #expect(second?.contains(#""id":2"#) == false)
    }
  }

  @Test("control: a sync that waits sends progress, at most once a second, and its result last")
  func sync() async throws {
    try await Served.run { served in
      served.handler.duringSync = { _ = try? await served.clock.sleep(milliseconds: 1000) }
      let client = try RawClient(path: served.path)
      let first = try await served.blocking(client) {
        $0.say(call("Sync", #"{"wait":true}"#, flags: #","more":true"#))
        return try $0.next()
      }
      await served.clock.waitForSleeper()
      served.clock.advance(milliseconds: 1000)
      let rest = try await served.blocking(client) { [try $0.next(), try $0.next()] }
      #expect(first?.contains(#""progress":{"#) == true)
      #expect(rest[0]?.contains(#""continues":true"#) == true)
      #expect(rest[1]?.contains(#""settled":3"#) == true)
      #expect(rest[1]?.contains("continues") == false)
    }
  }

  @Test("control: a client that waits is told when the daemon stops")
  func stopTells() async throws {
    try await Served.run { served in
      served.handler.duringSync = { _ = try? await served.clock.sleep(milliseconds: 1000) }
      let client = try RawClient(path: served.path)
      client.say(call("Sync", #"{"wait":true}"#))
      await served.clock.waitForSleeper()
      await served.server.stop()
      #expect(served.server.connectionCount == 0)
      let reply = try await served.blocking(client) { try $0.next() }
      #expect(reply?.contains("org.sfsync.control.Stopping") == true)
    }
  }

  @Test("control: other clients are answered while one waits")
  func others() async throws {
    try await Served.run { served in
      served.handler.duringSync = { _ = try? await served.clock.sleep(milliseconds: 1000) }
      let waiting = try RawClient(path: served.path)
      waiting.say(call("Sync", #"{"wait":true}"#))
      await served.clock.waitForSleeper()
      let reply = try await served.client { client in
        client.say(call("Status"))
        return try client.next()
      }
      #expect(reply?.contains("idle") == true)
    }
  }
}
