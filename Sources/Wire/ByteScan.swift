/// Looks for bytes eight at a time.
///
/// A word with a zero byte is found by `(w - 0x01…) & ~w & 0x80…` (Mycroft, 1987); borrows can mark
/// only bytes above the first one, and the first one is all that is asked for.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & tops }

  @inline(__always)
  private static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    zeros(word ^ (ones &* UInt64(byte)))
  }

  /// The offset of the first `byte` from `start` on, or the count of `bytes`.
  @inline(__always)
  static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset + 8 <= bytes.count {
      let found = matches(word(bytes, offset), byte)
      if found != 0 { return offset + found.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count, bytes[offset] != byte { offset += 1 }
    return offset
  }

  /// The offset of the first comma, quote, CR or LF from `start` on, or the count of `bytes`.
  @inline(__always)
  static func firstCSVMark(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset + 8 <= bytes.count {
      let word = word(bytes, offset)
      let found =
        matches(word, UInt8(ascii: ",")) | matches(word, UInt8(ascii: "\""))
        | matches(word, 0x0A) | matches(word, 0x0D)
      if found != 0 { return offset + found.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return offset
      default: offset += 1
      }
    }
    return offset
  }

  /// The offset of the first quote, backslash or control byte from `start` on, or the count.
  @inline(__always)
  static func firstJSONMark(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset + 8 <= bytes.count {
      let word = word(bytes, offset)
      let controls = (word &- ones &* 0x20) & ~word & tops
      let found =
        matches(word, UInt8(ascii: "\"")) | matches(word, UInt8(ascii: "\\")) | controls
      if found != 0 { return offset + found.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20: return offset
      default: offset += 1
      }
    }
    return offset
  }

  /// Whether every byte is below 0x80.
  static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    var all: UInt64 = 0
    while offset + 8 <= bytes.count {
      all |= word(bytes, offset)
      offset += 8
    }
    while offset < bytes.count {
      all |= UInt64(bytes[offset])
      offset += 1
    }
    return all & tops == 0
  }
}
