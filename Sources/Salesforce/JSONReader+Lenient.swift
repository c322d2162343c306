import Wire

// Reading where another type than the expected one is no error, but no value either.
extension JSONReader {
  mutating func readTextIfAny() throws(JSONError) -> String? {
    guard try peek() == .string else {
      try skipValue()
      return nil
    }
    return try readString().string
  }

  mutating func readFlagIfAny() throws(JSONError) -> Bool? {
    guard try peek() == .bool else {
      try skipValue()
      return nil
    }
    return try readBool()
  }

  /// A whole number that fits; a fraction is no value.
  mutating func readNumberIfAny() throws(JSONError) -> Int? {
    guard try peek() == .number else {
      try skipValue()
      return nil
    }
    return Int64(ascii: try readRawValue()).flatMap { Int(exactly: $0) }
  }

  mutating func readArrayIfAny(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try peek() == .array else { return try skipValue() }
    try readArray(element)
  }

  mutating func readObjectIfAny(
    _ member: (inout JSONReader, JSONString) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try peek() == .object else { return try skipValue() }
    try readObject(member)
  }
}
