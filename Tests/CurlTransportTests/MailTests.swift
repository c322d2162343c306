import EventLoop
import Foundation
import Testing

@testable import CurlTransport

@Suite(.serialized) @EventLoop struct MailTests {
  static let letter = Letter(
    sender: "sfsync@example.org", recipient: "ops@example.com",
    text: "Subject: S\r\n\r\nOne\r\n.two\r\n..\r\n")

  private func server(
    _ port: Int, _ encryption: MailServer.Encryption = .tried, user: String? = nil,
    password: String? = nil
  ) -> MailServer {
    MailServer(
      host: "127.0.0.1", port: port, encryption: encryption, user: user, password: password)
  }

  private func failure(
    _ server: MailServer, mayHandOver: () -> Bool = { true }
  ) async -> MailError? {
    do throws(MailError) {
      try await MailTransport().deliver(Self.letter, to: server, mayHandOver: mayHandOver)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "O5: a mail goes over with its envelope, dots doubled, and the server's consent to each step")
  func taken() async throws {
    let fake = try FakeMailServer()
    #expect(await failure(server(fake.port)) == nil)
    #expect(
      fake.lines.dropFirst().prefix(9) == [
        "MAIL FROM:<sfsync@example.org>", "RCPT TO:<ops@example.com>", "DATA", "Subject: S", "",
        "One", "..two", "...", ".",
      ])
  }

  @Test("O5: the mark comes when the whole text is out but for its end, and can hold it back")
  func mark() async throws {
    let fake = try FakeMailServer()
    var count = 0
    let error = await failure(server(fake.port)) {
      count += 1
      return false
    }
    #expect(error?.reason == .cancelled)
    #expect(count == 1)
    #expect(!fake.lines.contains("."), "the server has no mail")
  }

  @Test("O5: no STARTTLS where it is wanted: not a word more than the greeting")
  func encryption() async throws {
    let fake = try FakeMailServer()
    let error = await failure(server(fake.port, .required, user: "u", password: "hunter2"))
    #expect(error?.reason == .noEncryption)
    #expect(error?.message == "127.0.0.1:\(fake.port): the server does not offer STARTTLS")
    #expect(fake.lines.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" }, "\(fake.lines)")
  }

