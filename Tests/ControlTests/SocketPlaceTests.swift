import Control
import Testing

@Suite struct SocketPlaceTests {
  @Test(
    "an instance's socket, and back to its unit",
    arguments: [("acme", "sfsyncd@acme"), ("a-b_c.9", "sfsyncd@a-b_c.9")])
  func instances(_ name: String, _ unit: String) throws {
    let path = try #require(SocketPlace.of(instance: name))
    #expect(path == "/run/sfsyncd-\(name)/control.sock")
    #expect(SocketPlace.unit(of: path) == unit)
  }

  @Test("what is no name has no socket", arguments: ["", ".", "../x", "a/b", "a b", "ä", "a\0b"])
  func strange(_ name: String) {
    #expect(SocketPlace.of(instance: name) == nil)
  }

  @Test("other sockets are the usual daemon's", arguments: [SocketPlace.usual, "/tmp/s", "", "/"])
  func usual(_ path: String) {
    #expect(SocketPlace.unit(of: path) == "sfsyncd")
  }

  @Test("I2: nobody answers: the sentence names the unit to start, and the exit code is 69")
  func sentences() {
    let usual = ControlClientError.unreachable(path: SocketPlace.usual, code: 2)
    #expect(usual.exit.rawValue == 69)
    #expect(usual.sentence.contains("'systemctl start sfsyncd'"))
    let acme = ControlClientError.unreachable(path: "/run/sfsyncd-acme/control.sock", code: 2)
    #expect(acme.sentence.contains("'systemctl start sfsyncd@acme'"))
  }
}
