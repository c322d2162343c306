/// A pull reader over the UTF-8 bytes of one JSON text: values are visited in place, nothing is kept.
///
/// The caller asks for what it expects next and skips the rest, so that a page of a thousand rows
/// costs no allocation a row. The bytes must outlive the reader. Nesting is bounded, so a hostile
/// text cannot exhaust the stack.
package struct JSONReader {
  package enum Kind: Sendable, Equatable { case object, array, string, number, bool, null }

  package static let nestingMax = 64

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  // MARK: Looking

  /// The kind of the next value, which stays unread.
  package mutating func peek() throws(JSONError) -> Kind {
    skipSpace()
    guard position < bytes.count else { throw error(.truncated) }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error(.unexpected)
    }
  }

  /// Throws unless nothing but white space is left.
  package mutating func finish() throws(JSONError) {
    skipSpace()
    guard position == bytes.count else { throw error(.unexpected) }
  }

  // MARK: Containers

  /// Reads an object: `member` is called for each key and must read or skip its value.
  package mutating func readObject(
    _ member: (inout JSONReader, JSONString) throws(JSONError) -> Void
  ) throws(JSONError) {
    try open(UInt8(ascii: "{"))
    skipSpace()
    if consume(UInt8(ascii: "}")) { return close() }
    while true {
      let key = try readString()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      try member(&self, key)
      skipSpace()
      if consume(UInt8(ascii: ",")) { continue }
      try expect(UInt8(ascii: "}"))
      return close()
    }
  }

  /// Reads an array: `element` is called before each element and must read or skip it.
  package mutating func readArray(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try open(UInt8(ascii: "["))
    skipSpace()
    if consume(UInt8(ascii: "]")) { return close() }
    while true {
      try element(&self)
      skipSpace()
      if consume(UInt8(ascii: ",")) { continue }
      try expect(UInt8(ascii: "]"))
      return close()
    }
  }

  // MARK: Scalars

  /// Reads a string; its bytes stay where they are.
  package mutating func readString() throws(JSONError) -> JSONString {
    skipSpace()
    try expect(UInt8(ascii: "\""))
    let start = position
    var isEscaped = false
    while true {
      position = ByteScan.firstJSONMark(in: bytes, from: position)
      guard position < bytes.count else { throw error(.truncated) }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        position += 1
        return JSONString(raw: text, isEscaped: isEscaped)
      case UInt8(ascii: "\\"):
        guard position + 1 < bytes.count else { throw error(.truncated) }
        isEscaped = true
        position += 2
      default: throw error(.unexpected)
      }
    }
  }

  /// Reads a string, or null as nil.
  package mutating func readStringOrNull() throws(JSONError) -> JSONString? {
    if try peek() == .null {
      try readNull()
      return nil
    }
    return try readString()
  }

  /// Reads a number that is whole (a fraction of zeros is allowed: `12.0`).
  package mutating func readInteger() throws(JSONError) -> Int64 {
    let text = try readNumberText()
    if let value = Int64(ascii: text) { return value }
    // Beyond 2^53 a Double no longer tells one whole number from the next.
    guard let value = Double(ascii: text), abs(value) <= 0x1p53 else { throw error(.unexpected) }
    let whole = Int64(value)
    guard Double(whole) == value else { throw error(.unexpected) }
    return whole
  }

  package mutating func readBool() throws(JSONError) -> Bool {
    skipSpace()
    let value = position < bytes.count && bytes[position] == UInt8(ascii: "t")
    try expect(word: value ? "true" : "false")
    return value
  }

  package mutating func readNull() throws(JSONError) {
    skipSpace()
    try expect(word: "null")
  }

  // MARK: The rest

  /// Passes over the next value, whatever it is.
  package mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case .string: _ = try readString()
    case .number: _ = try readNumberText()
    case .bool: _ = try readBool()
    case .null: try readNull()
    case .object: try readObject { reader, _ throws(JSONError) in try reader.skipValue() }
    case .array: try readArray { reader throws(JSONError) in try reader.skipValue() }
    }
  }

  /// The bytes of the next value as they stand.
  package mutating func readRawValue() throws(JSONError) -> UnsafeRawBufferPointer {
    skipSpace()
    let start = position
    try skipValue()
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  // MARK: Bytes

  private mutating func readNumberText() throws(JSONError) -> UnsafeRawBufferPointer {
    guard try peek() == .number else { throw error(.unexpected) }
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        position += 1
        continue
      default: break
      }
      break
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func open(_ byte: UInt8) throws(JSONError) {
    skipSpace()
    try expect(byte)
    depth += 1
    guard depth <= Self.nestingMax else { throw error(.tooDeep) }
  }

  private mutating func close() { depth -= 1 }

  private mutating func consume(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard position < bytes.count else { throw error(.truncated) }
    guard bytes[position] == byte else { throw error(.unexpected) }
    position += 1
  }

  private mutating func expect(word: StaticString) throws(JSONError) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw error(.truncated) }
      guard bytes[position] == word.utf8Start[offset] else { throw error(.unexpected) }
      position += 1
    }
  }

  private func error(_ problem: JSONError.Problem) -> JSONError {
    JSONError(problem: problem, offset: position)
  }
}

/// What is wrong with a JSON text, and at which byte.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: Sendable, Equatable { case truncated, unexpected, tooDeep }

  package var problem: Problem
  package var offset: Int

  package var description: String {
    switch problem {
    case .truncated: "the JSON text ends too early, at byte \(offset)"
    case .unexpected: "the JSON text is not valid at byte \(offset)"
    case .tooDeep: "the JSON text nests more than \(JSONReader.nestingMax) deep at byte \(offset)"
    }
  }
}
