import Foundation
@testable import Store
import Testing

@testable import Daemon

@Suite struct MailMessageTests {
  private func message(_ body: String, subject: String = "S") -> MailMessage {
    MailMessage(
      from: "sfsync@example.org", to: "ops@example.com", subject: subject, body: body,
      messageID: "<1@example.org>", inReplyTo: "", occasion: "broken", at: 1_795_341_600_000)
  }

  @Test("O5: head and body are as RFC 5322 wants them")
  func form() {
    #expect(
      message("One.\n\nTwo.\n").text == """
        Date: Sun, 22 Nov 2026 10:00:00 +0000\r
        From: sfsync <sfsync@example.org>\r
        To: ops@example.com\r
        Subject: S\r
        Message-ID: <1@example.org>\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: 7bit\r
        Auto-Submitted: auto-generated\r
        X-Sfsync-Occasion: broken\r
        \r
        One.\r
        \r
        Two.\r

        """)
  }

  @Test("O5: nothing can begin a field of its own, and no line is too long")
  func injection() {
    let text = message(
      "x\n" + String(repeating: "y", count: 5_000) + "\n" + String(repeating: "word ", count: 500),
      subject: "a\r\nBcc: b@example.com \u{E9}"
    ).text
    #expect(!text.contains("\r\nBcc:"))
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 998 })
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
    #expect(lines.filter { $0.hasPrefix("word") }.allSatisfy { $0.utf8.count <= 76 })
  }

  @Test("O5: what is not ASCII is quoted-printable, in lines of at most 76")
  func quoted() {
    let text = message("Grüße = gut \n" + String(repeating: "é", count: 60)).text
    #expect(text.contains("Content-Transfer-Encoding: quoted-printable\r\n"))
    #expect(text.contains("\r\nGr=C3=BC=C3=9Fe =3D gut=20\r\n"))
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 })
    #expect(lines.joined().components(separatedBy: "=C3=A9").count > 55)
  }

  @Test("O5: durations in their two largest units")
  func durations() {
    let words: [(Int64, String)] = [
      (-5, "less than a second"), (0, "less than a second"), (1, "1 second"), (59, "59 seconds"),
      (60, "1 minute"), (3_725, "1 hour 2 minutes"), (3_601, "1 hour"), (90_000, "1 day 1 hour"),
    ]
    for (seconds, text) in words { #expect(MailText.duration(seconds) == text) }
  }

  @Test("I2, O5: the mail about the initial sync has the counts, and what to run where it matters")
  func initial() {
    let calm = MailText.initialSync(
      LinkCounts(people: 900, leads: 700, contacts: 200, ambiguous: 0), openErrors: 0,
      seconds: 725, host: "box")
    #expect(calm.subject == "[sfsync] Initial sync done on box")
    for words in ["It took 12 minutes 5 seconds.", "linked:         900", "leads:            700"] {
      #expect(calm.body.contains(words), "\(calm.body)")
    }
    #expect(!calm.body.contains("sfsyncctl"))
    let busy = MailText.initialSync(
      LinkCounts(people: 1, leads: 1, contacts: 0, ambiguous: 3), openErrors: 4, seconds: 1,
      host: "box")
    #expect(busy.body.contains("sfsyncctl matches\n"))
    #expect(busy.body.contains("sfsyncctl errors\n"))
  }
}
