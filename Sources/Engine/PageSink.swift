import Store
import SyncCore
import Wire

/// Compares what a page brings with the snapshot, 128 kB of rows a transaction.
final class PageSink: RowSink {
  private var batch: RowBatch
  private let commit: (RowBatch) throws -> Void

  /// Makes a sink for rows of that many columns; `commit` is one transaction over a batch.
  init(columns: Int, commit: @escaping (RowBatch) throws -> Void) {
    batch = RowBatch(columns: columns)
    self.commit = commit
  }

  func take(_ row: borrowing RowBuffer) throws { batch.append(row) }

  func flush() throws {
    guard batch.count > 0 else { return }
    defer { batch.removeAll() }
    try commit(batch)
  }
}

/// Compares rows of any Salesforce stream within a transaction of the caller's.
struct StreamComparison {
  private let records: RecordComparison?
  private let owners: OwnerComparison?

  init(
    _ store: Store, _ stream: Stream, kind: ReadKind, cycle: Int64, sweep: Int64,
    startedAt: Int64 = .min
  ) throws {
    if stream.object != nil {
      records = try RecordComparison(
        store, kind: kind, cycle: cycle, sweep: sweep, startedAt: startedAt)
      owners = nil
    } else {
      records = nil
      owners = try OwnerComparison(store, kind: kind, cycle: cycle)
    }
  }

  static func columns(of stream: Stream) -> Int {
    stream.object != nil ? RecordColumn.allCases.count : OwnerColumn.allCases.count
  }

  func compare(_ row: borrowing RowBuffer) throws {
    if let records { try records.compare(row) } else { try owners?.compare(row) }
  }

  var changed: Int { records?.changed ?? owners?.changed ?? 0 }
}
