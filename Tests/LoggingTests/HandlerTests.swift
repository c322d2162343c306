import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Daemon

/// What a handler under test has written.
private final class Sink: Sendable {
  private let lines = Mutex<[String]>([])

  var written: [String] { lines.withLock { $0 } }

  func write(_ line: String) { lines.withLock { $0.append(line) } }
}

private func plain(_ sink: Sink, _ level: Logger.Level = .info) -> Log {
  Log(
    Logger(label: "sfsyncd") { _ in
      PlainHandler(
        level: level, now: { Date(timeIntervalSince1970: 1_795_341_600) }, write: sink.write)
    })
}

private func journal(_ sink: Sink, _ level: Logger.Level = .info, answer: Int32 = 0) -> Log {
  Log(
    Logger(label: "sfsyncd") { label in
      JournalHandler(
        level: level, identifier: label,
        send: { fields in
          fields.forEach(sink.write)
          return answer
        }, fallback: { sink.write("fallback " + $0) })
    })
}

@Suite struct PlainHandlerTests {
  @Test("a line has time, level, event, sentence and fields in a fixed order")
  func line() {
    let sink = Sink()
    plain(sink).event(
      .pollFinished, "Read 3 changed records.", [.httpStatus: 200, .cycle: 12, .contact: "5f"])
    #expect(
      sink.written == [
        "2026-11-22T10:00:00Z info poll.finished: Read 3 changed records. cycle=12 contact=5f "
          + "http_status=200\n"
      ])
  }

  @Test("a line break or a control character cannot forge a line")
  func forged() {
    let sink = Sink()
    plain(sink).event(.errorOpened, "one\ntwo\u{1b}[31m\u{2028}", [.record: "a b\nc"])
    #expect(
      sink.written == [
        "2026-11-22T10:00:00Z warning error.opened: one\\ntwo\\u{1b}[31m\\u{2028} "
          + "record=\"a b\\\\nc\"\n"
      ])
  }

  @Test("what is below the level is neither written nor computed")
  func levels() {
    let sink = Sink()
    let computed = Mutex(false)
    func sentence() -> String {
      computed.withLock { $0 = true }
      return "x"
    }
    plain(sink).event(.deliveryParked, sentence())
    plain(sink).debug(sentence())
    #expect(sink.written.isEmpty)
    #expect(!computed.withLock { $0 })
    plain(sink, .debug).debug(sentence(), [.cycle: 1])
    #expect(sink.written == ["2026-11-22T10:00:00Z debug: x cycle=1\n"])
  }

  @Test("an e-mail address is in a line at debug only, a token never")
  func redacted() {
    let sink = Sink()
    let log = plain(sink, .debug)
    log.event(.errorOpened, "ada@example.com", [.contact: "bob@example.com", .code: "Bearer abc"])
    log.debug("ada@example.com", [.code: "Bearer abc"])
    #expect(sink.written[0].hasSuffix("‹e-mail› contact=‹e-mail› code=\"Bearer ‹secret›\"\n"))
    #expect(sink.written[1].hasSuffix("ada@example.com code=\"Bearer ‹secret›\"\n"))
  }

  @Test("metadata of other libraries is redacted as well, and a secret prints as such")
  func foreign() {
    let sink = Sink()
    var logger = plain(sink).logger
    logger[metadataKey: "who"] = "ada@example.com"
    logger.warning("w \(Secret("hush"))", metadata: ["list": ["00Dxx0000001gPF!AQ8"]])
    #expect(!sink.written[0].contains("ada@"))
    #expect(!sink.written[0].contains("hush"))
    #expect(!sink.written[0].contains("AQ8"))
  }
}

@Suite struct JournalHandlerTests {
  @Test("an entry has the journal's fields")
  func fields() {
    let sink = Sink()
    journal(sink).event(
      .sideBroken, "Salesforce refuses the client.",
      [
        .code: "SF-AUTH", .attempt: 2, .httpStatus: 400, .requestID: "abc", .object: "Lead",
        .cycle: 7, .contact: "5f", .record: "00Q", .side: "salesforce",
      ])
    #expect(
      sink.written == [
        "MESSAGE=Salesforce refuses the client.", "PRIORITY=3", "SYSLOG_IDENTIFIER=sfsyncd",
        "MESSAGE_ID=0f78c5d874db470f807d3a52d9c5fe1e", "SFSYNC_EVENT=side.broken",
        "SFSYNC_SIDE=salesforce", "SFSYNC_CYCLE=7", "SFSYNC_CONTACT=5f", "SFSYNC_RECORD=00Q",
        "SFSYNC_OBJECT=Lead", "SFSYNC_CODE=SF-AUTH", "SFSYNC_ATTEMPT=2",
        "SFSYNC_HTTP_STATUS=400", "SFSYNC_REQUEST_ID=abc",
      ])
  }

  @Test("a field of another library becomes a name that the journal takes")
  func foreignNames() {
    let sink = Sink()
    journal(sink).logger.info("x", metadata: ["a.b-ü": "1", "_k": "2"])
    #expect(sink.written.contains("SFSYNC_A_B___=1"))
    #expect(sink.written.contains("SFSYNC__K=2"))
  }

  @Test("what the journal refuses goes to stderr")
  func refused() {
    let sink = Sink()
    journal(sink, answer: -12).event(.pollFinished, "x")
    #expect(sink.written.last?.hasSuffix("info poll.finished: x\n") == true)
    #expect(sink.written.last?.hasPrefix("fallback ") == true)
  }

  @Test("the journal is used only where stderr is its stream")
  func wanted() {
    #expect(!JournalHandler.isWanted(environment: [:]))
    #expect(!JournalHandler.isWanted(environment: ["JOURNAL_STREAM": "0:0"]))
    #expect(!JournalHandler.isWanted(environment: ["JOURNAL_STREAM": "rubbish"]))
  }

  @Test("libsystemd takes our fields")
  func real() {
    // 0 with or without a journal; negative when a field is malformed.
    #expect(JournalHandler.toJournal(["MESSAGE=sfsync test", "PRIORITY=7", "SFSYNC_EMPTY="]) <= 0)
    #expect(JournalHandler.toJournal(["MESSAGE=sfsync test", "PRIORITY=7"]) == 0)
  }
}

@Suite struct JournalEventTests {
  @Test("each event has a name and an id of its own")
  func distinct() {
    let events = JournalEvent.allCases
    #expect(Set(events.map(\.messageID)).count == events.count)
    for event in events {
      #expect(event.messageID.utf8.count == 32)
      #expect(event.messageID.allSatisfy { $0.isHexDigit && !$0.isUppercase })
      #expect(event.rawValue.contains("."))
      #expect(event.rawValue.allSatisfy { $0.isLowercase || $0 == "." })
    }
  }

  @Test("ids that people's alerts hold on to do not change")
  func pinned() {
    #expect(JournalEvent.serviceReady.messageID == "c25dc00b3a654ba88cf8d8025190a4c0")
    #expect(JournalEvent.sideBroken.messageID == "0f78c5d874db470f807d3a52d9c5fe1e")
    #expect(JournalEvent.errorOpened.messageID == "2b302ddf779d4360b7c1fd62d905e21b")
  }

  @Test("a poll is one line at info; a record is at debug")
  func levels() {
    #expect(JournalEvent.pollFinished.level == .info)
    #expect(JournalEvent.deliveryParked.level == .debug)
  }
}
