import CurlTransport
import Testing

@testable import Daemon

@Suite struct MailURLTests {
  @Test(
    "O5: a user may stand before the host, percent signs read, an address as it is",
    arguments: [
      ("smtp://h:25", "smtp://h:25", nil),
      ("smtps://[::1]:465", "smtps://[::1]:465", nil),
      ("smtp://ops@h", "smtp://h", "ops"),
      (
        "smtp://ops@example.com@mail.example.com:587", "smtp://mail.example.com:587",
        "ops@example.com"
      ),
      ("SMTP://a%40b%3Ac@h", "smtp://h", "a@b:c"),
      ("smtp://caf%C3%A9@h", "smtp://h", "café"),
    ] as [(String, String, String?)])
  func good(_ text: String, _ server: String, _ user: String?) throws {
    guard case .good(let url, let found) = MailURL(text) else {
      Issue.record("\(text) is refused")
      return
    }
    #expect(url.description == server)
    #expect(found == user)
    let mail = Configuration.Mail(to: "a@b", from: "a@b", smtpURL: url, user: user, on: [])
    #expect(MailURL(mail.smtpURLWithUser) == .good(url, user: user), "written and read again")
  }

  @Test(
    "O5: a password in the URL is told from a URL that is none",
    arguments: ["smtp://u:p@h", "smtps://u:@h:465", "smtp://:p@h", "smtp://a@b:p@h"])
  func password(_ text: String) {
    #expect(MailURL(text) == .password)
  }

  @Test(
    "O5: what is no SMTP server is refused",
    arguments: [
      "", "@", "h", "http://h", "smtp://", "smtp://@h", "smtp://u@", "smtp://u%4@h",
      "smtp://u%zz@h",
      "smtp://u%0A@h", "smtp://u%FF@h", "smtp://h/path", "smtp://h:0", "smtp://a b@h", "u@h",
    ])
  func bad(_ text: String) {
    #expect(MailURL(text) == .bad)
  }

  @Test("O5: another host is spoken to encrypted or not at all; this machine where it can be")
  func encryption() throws {
    func server(_ text: String) throws -> String {
      guard case .good(let url, let user) = MailURL(text) else { return "refused" }
      let mail = Configuration.Mail(to: "a@b", from: "a@b", smtpURL: url, user: user, on: [])
      return "\(mail.server(password: nil, caFile: nil).encryption)"
    }
    #expect(try server("smtp://mail.example.com:25") == "required")
    #expect(try server("smtp://10.0.0.1") == "required")
    #expect(try server("smtp://localhost.:25") == "required")
    #expect(try server("smtp://localhost:25") == "tried")
    #expect(try server("smtp://127.0.0.1:25") == "tried")
    #expect(try server("smtp://[::1]:25") == "tried")
    #expect(try server("smtps://localhost") == "implicit")
    #expect(try server("smtps://mail.example.com") == "implicit")
  }
}
