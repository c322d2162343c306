import Control
import Engine
import EventLoop
import Store
import SyncCore

/// Answers the control socket from the engine and the store.
@EventLoop final class EngineHandler: ControlHandler {
  unowned let daemon: Daemon
  private var planned: PlannedCopy?
  private var isPlanning = false
  var isBackingUp = false
  /// A reload starts another engine: each wait is for the one that runs then.
  private let settlements: SettlementWatch

  init(_ daemon: Daemon) {
    self.daemon = daemon
    settlements = SettlementWatch([
      { [unowned daemon] in await daemon.engine.deliverer.nextSettlement() },
      { [unowned daemon] in await daemon.engine.salesforceDeliverer.nextSettlement() },
    ])
  }

  var store: SyncStore { daemon.store }
  var engine: Engine { daemon.engine }
  var lists: DeliveryLists {
    DeliveryLists(
      store: store, settings: daemon.configuration.engineSettings,
      leadFields: engine.planner.leadFields, now: daemon.clock.now)
  }

  /// The store's own failures stop the daemon elsewhere; here they are one plain answer.
  func reading<Value>(_ body: () throws -> Value) throws(ControlError) -> Value {
    do {
      return try body()
    } catch let error as ControlError {
      throw error
    } catch {
      throw .refused(
        reason: "The store could not be used: \(error).",
        remedy: "Look at the disk and at 'journalctl -u sfsyncd'.")
    }
  }

  // MARK: Status

  func status() -> Status { StatusReport(daemon).status() }

  // MARK: Errors

  func errors(_ query: ErrorQuery) throws(ControlError) -> ListPage<ErrorEntry> {
    try reading {
      if let id = query.id {
        guard let entry = try store.error(id) else {
          throw ControlError.notFound(who: "error \(id)")
        }
        return ListPage(entries: [ErrorEntry(entry)])
      }
      let after = query.page.after ?? 0
      let entries = try store.errors(all: query.all, after: after, limit: query.page.limit)
      let next = entries.count == query.page.limit ? entries.last?.id : nil
      let seen = query.seenAfter ?? 0
      return ListPage(
        entries: entries.filter { $0.lastSeen > seen }.map { ErrorEntry($0) }, next: next)
    }
  }

  func retryErrors(ids: [Int64]?) throws(ControlError) -> Int {
    try reading { () throws -> Int in
      guard let ids else {
        engine.probeSides()
        daemon.mailer.retry()
        return Int(try engine.retryParked(person: nil))
      }
      var count = 0
      for id in ids {
        guard let entry = try store.error(id), entry.state != .closed else { continue }
        count += 1
        _ = try store.transaction { try store.setState(.retrying, ofError: id) }
        if entry.code.hasPrefix("MAIL-") { daemon.mailer.retry() } else { try engine.retry(entry) }
      }
      return count
    }
  }

  func dismissErrors(ids: [Int64]) throws(ControlError) -> Int {
    try reading {
      try store.transaction {
        try ids.reduce(0) { try $0 + (store.setState(.dismissed, ofError: $1) ? 1 : 0) }
      }
    }
  }

  // MARK: Sync

  func sync(
    _ options: SyncOptions, progress: (Status) -> Void
  ) async throws(ControlError) -> SyncResult {
    if engine.isPaused {
      throw .refused(reason: "sfsync is paused.", remedy: "Run 'sfsyncctl resume' first.")
    }
    let engine = engine
    let before = deliveredCount
    let asking = Task { @EventLoop in
      await engine.sync(isFull: options.full, isForced: options.yes)
    }
    guard options.wait else { return SyncResult(finished: false) }
    switch await asking.value {
    case .stopped: throw .stopping
    case .failed(let failure):
      return SyncResult(
        finished: true, broken: [failure.side.rawValue],
        failures: [Self.sentences(failure)])
    case .done(let report):
      try await initialRead(of: engine)
      // After the initial sync, a full one, or the guard, everything has to be through.
      let isWhole = try reading {
        try report.isFull || options.yes || store.get("initial") != "done"
      }
      return try await settled(report, isWhole: isWhole, since: before, progress: progress)
    }
  }

  /// Waits for the end of the initial read, unless a side is broken.
  ///
  /// A poll between two of its pages answers the question too, and knows nothing of what it brings.
  private func initialRead(of engine: Engine) async throws(ControlError) {
    while !Task.isCancelled, engine === self.engine,
      try reading({ try store.get("initial") == nil && counts(of: nil).broken.isEmpty })
    {
      try? await daemon.clock.sleep(milliseconds: 200)
    }
  }

  /// One failure may not be in the register yet, so this says all that is known.
  private static func sentences(_ failure: Failure) -> String {
    let said = failure.answer.isEmpty ? "" : " (\(failure.answer))"
    return "Could not \(failure.attempt): \(failure.meaning.cause)\(said) "
      + failure.meaning.remedy
  }

  /// Between two looks at what a sync still has to deliver, in milliseconds.
  private static let countPause: Int64 = 100

