import EventLoop
import Salesforce
import Store
import SyncCore
import Wire

/// Compares the rows of one page of Salesforce's in short transactions, with turns of the loop between.
///
/// What was compared is durable with its differences, so a page that was begun and not ended is simply
/// compared again; the last transaction holds the cursor (O1).
@EventLoop struct PageSlices {
  /// Rows compared in one transaction.
  static let rowsMax = 500
  /// Rows compared between two looks at the clock.
  private static let packedRows = 50

  private let clock: any Clock
  private let transaction: (() throws -> Void) throws -> Void

  init(_ clock: any Clock, transaction: @escaping (() throws -> Void) throws -> Void) {
    self.clock = clock
    self.transaction = transaction
  }

  /// `last` runs in the transaction that compares the last row, after it.
  func compare(
    _ page: Page, by comparison: StreamComparison, last: () throws -> Void
  ) async throws {
    let packer = RowPacker(
      columns: StreamComparison.columns(of: page.stream), rows: Self.packedRows)
    try page.forEachRow(packer)
    var batches = packer.batches[...]
    // Taking a long page apart was a slice of its own.
    if page.rows > Self.rowsMax { await EventLoop.nextTurn() }
    repeat {
      try transaction {
        let budget = TurnBudget(clock)
        var rows = 0
        while let batch = batches.popFirst() {
          try batch.forEach { try comparison.compare($0) }
          rows += batch.count
          if rows >= Self.rowsMax || budget.isSpent { break }
        }
        if batches.isEmpty { try last() }
      }
      if !batches.isEmpty { await EventLoop.nextTurn() }
    } while !batches.isEmpty
  }
}

/// Keeps the rows of a page in batches of a few.
private final class RowPacker: RowSink {
  private(set) var batches: [RowBatch] = []
  private let columns: Int
  private let rows: Int

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  func take(_ row: borrowing RowBuffer) {
    if batches.last.map({ $0.count >= rows }) ?? true { batches.append(RowBatch(columns: columns)) }
    batches[batches.count - 1].append(row)
  }

  func flush() {}
}
