import CurlTransport
import Engine
import EventLoop
import Store
import SyncCore
import Foundation
import TestSupport
import Testing

@testable import Daemon

@Suite(.serialized) @EventLoop struct MailPostTests {
  private static let hour: Int64 = 3_600_000

  /// One mail is owed: the initial sync is done.
  private func owing(_ answers: [MailError.Reason]) throws -> MailBench {
    let bench = try MailBench()
    try bench.run()
    bench.carrier.answers = answers
    try bench.finishInitialSync()
    bench.mailer.note(.initialFinished)
    return bench
  }

  @Test("O5: a server that is away is tried again with growing waits, under one entry that closes")
  func away() async throws {
    let bench = try owing(Array(repeating: .unreachable, count: 6))
    await bench.clock.settle()
    #expect(try bench.codes == ["MAIL-UNREACHABLE"])
    await bench.clock.advance(milliseconds: 60_000)
    #expect((3...5).contains(bench.carrier.tries), "\(bench.carrier.tries) tries in a minute")
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.occasions == ["initial-sync"])
    #expect(try bench.codes == [])
    bench.end()
  }

  @Test("O5: given up after three days, with words")
  func givenUp() async throws {
    let bench = try owing(Array(repeating: .later, count: 10_000))
    await bench.clock.advance(milliseconds: 71 * Self.hour)
    #expect(try bench.codes == ["MAIL-LATER"])
    let tries = bench.carrier.tries
    #expect(tries < 200, "\(tries) tries in three days")
    await bench.clock.advance(milliseconds: 3 * Self.hour)
    #expect(try bench.codes == ["MAIL-GIVEN-UP"])
    let last = bench.carrier.tries
    await bench.clock.advance(milliseconds: 48 * Self.hour)
    #expect(bench.carrier.tries == last)
    bench.end()
  }

  @Test("O5: a refused login is tried seldom, so that it locks no account")
  func login() async throws {
    let bench = try owing(Array(repeating: .login, count: 10_000))
    await bench.clock.advance(milliseconds: 24 * Self.hour)
    #expect(try bench.codes == ["MAIL-LOGIN"])
    #expect(bench.carrier.tries <= 32, "\(bench.carrier.tries) tries in a day")
    bench.carrier.answers = []
    bench.mailer.retry()
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["initial-sync"])
    bench.end()
  }

  @Test("O5: refused is one try, over restarts too; other settings or a retry are another")
  func refused() async throws {
    let bench = try owing([.refused])
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(try bench.codes == ["MAIL-REFUSED"])
    bench.restart()
    try bench.run()
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.tries == 1)
    // The next mail is another matter, and does not close the entry of the first.
    try bench.breaks(MailBench.token, "side:intercom")
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken"])
    #expect(try bench.codes == ["MAIL-REFUSED", "IC-TOKEN"])
    var settings = MailBench.settings
    settings.to = "others@example.com"
    try bench.mailer.adopt(settings)
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken", "initial-sync"])
    #expect(bench.carrier.letters[1].recipient == "others@example.com")
    #expect(try bench.codes == ["IC-TOKEN"])
    bench.end()
  }

  @Test("O5: once the end of its text may be out a mail does not go again")
  func unsure() async throws {
    let bench = try owing([.unsure])
    await bench.clock.advance(milliseconds: 24 * Self.hour)
    #expect(bench.carrier.tries == 1)
    #expect(try bench.codes == ["MAIL-UNSURE"])
    bench.end()
  }

  @Test("O5: the mark is in the store before the end of the text goes out, and holds over a kill")
  func marked() async throws {
    let bench = try owing([.unsure])
    var kept: MailBook?
    bench.carrier.onMark = { kept = try? MailBook.find(bench.store) }
    await bench.clock.settle()
    let book = try #require(kept)
    #expect(book.owed.map(\.isHandedOver) == [true])
    // The process ended right there.
    try book.save(bench.store)
    bench.restart()
    try bench.run()
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.tries == 1)
    #expect(try bench.codes == ["MAIL-UNSURE"])
    #expect(try MailBook.load(bench.store).owed.isEmpty)
    bench.end()
  }

  @Test("O5: broken goes before recovered, however long the server was away")
  func order() async throws {
    let bench = try owing(Array(repeating: .unreachable, count: 3))
    try bench.breaks(MailBench.token, "side:intercom")
    try bench.recovers("side:intercom")
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.occasions == ["initial-sync", "broken", "recovered"])
    bench.end()
  }

  @Test("O5: a password that is not there is an entry; no server is asked without it")
  func missingPassword() async throws {
    var settings = MailBench.settings
    settings.user = "ops"
    let bench = try MailBench(settings)
    try bench.run()
    try bench.finishInitialSync()
    bench.mailer.note(.initialFinished)
    await bench.clock.settle()
    #expect(try bench.codes == ["MAIL-PASSWORD-MISSING"])
    #expect(bench.carrier.tries == 0)
    let file = bench.directory + "/smtp-password"
    try "pass-word\n".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    bench.mailer.retry()
    await bench.clock.settle()
    #expect(bench.carrier.servers.last?.password == "pass-word")
    #expect(try bench.codes == [])
    #expect(try bench.store.get("mail")?.contains("pass-word") == false)
    bench.end()
  }

  @Test("O5: what the server says about addresses does not get into the register")
  func addresses() async throws {
    let bench = try owing([.refused])
    await bench.clock.settle()
    let entry = try #require(try bench.store.errors(all: true, after: 0, limit: 1).first)
    #expect(entry.answer == "said no to ‹e-mail›")
    bench.end()
  }

  @Test("O5: mail switched off forgets what is owed, and its entries")
  func switchedOff() async throws {
    let bench = try owing(Array(repeating: .later, count: 100))
    await bench.clock.settle()
    try bench.mailer.adopt(nil)
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(try bench.codes == [])
    #expect(try bench.store.get("mail") == nil)
    #expect(bench.carrier.tries == 1)
    bench.end()
  }
}
