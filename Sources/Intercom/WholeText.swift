import Wire

extension JSONReader {
  /// Reads `body` as one JSON text with nothing behind it.
  static func reading<Value>(
    _ body: [UInt8], _ read: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    let result = body.withUnsafeBytes { text -> Result<Value, JSONError> in
      var reader = JSONReader(text)
      do throws(JSONError) {
        let value = try read(&reader)
        try reader.finish()
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads one of a contact's lists, `{"type":"list","data":[{"id":…},…]}`, and hands out the ids
  /// in its order; ids are text or numbers.
  mutating func readItemIDs(_ take: ([UInt8]) -> Void) throws(JSONError) {
    guard try peek() == .object else { return try skipValue() }
    try readObject { reader, key throws(JSONError) in
      guard key == "data", try reader.peek() == .array else { return try reader.skipValue() }
      try reader.readArray { reader throws(JSONError) in
        guard try reader.peek() == .object else { return try reader.skipValue() }
        try reader.readObject { reader, key throws(JSONError) in
          guard key == "id" else { return try reader.skipValue() }
          if let id = try reader.readID() { take(id) }
        }
      }
    }
  }

  /// Reads an id, a text or a number; nil for anything else and for an empty text.
  mutating func readID() throws(JSONError) -> [UInt8]? {
    var id: [UInt8] = []
    switch try peek() {
    case .string: try readString().append(to: &id)
    case .number: id.append(contentsOf: try readRawValue())
    default: try skipValue()
    }
    return id.isEmpty ? nil : id
  }
}
