import Control
import Glibc

/// A client that sends whatever bytes a test wants; every wait is bounded.
///
/// Used by one thread at a time: a test waits for each use before the next.
final class RawClient: @unchecked Sendable {
  let descriptor: Int32
  private var reader = MessageReader(limit: 64 << 20)
  private var messages: ArraySlice<[UInt8]> = []

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else { throw Failed(what: "connect", code: errno) }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  struct Failed: Error {
    var what: String
    var code: Int32
  }

  /// Bytes that were taken before the other end hung up.
  @discardableResult func write(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  /// Writes a message and its NUL.
  func say(_ text: String) { write(Array(text.utf8) + [0]) }

  /// Calls and gives the reply.
  func answer(_ text: String) throws -> String? {
    say(text)
    return try next()
  }

  /// No more will be sent.
  func endInput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next message; nil when the other end has hung up.
  func next() throws -> String? {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let message = messages.popFirst() { return String(decoding: message, as: UTF8.self) }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
      guard count > 0 else { throw Failed(what: "recv", code: errno) }
      var whole: [[UInt8]] = []
      try reader.append(chunk[..<count], into: &whole)
      messages += whole
    }
  }
}