  /// Waits until nothing of that cycle, or nothing at all, is left to send, or nothing can be sent.
  private func settled(
    _ report: CycleReport, isWhole: Bool, since before: Int64, progress: (Status) -> Void
  ) async throws(ControlError) -> SyncResult {
    while true {
      if report.guarded > 0 { return SyncResult(finished: true, guarded: true) }
      let counts = try reading { try self.counts(of: isWhole ? nil : report.cycle) }
      if counts.pending == 0 || !counts.broken.isEmpty || Task.isCancelled {
        return SyncResult(
          finished: counts.pending == 0, settled: max(0, deliveredCount - before),
          parked: counts.parked, broken: counts.broken)
      }
      progress(status())
      await settlements.next()
      // Counting goes through the whole queue, and hundreds are settled in a second.
      try? await daemon.clock.sleep(milliseconds: Self.countPause)
    }
  }

  /// To both sides, since the engine was started.
  private var deliveredCount: Int64 {
    engine.deliverer.deliveredCount + engine.salesforceDeliverer.deliveredCount
  }

  /// Of one cycle, or of all there is.
  private func counts(
    of cycle: Int64?
  ) throws -> (pending: Int64, parked: Int64, broken: [String]) {
    let pending =
      try cycle.map { try store.count(cycle: $0, in: .waiting) }
      ?? store.outboxCounts().pending
    let parked =
      try cycle.map { try store.count(cycle: $0, in: .parked) }
      ?? store.outboxCounts().parked
    var broken: [String] = []
    for health in engine.healths {
      if case .broken = health.state, !broken.contains(health.name) { broken.append(health.name) }
    }
    return (pending, parked, broken)
  }

  // MARK: Lists

  func plan(
    full: Bool, page: PageRequest
  ) async throws(ControlError) -> ListPage<PlannedDelivery> {
    do {
      try checkInstalled()
      if page.after == nil {
        guard !isPlanning else { throw ControlError.busy(reason: "Another plan is being made.") }
        isPlanning = true
        defer { isPlanning = false }
        planned?.remove()
        planned = nil
        planned = try await PlannedCopy.make(daemon, isFull: full)
        try engine.countCalls()
      }
      guard let planned else { return ListPage(entries: []) }
      let answer = try DeliveryLists(
        store: planned.store, settings: daemon.configuration.engineSettings,
        leadFields: planned.leadFields, now: daemon.clock.now
      ).planned(page)
      if answer.next == nil {
        planned.remove()
        self.planned = nil
      }
      return answer
    } catch let error as ControlError {
      throw error
    } catch let failure as Failure {
      throw .refused(
        reason: "Could not \(failure.attempt): \(failure.meaning.cause)",
        remedy: failure.meaning.remedy)
    } catch {
      throw .refused(reason: "The plan could not be made: \(error).", remedy: "Try again.")
    }
  }

  /// A copy that was made for `plan` holds what the store held.
  func forgetPlan() throws(ControlError) {
    guard !isPlanning else {
      throw .busy(reason: "A plan is being made from a copy of the store. Ask again later.")
    }
    planned?.remove()
    planned = nil
  }

  func queue(_ page: PageRequest) -> ListPage<QueuedDelivery> {
    (try? lists.queued(page)) ?? ListPage(entries: [])
  }

  func matches(_ page: PageRequest) -> ListPage<Control.Match> {
    (try? MatchList(store: store).page(page)) ?? ListPage(entries: [])
  }

  func explain(who: String) throws(ControlError) -> [Explanation] {
    try reading {
      let explanations = try Explainer(
        store: store, planner: engine.planner, lists: lists, settings: engine.parts.settings
      ).explain(who)
      guard !explanations.isEmpty else { throw ControlError.notFound(who: who) }
      return explanations
    }
  }

  // MARK: Links

  func link(who: String, record: String) async throws(ControlError) -> Pin {
    let person = try onePerson(who)
    try reading {
      guard let found = try store.record(SalesforceIDText.normalized(record)), found.isLive else {
        throw ControlError.notFound(who: record)
      }
      try engine.pin(person, to: found.id)
    }
    return Pin(contact: person, record: record)
  }

  func unlink(who: String) async throws(ControlError) -> Pin {
    let person = try onePerson(who)
    try reading { try engine.pin(person, to: nil) }
    return Pin(contact: person)
  }

  func onePerson(_ who: String) throws(ControlError) -> String {
    try reading {
      let people = try Explainer.people(who, in: store)
      guard let first = people.first else { throw ControlError.notFound(who: who) }
      guard people.count == 1 else {
        throw ControlError.refused(
          reason: "\(people.count) people have that address.",
          remedy: "Name one by its Intercom id: \(people.map(\.id).joined(separator: ", ")).")
      }
      return first.id
    }
  }

  // MARK: Life

  func pause() { try? engine.pause(true) }

  func resume() throws(ControlError) {
    guard !daemon.isUninstalling else { throw .busy(reason: "An uninstall is under way.") }
    try? engine.pause(false)
  }

  func reload() async throws(ControlError) -> ReloadResult {
    ReloadResult(changes: try await daemon.reload())
  }
}
