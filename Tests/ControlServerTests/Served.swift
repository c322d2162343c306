import Control
import Daemon
import EventLoop
import Glibc

/// A control server in a directory of its own, with a fake daemon behind it.
@EventLoop final class Served {
  let handler = FakeHandler()
  let clock = VirtualClock()
  let server: ControlServer
  let directory: String
  let path: String

  init(peer: ControlPeer? = nil) throws {
    var template = Array("/tmp/sfsync-control-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawClient.Failed(what: "mkdtemp", code: errno) }
    directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = directory + "/control.sock"
    let access = ControlAccess(
      adminGroup: "sfsync", daemonUser: 990, groupID: { $0 == "sfsync" ? 4000 : nil },
      groups: { $0 == 1001 ? [1001, 4000] : [$0] })
    server = ControlServer(
      handler: handler, clock: clock, access: access,
      identify: { peer ?? ControlPeer(descriptor: $0) })
  }

  /// Runs a test against a listening server and stops it whatever happens.
  static func run(
    peer: ControlPeer? = ControlPeer(user: 0, group: 0),
    _ body: @EventLoop (Served) async throws -> Void
  ) async throws {
    let served = try Served(peer: peer)
    try served.server.listen(path: served.path)
    do {
      try await body(served)
    } catch {
      await served.end()
      throw error
    }
    await served.end()
  }

  func end() async {
    await server.stop()
    unlink(path)
    rmdir(directory)
  }

  /// Runs blocking client code away from the loop.
  func client<T: Sendable>(
    _ body: @escaping @Sendable (RawClient) throws -> T
  ) async throws -> T {
    let path = path
    return try await offLoop { try body(RawClient(path: path)) }
  }

  /// Uses a client that stays, away from the loop.
  func blocking<T: Sendable>(
    _ client: RawClient, _ body: @escaping @Sendable (RawClient) throws -> T
  ) async throws -> T {
    try await offLoop { try body(client) }
  }

  /// Runs blocking code on a thread of its own.
  func offLoop<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      Blocking.detach { continuation.resume(with: Result { try body() }) }
    }
  }
}

extension ControlPeer {
  /// This process.
  static var own: ControlPeer { ControlPeer(user: geteuid(), group: getegid()) }
}
