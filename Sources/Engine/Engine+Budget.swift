import EventLoop
import FoundationEssentials
import Salesforce
import Store
import SyncCore

/// Salesforce's day and our share of it (S2).
@EventLoop extension Engine {
  /// Past our share of the org's calls only what a person asks for goes on (S2).
  func checkShare() throws {
    guard budget.isExhausted(now: parts.clock.now) else { return try goOnAfterShare() }
    throw Failure(
      .salesforce, EngineMeaning.shareUsed, attempt: "read Salesforce",
      answer: "\(budget.ours(now: parts.clock.now)) calls of ours in 24 hours",
      waitMilliseconds: parts.settings.pollAtMost)
  }

  private func goOnAfterShare() throws {
    guard mayBeWaitingForShare else { return }
    mayBeWaitingForShare = false
    let closed = try parts.store.transaction {
      try parts.store.closeErrors(code: EngineMeaning.shareUsed.code, at: parts.clock.now)
    }
    guard closed > 0 else { return }
    parts.report(
      Occurrence(
        .budgetReleased,
        "sfsync goes on: there are calls left again of its share of Salesforce's daily calls.",
        side: .salesforce))
  }

  /// A wait that was planned is no illness of the side (S2): one entry, and the longest interval.
  func shareUsed(_ failure: Failure) {
    do {
      mayBeWaitingForShare = true
      let isNews = try parts.store.transaction {
        try parts.store.enter(Report(failure, subjectKey: "share"), now: parts.clock.now).isNew
      }
      if isNews {
        parts.report(
          Occurrence(
            .budgetExhausted,
            "Waiting: \(failure.meaning.cause) \(failure.meaning.remedy)", failure: failure))
      }
    } catch {
      onStoreFailure?(error)
    }
    schedule(after: parts.settings.pollAtMost)
  }

  /// Books our calls since the last time on the day's budget.
  package func countCalls() throws {
    let calls = parts.salesforce.calls
    // A full read comes by after every page of Intercom's and every slice of the match.
    guard calls != countedCalls else { return }
    budget.count(Int64(calls - countedCalls), now: parts.clock.now)
    countedCalls = calls
    if let usage = parts.salesforce.usage {
      budget.observe(
        used: Int64(usage.used), limit: Int64(usage.limit), now: parts.clock.now)
    }
    let data = try JSONEncoder().encode(budget)
    try parts.store.transaction {
      try parts.store.set("budget", String(decoding: data, as: UTF8.self))
    }
  }

  /// When the next poll is due: after `milliseconds`, else as far as both budgets allow (S2).
  func schedule(after milliseconds: Int64?) {
    let interval = PollInterval(
      every: parts.settings.pollEvery, atMost: parts.settings.pollAtMost)
    let wait =
      milliseconds
      ?? interval.next(
        salesforce: budget.fraction(now: parts.clock.now), intercom: parts.pace.fraction,
        random: parts.random())
    nextPollAt = parts.clock.uptime + wait
    // What was wanted while the last one was under way is not put off by its interval.
    if milliseconds == nil, let wanted = wantedPollAt { wantPoll(at: wanted) }
  }

  /// Polls at that time of the clock that never jumps, unless one comes sooner.
  func wantPoll(at: Int64) {
    wantedPollAt = min(wantedPollAt ?? at, at)
    nextPollAt = min(nextPollAt ?? at, at)
    wake.raise()
  }
}
