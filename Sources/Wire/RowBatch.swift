/// Rows packed one after the other, so that they can be taken in one piece later.
///
/// A sink that wants to work in transactions collects here and works at ``RowSink/flush()``: the
/// pieces of a stream come with awaits between them, and no transaction may span one.
package struct RowBatch {
  package private(set) var count = 0
  private let columns: Int
  private var bytes: [UInt8] = []
  /// Where each column of each row ends.
  private var ends: [Int] = []

  package init(columns: Int) { self.columns = columns }

  package mutating func append(_ row: borrowing RowBuffer) {
    for column in 0..<columns {
      row.withColumn(column) { if let text = $0 { bytes.append(contentsOf: text) } }
      ends.append(bytes.count)
    }
    count += 1
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Calls `body` with each row, in the order in which they came.
  package func forEach(_ body: (borrowing RowBuffer) throws -> Void) rethrows {
    var row = RowBuffer(columns: columns)
    var start = 0
    for index in 0..<count {
      row.clear()
      for column in 0..<columns {
        let end = ends[index * columns + column]
        if end > start {
          bytes.withUnsafeBytes {
            row.set(column, UnsafeRawBufferPointer(rebasing: $0[start..<end]))
          }
        }
        start = end
      }
      try body(row)
    }
  }
}
