/// Chance as a value handed in: the system's, or a seeded one in tests.
package struct Jitter {
  private var generator: any RandomNumberGenerator

  package init(_ generator: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
    self.generator = generator
  }

  /// A wait within `share` of what was asked for, never below zero, in milliseconds.
  package mutating func spread(_ milliseconds: Int64, by share: Double = 0.2) -> Int64 {
    let width = Double(milliseconds) * min(max(share, 0), 1)
    guard milliseconds > 0, width >= 1, width < 0x1p62 else { return max(0, milliseconds) }
    let offset = Int64.random(in: -Int64(width)...Int64(width), using: &generator)
    let (sum, overflow) = milliseconds.addingReportingOverflow(offset)
    return overflow ? .max : sum
  }
}

/// The same numbers for the same seed (SplitMix64; Steele, Lea and Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