  @Test(
    "O5: what the server says to each step decides whether to come again",
    arguments: [
      ("MAIL", "550 5.7.1 not you", MailError.Reason.refused, "to the sender"),
      ("RCPT", "451 4.7.1 greylisted", .later, "to the recipient"),
      ("RCPT", "550-5.1.1 no\r\n550 5.1.1 such user", .refused, "no 5.1.1 such user"),
      ("DATA", "421 4.3.2 closing", .later, "to the announcement of the text"),
      (".", "554 5.6.0 no", .refused, "to the mail"),
      (".", "452 4.3.1 full", .later, "to the mail"),
      ("RCPT", "nonsense", .refused, "nonsense"),
    ])
  func answers(_ step: String, _ answer: String, _ reason: MailError.Reason, _ words: String)
    async throws
  {
    let fake = try FakeMailServer(FakeMailServer.plain(but: [step: answer]))
    let error = await failure(server(fake.port))
    #expect(error?.reason == reason, "\(error?.message ?? "taken")")
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("O5: lost before the end of the text is nothing; lost behind it, nobody knows")
  func lost() async throws {
    for step in ["MAIL", "RCPT", "DATA"] {
      let fake = try FakeMailServer(FakeMailServer.plain(hangingUpAt: step))
      #expect(await failure(server(fake.port))?.reason == .unreachable, "\(step)")
    }
    let fake = try FakeMailServer(FakeMailServer.plain(hangingUpAt: "."))
    #expect(await failure(server(fake.port))?.reason == .unsure)
  }

  @Test("O5: nobody there, or nobody who speaks SMTP")
  func unreachable() async throws {
    let closed = await failure(server(try LoopbackServer.closedPort()))
    #expect(closed?.reason == .unreachable)
    #expect(closed?.message.contains("Connection refused") == true, "\(closed?.message ?? "")")
    let web = try FakeMailServer { $0.isEmpty ? "HTTP/1.1 400 Bad Request" : nil }
    #expect(await failure(server(web.port))?.reason == .unreachable)
    let full = try FakeMailServer { $0.isEmpty ? "421 4.7.0 too many connections" : nil }
    #expect(await failure(server(full.port))?.reason == .later)
  }

  @Test("O5: a server that is silent in the middle ends with the time limit")
  func silent() async throws {
    for (step, reason) in [("RCPT", MailError.Reason.unreachable), (".", .unsure)] {
      let fake = try FakeMailServer(FakeMailServer.plain(but: [step: ""]))
      var server = server(fake.port)
      server.timeLimit = .milliseconds(300)
      #expect(await failure(server)?.reason == reason, "\(step)")
    }
  }

  @Test("O5: the loop runs on while the server thinks about a mail")
  func loopRuns() async throws {
    let fake = try FakeMailServer { line in
      if line == "." { Thread.sleep(forTimeInterval: 0.4) }
      return FakeMailServer.plain(line)
    }
    let ticker = Task { @EventLoop () -> Int in
      var turns = 0
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(10))
        turns += 1
      }
      return turns
    }
    #expect(await failure(server(fake.port)) == nil)
    ticker.cancel()
    let turns = await ticker.value
    #expect(turns >= 10, "\(turns) turns of the loop in 400 ms")
  }

  @Test("O3: cancelled before the end of the text the server has nothing; behind it, nobody knows")
  func cancelled() async throws {
    for (step, reason) in [("RCPT", MailError.Reason.cancelled), (".", .unsure)] {
      let fake = try FakeMailServer(FakeMailServer.plain(but: [step: ""]))
      let transport = MailTransport()
      let sending = Task { @EventLoop () -> MailError? in
        do throws(MailError) {
          try await transport.deliver(Self.letter, to: server(fake.port)) { true }
          return nil
        } catch {
          return error
        }
      }
      while !fake.lines.contains(where: { $0.hasPrefix(step) }) {
        try await Task.sleep(for: .milliseconds(5))
      }
      transport.cancel()
      #expect(await sending.value?.reason == reason, "\(step)")
    }
  }

  @Test("O5: a probe names sender and recipient and sends no text")
  func probe() async throws {
    let fake = try FakeMailServer()
    try await MailTransport().probe(Self.letter, to: server(fake.port))
    #expect(fake.lines.contains("RCPT TO:<ops@example.com>"))
    #expect(!fake.lines.contains("DATA"))
  }

  @Test("O5: a server that repeats the password does not get it into an error")
  func repeatedPassword() async throws {
    let fake = try FakeMailServer { line in
      switch line.prefix(4) {
      case "EHLO": "250-mail.test\r\n250 AUTH PLAIN"
      case "AUTH": "334 "
      case _ where line.hasSuffix("="): "235 welcome hunter2"
      case "RCPT": "550 no hunter2, no"
      default: FakeMailServer.plain(line)
      }
    }
    let error = await failure(server(fake.port, user: "u", password: "hunter2"))
    #expect(error?.reason == .refused)
    #expect(error?.message.contains("no ‹secret›, no") == true, "\(error?.message ?? "")")
    let login = try FakeMailServer { line in
      switch line.prefix(4) {
      case "EHLO": "250-mail.test\r\n250 AUTH PLAIN"
      case "AUTH": "334 "
      case _ where line.hasSuffix("="): "535 not hunter2, AGh1bnRlcjI="
      default: FakeMailServer.plain(line)
      }
    }
    let refused = await failure(server(login.port, user: "u", password: "hunter2"))
    #expect(refused?.reason == .login)
    #expect(
      refused?.message.contains("hunter2") == false && refused?.message.contains("AGh") == false,
      "\(refused?.message ?? "")")
  }

  @Test("O5: an answer is whole when a line without a hyphen has come; odd bytes are blanks")
  func replies() {
    var reply = SMTPReply()
    reply.take("250-first".utf8)
    #expect(!reply.isWhole)
    reply.take("250 second\u{1B}[0m".utf8)
    #expect(reply.isWhole)
    #expect(reply.code == 250)
    #expect(reply.text == "250 first second [0m")
    reply.take("".utf8)
    #expect(reply.isWhole && reply.code == 0 && reply.text == "")
    reply.take("99".utf8)
    #expect(reply.code == 0)
    for _ in 0..<1_000 { reply.take("250-\(String(repeating: "x", count: 5_000))".utf8) }
    #expect(reply.text.utf8.count <= 300)
  }
}
