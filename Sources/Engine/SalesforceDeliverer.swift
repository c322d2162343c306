package import EventLoop
import Intercom
import Store
import SyncCore

/// Drains the outbox to Salesforce: batches of one kind, behind a breaker and within our share of
/// the org's calls (S2, S8).
@EventLoop package final class SalesforceDeliverer {
  let desk: SalesforceDesk
  private let writers: [any SalesforceWriter]
  private var store: Store { desk.store }

  private var inFlight: Set<Int64> = []
  /// Order keys under way, by kind.
  private var keys: [SalesforceDeliveryKind: Set<String>] = [:]
  /// Batches under way, by kind.
  private var calls: [SalesforceDeliveryKind: Int] = [:]
  /// What the last run left `sending` is known to have an unknown outcome (L6).
  private var isTakenOver = false
  private var isPaused = false
  private let wake = Signal()
  private var watchers: [CheckedContinuation<Void, Never>] = []

  /// Whether only what a person asks for may still call (S2).
  var isShareUsed: () -> Bool = { false }
  /// A failure of the store itself: the engine stops on it.
  var onStoreFailure: ((any Error) -> Void)?
  /// Called after every commit of settlements.
  var onSettled: (() -> Void)?
  /// Deliveries settled or postponed since the start.
  package private(set) var deliveredCount: Int64 = 0

  init(_ desk: SalesforceDesk, writers: [any SalesforceWriter]) {
    self.desk = desk
    self.writers = writers
    desk.settlements.onCommit = { [weak self] in self?.onSettled?() }
  }

  package var health: SideHealth { desk.health }

  package var isIdle: Bool { inFlight.isEmpty && desk.settlements.isIdle }

  /// Whether a batch under way has something of one of these people.
  func isSending(for people: Set<String>) throws -> Bool {
    try inFlight.contains { id in
      try store.salesforceDelivery(id)?.personID.map(people.contains) ?? false
    }
  }

  // MARK: Running

  /// Delivers until the task is cancelled; what is in flight then is settled all the same (O3).
  func run() async {
    while !Task.isCancelled {
      var wait: Int64?
      do {
        wait = try fill()
      } catch {
        onStoreFailure?(error)
        wait = 1_000
      }
      await wake.wait(milliseconds: wait, clock: desk.clock)
    }
    desk.isStopping = true
    tellWatchers()
  }

  /// Something was released, or the side is well again.
  package func stir() { wake.raise() }

  func pause(_ isPaused: Bool) {
    self.isPaused = isPaused
    stir()
  }

  /// Returns when the next batch is through.
  package func nextSettlement() async {
    await withCheckedContinuation { watchers.append($0) }
  }

  private func tellWatchers() {
    for watcher in watchers { watcher.resume() }
    watchers = []
  }

  // MARK: Choosing

  /// Starts as many batches as may be; milliseconds until it makes sense to look again.
  private func fill() throws -> Int64? {
    guard !isPaused else { return nil }
    if health.delay > 0 { return health.delay }
    guard try takeOver() else { return 60_000 }
    let isAskedOnly = isShareUsed()
    for writer in writers {
      while mayStart(writer), let batch = try batch(for: writer, isAskedOnly: isAskedOnly) {
        start(batch, writer)
      }
    }
    return try nextLook(isAskedOnly)
  }

  /// While the side is ill, one call at a time is enough to find out.
  private func mayStart(_ writer: any SalesforceWriter) -> Bool {
    guard health.state == .well else { return inFlight.isEmpty }
    return calls[writer.kind] ?? 0 < writer.callsMax
  }

  /// What was being sent when the last run ended may have arrived until now, by Salesforce's
  /// clock; false while that is not known.
  private func takeOver() throws -> Bool {
    if isTakenOver { return true }
    let left = try store.sendingAtStart().filter { $0.sentUntil == nil }
    if !left.isEmpty {
      guard let serverTime = desk.serverTime else { return false }
      try store.transaction {
        for delivery in left { try store.markUnknown(delivery, sentUntil: serverTime) }
      }
    }
    isTakenOver = true
    return true
  }

  private func batch(
    for writer: any SalesforceWriter, isAskedOnly: Bool
  ) throws -> [SalesforceDelivery]? {
    var batch: [SalesforceDelivery] = []
    var taken = keys[writer.kind] ?? []
    var last: SalesforceDelivery?
    let limit = writer.batchMax + 32
    // Deliveries that have to wait must not hide those behind them (S8).
    while batch.count < writer.batchMax {
      let due = try store.dueToSalesforce(
        now: desk.clock.now, limit: limit, after: last, kind: writer.kind)
      for delivery in due where batch.count < writer.batchMax {
        // The asked ones come first.
        if isAskedOnly, delivery.lane != .asked { return batch.isEmpty ? nil : batch }
        guard !inFlight.contains(delivery.id), !taken.contains(delivery.orderKey),
          try !waitsForPlan(delivery)
        else { continue }
        taken.insert(delivery.orderKey)
        batch.append(delivery)
      }
      guard due.count == limit else { break }
      last = due.last
    }
    return batch.isEmpty ? nil : batch
  }

  /// Whether the person or record has changed and is not planned yet; what a person asks for looks
  /// for itself.
  private func waitsForPlan(_ delivery: SalesforceDelivery) throws -> Bool {
    guard delivery.lane != .asked, delivery.state == .waiting, let person = delivery.personID
    else { return false }
    return try store.hasDifference(person: person, record: delivery.recordID)
  }

  private func nextLook(_ isAskedOnly: Bool) throws -> Int64? {
    guard let next = try store.nextTryToSalesforce() else { return nil }
    let now = desk.clock.now
    if next > now { return next - now }
    // What is due waits for a batch in flight or a plan, and each of these stirs us; but for our
    // share of the calls, which time gives back.
    guard let later = try store.nextTryToSalesforce(after: now) else { return 60_000 }
    return min(60_000, later - now)
  }

  private func start(_ batch: [SalesforceDelivery], _ writer: any SalesforceWriter) {
    inFlight.formUnion(batch.map(\.id))
    keys[writer.kind, default: []].formUnion(batch.map(\.orderKey))
    calls[writer.kind, default: 0] += 1
    Task { @EventLoop in
      await self.attempt(batch, writer)
    }
  }

  // MARK: One batch

  private func attempt(_ batch: [SalesforceDelivery], _ writer: any SalesforceWriter) async {
    do {
      try await deliver(batch, writer)
    } catch {
      // Nothing is lost: the rows are still in the outbox, and `sending` ones are looked up.
      onStoreFailure?(error)
    }
    deliveredCount += Int64(batch.count)
    inFlight.subtract(batch.map(\.id))
    keys[writer.kind]?.subtract(batch.map(\.orderKey))
    calls[writer.kind, default: 1] -= 1
    onSettled?()
    tellWatchers()
    stir()
  }

  private func deliver(_ batch: [SalesforceDelivery], _ writer: any SalesforceWriter) async throws {
    do {
      try await writer.deliver(batch)
    } catch let failure as Failure {
      try await settle(batch, failure)
    } catch let error as IntercomError {
      try await settle(batch, error.failure)
    }
  }

  /// Nothing of the batch was sent: it goes again later, and the breaker is told.
  private func settle(_ batch: [SalesforceDelivery], _ failure: Failure) async throws {
    try await desk.settlements.commit { [self] in
      // While the side is broken nobody's try counts.
      let isOwn = failure.side == .salesforce
      let isCounted =
        !isOwn || failure.meaning.kind == .passing
        || (failure.meaning.kind == .refused && batch.count == 1)
      for delivery in batch where try isCounted || isMarkedOnly(delivery) {
        try desk.later(delivery, failure)
      }
      try desk.failed(failure)
    }
  }

  /// Whether a lead still stands as being sent, though its call is known to have made nothing.
  private func isMarkedOnly(_ delivery: SalesforceDelivery) throws -> Bool {
    guard delivery.kind == .lead, let left = try store.salesforceDelivery(delivery.id) else {
      return false
    }
    return left.state == .sending && left.sentUntil == nil
  }
}
