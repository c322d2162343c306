/// Carries requests to the other side: libcurl in the daemon, a simulator in tests.
package protocol Transport {
  /// Sends one request and returns its whole answer, whatever its status.
  func send(_ request: Request) async throws(TransportError) -> Response

  /// Sends one request and hands a 2xx answer's body to `sink` piece by piece.
  ///
  /// The answer's own `body` is empty then; the body of any other status is collected in it as
  /// ``send(_:)`` does, and `sink` sees nothing of it.
  func stream(_ request: Request, into sink: any BodySink) async throws(TransportError) -> Response
}

/// Takes a body as it arrives, on the transport's own domain, never concurrently.
package protocol BodySink: AnyObject {
  /// Takes the next piece, which is valid during the call only; false ends the transfer.
  func take(_ piece: UnsafeRawBufferPointer) -> Bool
}

/// A call that brought no whole answer.
package struct TransportError: Error, Sendable, Equatable {
  package enum Reason: String, Sendable {
    /// The far side never saw the request: refused connection, unknown name, TLS refusal.
    case notSent
    /// The far side may have acted: reset, time-out or truncated answer after the request went out.
    case answerLost
    /// The answer was longer than ``Request/answerBytesLimit``.
    case tooLarge
    /// The caller was cancelled, or the sink ended the transfer.
    case cancelled
    /// A URL that the configuration does not allow.
    case forbidden
  }

  package var reason: Reason
  /// One sentence that says what happened, without any header or body.
  package var message: String

  package init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}
