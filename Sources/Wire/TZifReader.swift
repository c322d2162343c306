/// Reads the 64-bit block and the footer of one TZif file (RFC 9636, section 3).
struct TZifReader {
  struct Block {
    var transitions: [Int64]
    var offsets: [Int64]
    var firstOffset: Int64
    var footer: String
  }

  private struct Header {
    var isUTCount: Int
    var isStandardCount: Int
    var leapCount: Int
    var timeCount: Int
    var typeCount: Int
    var charCount: Int

    /// The length of the block that follows, with times of `width` bytes.
    func length(width: Int) -> Int {
      timeCount * (width + 1) + typeCount * 6 + charCount + leapCount * (width + 4)
        + isStandardCount + isUTCount
    }
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func read() -> Block? {
    // The first block has times of 32 bits and is there for old programs.
    guard let old = header() else { return nil }
    position += old.length(width: 4)
    guard let header = header(), header.typeCount > 0,
      bytes.count - position >= header.length(width: 8)
    else { return nil }
    let end = position + header.length(width: 8)
    var transitions: [Int64] = []
    for _ in 0..<header.timeCount {
      guard let time = integer(8), transitions.last.map({ $0 < time }) ?? true else { return nil }
      transitions.append(time)
    }
    let indices = bytes[position..<position + header.timeCount]
    position += header.timeCount
    var types: [Int64] = []
    for _ in 0..<header.typeCount {
      // RFC 9636: -24:59:59 to 25:59:59 at the most.
      guard let offset = integer(4), abs(offset) < 26 * 3_600 else { return nil }
      types.append(offset)
      position += 2
    }
    guard let first = types.first, indices.allSatisfy({ Int($0) < types.count }) else { return nil }
    position = end
    guard let footer = footer() else { return nil }
    return Block(
      transitions: transitions, offsets: indices.map { types[Int($0)] }, firstOffset: first,
      footer: footer)
  }

  /// Nil unless it is of version 2 or later and its block can be there.
  private mutating func header() -> Header? {
    guard position >= 0, position <= bytes.count, bytes.count - position >= 44,
      bytes[position..<position + 4].elementsEqual("TZif".utf8),
      bytes[position + 4] >= UInt8(ascii: "2")
    else { return nil }
    position += 20
    var counts: [Int] = []
    for _ in 0..<6 {
      guard let count = integer(4), count >= 0, count <= bytes.count else { return nil }
      counts.append(Int(count))
    }
    return Header(
      isUTCount: counts[0], isStandardCount: counts[1], leapCount: counts[2],
      timeCount: counts[3], typeCount: counts[4], charCount: counts[5])
  }

  /// Big-endian and signed.
  private mutating func integer(_ width: Int) -> Int64? {
    guard bytes.count - position >= width else { return nil }
    var value: Int64 = bytes[position] < 0x80 ? 0 : -1
    for byte in bytes[position..<position + width] { value = value << 8 | Int64(byte) }
    position += width
    return value
  }

  private mutating func footer() -> String? {
    guard position < bytes.count, bytes[position] == 0x0A,
      let end = bytes[(position + 1)...].firstIndex(of: 0x0A)
    else { return nil }
    return String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
  }
}
