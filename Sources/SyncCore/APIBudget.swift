/// The daemon's share of the calls that a Salesforce org allows in any 24 hours.
///
/// Salesforce says on each answer what the org as a whole has used (`Sforce-Limit-Info`); what we
/// used of it we count ourselves, in buckets of an hour, so that calls fall out of the count when
/// they are a day old. Stored as it is, so that a restart forgets nothing.
package struct APIBudget: Sendable, Equatable, Codable {
  package struct Bucket: Sendable, Equatable, Codable {
    /// Hours since 1970.
    package var hour: Int64
    package var calls: Int64
  }

  private static let hour: Int64 = 3_600_000

  /// What part of the org's limit is ours, in 0...1.
  package var share: Double
  /// What the org has used and may use, as last said; nil before the first answer.
  package private(set) var orgUsed: Int64?
  package private(set) var orgLimit: Int64?
  /// When that was said, in milliseconds UTC.
  package private(set) var saidAt: Int64?
  /// Our own calls, oldest first.
  package private(set) var buckets: [Bucket] = []

  package init(share: Double) { self.share = share }

  /// Counts calls of ours; `now` is in milliseconds UTC.
  package mutating func count(_ calls: Int64 = 1, now: Int64) {
    let hour = now / Self.hour
    buckets.removeAll { !Self.isCounted($0, at: hour) }
    if let index = buckets.firstIndex(where: { $0.hour == hour }) {
      buckets[index].calls = Self.sum(buckets[index].calls, calls)
    } else {
      buckets.append(Bucket(hour: hour, calls: max(0, calls)))
    }
  }

  /// Takes what an answer said of the org.
  package mutating func observe(used: Int64, limit: Int64, now: Int64) {
    orgUsed = used
    orgLimit = limit
    saidAt = now
  }

  /// Our own calls of the last 24 hours.
  package func ours(now: Int64) -> Int64 {
    buckets.filter { Self.isCounted($0, at: now / Self.hour) }.reduce(0) { Self.sum($0, $1.calls) }
  }

  /// How much of our share is used, from 0; past 1 it is exceeded.
  ///
  /// 1 at the least when the org as a whole has nothing left, 0 while no limit is known.
  package func fraction(now: Int64) -> Double {
    guard let orgLimit else { return 0 }
    let allowed = Double(orgLimit) * share
    guard allowed > 0 else { return 1 }
    let own = Double(ours(now: now)) / allowed
    return isOrgExhausted(now: now) ? max(1, own) : own
  }

  /// Whether only work asked for by a person may still call (S2).
  package func isExhausted(now: Int64) -> Bool { fraction(now: now) >= 1 }

  /// What others have used may fall out of the 24 hours unseen, so the word is good for an hour.
  private func isOrgExhausted(now: Int64) -> Bool {
    guard let orgUsed, let orgLimit, let saidAt else { return false }
    return orgUsed >= orgLimit && now >= saidAt && now < Self.sum(saidAt, Self.hour)
  }

  /// A bucket of a later hour stays from a clock that was set back; it must not count for ever.
  private static func isCounted(_ bucket: Bucket, at hour: Int64) -> Bool {
    bucket.hour <= hour && bucket.hour > hour - 24
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(max(0, b))
    return overflow ? .max : sum
  }
}
