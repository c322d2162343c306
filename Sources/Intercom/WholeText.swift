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
}
