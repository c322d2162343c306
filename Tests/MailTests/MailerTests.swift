import CurlTransport
import Engine
import EventLoop
import Store
import SyncCore
import TestSupport
import Testing

@testable import Daemon

@Suite(.serialized) @EventLoop struct MailerTests {
  private static let hour: Int64 = 3_600_000

  @Test("I2, O5: the initial sync is told once, though the process ended before it could say so")
  func initial() async throws {
    let bench = try MailBench()
    try bench.run()
    bench.end()
    // Done in the store, and then killed: nobody heard of it.
    try bench.finishInitialSync()
    bench.restart()
    try bench.run()
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["initial-sync"])
    bench.restart()
    try bench.run()
    bench.mailer.note(.pollFinished)
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.tries == 1)
    bench.end()
  }

  @Test("O5: what was over before anybody wanted mail is not told")
  func earlier() async throws {
    let bench = try MailBench(nil)
    try bench.run()
    try bench.finishInitialSync()
    try bench.mailer.adopt(MailBench.settings)
    bench.mailer.note(.pollFinished)
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.tries == 0)
    bench.end()
  }

  @Test("O5: a mail is owed with the transaction that made it true, or not at all")
  func rolledBack() async throws {
    struct Undone: Error {}
    let bench = try MailBench()
    try bench.run()
    #expect(throws: Undone.self) {
      try bench.store.transaction {
        try bench.enters(MailBench.token, "side:intercom")
        throw Undone()
      }
    }
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.tries == 0)
    bench.end()
  }

  @Test("O5: broken at once, one mail for all entries of a side and over restarts; then recovered")
  func pair() async throws {
    let bench = try MailBench()
    try bench.run()
    try bench.breaks(MailBench.token, "side:intercom")
    try bench.breaks(MailBench.token, "side:intercom-events")
    await bench.clock.settle()
    #expect(bench.carrier.subjects == ["[sfsync] Intercom is broken on box"])
    bench.restart()
    try bench.run()
    try bench.recovers("side:intercom")
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken"], "one entry is open still")
    try bench.recovers("side:intercom-events")
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken", "recovered"])
    #expect(bench.carrier.letters[1].text.contains("In-Reply-To: <1@example.org>\r\n"))
    bench.end()
  }

  @Test("O5: recovered while nobody was there to see it is told at the next start")
  func recoveredUnseen() async throws {
    let bench = try MailBench()
    try bench.run()
    try bench.breaks(MailBench.token, "side:intercom")
    await bench.clock.settle()
    bench.restart()
    try bench.store.closeErrors(subjectKey: "side:intercom", at: bench.clock.now)
    try bench.run()
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken", "recovered"])
    bench.end()
  }

  @Test("O5: one pair an hour for a side that flaps; what lasts is told when the hour is over")
  func flapping() async throws {
    let bench = try MailBench()
    try bench.run()
    for _ in 0..<5 {
      try bench.breaks(MailBench.token, "side:intercom")
      await bench.clock.advance(milliseconds: 60_000)
      try bench.recovers("side:intercom")
      await bench.clock.advance(milliseconds: 60_000)
    }
    #expect(bench.carrier.occasions == ["broken", "recovered"])
    try bench.breaks(MailBench.token, "side:intercom")
    try bench.breaks(MailBench.token, "side:salesforce")
    await bench.clock.settle()
    #expect(bench.carrier.subjects.last == "[sfsync] Salesforce is broken on box", "its own hour")
    await bench.clock.advance(milliseconds: Self.hour - 11 * 60_000)
    #expect(bench.carrier.occasions.count == 3)
    await bench.clock.advance(milliseconds: 2 * 60_000)
    #expect(bench.carrier.subjects.last == "[sfsync] Intercom is broken on box")
    bench.end()
  }

  @Test("O5: an outage that heals by itself is told after a quarter of an hour")
  func passing() async throws {
    let bench = try MailBench()
    try bench.run()
    try bench.breaks(MailBench.weather, "side:salesforce")
    await bench.clock.advance(milliseconds: 800_000)
    #expect(bench.carrier.tries == 0)
    await bench.clock.advance(milliseconds: 110_000)
    #expect(bench.carrier.occasions == ["broken"])
    try bench.recovers("side:salesforce")
    try bench.breaks(MailBench.weather, "side:intercom")
    await bench.clock.advance(milliseconds: 60_000)
    try bench.recovers("side:intercom")
    await bench.clock.advance(milliseconds: Self.hour)
    #expect(bench.carrier.occasions == ["broken", "recovered"], "a short one is nobody's business")
    bench.end()
  }

  @Test("O5: a clock set back keeps nobody in the dark")
  func clockSetBack() async throws {
    let bench = try MailBench()
    try bench.run()
    try bench.breaks(MailBench.token, "side:intercom")
    await bench.clock.settle()
    try bench.recovers("side:intercom")
    await bench.clock.settle()
    bench.clock.jump(wall: -365 * 86_400_000)
    try bench.breaks(MailBench.token, "side:intercom")
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["broken", "recovered", "broken"])
    bench.end()
  }

  @Test("O5: one attribute that stops Intercom counts, one record's or field's refusal does not")
  func subjects() async throws {
    let bench = try MailBench()
    try bench.run()
    try bench.breaks(
      .init("IC-ALTERED", .refused, cause: "C.", remedy: "R."), "altered:1")
    try bench.breaks(.init("SF-FIELD-HIDDEN", .broken, cause: "C.", remedy: "R."), "field:A__c")
    try bench.breaks(.init("MAIL-LOGIN", .broken, cause: "C.", remedy: "R."), "mail")
    await bench.clock.settle()
    #expect(bench.carrier.tries == 0)
    try bench.breaks(
      .init("IC-ATTRIBUTE-TYPE", .broken, cause: "C.", remedy: "R."), "attribute:TITLE")
    try bench.breaks(.init("SYNC-GUARD", .broken, cause: "C.", remedy: "R."), "guard")
    await bench.clock.advance(milliseconds: 1_000)
    #expect(
      Set(bench.carrier.subjects) == [
        "[sfsync] Intercom is broken on box", "[sfsync] Waits for your consent on box",
      ])
    bench.end()
  }

  @Test("O5: only the occasions that are wanted are told")
  func occasions() async throws {
    var settings = MailBench.settings
    settings.on = [.recovered]
    let bench = try MailBench(settings)
    try bench.run()
    try bench.finishInitialSync()
    bench.mailer.note(.initialFinished)
    try bench.breaks(MailBench.token, "side:intercom")
    try bench.recovers("side:intercom")
    await bench.clock.settle()
    #expect(bench.carrier.occasions == ["recovered"])
    #expect(!bench.carrier.letters[0].text.contains("In-Reply-To"))
    bench.end()
  }
}
