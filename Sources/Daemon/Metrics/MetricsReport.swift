import Control
import Engine
import EventLoop
import Store
import SyncCore

/// What `sfsyncctl metrics` prints; docs/METRICS.md explains each of them.
///
/// Every figure stands ready: none takes longer for more people. No label holds an id, an address
/// or a name of anybody, and each has a few values that are known beforehand.
@EventLoop struct MetricsReport {
  private let daemon: Daemon

  init(_ daemon: Daemon) { self.daemon = daemon }

  func text() throws -> String {
    let now = daemon.clock.now
    var writer = MetricsWriter()
    MetricsText.head(&writer, isUp: true, now: now)
    try service(&writer, now: now)
    try initialSync(&writer)
    reads(&writer)
    try QueueMetrics(store: daemon.store).write(&writer, now: now)
    CallMetrics(meters: daemon.meters).write(&writer)
    budgets(&writer, now: now)
    try sides(&writer)
    ProcessMetrics(storePath: daemon.configuration.store.path).write(&writer)
    return writer.finished()
  }

  private func service(_ writer: inout MetricsWriter, now: Int64) throws {
    let environment = daemon.configuration.salesforce.environment.rawValue
    writer.gauge(
      "sfsync_build_info", "The running release, and the kind of Salesforce org.",
      [.init([("version", Product.version), ("environment", environment)], 1)])
    writer.gauge(
      "sfsync_start_time_seconds", "When the daemon was started.",
      decimal: MetricsWriter.seconds(now - (daemon.clock.uptime - daemon.startedAt)))
    writer.states(
      "sfsync_state", "What the daemon is doing: 1 for the present state.", label: "state",
      of: SyncState.allCases.map(\.rawValue), current: try daemon.engine.state().rawValue)
  }

  private func initialSync(_ writer: inout MetricsWriter) throws {
    let progress = try daemon.engine.initialProgress()
    writer.states(
      "sfsync_initial_sync_phase", "How far the initial sync is: 1 for the present phase.",
      label: "phase", of: Progress.Phase.allCases.map(\.rawValue),
      current: progress.phase.rawValue)
    writer.gauge(
      "sfsync_initial_sync_ratio", "What part of the present phase is done; 1 when all is.",
      decimal: progress.fraction)
    writer.gauge(
      "sfsync_initial_sync_items_done", "Rows, people or deliveries of the phase that are done.",
      progress.done)
    writer.gauge(
      "sfsync_initial_sync_items", "Rows, people or deliveries of the phase; 0 while not known.",
      progress.total)
  }

  private func reads(_ writer: inout MetricsWriter) {
    let meters = daemon.meters
    writer.counter(
      "sfsync_polls_total", "Polls of both sides that ended well.", [.init([], meters.polls)])
    writer.counter(
      "sfsync_full_reads_total", "Full comparisons of both sides that ended well.",
      [.init([], meters.fullReads)])
    writer.counter(
      "sfsync_read_failures_total", "Polls and full comparisons that failed, by who failed them.",
      Side.allCases.map { .init([("side", $0.rawValue)], meters.failedReads[$0] ?? 0) })
    writer.counter(
      "sfsync_reads_postponed_total",
      "Polls put off since sfsync's share of Salesforce's calls was used up.",
      [.init([], meters.postponedReads)])
    writer.counter(
      "sfsync_changed_rows_total", "Rows that differed when a poll read them.",
      [.init([], meters.changedRows)])
    writer.gauge(
      "sfsync_last_poll_timestamp_seconds", "When the last good poll ended.",
      decimal: meters.lastPoll.map { MetricsWriter.seconds($0.at) })
    writer.gauge(
      "sfsync_last_poll_duration_seconds", "How long the last good poll took.",
      decimal: meters.lastPoll.map { MetricsWriter.seconds($0.milliseconds) })
    writer.gauge(
      "sfsync_poll_interval_max_seconds", "The longest wait between two polls (poll.at_most).",
      decimal: MetricsWriter.seconds(daemon.engine.parts.settings.pollAtMost))
  }

  private func budgets(_ writer: inout MetricsWriter, now: Int64) {
    let budget = daemon.engine.budget
    writer.gauge(
      "sfsync_salesforce_calls_used", "API calls of the whole org in 24 hours, as it says.",
      budget.orgUsed)
    writer.gauge(
      "sfsync_salesforce_calls_limit", "API calls that the org may make in 24 hours.",
      budget.orgLimit)
    writer.gauge(
      "sfsync_salesforce_calls_ours", "API calls of sfsync in 24 hours.", budget.ours(now: now))
    writer.gauge(
      "sfsync_salesforce_share_ratio", "What part of the org's calls sfsync may use.",
      decimal: budget.share)
    writer.gauge(
      "sfsync_salesforce_share_used_ratio", "What part of that share is used; 1 stops the polls.",
      decimal: budget.fraction(now: now))
    let window = daemon.engine.parts.pace.window
    writer.gauge(
      "sfsync_intercom_window_calls_limit", "API calls that Intercom allows in ten seconds.",
      window.limit)
    writer.gauge(
      "sfsync_intercom_window_calls_remaining", "What Intercom last said is left of them.",
      window.limit.map { _ in window.remaining })
  }

  private func sides(_ writer: inout MetricsWriter) throws {
    let engine = daemon.engine
    let breakers = [
      ("salesforce", "reads", engine.salesforceHealth),
      ("salesforce", "writes", engine.salesforceDeliverer.health),
      ("intercom", "all", engine.deliverer.health),
      ("intercom", "events", engine.deliverer.eventHealth),
    ]
    func samples(_ isSo: (SideHealth.State) -> Bool) -> [MetricsWriter.Sample] {
      breakers.map { side, part, health in
        .init([("side", side), ("part", part)], isSo(health.state) ? 1 : 0)
      }
    }
    writer.gauge(
      "sfsync_side_broken", "1 where nothing works until somebody mends it.",
      samples { if case .broken = $0 { true } else { false } })
    writer.gauge(
      "sfsync_side_resting", "1 where several calls in a row failed and sfsyncd waits.",
      samples { $0 == .resting })
    writer.gauge(
      "sfsync_guard_stopped", "1 while a poll waits since it would change too many links.",
      try daemon.store.get("guarded") == nil ? 0 : Int64(1))
  }
}
