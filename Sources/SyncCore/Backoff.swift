/// How long to wait before trying a passing failure again (E2): as long as it has lasted so far.
///
/// No count of attempts is kept, so a restart or a long sleep needs no care. With the standard
/// bounds and a random value of 0.5 the tries come at
///
/// | since the first failure | next wait | | since the first failure | next wait |
/// |---|---|---|---|---|
/// | 0 s  | 5 s  | | 1 min 20 s | 1 min 20 s |
/// | 5 s  | 5 s  | | 2 min 40 s | 2 min 40 s |
/// | 10 s | 10 s | | 5 min 20 s | 5 min 20 s |
/// | 20 s | 20 s | | 10 min 40 s | 10 min 40 s |
/// | 40 s | 40 s | | 21 min 20 s and later | 15 min |
///
/// and each wait is between 0.8 and 1.2 times that.
package struct Backoff: Sendable, Equatable {
  /// Milliseconds.
  package var least: Int64
  package var most: Int64

  package init(least: Int64 = 5_000, most: Int64 = 900_000) {
    self.least = least
    self.most = max(least, most)
  }

  /// Milliseconds until the next try; both times are of one clock, `random` is in 0..<1.
  package func wait(firstFailure: Int64, now: Int64, random: Double) -> Int64 {
    let (age, overflow) = now.subtractingReportingOverflow(firstFailure)
    let wait = overflow ? least : min(max(age, least), most)
    return (Double(wait) * (0.8 + 0.4 * random.clampedToUnit)).clampedToInt64
  }
}

extension Double {
  /// Within 0...1; what is no number is 0.
  var clampedToUnit: Double { self > 0 ? min(self, 1) : 0 }

  /// Cut to a whole number, within what fits; what is no number is 0.
  var clampedToInt64: Int64 {
    if isNaN { return 0 }
    // The nearest Doubles to the bounds of Int64 that are within them.
    return Int64(Swift.min(Swift.max(self, -0x1p63), 0x1.fffffffffffffp62))
  }
}
