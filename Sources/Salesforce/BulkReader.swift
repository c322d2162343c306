import HTTP
import SyncCore
import Wire

/// Turns the CSV of a bulk result into rows as it streams in.
final class BulkReader: BodySink {
  static let flushBytes = 1 << 17

  /// What ended the transfer early: the sink's own error, or a text that is no such CSV.
  var error: (any Error)? {
    if let text = thrown as? CSVError { return Failure.unreadable(attempt, "\(text)", nil) }
    return thrown
  }

  private var thrown: (any Error)?

  private let sink: any RowSink
  private let attempt: String
  private let places: Int
  private var csv: CSVReader
  private var filler: RowFiller
  private var rows = 0
  private var unflushed = 0

  init(_ shape: RowShape, _ sink: any RowSink, attempt: String) {
    self.sink = sink
    self.attempt = attempt
    places = shape.selected.count
    csv = CSVReader(columns: shape.names)
    filler = RowFiller(shape)
  }

  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard thrown == nil else { return false }
    do {
      try csv.take(piece) { try take($0) }
      return true
    } catch {
      thrown = error
      return false
    }
  }

  /// Ends the text and returns its rows, if they are as many as the answer says.
  func finish(_ response: Response) throws -> Int {
    if thrown == nil {
      do {
        try csv.finish { try take($0) }
      } catch {
        thrown = error
      }
    }
    if let error { throw error }
    if let text = response.headers["Sforce-NumberOfRecords"] {
      guard let said = Int(text), said == rows else {
        let why = "\(rows) rows came where \(text) were announced"
        throw Failure.unreadable(attempt, why, response)
      }
    }
    try sink.flush()
    return rows
  }

  private func take(_ row: CSVRow) throws {
    filler.begin()
    for place in 0..<places { filler.set(place, row[place]) }
    rows += 1
    if let fault = filler.fault {
      throw Failure.unreadable(attempt, "row \(rows) \(fault)", nil)
    }
    try sink.take(filler.row)
    unflushed += filler.row.bytes.count
    if unflushed >= Self.flushBytes {
      unflushed = 0
      try sink.flush()
    }
  }
}
