import CurlTransport
import EventLoop
import SyncCore

/// Whether the mail server would take our mail; it gets none.
@EventLoop struct MailCheck {
  let credentials: Credentials
  let transport: MailTransport

  static let name = "mail"

  /// Nothing where no mail is configured.
  func run(_ configuration: Configuration) async -> [CheckResult] {
    guard let mail = configuration.mail else { return [] }
    let password: String?
    do throws(CredentialError) {
      password = try mail.user == nil ? nil : credentials.secret(.smtpPassword).reveal()
    } catch {
      return [
        .failed(
          Self.name, MailMeaning.credential, answer: error.description, exitCode: error.exitCode)
      ]
    }
    do throws(MailError) {
      try await transport.probe(
        Letter(sender: mail.from, recipient: mail.to, text: ""),
        to: mail.server(password: password, caFile: configuration.tls.caFile))
    } catch {
      let words = Redaction.clean(error.message, keepEmails: false)
      return [.failed(Self.name, error.reason.meaning ?? MailMeaning.unreachable, answer: words)]
    }
    let login = mail.user == nil ? "" : ", with the login"
    return [
      .good(
        Self.name, "\(mail.smtpURL) takes mail from and to these addresses\(login); none was sent")
    ]
  }
}
