import Glibc

/// A connected Unix socket whose every step is bounded in time.
final class SocketStream {
  private let path: String
  private let descriptor: Int32
  private var reader: MessageReader?
  private var messages: ArraySlice<[UInt8]> = []

  init(path: String, seconds: Int) throws(ControlClientError) {
    self.path = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard 1..<room.count ~= bytes.count else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    guard fits else { throw .unreachable(path: path, code: ENAMETOOLONG) }
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .unreachable(path: path, code: errno) }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let deadline = Deadline(seconds: seconds)
    while !Self.connect(descriptor, &address) {
      // EAGAIN: its queue of new connections is full.
      guard errno == EAGAIN || errno == EINTR else {
        throw .unreachable(path: path, code: errno)
      }
      guard deadline.left > 0 else { throw .silent(path: path, seconds: seconds) }
      poll(nil, 0, 20)
    }
  }

  deinit { close(descriptor) }

  private static func connect(_ descriptor: Int32, _ address: inout sockaddr_un) -> Bool {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  /// Writes all of it; a peer that has hung up may still have said why, so that is no error here.
  func write(_ bytes: [UInt8], seconds: Int) throws(ControlClientError) {
    let deadline = Deadline(seconds: seconds)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        guard wait(for: POLLOUT, until: deadline) else {
          throw .silent(path: path, seconds: seconds)
        }
      } else if errno != EINTR {
        return
      }
    }
  }

  /// The next whole message; `seconds` nil waits for as long as it takes.
  func message(limit: Int, seconds: Int?) throws(ControlClientError) -> [UInt8] {
    let deadline = seconds.map(Deadline.init(seconds:))
    var reader = self.reader ?? MessageReader(limit: limit)
    defer { self.reader = reader }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let message = messages.popFirst() { return message }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 {
        var whole: [[UInt8]] = []
        do throws(MessageReader.TooLong) {
          try reader.append(chunk[..<count], into: &whole)
        } catch {
          throw .garbled("an answer of more than \(limit) bytes")
        }
        messages.append(contentsOf: whole)
      } else if count == 0 || errno == ECONNRESET {
        throw .hungUp(path: path)
      } else if errno == EAGAIN {
        guard wait(for: POLLIN, until: deadline) else {
          throw .silent(path: path, seconds: seconds ?? 0)
        }
      } else if errno != EINTR {
        throw .unreachable(path: path, code: errno)
      }
    }
  }

  private func wait(for events: Int32, until deadline: Deadline?) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    while true {
      let ready = poll(&entry, 1, deadline?.left ?? -1)
      if ready > 0 { return true }
      if ready == 0 { return false }
      guard errno == EINTR else { return true }
    }
  }
}

/// A moment of the monotonic clock.
private struct Deadline {
  private let milliseconds: Int

  init(seconds: Int) { milliseconds = Self.now + seconds * 1000 }

  /// Milliseconds from now, as poll takes them.
  var left: Int32 { Int32(clamping: max(0, milliseconds - Self.now)) }

  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
