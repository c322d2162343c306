/// Reads a page as a client does; what gets into a row must be UTF-8.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  withInput(start, count) { bytes in
    var whole = JSONReader(bytes)
    let isWhole: Bool
    do throws(JSONError) {
      try whole.skipValue()
      try whole.finish()
      isWhole = true
    } catch {
      promise(error.offset >= 0 && error.offset <= count, "an error lies within the text")
      isWhole = false
    }
    var row = RowBuffer(columns: 3)
    do throws(JSONError) {
      var reader = JSONReader(bytes)
      try read(&reader, &row)
      try reader.finish()
      promise(isWhole, "what can be read can be skipped")
    } catch {
      promise(!isWhole || error.problem == .unexpected, "only a wrong type fails in a whole text")
    }
  }
  return 0
}

private func read(_ reader: inout JSONReader, _ row: inout RowBuffer) throws(JSONError) {
  switch try reader.peek() {
  case .object:
    try reader.readObject { reader, key throws(JSONError) in
      row.set(0, key)
      promise(isUTF8(row, 0), "a key is UTF-8")
      try read(&reader, &row)
    }
  case .array: try reader.readArray { reader throws(JSONError) in try read(&reader, &row) }
  case .string:
    let text = try reader.readString()
    row.set(1, text)
    row.set(2) { HTMLText.append(text, to: &$0) }
    promise(isUTF8(row, 1) && isUTF8(row, 2), "a text is UTF-8")
    _ = row.fingerprint(of: 0..<3)
  case .number: _ = try reader.readInteger()
  case .bool: _ = try reader.readBool()
  case .null: try reader.readNull()
  }
}

private func isUTF8(_ row: RowBuffer, _ column: Int) -> Bool {
  row.withColumn(column) { bytes in
    bytes.map { String(validating: $0, as: UTF8.self) != nil } ?? true
  }
}
