/// When the journal is told how far the initial sync is: not at its beginning, and seldom.
struct InitialProgress {
  static let everyMilliseconds: Int64 = 300_000

  private var lastAt: Int64?

  /// Whether a line is due at that time of the clock that never jumps.
  mutating func isDue(_ isUnderWay: Bool, at uptime: Int64) -> Bool {
    guard isUnderWay else {
      lastAt = nil
      return false
    }
    guard let last = lastAt else {
      lastAt = uptime
      return false
    }
    guard uptime - last >= Self.everyMilliseconds else { return false }
    lastAt = uptime
    return true
  }
}
