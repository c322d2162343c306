import CCurl
import Dispatch
package import EventLoop

/// Carries a mail to its server.
@EventLoop package protocol MailCarrier: AnyObject {
  /// Returns when the server has taken the mail.
  ///
  /// `mayHandOver` is asked once, when nothing but the mark of its end is left to be sent; false
  /// ends it there as ``MailError/Reason/cancelled``, and the server has nothing.
  func deliver(
    _ letter: Letter, to server: MailServer, mayHandOver: () -> Bool
  ) async throws(MailError)

  /// Ends the mail under way, if there is one.
  func cancel()
}

/// The real one: libcurl's SMTP on the loop, one connection a mail, one mail at a time.
///
/// Nothing is open between two mails: no socket, no descriptor, no timer.
@EventLoop package final class MailTransport: MailCarrier {
  /// Ends what is under way, whichever step that is.
  private var abandon: (() -> Void)?

  package init() {}

  @EventLoop package func deliver(
    _ letter: Letter, to server: MailServer, mayHandOver: () -> Bool
  ) async throws(MailError) {
    try await talk(to: server) { (conversation) async throws(MailError) in
      try await conversation.deliver(letter, mayHandOver: mayHandOver)
    }
  }

  /// Says everything that comes before a mail's text, and hangs up: no mail is sent.
  package func probe(_ letter: Letter, to server: MailServer) async throws(MailError) {
    try await talk(to: server) { (conversation) async throws(MailError) in
      try await conversation.probe(letter)
    }
  }

  package func cancel() { abandon?() }

  private func talk(
    to server: MailServer, _ body: (MailConversation) async throws(MailError) -> Void
  ) async throws(MailError) {
    do throws(MailError) {
      try await talk(to: server, isEncrypted: true, body)
    } catch {
      // This machine's own server often has a certificate that nobody issued: without a password
      // there is nothing to hide from this machine.
      let isLocal = server.encryption == .tried && server.user == nil
      guard isLocal, error.reason == .certificate else { throw error }
      try await talk(to: server, isEncrypted: false, body)
    }
  }

  private func talk(
    to server: MailServer, isEncrypted: Bool,
    _ body: (MailConversation) async throws(MailError) -> Void
  ) async throws(MailError) {
    guard abandon == nil else { throw MailError(.cancelled, "another mail is under way") }
    guard let multi = CurlMulti(connectionsPerHost: 1, connections: 1),
      let connection = MailConnection(to: server, isEncrypted: isEncrypted)
    else { throw MailError(.unreachable, "no memory or no descriptor is left for a mail") }
    multi.keepsEnded = true
    defer {
      abandon = nil
      multi.remove(connection.easy)
      multi.close()
    }
    if let error = await connect(connection, multi) { throw error }
    guard let conversation = MailConversation(connection) else {
      throw MailError(.unreachable, "\(server.place): the connection ended")
    }
    abandon = { conversation.end(.cancelled) }
    let limit = Task { @EventLoop in
      try? await Task.sleep(for: server.timeLimit)
      if !Task.isCancelled { conversation.end(.unreachable) }
    }
    defer {
      limit.cancel()
      conversation.close()
    }
    try await body(conversation)
  }

  /// Until the server has let us in; nil when it has.
  private func connect(_ connection: MailConnection, _ multi: CurlMulti) async -> MailError? {
    let code: CURLcode? = await withCheckedContinuation { continuation in
      var waiter: CheckedContinuation<CURLcode?, Never>? = continuation
      func finish(_ code: CURLcode?) {
        waiter?.resume(returning: code)
        waiter = nil
      }
      multi.onEnd = { _, code in finish(code) }
      abandon = { finish(nil) }
      if !multi.add(connection.easy) { finish(CURLE_FAILED_INIT) }
    }
    multi.onEnd = { _, _ in }
    guard let code else { return MailError(.cancelled, "ended before the mail was handed over") }
    return code == CURLE_OK ? nil : MailError(code, of: connection)
  }
}
