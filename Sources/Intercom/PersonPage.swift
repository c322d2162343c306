import SyncCore
package import Wire

/// One page of the list or the search, checked as a whole when it arrived.
///
/// The rows are kept packed: the decoded columns of all people in one array of bytes, so that a
/// page costs a few allocations however many people it has, and the body can go.
package struct PersonPage {
  /// The cursor of the page after this one; nil on the last.
  package private(set) var next: String?
  /// People in the whole list or search, where the answer says so.
  package private(set) var totalCount: Int?
  /// People on this page.
  package private(set) var rows = 0
  /// The least `updated_at` on this page in milliseconds UTC; nil on an empty page.
  package private(set) var oldestUpdatedAt: Int64?

  private var bytes: [UInt8] = []
  /// Where each column of each row ends.
  private var ends: [Int] = []

  /// Hands every row to `sink`, in the order of the page, in the columns of ``PersonColumn``.
  ///
  /// - Throws: what `sink` throws.
  package func forEachRow(_ sink: any RowSink) throws {
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    var start = 0
    var cell = 0
    for _ in 0..<rows {
      row.clear()
      for column in 0..<row.columns {
        let end = ends[cell]
        if end > start {
          bytes.withUnsafeBytes {
            row.set(column, UnsafeRawBufferPointer(rebasing: $0[start..<end]))
          }
        }
        start = end
        cell += 1
      }
      try sink.take(row)
    }
    try sink.flush()
  }

  /// The ids of the people on this page, in its order.
  package var ids: [String] {
    let columns = PersonColumn.allCases.count
    return (0..<rows).map { row in
      let cell = row * columns + PersonColumn.id.rawValue
      let start = cell == 0 ? 0 : ends[cell - 1]
      return String(decoding: bytes[start..<ends[cell]], as: UTF8.self)
    }
  }

  // MARK: Reading

  init(_ body: [UInt8], scanner: PersonScanner) throws(PersonShapeError) {
    var hasData = false
    var problem: PersonShapeError?
    do {
      try JSONReader.reading(body) { reader throws(JSONError) in
        try reader.readObject { reader, key throws(JSONError) in
          if key == "data", try reader.peek() == .array {
            hasData = true
            try readRows(&reader, scanner, &problem)
          } else if key == "pages" {
            try readPages(&reader, &problem)
          } else if key == "total_count", try reader.peek() == .number {
            totalCount = Int(exactly: try reader.readInteger())
          } else {
            try reader.skipValue()
          }
        }
      }
    } catch {
      throw .json(error)
    }
    if let problem { throw problem }
    guard hasData else { throw .noData }
  }

  private mutating func readRows(
    _ reader: inout JSONReader, _ scanner: PersonScanner, _ problem: inout PersonShapeError?
  ) throws(JSONError) {
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    try reader.readArray { reader throws(JSONError) in
      let facts = try scanner.read(&reader, into: &row)
      if row.isNull(PersonColumn.id.rawValue) { problem = .noID }
      pack(row)
      rows += 1
      guard let updatedAt = facts.updatedAt else { return }
      oldestUpdatedAt = min(oldestUpdatedAt ?? updatedAt, updatedAt)
    }
  }

  private mutating func pack(_ row: borrowing RowBuffer) {
    for column in 0..<row.columns {
      row.withColumn(column) { if let text = $0 { bytes.append(contentsOf: text) } }
      ends.append(bytes.count)
    }
  }

  /// `pages` may be absent or null, and `pages.next` absent, null, `{page, starting_after}`, or in
  /// old versions an address.
  private mutating func readPages(
    _ reader: inout JSONReader, _ problem: inout PersonShapeError?
  ) throws(JSONError) {
    guard try reader.peek() == .object else { return try reader.skipValue() }
    try reader.readObject { reader, key throws(JSONError) in
      guard key == "next" else { return try reader.skipValue() }
      switch try reader.peek() {
      case .object: try readNext(&reader)
      case .string:
        next = Self.cursor(inAddress: try reader.readString().string)
        if next == nil { problem = .next }
      default: try reader.skipValue()
      }
    }
  }

  private mutating func readNext(_ reader: inout JSONReader) throws(JSONError) {
    try reader.readObject { reader, key throws(JSONError) in
      guard key == "starting_after" else { return try reader.skipValue() }
      switch try reader.peek() {
      case .string: next = try reader.readString().string
      case .number: next = String(decoding: try reader.readRawValue(), as: UTF8.self)
      default: try reader.skipValue()
      }
    }
    if next?.isEmpty == true { next = nil }
  }

  /// The value of `starting_after` in the query of `address`.
  static func cursor(inAddress address: String) -> String? {
    let parts = address.split(separator: "?", maxSplits: 1)
    guard let query = parts.last, parts.count == 2 else { return nil }
    for item in query.split(separator: "&") where item.hasPrefix("starting_after=") {
      let value = item.dropFirst("starting_after=".count)
      return value.isEmpty ? nil : String(value).percentDecoded
    }
    return nil
  }
}

extension String {
  /// With `%41` and `+` undone; nil when an escape is broken.
  var percentDecoded: String? {
    var out: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        out.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      rest = rest.dropFirst(2)
      out.append(value)
    }
    return String(decoding: out, as: UTF8.self)
  }
}
