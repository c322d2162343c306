/// How long to wait from one poll to the next (S2).
package struct PollInterval: Sendable, Equatable {
  /// `poll.every` and `poll.at_most`, in milliseconds.
  package var every: Int64
  package var atMost: Int64

  package init(every: Int64, atMost: Int64) {
    self.every = every
    self.atMost = max(every, atMost)
  }

  /// Milliseconds: `every` up to half of either share, `atMost` from the whole of it, in a straight
  /// line between, within 5 % of that but never outside of the two.
  ///
  /// The fractions are how much of its share each side's budget has used; `random` is in 0..<1.
  package func next(salesforce: Double, intercom: Double, random: Double) -> Int64 {
    let used = max(salesforce, intercom)
    let stretch = used.isNaN ? 1 : ((used - 0.5) / 0.5).clampedToUnit
    let wait = Double(every) * (1 - stretch) + Double(atMost) * stretch
    let jittered = wait * (0.95 + 0.1 * random.clampedToUnit)
    return min(max(jittered.clampedToInt64, every), atMost)
  }
}
