import Foundation
import Synchronization

/// A blocking server on 127.0.0.1: one thread a connection, each wait bounded by five seconds.
final class LoopbackServer: Sendable {
  /// One request as it stood on the wire.
  struct Received: Sendable {
    var line: String
    var head: String
    var body: [UInt8]

    func header(_ name: String) -> String? {
      head.components(separatedBy: "\r\n").first {
        $0.lowercased().hasPrefix(name.lowercased() + ":")
      }?.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
    }
  }

  let port: Int
  private let listener: Int32
  private let accepted = Atomic<Int>(0)
  private let log = Mutex<[Received]>([])

  /// Serves each connection with `serve`, which ends the connection by returning.
  init(_ serve: @escaping @Sendable (ServerConnection) -> Void) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (listener, isBound) = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        (
          listener,
          bind(listener, $0, length) == 0 && listen(listener, 512) == 0
            && getsockname(listener, $0, &length) == 0
        )
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0, let self else { break }
        accepted.add(1, ordering: .relaxed)
        let connection = ServerConnection(descriptor) { [weak self] in self?.note($0) }
        Thread.detachNewThread {
          serve(connection)
          connection.close()
        }
      }
      _ = Glibc.close(listener)
    }
  }

  // Wakes the accepting thread, which closes the descriptor.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  var url: String { "http://127.0.0.1:\(port)" }
  var connections: Int { accepted.load(ordering: .relaxed) }
  var received: [Received] { log.withLock { $0 } }

  private func note(_ request: Received) { log.withLock { $0.append(request) } }

  /// A port that refuses connections.
  static func closedPort() throws -> Int {
    try LoopbackServer { _ in }.port
  }

  /// A server that answers every request alike and keeps its connections open.
  static func answering(
    _ status: Int = 200, _ headers: [String] = [], _ body: String = ""
  ) throws -> LoopbackServer {
    try LoopbackServer { connection in
      while connection.readRequest() != nil {
        connection.answer(status, headers, Array(body.utf8))
      }
    }
  }
}

/// One accepted connection of a ``LoopbackServer``, used by its own thread.
final class ServerConnection: @unchecked Sendable {  // handed to one thread, then left alone
  let descriptor: Int32
  private let onRequest: (LoopbackServer.Received) -> Void
  private var rest: [UInt8] = []
  private var isClosed = false

  init(_ descriptor: Int32, onRequest: @escaping (LoopbackServer.Received) -> Void) {
    self.descriptor = descriptor
    self.onRequest = onRequest
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
  }

  /// nil when the peer closed or was silent for too long.
  func readRequest() -> LoopbackServer.Received? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = rest.firstRange(of: end) {
        let head = String(decoding: rest[..<range.lowerBound], as: UTF8.self)
        let line = head.components(separatedBy: "\r\n").first ?? ""
        var request = LoopbackServer.Received(line: line, head: head, body: [])
        let length = Int(request.header("Content-Length") ?? "0") ?? 0
        while rest.count < range.upperBound + length { guard fill() else { return nil } }
        request.body = Array(rest[range.upperBound..<range.upperBound + length])
        rest.removeFirst(range.upperBound + length)
        onRequest(request)
        return request
      }
      guard fill() else { return nil }
    }
  }

  func answer(_ status: Int, _ headers: [String] = [], _ body: [UInt8] = []) {
    let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.count)"] + headers + ["", ""]
    write(Array(lines.joined(separator: "\r\n").utf8) + body)
  }

  func write(_ text: String) { write(Array(text.utf8)) }

  @discardableResult func write(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Closes with RST instead of FIN.
  func reset() {
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    _ = Glibc.close(descriptor)
  }

  /// Blocks until the peer closes or five seconds are over.
  func waitForClose() { while fill() {} }

  private func fill() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    rest.append(contentsOf: buffer.prefix(count))
    return true
  }
}
