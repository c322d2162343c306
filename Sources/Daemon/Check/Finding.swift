import SyncCore

/// What a probe found out about one belief.
struct Finding: Sendable, Equatable {
  enum Verdict: String, Sendable, Encodable {
    case confirmed
    case refuted
    /// Reading alone, or this account as it is today, does not tell.
    case open
  }

  var belief: Belief
  var verdict: Verdict
  /// What was seen, in one line; nil where nothing was looked at.
  var seen: String?

  static func confirmed(_ belief: Belief, _ seen: String) -> Self {
    Self(belief: belief, verdict: .confirmed, seen: seen)
  }

  static func refuted(_ belief: Belief, _ seen: String) -> Self {
    Self(belief: belief, verdict: .refuted, seen: seen)
  }

  static func open(_ belief: Belief, _ seen: String? = nil) -> Self {
    Self(belief: belief, verdict: .open, seen: seen)
  }

  /// A call that did not do what was asked tells nothing.
  static func open(_ belief: Belief, _ failure: Failure) -> Self {
    open(belief, "could not \(failure.attempt): \(failure.meaning.cause)")
  }
}

/// What the probes found, each belief at most once; what nobody looked at is open.
final class FindingList {
  private var byBelief: [Belief: Finding] = [:]

  func add(_ finding: Finding) { byBelief[finding.belief] = finding }

  /// Every belief, in the order of the manual.
  var all: [Finding] { Belief.allCases.map { byBelief[$0] ?? .open($0) } }

  /// A refuted belief that people would see wrong results of.
  var hasRefutedHard: Bool { all.contains { $0.verdict == .refuted && $0.belief.isHard } }
}
