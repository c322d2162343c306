/// How far the initial sync, or any full comparison, has come (I2).
package struct Progress: Sendable, Equatable {
  package enum Phase: String, Sendable, Codable, CaseIterable {
    case salesforce, intercom, match, deliver, done
  }

  package var phase: Phase
  package var done: Int64
  package var total: Int64
  /// Rows a second since the phase began.
  package var perSecond: Double

  package init(phase: Phase, done: Int64 = 0, total: Int64 = 0, perSecond: Double = 0) {
    self.phase = phase
    self.done = done
    self.total = total
    self.perSecond = perSecond
  }

  package var fraction: Double {
    if phase == .done { return 1 }
    return total > 0 ? min(1, Double(done) / Double(total)) : 0
  }

  /// Nil while nothing is known about the speed.
  package var secondsLeft: Int64? {
    if phase == .done { return 0 }
    return perSecond > 0 && total >= done ? Int64(Double(total - done) / perSecond) : nil
  }
}
