import Glibc

/// Why a call got no good answer.
package enum ControlClientError: Error, Sendable, Equatable {
  /// Nobody can be reached on the socket; `code` is errno.
  case unreachable(path: String, code: Int32)
  /// The daemon accepted the call and said nothing for so many seconds.
  case silent(path: String, seconds: Int)
  /// The daemon hung up in the middle.
  case hungUp(path: String)
  /// What came back is not the answer to this call.
  case garbled(String)
  case answered(ControlError)

  /// What failed and what to do, for a person.
  package var sentence: String {
    switch self {
    case .unreachable(let path, ENOENT), .unreachable(let path, ECONNREFUSED):
      """
      sfsyncd is not running: nobody answers on \(path). Start it with \
      'systemctl start \(SocketPlace.unit(of: path))', or name another socket with --socket.
      """
    case .unreachable(let path, EACCES), .unreachable(let path, EPERM):
      """
      You may not open \(path): run this with sudo, or as a member of the group that the socket \
      belongs to ('ls -l \(path)' shows it).
      """
    case .unreachable(let path, ENAMETOOLONG):
      "The path of a socket must have 1 to 107 bytes: '\(path)'. Give another with --socket."
    case .unreachable(let path, let code):
      """
      \(path) cannot be connected to: \(String(cString: strerror(code))). Is it sfsyncd's socket? \
      Name another with --socket.
      """
    case .silent(let path, let seconds):
      """
      sfsyncd took the call on \(path) and did not answer within \(seconds) seconds: \
      'journalctl -u \(SocketPlace.unit(of: path))' tells what it does.
      """
    case .hungUp(let path):
      """
      sfsyncd closed the connection on \(path) before it answered; it may be restarting: \
      'systemctl status \(SocketPlace.unit(of: path))' tells.
      """
    case .garbled(let what):
      "What answered is not sfsyncd, or one of another release (\(what))."
    case .answered(let error): error.sentence
    }
  }

  package var exit: Sysexit {
    switch self {
    case .unreachable(_, EACCES), .unreachable(_, EPERM): .noPermission
    case .unreachable, .silent, .hungUp: .unavailable
    case .garbled: .software
    case .answered(let error): error.exit
    }
  }
}

extension ControlError {
  /// The exit code of a command that was answered so.
  package var exit: Sysexit {
    switch self {
    case .notFound, .refused, .busy: .no
    case .permissionDenied: .noPermission
    case .stopping, .tooManyConnections: .unavailable
    case .invalidParameter: .usage
    case .badMessage, .interfaceNotFound, .methodNotFound, .other: .software
    }
  }
}

/// A blocking client of the control socket, for programs that do one thing and end.
///
/// Connects with the first call; one call at a time.
package final class ControlClient {
  /// The longest reply, in bytes.
  private static let replyLimit = 64 << 20

  private let path: String
  private let seconds: Int
  private var stream: SocketStream?

  /// `seconds` bounds connecting, and the answer of every call that does not wait for something.
  package init(path: String, seconds: Int = 30) {
    self.path = path
    self.seconds = seconds
  }

  /// Calls once and gives the one reply.
  package func call<Reply: Decodable>(
    _ call: ControlCall, as type: Reply.Type
  ) throws(ControlClientError) -> Reply {
    try self.call(
      VarlinkCall(method: qualified(call), parameters: call.parameters), as: type,
      waits: call.waits)
  }

  /// Any method of any interface: `org.varlink.service.GetInfo`.
  package func call<Reply: Decodable>(
    _ call: VarlinkCall, as type: Reply.Type, waits: Bool = false
  ) throws(ControlClientError) -> Reply {
    try send(call)
    return try receive(type, waits: waits).parameters
  }

  /// Calls with `more` and hands over each reply until the last, or until `body` says false.
  package func stream<Reply: Decodable>(
    _ call: ControlCall, as type: Reply.Type, body: (Reply) throws -> Bool
  ) throws {
    try send(
      VarlinkCall(method: qualified(call), parameters: call.parameters, wantsMore: true))
    while true {
      let reply = try receive(type, waits: call.waits)
      guard try body(reply.parameters), reply.continues else { break }
    }
    // What may still come belongs to nobody.
    stream = nil
  }

  private func qualified(_ call: ControlCall) -> String {
    "\(ControlInterface.name).\(call.method)"
  }

  private func send(_ call: VarlinkCall) throws(ControlClientError) {
    guard let message = try? VarlinkReply.encode(call: call) else {
      throw .garbled("the call could not be written as JSON")
    }
    try connected().write(message, seconds: seconds)
  }

  private func connected() throws(ControlClientError) -> SocketStream {
    if let stream { return stream }
    let stream = try SocketStream(path: path, seconds: seconds)
    self.stream = stream
    return stream
  }

  private func receive<Reply: Decodable>(
    _ type: Reply.Type, waits: Bool
  ) throws(ControlClientError) -> (parameters: Reply, continues: Bool) {
    guard let stream else { throw .hungUp(path: path) }
    let message = try stream.message(
      limit: Self.replyLimit, seconds: waits ? nil : seconds)
    if let error = VarlinkReply.error(in: message) { throw .answered(error) }
    guard let reply = try? VarlinkReply.decode(message, as: type), let parameters = reply.parameters
    else { throw .garbled("a reply of another shape") }
    return (parameters, reply.continues ?? false)
  }
}

extension ControlCall {
  /// The answer comes when something has happened, however long that takes.
  var waits: Bool {
    switch self {
    case .sync(let options): options.wait
    case .errors(let query): query.follow
    case .plan, .createLead, .createTask, .assignConversation, .backup: true
    default: false
    }
  }
}
