import EventLoop
import Store
import SyncCore

/// What the engine is about, for `status` and the progress line (I2).
@EventLoop extension Engine {
  package func state() throws -> State {
    if isPaused { return .paused }
    if case .broken = salesforceHealth.state { return .degraded }
    if case .broken = deliverer.health.state { return .degraded }
    if case .broken = salesforceDeliverer.health.state { return .degraded }
    if try parts.store.get("guarded") != nil { return .guarded }
    if try parts.store.get("initial") != "done" { return .initialSync }
    if healths.contains(where: { $0.state == .resting }) { return .degraded }
    if isPolling || isReadingFull { return .polling }
    return try parts.store.outboxCounts().pending > 0 ? .delivering : .idle
  }

  func note(_ state: FullRead) {
    if phaseStart?.phase != state.phase {
      phaseStart = (state.phase, parts.clock.uptime, progress(of: state).done)
    }
  }

  private func progress(of state: FullRead) -> Progress {
    switch state.phase {
    case .salesforce:
      Progress(phase: .salesforce, done: state.rowsRead, total: state.rowsCounted)
    case .intercom:
      Progress(
        phase: .intercom, done: Int64(state.peopleRead), total: Int64(state.peopleTotal ?? 0))
    default:
      Progress(phase: .match, done: Int64(state.walked), total: Int64(state.peopleRead))
    }
  }

  /// How far the initial sync is (I2); closes it when the last delivery is settled.
  package func initialProgress() throws -> Progress {
    switch try parts.store.get("initial") {
    case "done":
      let total = try parts.store.integer("initial_total") ?? 0
      return Progress(phase: .done, done: total, total: total)
    case "delivering":
      let total = try parts.store.integer("initial_total") ?? 0
      let left = try parts.store.outboxCounts().backfill
      var progress = Progress(phase: .deliver, done: max(0, total - left), total: total)
      progress.perSecond = rate(.deliver, progress.done)
      return progress
    default:
      guard let state = try FullRead.load(parts.store) else {
        return Progress(phase: .salesforce)
      }
      var progress = progress(of: state)
      progress.perSecond = rate(state.phase, progress.done)
      return progress
    }
  }

  private func rate(_ phase: Progress.Phase, _ done: Int64) -> Double {
    guard let start = phaseStart, start.phase == phase else {
      phaseStart = (phase, parts.clock.uptime, done)
      return 0
    }
    let elapsed = parts.clock.uptime - start.at
    return elapsed > 0 ? Double(done - start.done) * 1000 / Double(elapsed) : 0
  }
}
