/// Writes rows as Bulk API 2.0 gives them: every value in double quotes, nothing for null.
struct BulkCSV {
  private enum Source {
    case id
    case isDeleted
    case createdAt
    case modifiedAt
    case stamp
    case name(first: UInt8, last: UInt8)
    case text(UInt8)
    case boolean(UInt8)
    case moment(UInt8)
    case path(SOQLPath)
  }

  private let sources: [Source]
  private let table: OrgTable
  private let reader: OrgReader
  private let delimiter: UInt8
  private let lineEnding: [UInt8]
  /// Where each column of the row at hand is; valid where `marks` holds the row's number.
  private var starts = [Int](repeating: 0, count: 256)
  private var ends = [Int](repeating: 0, count: 256)
  private var marks = [Int](repeating: -1, count: 256)
  private var number = 0

  init(job: SalesforceSimulator.BulkJob, reader: OrgReader) {
    table = job.plan.table
    self.reader = reader
    delimiter = Self.delimiters[job.delimiter] ?? UInt8(ascii: ",")
    lineEnding = job.lineEnding == "CRLF" ? [0x0D, 0x0A] : [0x0A]
    let schema = job.plan.table.schema
    sources = job.plan.columns.map { Self.source($0, schema) }
  }

  static let delimiters: [String: UInt8] = [
    "COMMA": UInt8(ascii: ","), "TAB": 0x09, "PIPE": UInt8(ascii: "|"),
    "SEMICOLON": UInt8(ascii: ";"), "CARET": UInt8(ascii: "^"), "BACKQUOTE": UInt8(ascii: "`"),
  ]

  private static func source(_ path: SOQLPath, _ schema: OrgSchema) -> Source {
    guard let column = path.direct else { return .path(path) }
    switch column.slot {
    case .id: return .id
    case .isDeleted: return .isDeleted
    case .createdAt: return .createdAt
    case .modifiedAt: return .modifiedAt
    case .stamp: return .stamp
    case .name:
      guard let first = schema.cell("FirstName"), let last = schema.cell("LastName") else {
        return .path(path)
      }
      return .name(first: first, last: last)
    case .cell(let cell):
      switch column.field.kind {
      case .boolean: return .boolean(cell)
      case .datetime: return .moment(cell)
      default: return .text(cell)
      }
    default: return .path(path)
    }
  }

  func appendHeader(_ names: [String], to out: inout [UInt8]) {
    for (index, name) in names.enumerated() {
      if index > 0 { out.append(delimiter) }
      out.append(UInt8(ascii: "\""))
      out.append(contentsOf: name.utf8)
      out.append(UInt8(ascii: "\""))
    }
    out.append(contentsOf: lineEnding)
  }

  mutating func append(_ row: OrgRow, to out: inout [UInt8]) {
    number += 1
    row.cells.withUnsafeBufferPointer { bytes in
      var position = 0
      while let (column, range) = OrgRow.next(bytes, &position) {
        starts[Int(column)] = range.lowerBound
        ends[Int(column)] = range.upperBound
        marks[Int(column)] = number
      }
      for index in sources.indices {
        if index > 0 { out.append(delimiter) }
        out.append(UInt8(ascii: "\""))
        append(sources[index], row, bytes, to: &out)
        out.append(UInt8(ascii: "\""))
      }
    }
    out.append(contentsOf: lineEnding)
  }

  private func append(
    _ source: Source, _ row: OrgRow, _ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]
  ) {
    switch source {
    case .id: OrgID.append(prefix: table.schema.prefixBytes, serial: row.serial, to: &out)
    case .isDeleted: out.append(contentsOf: (row.isDeleted ? "true" : "false").utf8)
    case .createdAt: OrgTime.append(row.createdAt, .bulk, to: &out)
    case .modifiedAt: OrgTime.append(row.modifiedAt, .bulk, to: &out)
    case .stamp: OrgTime.append(row.stamp, .bulk, to: &out)
    case .name(let first, let last):
      if let range = range(first) {
        Self.appendQuoted(UnsafeBufferPointer(rebasing: bytes[range]), to: &out)
        out.append(0x20)
      }
      guard let range = range(last) else { return }
      Self.appendQuoted(UnsafeBufferPointer(rebasing: bytes[range]), to: &out)
    case .text(let cell):
      guard let range = range(cell) else { return }
      Self.appendQuoted(UnsafeBufferPointer(rebasing: bytes[range]), to: &out)
    case .boolean(let cell):
      out.append(contentsOf: (range(cell) == nil ? "false" : "true").utf8)
    case .moment(let cell):
      guard let range = range(cell) else { return }
      OrgTime.append(
        Int64(String(decoding: bytes[range], as: UTF8.self)) ?? 0, .bulk, to: &out)
    case .path(let path): appendValue(reader.value(path, table, row), to: &out)
    }
  }

  private func range(_ cell: UInt8) -> Range<Int>? {
    let column = Int(cell)
    return marks[column] == number ? starts[column]..<ends[column] : nil
  }

  private static func appendQuoted(
    _ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]
  ) {
    guard text.contains(UInt8(ascii: "\"")) else { return out.append(contentsOf: text) }
    for byte in text {
      if byte == UInt8(ascii: "\"") { out.append(byte) }
      out.append(byte)
    }
  }

  private func appendValue(_ value: OrgValue, to out: inout [UInt8]) {
    switch value {
    case .null: break
    case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
    case .number(let number): out.append(contentsOf: String(number).utf8)
    case .time(let moment): OrgTime.append(moment, .bulk, to: &out)
    case .text(let text):
      Array(text.utf8).withUnsafeBufferPointer { Self.appendQuoted($0, to: &out) }
    }
  }
}
