/// A 128-bit SipHash-2-4 with a constant key (Aumasson and Bernstein, 2012; 128-bit variant).
///
/// `Hasher` is seeded anew in every process and 64 bits are few: a collision is a change lost
/// without a word.
package struct Fingerprint: Sendable, Equatable {
  package var high: UInt64
  package var low: UInt64

  /// The sixteen bytes, high half first.
  package var bytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
      + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) }
  }

  package struct Hasher {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var length: UInt64 = 0

    package init() { self.init(key: (0x7366_7379_6e63_2d31, 0x6669_6e67_6572_7072)) }

    init(key: (UInt64, UInt64)) {
      v0 = 0x736f_6d65_7073_6575 ^ key.0
      v1 = 0x646f_7261_6e64_6f6d ^ key.1 ^ 0xee
      v2 = 0x6c79_6765_6e65_7261 ^ key.0
      v3 = 0x7465_6462_7974_6573 ^ key.1
    }

    /// Adds one text; its length goes in as well, so that neighbours cannot run together.
    package mutating func combine(_ text: UnsafeRawBufferPointer) {
      mix(UInt64(text.count))
      var offset = 0
      while offset + 8 <= text.count {
        mix(UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        offset += 8
      }
      var tail: UInt64 = 0
      var shift: UInt64 = 0
      while offset < text.count {
        tail |= UInt64(text[offset]) << shift
        shift += 8
        offset += 1
      }
      if shift > 0 { mix(tail) }
    }

    package func finish() -> Fingerprint {
      var copy = self
      copy.mix(length << 56)
      copy.v2 ^= 0xee
      for _ in 0..<4 { copy.round() }
      let high = copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3
      copy.v1 ^= 0xdd
      for _ in 0..<4 { copy.round() }
      return Fingerprint(high: high, low: copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3)
    }

    /// Adds eight bytes of the message.
    mutating func mix(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
      length &+= 8
    }

    private mutating func round() {
      v0 &+= v1
      v1 = v1 << 13 | v1 >> 51
      v1 ^= v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = v3 << 16 | v3 >> 48
      v3 ^= v2
      v0 &+= v3
      v3 = v3 << 21 | v3 >> 43
      v3 ^= v0
      v2 &+= v1
      v1 = v1 << 17 | v1 >> 47
      v1 ^= v2
      v2 = v2 << 32 | v2 >> 32
    }
  }
}
