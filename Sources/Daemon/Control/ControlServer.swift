package import Control
import Dispatch
package import EventLoop
import Glibc

/// The control socket: accepts clients and keeps them until they leave or the daemon stops.
@EventLoop package final class ControlServer {
  /// Connections at once; the next one is told so and closed.
  package static let connectionLimit = 64

  private let session: ControlSession
  private let clock: any Clock
  private let identify: (Int32) -> ControlPeer?
  private var listening: ControlSocket?
  private var acceptSource: (any DispatchSourceRead)?
  private var connections: [ObjectIdentifier: ControlConnection] = [:]
  private var stopped: [CheckedContinuation<Void, Never>] = []

  /// Who may change things; a reload may set it anew.
  package var access: ControlAccess {
    get { session.access }
    set { session.access = newValue }
  }

  /// Called for every call that changes something, with whoever made it.
  package var onChange: (ControlPeer, ControlCall) -> Void {
    get { session.onChange }
    set { session.onChange = newValue }
  }

  /// How many clients are connected.
  package var connectionCount: Int { connections.count }

  /// Nothing happens before ``listen(path:)`` or ``listen(passed:)``.
  package init(
    handler: any ControlHandler, clock: any Clock, access: ControlAccess,
    identify: @escaping (Int32) -> ControlPeer? = { ControlPeer(descriptor: $0) }
  ) {
    session = ControlSession(handler: handler, clock: clock, access: access)
    self.clock = clock
    self.identify = identify
  }

  /// Makes the socket file and listens on it.
  package func listen(path: String) throws(ControlSocketError) {
    start(try ControlSocket(path: path, group: access.groupID(access.adminGroup)))
  }

  /// Listens on a socket that systemd made and keeps.
  package func listen(passed descriptor: Int32) throws(ControlSocketError) {
    start(try ControlSocket(passed: descriptor))
  }

  /// Accepts nobody more, tells whoever waits, and returns when every descriptor is closed.
  package func stop() async {
    listening?.unlinkFile()
    acceptSource?.cancel()
    acceptSource = nil
    for connection in connections.values {
      connection.stop()
    }
    while listening != nil || !connections.isEmpty {
      await withCheckedContinuation { stopped.append($0) }
    }
  }

  private func start(_ socket: ControlSocket) {
    listening = socket
    let source = DispatchSource.makeReadSource(
      fileDescriptor: socket.descriptor, queue: EventLoop.queue)
    source.setEventHandler { [weak self] in self?.acceptWaiting() }
    source.setCancelHandler {
      Glibc.close(socket.descriptor)
      self.listening = nil
      self.reportStopped()
    }
    source.activate()
    acceptSource = source
  }

  private func acceptWaiting() {
    guard let listening, let acceptSource else { return }
    while true {
      let descriptor = accept(listening.descriptor, nil, nil)
      if descriptor >= 0 {
        admit(descriptor)
      } else if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS {
        // The connection stays in the queue and would wake us at once, again and again.
        return rest(acceptSource)
      } else if errno != EINTR && errno != ECONNABORTED {
        return
      }
    }
  }

  private func rest(_ source: any DispatchSourceRead) {
    source.suspend()
    Task {
      _ = try? await self.clock.sleep(milliseconds: 1000)
      source.resume()
    }
  }

  private func admit(_ descriptor: Int32) {
    ControlSocket.prepare(descriptor)
    guard connections.count < Self.connectionLimit else {
      return refuse(descriptor, .tooManyConnections(limit: Self.connectionLimit))
    }
    guard let peer = identify(descriptor) else {
      return refuse(descriptor, .permissionDenied(method: "connect", group: access.adminGroup))
    }
    let session = session
    let connection = ControlConnection(
      descriptor: descriptor, peer: peer, clock: clock,
      answer: { connection, message in await session.answer(message, on: connection) },
      ended: { [weak self] connection in
        self?.connections[ObjectIdentifier(connection)] = nil
        self?.reportStopped()
      })
    connections[ObjectIdentifier(connection)] = connection
  }

  /// No source ever knew this descriptor: it can be closed here.
  private func refuse(_ descriptor: Int32, _ error: ControlError) {
    let message = VarlinkReply.encode(error: error)
    _ = send(descriptor, message, message.count, Int32(MSG_NOSIGNAL))
    Glibc.close(descriptor)
  }

  private func reportStopped() {
    let waiting = stopped
    stopped = []
    for continuation in waiting { continuation.resume() }
  }
}
