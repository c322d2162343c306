/// What one refusal means: a stable code with its kind, cause and remedy in plain words (E1, E2).
///
/// Each side lists its own (`SalesforceMeaning`, `IntercomMeaning`); `docs/ERRORS.md` prints them.
package struct Meaning: Sendable, Hashable {
  package enum Kind: String, Sendable, Codable {
    /// Heals by itself: backed off with jitter, for as long as it takes.
    case passing
    /// This record's data: parked, tried again when its data or the configuration changes.
    case refused
    /// The whole side: stops, is probed, one entry says so.
    case broken
  }

  /// Stable and printed: `SF-REQUIRED-FIELD`.
  package var code: String
  package var kind: Kind
  package var cause: String
  package var remedy: String

  package init(_ code: String, _ kind: Kind, cause: String, remedy: String) {
    self.code = code
    self.kind = kind
    self.cause = cause
    self.remedy = remedy
  }
}

/// A call that did not do what was asked, in the words of the side that refused it.
package struct Failure: Error, Sendable {
  /// What is known about the far side's state after the call.
  package enum Effect: Sendable {
    /// Surely nothing happened there.
    case none
    /// It may have happened: the answer was lost, unreadable, or a 500.
    case unknown
  }

  package var side: Side
  package var meaning: Meaning
  /// What was attempted, in plain words: `read the changed leads`.
  package var attempt: String
  /// What the far side said, without secrets or personal data beyond its own wording.
  package var answer: String
  package var status: Int?
  /// The far side's own code: `REQUIRED_FIELD_MISSING`, `rate_limit_exceeded`.
  package var farCode: String?
  /// The far side's correlation id.
  package var requestID: String?
  /// Fields that the far side names.
  package var fields: [String]
  /// Records that the far side names: those that a duplicate rule found, or that hold a unique value.
  package var records: [String] = []
  package var effect: Effect
  /// How long the far side asked us to wait, in milliseconds.
  package var waitMilliseconds: Int64?

  /// What failed, what the far side said, and why, for the journal.
  package var sentence: String {
    let said = answer.isEmpty ? "" : " (\(answer))"
    return "Could not \(attempt)\(said): \(meaning.cause)"
  }

  package init(
    _ side: Side, _ meaning: Meaning, attempt: String, answer: String, status: Int? = nil,
    farCode: String? = nil, requestID: String? = nil, fields: [String] = [],
    effect: Effect = .none, waitMilliseconds: Int64? = nil
  ) {
    self.side = side
    self.meaning = meaning
    self.attempt = attempt
    self.answer = answer
    self.status = status
    self.farCode = farCode
    self.requestID = requestID
    self.fields = fields
    self.effect = effect
    self.waitMilliseconds = waitMilliseconds
  }
}
