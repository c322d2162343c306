import Control
import Testing

@testable import Daemon

@Suite("I2: the status line")
struct StatusLineTests {
  private var status: Status {
    Status(
      state: .idle, uptime: 60,
      initialSync: InitialSync(phase: .done, done: 900, total: 900, fraction: 1, perSecond: 0),
      nextPollAt: Timestamp("2026-11-22T10:05:30Z"),
      links: LinkCounts(people: 1900, leads: 1200, contacts: 700, ambiguous: 0),
      queue: QueueCounts(pending: 0, parked: 0, oldest: 0),
      budget: Budgets(
        salesforce: SalesforceBudget(ours: 1, share: 0.2), intercom: IntercomBudget()),
      errors: ErrorCounts(open: 0))
  }

  private func line(trouble: String? = nil, _ change: (inout Status) -> Void) -> String {
    var status = status
    change(&status)
    return StatusLine(status: status, trouble: trouble).text
  }

  @Test("idle: who is linked, when it polls next, how many errors")
  func idle() {
    #expect(line { _ in } == "Idle; 1,900 people linked; next poll 10:05 UTC")
    let one = line {
      $0.errors.open = 1
      $0.links.people = 1
      $0.nextPollAt = nil
    }
    #expect(one == "Idle; 1 person linked; 1 error ('sfsyncctl errors')")
  }

  @Test("the initial sync: what it does, how far it is, how long it takes")
  func initial() {
    func initial(_ phase: InitialSyncPhase, _ done: Int64, _ total: Int64, _ left: Int64?) -> String
    {
      line {
        $0.state = .initialSync
        $0.initialSync = InitialSync(
          phase: phase, done: done, total: total,
          fraction: total > 0 ? Double(done) / Double(total) : 0, perSecond: 1, secondsLeft: left)
      }
    }
    #expect(
      initial(.salesforce, 430_000, 1_000_000, 290)
        == "Initial sync: reading Salesforce, 43 % (430,000 of 1,000,000), 5 min left")
    #expect(initial(.intercom, 0, 0, nil) == "Initial sync: reading Intercom")
    #expect(
      initial(.match, 1, 3, 7260)
        == "Initial sync: matching people with records, 33 % (1 of 3), 2 h 1 min left")
    #expect(
      initial(.deliver, 9, 9, 0) == "Initial sync: writing to Intercom, 100 % (9 of 9), 0 s left")
  }

  @Test("the share that is used up, a pause, the guard: each says what goes on, or what to do")
  func waiting() {
    let notice = "Waiting: sfsync's share of Salesforce's daily calls is used up."
    #expect(
      line { $0.notices = [notice] }
        == "Idle; \(notice.dropLast()); 1,900 people linked; next poll 10:05 UTC")
    let paused = line {
      $0.state = .paused
      $0.queue.pending = 1200
    }
    #expect(paused == "Paused ('sfsyncctl resume' ends it); 1,200 changes waiting")
    let guarded = line {
      $0.state = .guarded
      $0.queue.pending = 600
    }
    #expect(guarded.contains("600 changes waiting"))
    #expect(guarded.contains("'sfsyncctl sync --yes'"))
  }

  @Test("degraded: why, by which code, and when it is tried again")
  func degraded() {
    let known = line(trouble: "Salesforce does not accept the app's id and secret (SF-X)") {
      $0.state = .degraded
      $0.errors.open = 2
    }
    #expect(
      known
        == "Degraded: Salesforce does not accept the app's id and secret (SF-X); "
        + "next try 10:05 UTC; 2 errors ('sfsyncctl errors')")
    let unknown = line { $0.state = .degraded }
    #expect(unknown.hasPrefix("Degraded: a side asked sfsync to wait, or does not answer"))
  }

  @Test("the initial sync's line in the journal comes every five minutes, and not at its beginning")
  func progress() {
    var progress = InitialProgress()
    let minute: Int64 = 60_000
    let due = (0...16).filter { progress.isDue(true, at: Int64($0) * minute) }
    #expect(due == [5, 10, 15])
    let done = progress.isDue(false, at: 30 * minute)
    let next = progress.isDue(true, at: 31 * minute)
    #expect(!done && !next)
  }
}

@Suite("Journal: what somebody changed")
struct ControlChangeTests {
  @Test(
    "each call that changes something has a deed in words, without whatever was typed",
    arguments: [
      (ControlCall.pause, "paused sfsync"), (.resume, "resumed sfsync"),
      (.retryErrors(ids: nil), "had all errors tried again"),
      (.retryErrors(ids: [12]), "had error 12 tried again"),
      (.dismissErrors(ids: [1, 2]), "dismissed 2 errors"),
      (
        .sync(SyncOptions(full: false, yes: true, wait: true)),
        "let through the large change that was held back"
      ),
      (
        .link(who: "ada@example.com", record: "00QA"), "linked a person to the record 00QA by hand"
      ),
      (.unlink(who: "ada@example.com"), "ended the link by hand of a person"),
      (.createLead(who: "ada@example.com", fields: ["Email": "a@b.c"]), "asked for a lead"),
      (.createTask(conversation: "77", part: nil), "asked for a task for the conversation 77"),
      (.reload, "had the configuration read again"),
      (.forget(who: "ada@example.com", isSure: true), "erased a person from the store"),
      (.uninstall(isSure: true), "took sfsync out of Salesforce and Intercom"),
    ])
  func deeds(_ call: ControlCall, _ deed: String) {
    let change = ControlChange(call: call)
    #expect(change.deed.hasPrefix(deed))
    #expect(!change.deed.contains("@"))
    #expect(!change.isDetail)
  }

  @Test("a person who is known is named by the id; a plain poll is nothing for the journal")
  func known() {
    let change = ControlChange(call: .unlink(who: "ada@example.com"), contact: "5f")
    #expect(change.deed == "ended the link by hand of the person 5f")
    #expect(ControlChange(call: .sync(SyncOptions())).isDetail)
    #expect(ControlChange(call: .forget(who: "5f", isSure: false)).isDetail)
    #expect(ControlChange(call: .uninstall(isSure: false)).isDetail)
  }
}
