import HTTP
package import SyncCore
package import Wire

/// One page of rows as it came: checked whole before anything is taken from it.
///
/// A page that lacks a row's Id or one of the fields asked for, or whose counts contradict each
/// other, does not come to be: it is SF-UNREADABLE, never "no rows".
package struct Page: Sendable {
  package let stream: Stream
  /// Rows of the whole query, as Salesforce counts them.
  package let totalSize: Int
  /// Rows of this page; fewer than asked for does not mean that it is the last.
  package let rows: Int
  /// Where the next page is, verbatim; nil for the last one.
  package let next: String?
  /// The key of the last row, nil when there is none.
  package let lastKey: StreamKey?

  let shape: RowShape
  let attempt: String
  private let bytes: [UInt8]
  private let records: Range<Int>

  /// Hands every row to `sink`, and has it flush about every 128 kB and at the end.
  ///
  /// Throws what the sink throws.
  package func forEachRow(_ sink: any RowSink) throws {
    var filler = RowFiller(shape)
    var unflushed = 0
    // Typed throws cannot carry the sink's error through the reader.
    var thrown: (any Error)?
    do throws(JSONError) {
      try bytes.withBytes { all throws(JSONError) in
        var reader = JSONReader(UnsafeRawBufferPointer(rebasing: all[records]))
        try reader.readArray { reader throws(JSONError) in
          guard thrown == nil else { return try reader.skipValue() }
          guard try filler.fill(from: &reader) else { return }
          do {
            try sink.take(filler.row)
            unflushed += filler.row.bytes.count
            if unflushed >= BulkReader.flushBytes {
              unflushed = 0
              try sink.flush()
            }
          } catch {
            thrown = error
          }
        }
      }
    } catch {
      throw Failure.unreadable(attempt, "\(error)", nil)
    }
    if let thrown { throw thrown }
    try sink.flush()
  }

  /// The ids of the rows.
  func ids() throws(Failure) -> Set<String> {
    let sink = IDs()
    do {
      try forEachRow(sink)
    } catch {
      throw (error as? Failure) ?? .unreadable(attempt, "\(error)", nil)
    }
    return sink.ids
  }

  private final class IDs: RowSink {
    var ids: Set<String> = []
    func take(_ row: borrowing RowBuffer) { if let id = row.string(0) { ids.insert(id) } }
    func flush() {}
  }

  // MARK: Reading

  /// What a page consists of, before it is believed.
  struct Parts {
    var total: Int64?
    var isDone: Bool?
    var next: String?
    var records: Range<Int>?
  }

  /// Reads the answer of a query, which stands at `part` in `bytes`.
  ///
  /// `isFirst` says that no page came before: then the counts can be compared.
  init(
    _ bytes: [UInt8], _ part: Range<Int>, shape: RowShape, isFirst: Bool, attempt: String,
    response: Response
  ) throws(Failure) {
    func bad(_ why: String) -> Failure { .unreadable(attempt, why, response) }
    let parts: Parts
    do throws(JSONError) {
      parts = try bytes.withBytes { all throws(JSONError) in try Self.parts(all, part) }
    } catch {
      throw bad("\(error)")
    }
    guard let total = parts.total, let isDone = parts.isDone, let records = parts.records else {
      throw bad("the answer has no totalSize, done and records")
    }
    if !isDone, parts.next == nil { throw bad("the page is not the last, but names no next one") }
    let check = try RowCheck(bytes, records, shape) { bad($0) }
    guard total >= check.rows, !isFirst || !isDone || total == check.rows else {
      throw bad("\(check.rows) rows came where totalSize says \(total)")
    }
    self.bytes = bytes
    self.records = records
    self.shape = shape
    self.attempt = attempt
    stream = shape.stream
    totalSize = Int(clamping: total)
    rows = check.rows
    lastKey = check.lastKey
    next = isDone ? nil : parts.next
  }

  /// The rows of a bare array (collections), and where nulls stand in it.
  static func array(
    _ response: Response, shape: RowShape, attempt: String, places: Int
  ) throws(Failure) -> (Page, nulls: [Int]) {
    func bad(_ why: String) -> Failure { .unreadable(attempt, why, response) }
    let all = 0..<response.body.count
    let check = try RowCheck(response.body, all, shape) { bad($0) }
    guard check.places == places else {
      throw bad("\(check.places) rows came where \(places) were asked for")
    }
    return (Page(response.body, all, shape, check, attempt), check.nulls)
  }

  /// One page of the rows of several; nil when there is none to take the shape from.
  static func joined(_ pages: [Page]) throws(Failure) -> Page? {
    guard let first = pages.first, pages.count > 1 else { return pages.first }
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    for page in pages where page.rows > 0 {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes += page.bytes[page.records].dropFirst().dropLast()
    }
    bytes.append(UInt8(ascii: "]"))
    let all = 0..<bytes.count
    let check = try RowCheck(bytes, all, first.shape) {
      .unreadable(first.attempt, $0, nil)
    }
    return Page(bytes, all, first.shape, check, first.attempt)
  }

  private init(
    _ bytes: [UInt8], _ records: Range<Int>, _ shape: RowShape, _ check: RowCheck,
    _ attempt: String
  ) {
    self.bytes = bytes
    self.records = records
    self.shape = shape
    self.attempt = attempt
    stream = shape.stream
    totalSize = check.rows
    rows = check.rows
    lastKey = check.lastKey
    next = nil
  }

  static func parts(
    _ all: UnsafeRawBufferPointer, _ part: Range<Int>
  ) throws(JSONError) -> Parts {
    var parts = Parts()
    var reader = JSONReader(UnsafeRawBufferPointer(rebasing: all[part]))
    try reader.readObject { reader, key throws(JSONError) in
      if key == "totalSize" {
        parts.total = try reader.readInteger()
      } else if key == "done" {
        parts.isDone = try reader.readBool()
      } else if key == "nextRecordsUrl" {
        parts.next = try reader.readStringOrNull()?.string
      } else if key == "records" {
        parts.records = range(of: try reader.readRawValue(), in: all)
      } else {
        try reader.skipValue()
      }
    }
    try reader.finish()
    return parts
  }

  /// Where a part of a text stands in it.
  static func range(
    of part: UnsafeRawBufferPointer, in all: UnsafeRawBufferPointer
  ) -> Range<Int> {
    guard let start = part.baseAddress, let base = all.baseAddress else { return 0..<0 }
    let offset = start - base
    return offset..<(offset + part.count)
  }
}

extension [UInt8] {
  /// As `withUnsafeBytes`, with a typed error.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    let result: Swift.Result<Result, JSONError> = withUnsafeBytes { all in
      do throws(JSONError) {
        return .success(try body(all))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
