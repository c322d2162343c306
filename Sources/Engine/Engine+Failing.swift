import EventLoop
import Store
import SyncCore

// What becomes of a failed poll or full read in the journal and the register.
@EventLoop extension Engine {
  /// One line until a poll succeeds or fails for another reason; the retries are for debugging.
  func noteFailed(_ failure: Failure, wait: Int64) {
    parts.report(
      Occurrence(
        .pollFailed,
        "A poll failed. \(failure.sentence) It is tried again, next in \((wait + 999) / 1000) s.",
        failure: failure, isRepeated: failingCode == failure.meaning.code))
  }

  func enter(_ failure: Failure) throws {
    try parts.store.enter(
      Report(failure, subjectKey: salesforceHealth.subjectKey), now: parts.clock.now)
    parts.report(
      Occurrence(
        .sideBroken, "Salesforce is in trouble. \(failure.sentence) \(failure.meaning.remedy)",
        failure: failure))
  }

  func recovered() throws {
    guard salesforceHealth.succeeded(isWrite: false) else { return }
    try parts.store.transaction {
      let closed = try parts.store.closeErrors(
        subjectKey: salesforceHealth.subjectKey, at: parts.clock.now)
      if closed > 0 {
        parts.report(Occurrence(.sideRecovered, "Salesforce answers again.", side: .salesforce))
      }
    }
  }
}
