import Control
import SyncCore

/// The HTTP calls to both sides in figures.
struct CallMetrics {
  let meters: Meters

  func write(_ writer: inout MetricsWriter) {
    var requests: [MetricsWriter.Sample] = []
    for side in Side.allCases {
      for (name, count) in zip(CallMeter.classes, meters.calls(to: side).counts) {
        requests.append(.init([("side", side.rawValue), ("status", name)], count))
      }
    }
    writer.counter(
      "sfsync_http_requests_total", "HTTP requests by the answer's status; none: no answer.",
      requests)
    writer.histogram(
      "sfsync_http_request_duration_seconds", "How long HTTP requests took, answer included.",
      Side.allCases.map { ([("side", $0.rawValue)], meters.calls(to: $0).durations) })
  }
}
