import CurlTransport
import EventLoop
import Glibc
import HTTP
import Testing

/// Takes long over each piece, and notes in which turn of the loop it came.
private final class SlowSink: BodySink {
  private(set) var bytes: [UInt8] = []
  private(set) var most = 0
  private var inTurn = 0
  /// The stream is through, and nobody watches any more.
  var isOver = false

  /// Called in every turn.
  func turn() { inTurn = 0 }

  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    usleep(3_000)
    bytes.append(contentsOf: piece)
    inTurn += 1
    most = max(most, inTurn)
    return true
  }
}

@Suite struct TurnTests {
  private static let body = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

  @Test(
    "O2: a stream that comes faster than it is taken lets others have their turn, and comes whole")
  @EventLoop func turns() async throws {
    let server = try LoopbackServer { connection in
      while connection.readRequest() != nil { connection.answer(200, [], Self.body) }
    }
    let sink = SlowSink()
    let watching = Task { @EventLoop in
      while !sink.isOver {
        sink.turn()
        await EventLoop.nextTurn()
      }
    }
    let answer = try await makeTransport(server.url).stream(Request(.get, server.url), into: sink)
    sink.isOver = true
    await watching.value
    #expect(answer.status == 200)
    #expect(sink.bytes == Self.body)
    // Three of these pieces are over the time; one may have been on its way.
    #expect(sink.most <= 5, "\(sink.most) pieces in one turn")
  }
}
