import EventLoop

/// What is said to a mail server that let us in: sender, recipient and text (RFC 5321, 3.3).
@EventLoop final class MailConversation {
  private let connection: MailConnection
  private let readiness: SocketReadiness
  private var received: [UInt8] = []
  /// Why it was ended from our side: ``MailError/Reason/cancelled``, or time is up.
  private var ended: MailError.Reason?
  /// The end of the text has gone out, or may have: the server may have the mail.
  private(set) var isHandedOver = false

  /// A server that sends more than this without an end of line is none.
  private static let lineBytesMax = 4_096
  /// Nor is one whose answer has more lines than this: reading them would hold the loop.
  private static let linesMax = 100
  private static let blockedPause = Duration.milliseconds(20)

  /// Nil when the connection is gone already, or no descriptor is left.
  init?(_ connection: MailConnection) {
    guard let socket = connection.socket, let readiness = SocketReadiness(of: socket) else {
      return nil
    }
    self.connection = connection
    self.readiness = readiness
  }

  func close() { readiness.close() }

  /// Gives up waiting, now and from now on.
  func end(_ reason: MailError.Reason) {
    ended = ended ?? reason
    readiness.raise()
  }

  /// Names both ends of the envelope, and nothing more: the server then forgets them.
  func probe(_ letter: Letter) async throws(MailError) {
    try await announce(letter)
    try await say("RSET", to: "the end of the test")
    quit()
  }

  /// Returns when the server has taken the mail.
  func deliver(_ letter: Letter, mayHandOver: () -> Bool) async throws(MailError) {
    try await announce(letter)
    try await say("DATA", to: "the announcement of the text")
    try await send(letter.transparent)
    // Without the dot nothing has been handed in.
    guard mayHandOver() else {
      throw MailError(.cancelled, "\(place): ended before the mail was handed over")
    }
    isHandedOver = true
    try await say(".", to: "the mail")
    quit()
  }

  private func announce(_ letter: Letter) async throws(MailError) {
    try await say("MAIL FROM:<\(letter.sender)>", to: "the sender")
    try await say("RCPT TO:<\(letter.recipient)>", to: "the recipient")
  }

  private func quit() { _ = connection.send(Array("QUIT\r\n".utf8)[...]) }

  private var place: String { connection.server.place }

  // MARK: Lines

  /// Sends a command and waits for the server's consent; `step` says in an error what it was about.
  private func say(_ command: String, to step: String) async throws(MailError) {
    try await send(Array("\(command)\r\n".utf8))
    let reply = try await nextReply()
    switch reply.code {
    case 200...399: return
    case 400...499:
      throw MailError(.later, "\(place): the server answered '\(words(reply))' to \(step)")
    default:
      throw MailError(.refused, "\(place): the server answered '\(words(reply))' to \(step)")
    }
  }

  private func words(_ reply: SMTPReply) -> String {
    guard let password = connection.server.password, !password.isEmpty else { return reply.text }
    return reply.text.split(separator: password, omittingEmptySubsequences: false)
      .joined(separator: "‹secret›")
  }

  private func send(_ bytes: [UInt8]) async throws(MailError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard ended == nil, let count = connection.send(rest) else { throw broken() }
      rest = rest.dropFirst(count)
      // Seldom: a mail is smaller than a socket's buffer.
      if count == 0 { try? await Task.sleep(for: Self.blockedPause) }
    }
  }

  private func nextReply() async throws(MailError) -> SMTPReply {
    var reply = SMTPReply()
    var lines = 0
    while !reply.isWhole {
      guard lines < Self.linesMax else { throw broken() }
      if let end = received.firstIndex(of: 0x0A) {
        reply.take(received[..<end].filter { $0 != 0x0D })
        received.removeSubrange(...end)
        lines += 1
      } else {
        try await receive()
      }
    }
    return reply
  }

  private func receive() async throws(MailError) {
    while ended == nil, received.count <= Self.lineBytesMax {
      let found = withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer in
        let found = connection.receive(into: buffer)
        if case .bytes(let count) = found { received += buffer.prefix(count) }
        return found
      }
      switch found {
      case .bytes: return
      case .nothingYet: await readiness.wait()
      case .ended: throw broken()
      }
    }
    throw broken()
  }

  private func broken() -> MailError {
    if isHandedOver {
      return MailError(.unsure, "\(place): the mail went out, and no answer came")
    }
    switch ended {
    case .cancelled:
      return MailError(.cancelled, "\(place): ended before the mail was handed over")
    case nil:
      return MailError(.unreachable, "\(place): the connection ended before the mail was taken")
    default: return MailError(.unreachable, "\(place): no answer within the time limit")
    }
  }
}
