import Control
import Testing

@testable import sfsyncctl

@Suite struct ViewTests {
  @Test("I2: status tells everything in lines that fit 80 columns")
  func status() {
    let text = StatusView(status: Samples.status, now: Samples.now).text
    #expect(
      text == """
        sfsyncd 0.1.0 is idle, up 12 s
        Initial sync  done, 1,200 people
        Last poll     2026-11-22T10:00:00Z (0 s ago), 0.8 s, 3 changed
                      1 call to Salesforce, 2 calls to Intercom
        Next poll     2026-11-22T10:05:00Z (in 5 min)
        Links         900 people: 700 leads, 200 contacts
                      4 matched by several records ('sfsyncctl matches')
        Queue         empty
        Salesforce    18 of 100,000 calls used today, 12 of 20,000 by sfsyncd
        Intercom      1,600 of 1,667 calls left in this window of 10 s
        Errors        none open
        """)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("I2: status shows phase, done, total, rate and time left of an initial sync")
  func initialSync() {
    var status = Samples.status
    status.state = .initialSync
    status.notices = ["Salesforce's daily share is used up: reading goes on at 00:00 UTC."]
    status.environment = "sandbox"
    status.initialSync = InitialSync(
      phase: .intercom, done: 1200, total: 2500, fraction: 0.48, perSecond: 130, secondsLeft: 10)
    status.queue = QueueCounts(pending: 3, parked: 1, oldest: 61)
    status.errors.open = 1
    let view = StatusView(status: status, now: Samples.now)
    let lines = view.text.split(separator: "\n")
    #expect(lines.first == "sfsyncd 0.1.0 is in its initial sync on a sandbox, up 12 s")
    #expect(lines.contains("! Salesforce's daily share is used up: reading goes on at 00:00 UTC."))
    #expect(lines.contains("Initial sync  intercom [#########-----------] 48 %"))
    #expect(lines.contains("              1,200 of 2,500, 130/s, 10 s left"))
    #expect(
      lines.contains(
        "Queue         3 waiting, the oldest for 1 min 1 s; 1 refused ('sfsyncctl errors')"))
    #expect(
      view.line
        == """
        2026-11-22T10:00:00Z initial-sync, initial sync intercom 48 %, 3 queued, 1 refused, \
        1 open error
        """)
  }

  @Test("I2: numbers that nobody should send are no trap")
  func hostileNumbers() {
    var status = Samples.status
    status.initialSync = InitialSync(
      phase: .match, done: .min, total: .max, fraction: .infinity, perSecond: .nan,
      secondsLeft: .min)
    status.budget.salesforce = SalesforceBudget(
      used: .max, limit: .max, ours: .min, share: .infinity)
    status.nextPollAt = Timestamp(milliseconds: .max)
    status.lastPoll?.at = Timestamp(milliseconds: .min)
    #expect(!StatusView(status: status, now: Samples.now).text.isEmpty)
  }

  @Test("control: a table is as wide as its cells, and cut only for a terminal")
  func table() {
    let table = Table(
      header: ["ID", "WHAT"], rows: [["1", "a long sentence about it"], ["22", ""]])
    #expect(table.render(width: nil) == "ID  WHAT\n1   a long sentence about it\n22")
    #expect(table.render(width: 14) == "ID  WHAT\n1   a long se…\n22")
  }

  @Test("control: foreign text cannot steer the terminal")
  func printable() {
    let hostile = Table(header: ["X"], rows: [["a\u{1B}[2Jb\nc\u{9B}d\u{202E}e"]])
    #expect(hostile.render(width: nil) == "X\na\u{FFFD}[2Jb c\u{FFFD}d\u{FFFD}e")
  }

  @Test("E1: the error list and its details")
  func errors() {
    #expect(
      ErrorsView(entries: [Samples.error]).table(width: nil) == """
        ID  CODE               STATE  COUNT  ABOUT                      WHAT
        12  SF-REQUIRED-FIELD  open   2      00Q000000000001AAA / 5f1a  The lead was not created.

        'sfsyncctl errors show ID' tells the cause and what to do.
        """)
    #expect(
      ErrorsView.details(Samples.error) == """
        Error       12, SF-REQUIRED-FIELD (refused), open
        About       00Q000000000001AAA / 5f1a
        What        The lead was not created.
        Why         Salesforce requires Industry.
        What to do  Map it under [mapping], or give a value under [leads.defaults].
        Seen        2 times, first 2026-11-22T10:00:00Z, last 2026-11-22T10:00:00Z
        """)
  }

  @Test("O2: plan and queue list deliveries with what they change")
  func deliveries() {
    #expect(
      PlanCommand.table([Samples.planned], width: nil) == """
        TO        KIND        CONTACT  RECORD              CHANGES
        intercom  attributes  5f1a     00Q000000000001AAA  SALESFORCE_STATUS: New → –

        1 delivery; nothing was written.
        """)
    #expect(
      QueueCommand.table([Samples.queued], now: Samples.now, width: nil).split(separator: "\n").last
        == """
        7   fresh  waiting  salesforce  fields  00Q000000000001AAA  2      1 min 5 s  in 9 s    \
        NumberOfEmployees: – → 500
        """)
  }

  @Test("M2: matches and explain say which candidate won and why")
  func candidates() {
    #expect(
      MatchesCommand.table([Samples.match], width: nil) == """
        CONTACT  E-MAIL              RECORD              OBJECT   WHY
        5f1a     ada@example.com  *  003000000000002AAA  Contact  a contact is preferred
                                     00Q000000000001AAA  Lead     a contact matches too

        * is linked; 'sfsyncctl link WHO RECORD' chooses another.
        """)
    let text = ExplanationView(explanation: Samples.explanation).text(width: nil)
    #expect(text.hasPrefix("Intercom user 5f1a, ada@example.com\n"))
    #expect(text.contains("SALESFORCE_STATUS  –"))
    #expect(text.contains("waiting: fields to salesforce, 2 attempts: NumberOfEmployees: – → 500"))
  }

  @Test("control: a sync's end is told with what to do next")
  func syncEnds() {
    #expect(SyncView(result: Samples.result).text == "Done: 3 deliveries settled.")
    let bad = SyncResult(
      finished: true, settled: 1, parked: 2, broken: ["salesforce"], guarded: true)
    #expect(!bad.isClean)
    let text = SyncView(result: bad).text
    #expect(text.hasPrefix("1 delivery settled.\n2 changes were refused: "))
    #expect(text.contains("Salesforce cannot be used now"))
    #expect(text.contains("'sfsyncctl sync --yes'"))
  }

  @Test(
    "control: durations are two units at most",
    arguments: [
      (-5, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (125, "2 min 5 s"),
      (3605, "1 h"), (90_000, "1 d 1 h"),
    ] as [(Int64, String)])
  func durations(seconds: Int64, text: String) {
    #expect(Words.duration(seconds: seconds) == text)
  }

  @Test("control: numbers have separators")
  func numbers() {
    #expect(Words.number(1_234_567) == "1,234,567")
    #expect(Words.number(-1234) == "-1,234")
    #expect(Words.number(999) == "999")
    #expect(Words.number(.min) == "-9,223,372,036,854,775,808")
    #expect(Words.decimal(9.96) == "10")
    #expect(Words.decimal(-0.25) == "-0.3")
    #expect(Words.decimal(.nan) == "–")
  }
}
