/// Why the mail server did not take a mail, and whether it may have.
package struct MailError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: String, Sendable, CaseIterable {
    /// No connection, or none that speaks SMTP.
    case unreachable
    /// STARTTLS is wanted, and the server does not offer it.
    case noEncryption
    /// The server's certificate is refused.
    case certificate
    /// The server refuses user and password.
    case login
    /// The server asks to come again (4xx).
    case later
    /// The server does not want this mail (5xx).
    case refused
    /// The text went out, and no answer came: the mail may have been taken.
    case unsure
    /// Ended from our side before the text went out.
    case cancelled
  }

  package var reason: Reason
  /// One sentence without a full stop, without secrets; the server's words may hold addresses.
  package var message: String

  package init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  package var description: String { message }
}
