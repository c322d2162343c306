import SyncCore
import Testing

@Suite("T2, T4: the words of a task")
struct TaskTextTests {
  private func message(
    _ id: String, _ body: String?, kind: String = "comment", author: Message.Author? = nil,
    at time: Int64 = 0, isRedacted: Bool = false, attachments: [String] = []
  ) -> Message {
    Message(
      id: id, createdAt: time, kind: kind,
      author: author ?? Message.Author(kind: "user", id: "1", name: "Grace Hopper"), body: body,
      isRedacted: isRedacted, attachments: attachments)
  }

  private func description(
    _ messages: [Message], link: String? = "https://app/c/1", utf16Units: Int = 32_000
  ) -> String {
    LogItem(messages).map {
      TaskText.description($0, link: link, utf16Units: utf16Units) { "at \($0)" }
    } ?? ""
  }

  @Test(
    "T2: the subject is the first words, cut between words",
    arguments: [
      ("<p>Hello there</p>", "Intercom: Hello there"), ("<p>a</p><p>b</p>", "Intercom: a b"),
      (
        "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890",
        "Intercom: 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890…"
      ),
      (
        "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 123 x",
        "Intercom: 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 123…"
      ),
      ("😀", "Intercom: 😀"),
    ])
  func subject(body: String, subject: String) {
    #expect(TaskText.subject([message("1", body)]) == subject)
  }

  @Test("T2: a subject is never too long, nor without a word")
  func subjects() {
    let long = TaskText.subject([message("1", String(repeating: "😀", count: 10_000))])
    #expect(long == "Intercom: " + String(repeating: "😀", count: 40) + "…")
    let late = [message("1", nil), message("2", "<p> </p>"), message("3", "words")]
    #expect(TaskText.subject(late) == "Intercom: words")
    #expect(TaskText.subject([message("1", nil, attachments: ["a.pdf"])]) == "Intercom: attachment")
    #expect(TaskText.subject([message("1", nil)]) == "Intercom: conversation")
    #expect(TaskText.subject([]) == "Intercom: conversation")
    let redacted = [message("1", "This message was deleted", isRedacted: true)]
    #expect(TaskText.subject(redacted) == "Intercom: conversation")
  }

  @Test("T2: the description says who wrote what and when, and ends with link and marker")
  func description() {
    let text = description([
      message("1", "<p>Hello</p><p>World</p>", at: 5),
      message(
        "2", "secret", kind: "note",
        author: Message.Author(kind: "admin", id: "9", name: " ", email: "bob@example.com"), at: 6),
      message(
        "3", nil, author: Message.Author(kind: "bot", id: "0"), at: 7, attachments: ["a.pdf", "b"]),
    ])
    #expect(
      text == """
        Grace Hopper, at 5:
        Hello
        World

        bob@example.com, note, at 6:
        secret

        Bot, at 7:
        [attachment: a.pdf]
        [attachment: b]

        https://app/c/1
        [Intercom message 3]
        """)
    #expect(description([message("1", "x")], link: nil).hasSuffix("x\n\n[Intercom message 1]"))
  }

  @Test("T2: what is too long is cut with a note; link and marker stay, whatever the limit")
  func cut() {
    let long = String(repeating: "😀é", count: 20_000)
    for limit in [32_000, 1_000, 100, 99, 98, 97] {
      let text = description([message("17", long)], utf16Units: limit)
      #expect(text.utf16.count <= limit)
      #expect(text.utf16.count > limit - 4)
      #expect(text.hasSuffix("https://app/c/1\n[Intercom message 17]"))
      #expect(text.contains("(cut here: the rest is in Intercom)"))
      #expect(TaskText.hasMarker(text, part: "17"))
    }
    for limit in [0, 10, 40, 60] {
      #expect(TaskText.hasMarker(description([message("17", long)], utf16Units: limit), part: "17"))
    }
    let whole = description([message("1", "x")])
    #expect(description([message("1", "x")], utf16Units: whole.utf16.count) == whole)
    #expect(description([message("1", "x")], utf16Units: whole.utf16.count - 1) != whole)
  }

  @Test("T2: redacted text is not sent")
  func redacted() {
    let text = description([message("1", "secret", isRedacted: true), message("2", "x")])
    #expect(!text.contains("secret"))
  }

  @Test("T4: the marker is found in what Salesforce gives back, and no other's is")
  func marker() {
    let text = description([message("12", "x")])
    #expect(TaskText.hasMarker(text, part: "12"))
    let windows = text.split(separator: "\n", omittingEmptySubsequences: false).joined(
      separator: "\r\n")
    #expect(TaskText.hasMarker(windows, part: "12"))
    #expect(TaskText.hasMarker(text + "\nadded by sales", part: "12"))
    #expect(TaskText.hasMarker(text + "  ", part: "12"))
    for other in ["1", "2", "123", "112", ""] { #expect(!TaskText.hasMarker(text, part: other)) }
    #expect(!TaskText.hasMarker("he said [Intercom message 12] to me", part: "12"))
    #expect(!TaskText.hasMarker("", part: "12"))
  }
}
