/// One row of a page as decoded bytes: a fixed number of columns, each text or null.
///
/// Filled anew for every row, so that a page of rows costs no allocation. An empty text and null
/// are the same (Bulk CSV cannot tell them apart), so a row has one fingerprint however it was read.
package struct RowBuffer {
  package private(set) var bytes: [UInt8] = []
  private var spans: [Range<Int>]

  package init(columns: Int) {
    spans = Array(repeating: 0..<0, count: columns)
    bytes.reserveCapacity(1024)
  }

  package var columns: Int { spans.count }

  /// Makes every column null.
  package mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    for column in spans.indices { spans[column] = 0..<0 }
  }

  /// Sets `column` to what `write` appends.
  package mutating func set<Failure: Error>(
    _ column: Int, _ write: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let start = bytes.count
    try write(&bytes)
    spans[column] = start..<bytes.count
  }

  package mutating func set(_ column: Int, _ text: JSONString?) {
    guard let text else {
      spans[column] = 0..<0
      return
    }
    set(column) { text.append(to: &$0) }
  }

  package mutating func set(_ column: Int, _ text: UnsafeRawBufferPointer) {
    set(column) { UTF8Text.append(text, to: &$0) }
  }

  package mutating func set(_ column: Int, _ text: String) {
    set(column) { $0.append(contentsOf: text.utf8) }
  }

  /// Becomes a row that a batch packed; both are of this file's making and fit each other.
  mutating func load(_ bytes: ArraySlice<UInt8>, _ spans: ArraySlice<Range<Int>>) {
    self.bytes.removeAll(keepingCapacity: true)
    self.bytes.append(contentsOf: bytes)
    for (column, span) in spans.enumerated() { self.spans[column] = span }
  }

  /// Appends where the columns stand in ``bytes``.
  func appendSpans(to out: inout [Range<Int>]) { out.append(contentsOf: spans) }

  package func isNull(_ column: Int) -> Bool { spans[column].isEmpty }

  /// Calls `body` with the bytes of `column`, or with nil for null.
  package func withColumn<Result>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) rethrows -> Result {
    let span = spans[column]
    guard !span.isEmpty else { return try body(nil) }
    return try bytes.withUnsafeBytes { all in
      try body(UnsafeRawBufferPointer(rebasing: all[span]))
    }
  }

  package func string(_ column: Int) -> String? {
    let span = spans[column]
    return span.isEmpty ? nil : String(decoding: bytes[span], as: UTF8.self)
  }

  package func integer(_ column: Int) -> Int64? {
    withColumn(column) { $0.flatMap { Int64(ascii: $0) } }
  }

  /// A 128-bit hash of the columns in `range`, the same in every process.
  package func fingerprint(of range: Range<Int>) -> Fingerprint {
    var hasher = Fingerprint.Hasher()
    for column in range {
      withColumn(column) { hasher.combine($0 ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
    return hasher.finish()
  }
}
