/// Reads a CSV text whole and in pieces of a size that the first byte chooses: both agree.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 1, let start else { return 0 }
  let text = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
  let whole = read(text, piece: text.count)
  let pieces = read(text, piece: Int(start[0] % 16) + 1)
  promise(whole.rows == pieces.rows, "pieces give the same rows")
  promise(whole.error == pieces.error, "pieces give the same error")
  return 0
}

private func read(
  _ text: UnsafeRawBufferPointer, piece: Int
) -> (rows: [[[UInt8]?]], error: CSVError?) {
  var reader = CSVReader(columns: ["a", "b"])
  var rows: [[[UInt8]?]] = []
  func take(_ row: CSVRow) { rows.append((0..<row.count).map { row[$0].map { Array($0) } }) }
  do {
    for start in stride(from: 0, to: text.count, by: piece) {
      let end = min(start + piece, text.count)
      try reader.take(UnsafeRawBufferPointer(rebasing: text[start..<end]), row: take)
    }
    try reader.finish(row: take)
    return (rows, nil)
  } catch {
    return (rows, error as? CSVError)
  }
}
