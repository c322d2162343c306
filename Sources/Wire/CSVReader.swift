/// Reads the CSV of a Bulk API 2.0 result as it streams in, row by row, without a value per cell.
///
/// The first row names the columns; rows are handed out in the order of the names that the caller
/// wants, whatever the order in the text (alphabetical before API version 50). Quotes are doubled
/// inside quotes, rows end in LF or CRLF, pieces may be cut anywhere. An empty cell is null, quoted
/// or not (Salesforce does not tell them apart); `NA` and `null` are texts like any other.
package struct CSVReader {
  package static let cellBytesMax = 1 << 20
  package static let columnsMax = 1000

  /// Rows handed out so far; the header is not one.
  package private(set) var rows = 0

  private let wanted: [String]
  /// Where each wanted column stands in the text; empty until the header is read.
  private var order: [Int] = []
  private var width = 0
  /// The row that is being read, from its first byte; whole rows never stay here.
  private var buffer: [UInt8] = []
  private var scan = CSVScan()

  /// Wants `columns` by name, compared without regard to case; others are passed over.
  package init(columns: [String]) { wanted = columns }

  /// Reads one piece; `row` is called for each row that it completes.
  ///
  /// Throws ``CSVError``, or what `row` throws; the reader is of no use afterwards.
  package mutating func take(
    _ piece: UnsafeRawBufferPointer, row: (CSVRow) throws -> Void
  ) throws {
    // Taken out for the time of the call, so that it can be written beside the reader's state.
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    bytes.append(contentsOf: piece)
    let used = try bytes.withUnsafeMutableBytes { try readRows($0, row) }
    if used == bytes.count {
      bytes.removeAll(keepingCapacity: true)
    } else if used > 0 {
      bytes.removeSubrange(0..<used)
    }
    scan.moved(by: used)
    swap(&bytes, &buffer)
  }

  /// Ends the text: the last row needs no line break.
  ///
  /// Throws ``CSVError`` when the text has no header or ends inside quotes.
  package mutating func finish(row: (CSVRow) throws -> Void) throws {
    guard scan.state != .quoted else { throw error(.unterminatedQuote) }
    if scan.state != .cellStart || !scan.spans.isEmpty {
      try [0x0A].withUnsafeBytes { try take($0, row: row) }
    }
    guard width > 0 else { throw error(.noHeader) }
  }

  /// Hands out the whole rows of `bytes` and returns how many bytes they were.
  private mutating func readRows(
    _ bytes: UnsafeMutableRawBufferPointer, _ row: (CSVRow) throws -> Void
  ) throws -> Int {
    var start = 0
    while true {
      switch scan.next(UnsafeRawBufferPointer(bytes), spansMax: width > 0 ? width : Self.columnsMax)
      {
      case .needsMore: return start
      case .failed(let problem): throw error(problem)
      case .row: break
      }
      try hand(bytes, row)
      start = scan.position
      scan.spans.removeAll(keepingCapacity: true)
    }
  }

  private mutating func hand(
    _ bytes: UnsafeMutableRawBufferPointer, _ row: (CSVRow) throws -> Void
  ) throws {
    guard width > 0 else { return try readHeader(UnsafeRawBufferPointer(bytes)) }
    let count = scan.spans.count
    // An empty line is no row, unless there is but one column.
    if count == 1, width > 1, scan.spans[0].isBlank { return }
    guard count == width else { throw error(.wrongCellCount(found: count, expected: width)) }
    for index in scan.spans.indices where scan.spans[index].isDoubled {
      scan.spans[index].undouble(bytes)
    }
    try order.withUnsafeBufferPointer { order in
      try scan.spans.withUnsafeBufferPointer { spans in
        try row(CSVRow(bytes: UnsafeRawBufferPointer(bytes), spans: spans, order: order))
      }
    }
    rows += 1
  }

  private mutating func readHeader(_ bytes: UnsafeRawBufferPointer) throws {
    let names = scan.spans.enumerated().map { index, span in
      let name = String(decoding: bytes[span.start..<span.end], as: UTF8.self)
        .replacing("\"\"", with: "\"").lowercased()
      return index == 0 && name.hasPrefix("\u{FEFF}") ? String(name.dropFirst()) : name
    }
    order = try wanted.map { name in
      guard let index = names.firstIndex(of: name.lowercased()) else {
        throw error(.missingColumn(name))
      }
      return index
    }
    width = names.count
  }

  private func error(_ problem: CSVError.Problem) -> CSVError {
    CSVError(problem: problem, row: width == 0 ? 0 : rows + 1)
  }
}

/// One row, valid during the call that hands it out.
package struct CSVRow {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let spans: UnsafeBufferPointer<CSVSpan>
  fileprivate let order: UnsafeBufferPointer<Int>

  /// How many columns were wanted.
  package var count: Int { order.count }

  /// The decoded bytes of the wanted column at `index`, or nil when it is empty.
  package subscript(_ index: Int) -> UnsafeRawBufferPointer? {
    // Unsafe buffers do not check their bounds in release.
    guard order.indices.contains(index) else { return nil }
    let span = spans[order[index]]
    return span.start < span.end
      ? UnsafeRawBufferPointer(rebasing: bytes[span.start..<span.end]) : nil
  }

  package func string(_ index: Int) -> String? {
    self[index].map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What is wrong with a CSV text, and in which row (the header is row 0).
package struct CSVError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: Sendable, Equatable {
    case noHeader
    case missingColumn(String)
    case tooManyColumns
    case wrongCellCount(found: Int, expected: Int)
    case cellTooLong
    case strayQuote
    case strayCarriageReturn
    case unterminatedQuote
  }

  package var problem: Problem
  package var row: Int

  package var description: String {
    let what =
      switch problem {
      case .noHeader: "it has no header row"
      case .missingColumn(let name): "it has no column \(name)"
      case .tooManyColumns: "it has more than \(CSVReader.columnsMax) columns"
      case .wrongCellCount(let found, let expected): "\(found) cells where \(expected) belong"
      case .cellTooLong: "a cell is longer than \(CSVReader.cellBytesMax) bytes"
      case .strayQuote: "a quote stands where none may stand"
      case .strayCarriageReturn: "a carriage return without a line feed stands outside quotes"
      case .unterminatedQuote: "the text ends inside quotes"
      }
    return "the CSV text is not valid in row \(row): \(what)"
  }
}
