import Control
import Engine
import HTTP
import SyncCore

/// What the daemon counts since its start, over every reload: reads, and calls by their outcome.
///
/// Not Sendable: it belongs to the loop, like the clients whose calls it counts.
final class Meters {
  /// Reads that ended well.
  private(set) var polls: Int64 = 0
  private(set) var fullReads: Int64 = 0
  /// Rows that differed when a poll read them.
  private(set) var changedRows: Int64 = 0
  /// Reads that failed, by the side that failed them.
  private(set) var failedReads: [Side: Int64] = [:]
  /// Reads put off since our share of Salesforce's calls was used up.
  private(set) var postponedReads: Int64 = 0
  /// The last poll that ended well: when, in milliseconds UTC, and how long it took.
  private(set) var lastPoll: (at: Int64, milliseconds: Int64)?
  private var calls: [Side: CallMeter] = [:]
  private let uptime: () -> Int64

  /// `uptime` gives milliseconds of a clock that never jumps.
  init(uptime: @escaping () -> Int64) { self.uptime = uptime }

  func counted(_ transport: any Transport, to side: Side) -> any Transport {
    MeteredTransport(transport: transport, side: side, meters: self, uptime: uptime)
  }

  func calls(to side: Side) -> CallMeter { calls[side] ?? CallMeter() }

  /// A call took `milliseconds`; without a status it brought no answer.
  func called(_ side: Side, status: Int?, milliseconds: Int64) {
    calls[side, default: CallMeter()].note(status: status, milliseconds: milliseconds)
  }

  /// A poll or full read has ended; `last` is the engine's last good poll.
  func read(
    _ result: Result<CycleReport, Failure>, last: (at: Int64, milliseconds: Int64)?
  ) {
    switch result {
    case .success(let report) where report.isFull: fullReads += 1
    case .success(let report):
      polls += 1
      changedRows += Int64(report.changed)
      lastPoll = last
    case .failure(let failure) where failure.meaning == EngineMeaning.shareUsed:
      postponedReads += 1
    case .failure(let failure): failedReads[failure.side, default: 0] += 1
    }
  }
}

/// The calls to one side.
struct CallMeter {
  /// What an answer's status begins with, and how calls without one are told.
  static let classes = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"]

  private(set) var counts = [Int64](repeating: 0, count: Self.classes.count)
  private(set) var durations = MetricsWriter.Histogram(
    bounds: [100, 250, 500, 1_000, 2_500, 10_000, 60_000])

  mutating func note(status: Int?, milliseconds: Int64) {
    let place = (status ?? 0) / 100 - 1
    counts[(0..<5).contains(place) ? place : 5] += 1
    durations.note(milliseconds)
  }
}
