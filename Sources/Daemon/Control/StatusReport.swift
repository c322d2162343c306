import Control
import Engine
import EventLoop
import Store
import SyncCore

/// What `sfsyncctl status` shows, from the store and the engine at this moment.
@EventLoop struct StatusReport {
  private let daemon: Daemon

  init(_ daemon: Daemon) { self.daemon = daemon }

  func status() -> Status {
    do {
      return try made()
    } catch {
      return Status(
        state: .degraded, notices: ["The store cannot be read: \(error)."],
        uptime: (daemon.clock.uptime - daemon.startedAt) / 1000,
        initialSync: InitialSync(
          phase: .salesforce, done: 0, total: 0, fraction: 0, perSecond: 0),
        links: Control.LinkCounts(people: 0, leads: 0, contacts: 0, ambiguous: 0),
        queue: QueueCounts(pending: 0, parked: 0, oldest: 0), budget: budgets,
        errors: ErrorCounts(open: 0))
    }
  }

  private func made() throws -> Status {
    let engine = daemon.engine
    let links = try daemon.store.linkCounts()
    let outbox = try daemon.store.outboxCounts()
    let oldest = outbox.oldestQueuedAt.map { max(0, daemon.clock.now - $0) / 1000 } ?? 0
    return Status(
      state: SyncState(rawValue: try engine.state().rawValue) ?? .degraded,
      notices: try notices(outbox),
      environment: daemon.configuration.salesforce.environment.rawValue,
      uptime: (daemon.clock.uptime - daemon.startedAt) / 1000,
      initialSync: try initialSync(), lastPoll: lastPoll, nextPollAt: nextPollAt,
      links: Control.LinkCounts(
        people: links.people, leads: links.leads, contacts: links.contacts,
        ambiguous: links.ambiguous),
      queue: QueueCounts(
        pending: outbox.pending + outbox.held, parked: outbox.parked, oldest: oldest),
      budget: budgets, errors: ErrorCounts(open: try daemon.store.openErrorCount()))
  }

  private func notices(_ outbox: OutboxCounts) throws -> [String] {
    let engine = daemon.engine
    var notices = try [engine.uninstalled()?.notice].compactMap(\.self)
    if engine.budget.isExhausted(now: daemon.clock.now) {
      notices.append(
        "Waiting: sfsync's share of Salesforce's daily calls (salesforce.daily_share) is used up.")
    }
    if outbox.held > 0, try daemon.store.get("guarded") != nil {
      notices.append(
        "\(outbox.held) changes are held back, as so many at once are unusual: see 'sfsyncctl plan', "
          + "then 'sfsyncctl sync --yes' to let them through.")
    }
    for entry in try daemon.store.errors(all: false, after: 0, limit: 50)
    where entry.kind == .broken {
      notices.append("\(entry.code): \(entry.cause)")
    }
    return notices
  }

  private func initialSync() throws -> InitialSync {
    let progress = try daemon.engine.initialProgress()
    return InitialSync(
      phase: InitialSyncPhase(rawValue: progress.phase.rawValue) ?? .salesforce,
      done: progress.done, total: progress.total, fraction: progress.fraction,
      perSecond: progress.perSecond, secondsLeft: progress.secondsLeft)
  }

  private var lastPoll: LastPoll? {
    daemon.engine.lastPoll.map { poll in
      LastPoll(
        at: Timestamp(milliseconds: poll.at), seconds: Double(poll.milliseconds) / 1000,
        changed: Int64(poll.report.changed),
        salesforceCalls: Int64(poll.report.salesforceCalls),
        intercomCalls: Int64(poll.report.intercomCalls))
    }
  }

  private var nextPollAt: Timestamp? {
    guard !daemon.engine.isPaused else { return nil }
    return daemon.engine.nextPollAt.map {
      Timestamp(milliseconds: daemon.clock.now + max(0, $0 - daemon.clock.uptime))
    }
  }

  private var budgets: Budgets {
    let budget = daemon.engine.budget
    let window = daemon.engine.parts.pace.window
    return Budgets(
      salesforce: SalesforceBudget(
        used: budget.orgUsed, limit: budget.orgLimit, ours: budget.ours(now: daemon.clock.now),
        share: budget.share),
      intercom: IntercomBudget(
        limit: window.limit, remaining: window.limit.map { _ in window.remaining }))
  }
}
