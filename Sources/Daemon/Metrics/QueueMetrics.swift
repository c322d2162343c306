import Control
import Store
import SyncCore

/// Links, queue, deliveries and error register in figures, from the store's own tallies.
struct QueueMetrics {
  let store: SyncStore

  /// `now` is in milliseconds UTC.
  func write(_ writer: inout MetricsWriter, now: Int64) throws {
    try links(&writer)
    try queue(&writer, now: now)
    deliveries(&writer)
    try errors(&writer)
  }

  private func links(_ writer: inout MetricsWriter) throws {
    let links = try store.linkCounts()
    writer.gauge(
      "sfsync_links", "People who are linked, by what they are linked to.",
      [.init([("object", "lead")], links.leads), .init([("object", "contact")], links.contacts)])
    writer.gauge(
      "sfsync_ambiguous_people", "People whom several records match.", links.ambiguous)
  }

  private func queue(_ writer: inout MetricsWriter, now: Int64) throws {
    let tallies = try store.queueTallies()
    func sum(_ side: Side, _ figure: (QueueTally) -> Int64) -> MetricsWriter.Sample {
      .init(
        [("side", side.rawValue)],
        tallies.filter { $0.side == side }.reduce(0) { $0 + figure($1) })
    }
    writer.gauge(
      "sfsync_queue_pending", "Deliveries that wait or are being sent.",
      tallies.map { .init([("side", $0.side.rawValue), ("lane", $0.lane.name)], $0.pending) })
    writer.gauge(
      "sfsync_queue_held", "Deliveries that have not passed the guard yet.",
      [Side.intercom, .salesforce].map { sum($0, \.held) })
    writer.gauge(
      "sfsync_queue_parked", "Deliveries that were refused and wait for somebody.",
      [Side.intercom, .salesforce].map { sum($0, \.parked) })
    let oldest = try store.outboxCounts().oldestQueuedAt
    writer.gauge(
      "sfsync_queue_oldest_age_seconds", "How long the oldest delivery has been waiting.",
      decimal: MetricsWriter.seconds(oldest.map { max(0, now - $0) } ?? 0))
  }

  private func deliveries(_ writer: inout MetricsWriter) {
    let samples = store.totals.all.map { side, kind, result, count in
      MetricsWriter.Sample(
        [("side", side.rawValue), ("kind", kind), ("result", "\(result)")], count)
    }
    writer.counter(
      "sfsync_deliveries_total", "Deliveries that were tried, by what came of it.", samples)
  }

  private func errors(_ writer: inout MetricsWriter) throws {
    let tallies = try store.errorTallies()
    let kinds: [Meaning.Kind] = [.passing, .refused, .broken]
    writer.gauge(
      "sfsync_errors_open", "Entries of the error register that nobody has dismissed.",
      kinds.map { kind in
        let open = tallies.filter { $0.kind == kind && $0.state != .dismissed }
        return .init([("kind", kind.rawValue)], open.reduce(0) { $0 + $1.count })
      })
    guard !tallies.isEmpty else { return }
    writer.gauge(
      "sfsync_error_entries", "Entries of the error register by their code.",
      tallies.map {
        .init(
          [("code", $0.code), ("kind", $0.kind.rawValue), ("state", $0.state.rawValue)], $0.count)
      })
  }
}

extension Lane {
  /// As `sfsyncctl queue` calls it.
  fileprivate var name: String {
    switch self {
    case .asked: "asked"
    case .fresh: "fresh"
    case .backfill: "backfill"
    }
  }
}
