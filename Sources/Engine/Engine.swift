import FoundationEssentials
package import EventLoop
import Intercom
import Salesforce
import Store
package import SyncCore

/// Runs the line: prepares, polls in its interval, reconciles, and keeps the deliverer going.
///
/// One task runs cycles, one drains the outbox; both on the loop, so whatever stands between two
/// awaits is atomic.
@EventLoop package final class Engine {
  package enum State: String, Sendable {
    case initialSync = "initial-sync"
    case idle, polling, delivering, paused, degraded, guarded
  }

  package let parts: EngineParts
  package let planner: Planner
  package let deliverer: Deliverer
  package let salesforceDeliverer: SalesforceDeliverer
  let leadWriter: LeadWriter
  package let preparation: Preparation
  package let salesforceHealth: SideHealth
  private let cycle: Cycle
  let wake = Signal()

  package internal(set) var budget: APIBudget
  package private(set) var lastPoll: (at: Int64, milliseconds: Int64, report: CycleReport)?
  package var nextPollAt: Int64?
  /// The soonest that somebody wants the next poll, whatever the interval; not by a poll that was
  /// under way when it was wanted.
  var wantedPollAt: Int64?
  package private(set) var isPolling = false
  package var isPaused = false
  package private(set) var isReadingFull = false
  /// The credentials lead to another account than the one that the store was built from (G2).
  package var onWrongAccount: ((Failure) -> Void)?
  /// A poll or a full read has ended; for who counts them.
  package var onRead: ((Result<CycleReport, Failure>) -> Void)?
  /// The store failed: nothing can be done until the disk is mended; the daemon decides.
  package var onStoreFailure: ((any Error) -> Void)?

  var isPrepared = false
  /// How often Intercom was prepared again without a write that succeeded since.
  var preparedInVain: Int64 = 0
  var writtenBefore: Int64 = 0
  private(set) var isStopped = false
  /// Spares a look at the store after every settlement once the initial sync is done.
  private(set) var isInitialOpen = true
  /// Why the last poll failed, so that the journal says it once.
  private(set) var failingCode: String?
  /// An entry may be open that says that our share is used up; perhaps from before the start.
  var mayBeWaitingForShare = true
  var asked: [Asked] = []
  var countedCalls = 0
  /// When people are to be read back over the whole overlap again.
  var nextDeepAt: Int64 = 0
  private(set) var lastPollUptime: Int64 = 0
  var phaseStart: (phase: Progress.Phase, at: Int64, done: Int64)?

  /// A sync that somebody asked for and waits for.
  final class Asked {
    let isFull: Bool
    let isForced: Bool
    var continuation: CheckedContinuation<SyncOutcome, Never>?

    init(isFull: Bool, isForced: Bool) {
      self.isFull = isFull
      self.isForced = isForced
    }
  }

  /// What an asked cycle came to, before its deliveries.
  package enum SyncOutcome: Sendable {
    case done(CycleReport)
    case failed(Failure)
    case stopped
  }

  package init(_ parts: EngineParts) throws {
    self.parts = parts
    let restored = try parts.store.takeAsRestored(at: parts.clock.now)
    planner = Planner(parts)
    deliverer = Deliverer(
      store: parts.store, intercom: parts.intercom, settings: parts.settings, clock: parts.clock,
      pace: parts.pace, teammates: parts.teammates, random: parts.random, report: parts.report)
    preparation = Preparation(parts)
    salesforceHealth = SideHealth("salesforce", clock: parts.clock, random: parts.random)
    let desk = SalesforceDesk(parts)
    leadWriter = LeadWriter(desk, planner: planner)
    salesforceDeliverer = SalesforceDeliverer(
      desk,
      writers: [
        leadWriter, FieldWriter(desk, planner: planner), TaskWriter(desk, planner: planner),
      ])
    let deliverer = deliverer
    let salesforceDeliverer = salesforceDeliverer
    cycle = Cycle(parts, planner: planner) {
      deliverer.stir()
      salesforceDeliverer.stir()
    }
    let kept = try parts.store.get("budget").flatMap {
      try? JSONDecoder().decode(APIBudget.self, from: Data($0.utf8))
    }
    budget = kept ?? APIBudget(share: parts.settings.salesforceShare)
    budget.share = parts.settings.salesforceShare
    isPaused = try parts.store.get("paused") != nil
    deliverer.onStoreFailure = { [weak self] in self?.onStoreFailure?($0) }
    // What is in flight may outlive an engine that was replaced.
    deliverer.onSettled = { [weak self] in
      do { try self?.closeInitial() } catch { self?.onStoreFailure?(error) }
    }
    deliverer.onAttributeMissing = { [weak self] in self?.prepareAgain() }
    deliverer.onPersonMissing = { [weak self] in self?.pollSoon() }
    deliverer.onNews = { [weak self] in self?.pollForNews(isAsked: $0) }
    deliverer.onTokenRefused = { [weak self] in self?.prepareAgain(withNewToken: true) }
    wireSalesforce(desk)
    if restored != nil { parts.report(Occurrence(.storeRestored, Self.restoredSentence)) }
  }

  private static let restoredSentence =
    "The store comes from a backup: everything is read anew before anything is written."

  // MARK: Running

  /// Runs until the task is cancelled; ``drain()`` then waits for what is still in flight.
  package func run() async {
    do {
      try parts.store.transaction {
        try parts.store.syncWatch(
          parts.settings.watchDefinition, compared: parts.settings.comparedDefinition)
        try parts.store.syncMapping(parts.settings.mapping, at: parts.clock.now)
      }
      try endUnwantedAssignments()
    } catch {
      onStoreFailure?(error)
    }
    pauseDelivery(true)
    do {
      try await cycle.releaseDecided()
    } catch is CancellationError {
    } catch {
      onStoreFailure?(error)
    }
    let delivering = Task { @EventLoop in await self.deliverer.run() }
    let writing = Task { @EventLoop in await self.salesforceDeliverer.run() }
    while !Task.isCancelled {
      let wait = await step()
      guard !Task.isCancelled else { break }
      await wake.wait(milliseconds: wait, clock: parts.clock)
    }
    pauseDelivery(true)
    delivering.cancel()
    writing.cancel()
    await delivering.value
    await writing.value
    isStopped = true
    leadWriter.tellAll(.waiting("The daemon is stopping."))
    for asked in asked { asked.continuation?.resume(returning: .stopped) }
    asked = []
  }

  /// Returns when nothing is in flight any more.
  package func drain() async {
    while !deliverer.isIdle { await deliverer.nextSettlement() }
    while !salesforceDeliverer.isIdle { await salesforceDeliverer.nextSettlement() }
  }

  /// One turn: whatever is due; milliseconds until the next.
  private func step() async -> Int64? {
    let request = asked.isEmpty ? nil : asked.removeFirst()
    guard !isPaused else {
      request?.continuation?.resume(returning: .stopped)
      return asked.isEmpty ? nil : 0
    }
    // Woken for a reason that is gone by now.
    if request == nil, let wait = nextPollAt.map({ $0 - parts.clock.uptime }), wait > 0 {
      return wait
    }
    wantedPollAt = nil
    do {
      // What a backup owes waits for the read that takes what it finds as the base (O4).
      if let request, request.isForced, try !parts.store.isUnbased() {
        _ = try await cycle.release(force: true)
      }
      let report = try await work(request)
      request?.continuation?.resume(returning: .done(report))
      failingCode = nil
      schedule(after: nil)
    } catch let error where error is CancellationError || Task.isCancelled {
      request?.continuation?.resume(returning: .stopped)
      return nil
    } catch let error as IntercomError {
      failed(error.failure, request)
    } catch let failure as Failure {
      failed(failure, request)
    } catch {
      request?.continuation?.resume(returning: .stopped)
      onStoreFailure?(error)
      schedule(after: 10_000)
    }
    return asked.isEmpty ? max(0, (nextPollAt ?? 0) - parts.clock.uptime) : 0
  }

  private func work(_ request: Asked?) async throws -> CycleReport {
    try await prepare()
    let isInitial = try parts.store.get("initial") == nil
    if try isInitial || request?.isFull == true || isFullDue() {
      return try await full(isInitial: isInitial, isAsked: request != nil)
    }
    return try await poll(isAsked: request != nil)
  }

  // MARK: Polling

  private func isFullDue() throws -> Bool {
    if try FullRead.load(parts.store) != nil { return true }
    // Taken away when a new configuration has to be compared with everybody.
    guard let last = try parts.store.integer("full_at") else { return true }
    guard let every = parts.settings.reconcileEvery else { return false }
    // A clock that was set back must not switch reconciling off for years.
    return parts.clock.now - last >= every || parts.clock.now < last
  }

  private func poll(isAsked: Bool) async throws -> CycleReport {
    if !isAsked { try checkShare() }
    isPolling = true
    defer { isPolling = false }
    let start = parts.clock.uptime
    do {
      let isDeep = start >= nextDeepAt
      let report = try await cycle.poll(isAsked: isAsked, isDeep: isDeep)
      try await lookForTeammates()
      if isDeep { nextDeepAt = start + parts.settings.overlap / 2 }
      try finished(report, since: start)
      return report
    } catch {
      try? countCalls()
      throw error
    }
  }

  private func finished(_ report: CycleReport, since start: Int64) throws {
    try countCalls()
    let milliseconds = parts.clock.uptime - start
    lastPoll = (parts.clock.now, milliseconds, report)
    lastPollUptime = parts.clock.uptime
    onRead?(.success(report))
    try recovered()
    try parts.store.transaction {
      try deliverer.succeeded(deliverer.health, isWrite: false)
      // Nothing is left whose writing could mend the side.
      if case .broken = deliverer.health.state, try parts.store.outboxCounts().pending == 0 {
        try deliverer.succeeded(deliverer.health, isWrite: true)
      }
      try salesforceDeliverer.desk.rested()
      try parts.store.trimErrors(now: parts.clock.now)
      _ = try parts.store.trimHistory(now: parts.clock.now)
    }
    try closeInitial()
    parts.report(
      Occurrence(
        .pollFinished,
        "Polled both sides: \(report.changed) records and people changed; "
          + "calls to Salesforce: \(report.salesforceCalls), to Intercom: "
          + "\(report.intercomCalls); \(milliseconds) ms.", cycle: report.cycle))
  }

  // MARK: Full

  private func full(isInitial: Bool, isAsked: Bool) async throws -> CycleReport {
    if !isAsked { try checkShare() }
    isReadingFull = true
    defer { isReadingFull = false }
    if isInitial, try FullRead.load(parts.store) == nil {
      parts.report(Occurrence(.initialStarted, "Began the initial sync: everything is read once."))
    }
    let report = try await cycle.full(isInitial: isInitial) { [unowned self] state in
      try await self.between(state, isAsked: isAsked)
    }
    // The list has just brought everybody.
    nextDeepAt = parts.clock.uptime + parts.settings.overlap / 2
    try countCalls()
    onRead?(.success(report))
    try recovered()
    if isInitial { try closeInitial() }
    parts.report(
      Occurrence(
        .fullFinished,
        isInitial
          ? "Compared everything; what differs is being written."
          : "Compared everything with \(report.salesforceCalls) Salesforce and "
            + "\(report.intercomCalls) Intercom calls.", cycle: report.cycle))
    return report
  }

  /// Between two pages of a full read: progress, and a poll when one is due or asked for (S9).
  private func between(_ state: FullRead, isAsked: Bool) async throws {
    // A pause holds a full read between two pages; it goes on from there.
    while isPaused, !Task.isCancelled { await wake.wait(milliseconds: nil, clock: parts.clock) }
    try Task.checkCancellation()
    note(state)
    try countCalls()
    if !isAsked { try checkShare() }
    guard state.allowsPolls else { return }
    let place = asked.firstIndex { !$0.isFull && !$0.isForced }
    guard let due = nextPollAt, due <= parts.clock.uptime || place != nil else { return }
    let request = place.map { asked.remove(at: $0) }
    wantedPollAt = nil
    schedule(after: nil)
    do {
      let report = try await poll(isAsked: request != nil)
      request?.continuation?.resume(returning: .done(report))
    } catch let failure as Failure where failure.meaning.kind == .passing {
      // The full read goes on, and meets the same weather by itself if it lasts.
      failed(failure, request)
    } catch let error as IntercomError where error.failure.meaning.kind == .passing {
      failed(error.failure, request)
    } catch {
      request?.continuation?.resume(returning: .stopped)
      throw error
    }
  }

  // MARK: Failing

  private func failed(_ failure: Failure, _ request: Asked?) {
    request?.continuation?.resume(returning: .failed(failure))
    onRead?(.failure(failure))
    if failure.meaning == EngineMeaning.shareUsed { return shareUsed(failure) }
    if EngineMeaning.wrongAccount.contains(failure.meaning) { onWrongAccount?(failure) }
    if failure.side == .intercom, failure.status == 401 {
      preparation.forgetWorkspace()
      parts.forgetAccessToken()
      isPrepared = false
      deliverer.pause(true)
    }
    let health = failure.side == .intercom ? deliverer.health : salesforceHealth
    var isTold = false
    do {
      try countCalls()
      try parts.store.transaction {
        if failure.side == .intercom {
          let isAttribute = !failure.fields.isEmpty
          isTold = try deliverer.illness(
            of: health, failure, isWrite: false,
            subject: isAttribute ? Preparation.subject(of: failure) : nil)
        } else if health.failed(failure, isWrite: false) {
          try enter(failure)
          isTold = true
        }
      }
    } catch {
      onStoreFailure?(error)
    }
    let delay = max(health.delay, failure.waitMilliseconds ?? 0)
    let wait = delay > 0 ? delay : min(parts.settings.pollEvery, 5_000)
    schedule(after: wait)
    if !isTold { noteFailed(failure, wait: wait) }
    failingCode = failure.meaning.code
  }

  // MARK: Initial sync

  /// Notices that the initial sync's last delivery is settled.
  func closeInitial() throws {
    guard isInitialOpen, try parts.store.get("initial") == "delivering",
      try parts.store.outboxCounts().backfill == 0
    else { return }
    isInitialOpen = false
    try parts.store.transaction { try parts.store.set("initial", "done") }
    let links = try parts.store.linkCounts()
    parts.report(
      Occurrence(
        .initialFinished,
        "Finished the initial sync: \(links.people) people are linked, \(links.leads) to leads "
          + "and \(links.contacts) to contacts."))
  }
}
