/// Paces calls to a side that counts them in windows, evenly and within our share (Intercom).
///
/// The limit is of ten seconds (`X-RateLimit-Limit`). Windows begin at a moment of the server's
/// own choosing, and the moment that it names for the next one may lie seconds too late. So calls
/// are spaced evenly at our share of the limit, which fits whatever the windows are, and what the
/// server says is left slows them only when somebody else uses the limit too.
///
/// Ask ``delay(now:isAsked:)`` until it is 0, then ``sent(now:isAsked:)`` at once, without an await
/// in between, and when the call is over ``answered(_:now:)``, ``refused(_:now:random:)`` or
/// ``ended()``. All times are milliseconds of a clock of ours that never jumps: of the server's
/// clock only differences are used.
package struct RateWindow: Sendable {
  /// What one answer says.
  package struct Reading: Sendable, Equatable {
    package var limit: Int64
    package var remaining: Int64
    /// `X-RateLimit-Reset`, seconds since 1970.
    package var resetSeconds: Int64?
    /// The answer's `Date`, seconds since 1970.
    package var dateSeconds: Int64?

    package init(limit: Int64, remaining: Int64, resetSeconds: Int64?, dateSeconds: Int64?) {
      self.limit = limit
      self.remaining = remaining
      self.resetSeconds = resetSeconds
      self.dateSeconds = dateSeconds
    }

    /// Milliseconds until the moment that the server names; nil when it cannot be told.
    fileprivate var resetIn: Int64? {
      guard let resetSeconds, let dateSeconds else { return nil }
      let (seconds, overflow) = resetSeconds.subtractingReportingOverflow(dateSeconds)
      return overflow || seconds > RateWindow.resetSecondsMax ? nil : max(0, seconds) * 1_000
    }
  }

  package static let length: Int64 = 10_000
  /// A moment further ahead than this is no word to rely on (16 s have been seen).
  fileprivate static let resetSecondsMax: Int64 = 60
  /// Without a word for this long, the last one is forgotten.
  private static let memory: Int64 = 60_000
  /// How much of a pause may be caught up with, so that late timers lose nothing.
  private static let credit: Double = 250

  /// What part of the limit calls may use that nobody waits for.
  package let share: Double
  package private(set) var inFlight = 0
  package private(set) var limit: Int64?
  /// What the server said is left of the window, at the least.
  package private(set) var remaining: Int64 = 0
  private var resetSeconds: Int64?
  /// When the window is surely over.
  private var end: Int64 = 0
  private var heardAt: Int64 = 0
  /// When the next evenly spaced call is due.
  private var due: Double = 0
  private var blockedUntil: Int64 = 0

  package init(share: Double = 0.8) { self.share = min(max(share, 0.01), 1) }

  /// Milliseconds until the next call may be sent, 0 for now; ask again after them.
  ///
  /// A call that a person asked for is not spaced and may use what is beyond the share.
  package func delay(now: Int64, isAsked: Bool = false) -> Int64 {
    if blockedUntil > now { return blockedUntil - now }
    guard let limit = current(now) else { return 0 }
    let reserve = isAsked ? 0 : Double(limit) * (1 - share) / 2
    let left = Double(remaining - Int64(inFlight)) - reserve
    if now < end, left < 1 { return end - now }
    if isAsked { return 0 }
    return max(0, -(Double(now) - due - 0.999).clampedToInt64)
  }

  /// Notes a call that is sent now.
  package mutating func sent(now: Int64, isAsked: Bool = false) {
    inFlight += 1
    guard !isAsked, let limit = current(now) else { return }
    due = max(due, Double(now) - Self.credit) + spacing(limit, now)
  }

  /// Takes what an answer said; without the headers there is nothing to pace by.
  package mutating func answered(_ reading: Reading?, now: Int64) {
    ended()
    guard let reading, reading.limit > 0 else { return }
    learn(reading, now)
  }

  /// Takes a 429: nothing is sent until the window is over, and a second at most after it.
  ///
  /// Intercom sends no Retry-After. `random` is in 0..<1.
  package mutating func refused(_ reading: Reading?, now: Int64, random: Double) {
    answered(reading, now: now)
    remaining = 0
    let wait = reading?.resetIn ?? (end > now ? end - now : Self.length)
    end = max(end, now + wait)
    let jitter = (1_000 * random.clampedToUnit).clampedToInt64
    blockedUntil = max(blockedUntil, now + max(wait, 1_000) + jitter)
  }

  /// Notes that a call ended without an answer.
  package mutating func ended() { inFlight = max(0, inFlight - 1) }

  /// How much of our share of this window is used, from 0; 0 while no limit is known.
  package func fraction(now: Int64) -> Double {
    guard let limit = current(now), now < end else { return 0 }
    return Double(limit - remaining) / (Double(limit) * share)
  }

  // MARK: Parts

  private func current(_ now: Int64) -> Int64? {
    now - heardAt < Self.memory ? limit : nil
  }

  private mutating func learn(_ reading: Reading, _ now: Int64) {
    let said = max(0, min(reading.remaining, reading.limit))
    defer {
      limit = reading.limit
      heardAt = now
    }
    if let old = resetSeconds, let new = reading.resetSeconds, old.isNear(new) {
      // An answer that was long on its way tells of a window that is over.
      if new < old || (new == old && now >= end) { return }
      if new == old, limit == reading.limit {
        remaining = min(remaining, said)
        return
      }
    }
    remaining = said
    resetSeconds = reading.resetSeconds
    // The first word of a window comes after its beginning, so this is never too early.
    end = now + min(reading.resetIn ?? Self.length, Self.length)
  }

  /// Milliseconds from one call to the next: even, and slower when the window would not last.
  private func spacing(_ limit: Int64, _ now: Int64) -> Double {
    let even = Double(Self.length) / (Double(limit) * share)
    guard now < end else { return even }
    let left = Double(remaining - Int64(inFlight)) - Double(limit) * (1 - share) / 2
    return left < 1 ? even : max(even, Double(end - now) / left)
  }
}

extension Int64 {
  /// Within a minute, in seconds; a clock that was set anew is not.
  fileprivate func isNear(_ other: Int64) -> Bool {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return !overflow && (-60...60).contains(difference)
  }
}
