/// Rows packed one after the other, so that they can be taken in one piece later.
///
/// A sink that wants to work in transactions collects here and works at ``RowSink/flush()``: the
/// pieces of a stream come with awaits between them, and no transaction may span one.
package struct RowBatch {
  package private(set) var count = 0
  private let columns: Int
  private var bytes: [UInt8] = []
  /// Where each row ends in `bytes`.
  private var ends: [Int] = []
  /// Where each column of each row stands in its row.
  private var spans: [Range<Int>] = []

  package init(columns: Int) { self.columns = columns }

  package mutating func append(_ row: borrowing RowBuffer) {
    bytes.append(contentsOf: row.bytes)
    ends.append(bytes.count)
    row.appendSpans(to: &spans)
    count += 1
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    spans.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Calls `body` with each row, in the order in which they came.
  package func forEach(_ body: (borrowing RowBuffer) throws -> Void) rethrows {
    var row = RowBuffer(columns: columns)
    var start = 0
    for index in 0..<count {
      let end = ends[index]
      row.load(bytes[start..<end], spans[(index * columns)..<((index + 1) * columns)])
      try body(row)
      start = end
    }
  }
}
