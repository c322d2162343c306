import Control
import Daemon
import EventLoop
import Testing

private let statusCall = #"{"method":"org.sfsync.control.Status"}"#

@Suite struct ControlServerTests {
  @Test("control: pipelined calls are answered in order, and a half-close after them is no loss")
  func pipelined() async throws {
    try await Served.run { served in
      let replies = try await served.client { client in
        var text = statusCall + "\0"
        text += #"{"method":"org.sfsync.control.Explain","parameters":{"who":"nobody"}}"# + "\0"
        text += #"{"method":"org.sfsync.control.Pause","parameters":null}"# + "\0"
        client.write(Array(text.utf8))
        client.endInput()
        var replies: [String] = []
        while let reply = try client.next() { replies.append(reply) }
        return replies
      }
      #expect(replies.count == 3)
      #expect(replies.first?.contains(#""state":"idle""#) == true)
      #expect(replies.dropFirst().first?.contains("org.sfsync.control.NotFound") == true)
      #expect(replies.last == #"{"parameters":{}}"#)
    }
  }

  @Test("control: the typed client reads what the server says")
  func typed() async throws {
    try await Served.run { served in
      let path = served.path
      let status = try await served.offLoop {
        try ControlClient(path: path).call(.status, as: Status.self)
      }
      #expect(status == FakeHandler.sampleStatus)
    }
  }
}
