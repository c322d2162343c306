import EventLoop
import Salesforce
import Store
import SyncCore

/// What the writers to Salesforce share: the clients, the settlements, and Salesforce's health.
@EventLoop final class SalesforceDesk {
  let parts: EngineParts
  let settlements: Settlements
  /// The breaker of all writing to Salesforce; reading has its own.
  let health: SideHealth
  /// A person whom Intercom no longer has, and the one it was merged into; inside a transaction.
  var onPersonGone: ((_ personID: String, _ survivor: String?) throws -> Void)?
  /// Something was let go that other deliverers have to look at.
  var onReleased: (() -> Void)?
  /// Nothing new is begun any more: what is under way is to end (O3).
  var isStopping = false

  var store: Store { parts.store }
  var settings: EngineSettings { parts.settings }
  var clock: any Clock { parts.clock }

  init(_ parts: EngineParts) {
    self.parts = parts
    settlements = Settlements(parts.store)
    health = SideHealth("salesforce-writes", clock: parts.clock, random: parts.random)
  }

  // MARK: Health

  /// Salesforce took a write or refused just that one: the side is well.
  ///
  /// Inside a transaction.
  func answered() throws {
    guard health.succeeded(isWrite: true) else { return }
    guard try store.closeErrors(subjectKey: health.subjectKey, at: clock.now) > 0 else { return }
    parts.report(Occurrence(.sideRecovered, "Salesforce takes changes again.", side: .salesforce))
  }

  /// Takes a failure of a whole call, whose deliveries the caller settles.
  ///
  /// Inside a transaction. What is refused of a whole call concerns no single record: the side
  /// counts as broken then.
  func failed(_ failure: Failure) throws {
    guard failure.side == .salesforce, !Self.ofRecords.contains(failure.meaning),
      health.failed(failure, isWrite: false)
    else { return }
    try store.enter(Report(failure, subjectKey: health.subjectKey), now: clock.now)
    parts.report(
      Occurrence(
        .sideBroken,
        "Salesforce takes no changes. \(failure.sentence) \(failure.meaning.remedy)",
        failure: failure))
  }

  /// Passing all the same, but the affair of one record.
  private static let ofRecords = [
    SalesforceMeaning.locked, SalesforceMeaning.halted, SalesforceMeaning.stale,
  ]

  /// Ends an illness when nothing is left whose writing could mend the side.
  ///
  /// Inside a transaction.
  func rested() throws {
    if health.state != .well, try store.outboxCounts().toSalesforce == 0 { try answered() }
  }

  /// Tries one delivery later that was surely not taken.
  ///
  /// Inside a transaction.
  func later(_ delivery: SalesforceDelivery, _ failure: Failure? = nil) throws {
    try store.postpone(
      delivery, failedAt: clock.now, until: nextTry(of: delivery, after: failure))
  }

  // MARK: Time

  /// When a delivery that has failed may be tried again, in milliseconds UTC of our clock.
  func nextTry(of delivery: SalesforceDelivery, after failure: Failure? = nil) -> Int64 {
    let now = clock.now
    let wait = Backoff().wait(
      firstFailure: delivery.firstFailedAt ?? now, now: now, random: parts.random())
    return now + max(wait, failure?.waitMilliseconds ?? 0)
  }

  /// Salesforce's clock as far as its answers have told, in milliseconds UTC: never ahead of it.
  var serverTime: Int64? { parts.salesforceNow }
}
