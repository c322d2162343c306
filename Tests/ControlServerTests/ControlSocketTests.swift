import Control
import Daemon
import EventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlSocketTests {
  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test("control: the socket has mode 0660 and goes with the daemon")
  func modeAndEnd() async throws {
    try await Served.run { served in
      #expect(mode(served.path) == S_IFSOCK | 0o660)
      await served.server.stop()
      #expect(mode(served.path) == nil)
    }
  }

  @Test("control: a socket that nobody listens on any more is replaced")
  @EventLoop func stale() async throws {
    let served = try Served()
    let dead = try #require(Listener(path: served.path))
    close(dead.descriptor)
    #expect(mode(served.path) != nil)
    try served.server.listen(path: served.path)
    let reply = try await served.client { try $0.answer(call("Pause")) }
    #expect(reply != nil)
    await served.end()
  }

  @Test("O3: a socket on which another daemon answers is left alone")
  func live() async throws {
    try await Served.run { served in
      let second = try Served()
      let error = #expect(throws: ControlSocketError.self) {
        try second.server.listen(path: served.path)
      }
      #expect(error?.description.contains("Another sfsyncd already answers") == true)
      let reply = try await served.client { try $0.answer(call("Pause")) }
      #expect(reply != nil)
      await second.end()
    }
  }

  @Test("control: a file that is no socket is never removed")
  @EventLoop func noSocket() async throws {
    let served = try Served()
    close(open(served.path, O_CREAT | O_WRONLY, 0o600))
    let error = #expect(throws: ControlSocketError.self) {
      try served.server.listen(path: served.path)
    }
    #expect(error?.description.contains("is no socket") == true)
    #expect(mode(served.path) == S_IFREG | 0o600)
    await served.end()
  }

  @Test(
    "control: a path that cannot be a socket's says so",
    arguments: ["", "/no/such/directory/control.sock", String(repeating: "x", count: 108)])
  @EventLoop func badPath(path: String) async throws {
    let served = try Served()
    let error = #expect(throws: ControlSocketError.self) {
      try served.server.listen(path: path)
    }
    #expect(error?.description.contains("socket") == true)
    await served.end()
  }

  @Test("control: a socket passed by systemd is served and never unlinked")
  @EventLoop func passed() async throws {
    let served = try Served(peer: ControlPeer(user: 0, group: 0))
    let listener = try #require(Listener(path: served.path))
    try served.server.listen(passed: listener.descriptor)
    let reply = try await served.client { try $0.answer(call("Pause")) }
    #expect(reply == #"{"parameters":{}}"#)
    await served.server.stop()
    #expect(mode(served.path) != nil)
    await served.end()
  }

  @Test("control: a passed descriptor that is no listening Unix socket is refused")
  @EventLoop func passedNothing() async throws {
    let served = try Served()
    let plain = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let pipe = open("/dev/null", O_RDONLY)
    defer {
      close(plain)
      close(pipe)
    }
    for descriptor in [plain, pipe, -1] {
      #expect(throws: ControlSocketError.self) {
        try served.server.listen(passed: descriptor)
      }
    }
    await served.end()
  }
}

/// A listening socket that somebody else made.
private struct Listener {
  let descriptor: Int32

  init?(path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0, listen(descriptor, 8) == 0 else { return nil }
  }
}
