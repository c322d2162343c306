import HTTP

/// A refusal in the vendor's own words that no status number tells apart.
package enum SalesforceRefusal: String, Sendable, Equatable, CaseIterable {
  case dailyLimit
  case concurrentLimit
  /// A 401 that no new token heals.
  case notForREST
  /// Another one.
  case connectedAppNotAttached
  case apiDisabled
  case queryTimeout
  case lockedRow
  case temporaryQueryMore
  case insufficientAccess

  var response: Response {
    switch self {
    case .dailyLimit:
      .failure(OrgError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
    case .concurrentLimit:
      .failure(OrgError("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."))
    case .notForREST:
      .failure(
        OrgError("INVALID_SESSION_ID", "This session is not valid for use with the REST API"))
    case .connectedAppNotAttached:
      .failure(
        OrgError("INVALID_SESSION_ID", "Connected app is not attached to Agent"))
    case .apiDisabled:
      .failure(
        OrgError(
          "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization."))
    case .queryTimeout:
      .failure(
        OrgError("QUERY_TIMEOUT", "Your query request was running for too long."))
    case .lockedRow:
      .failure(
        OrgError(
          "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", fields: []))
    case .temporaryQueryMore:
      .failure(OrgError("TEMPORARY_QUERY_MORE_FAILURE", "Could not read more. Try again."))
    case .insufficientAccess:
      .failure(
        OrgError(
          "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id", fields: []))
    }
  }
}

/// What goes wrong, and at which call.
package struct SalesforceFaults {
  enum Planned {
    case fault(Fault)
    case refusal(SalesforceRefusal)
    /// The write is made, stays in an open transaction for that long, and the answer is lost.
    case late(milliseconds: Int64)
  }

  private struct Rule {
    var planned: Planned
    var left: Int
    var repeats: Int
    var when: (SalesforceSimulator.CallRecord) -> Bool
  }

  private var rules: [Rule] = []

  package init() {}

  package var isEmpty: Bool { rules.isEmpty }

  package mutating func removeAll() { rules = [] }

  /// Lets `fault` happen at the `ordinal`-th matching call from now, and at the `times - 1` next.
  package mutating func schedule(
    _ fault: Fault, at kind: SalesforceSimulator.CallKind? = nil, ordinal: Int = 1,
    times: Int = 1
  ) {
    schedule(fault, ordinal: ordinal, times: times) { kind == nil || $0.kind == kind }
  }

  /// As ``schedule(_:at:ordinal:times:)``, for the calls that `when` chooses.
  package mutating func schedule(
    _ fault: Fault, ordinal: Int = 1, times: Int = 1,
    when: @escaping (SalesforceSimulator.CallRecord) -> Bool
  ) {
    rules.append(Rule(planned: .fault(fault), left: ordinal, repeats: times, when: when))
  }

  /// Lets a refusal happen in the same way.
  package mutating func schedule(
    refusal: SalesforceRefusal, at kind: SalesforceSimulator.CallKind? = nil, ordinal: Int = 1,
    times: Int = 1
  ) {
    schedule(refusal: refusal, ordinal: ordinal, times: times) { kind == nil || $0.kind == kind }
  }

  package mutating func schedule(
    refusal: SalesforceRefusal, ordinal: Int = 1, times: Int = 1,
    when: @escaping (SalesforceSimulator.CallRecord) -> Bool
  ) {
    rules.append(Rule(planned: .refusal(refusal), left: ordinal, repeats: times, when: when))
  }

  /// Lets a write be made whose answer is lost and whose transaction stays open: what it wrote
  /// shows that many milliseconds later, with the stamps of the moment of writing.
  package mutating func schedule(
    lateBy milliseconds: Int64, ordinal: Int = 1, times: Int = 1,
    when: @escaping (SalesforceSimulator.CallRecord) -> Bool
  ) {
    rules.append(
      Rule(
        planned: .late(milliseconds: milliseconds), left: ordinal, repeats: times, when: when))
  }

  mutating func next(for record: SalesforceSimulator.CallRecord) -> Planned? {
    var found: Planned?
    for index in rules.indices where rules[index].when(record) {
      rules[index].left -= 1
      guard rules[index].left <= 0, found == nil else { continue }
      found = rules[index].planned
      rules[index].repeats -= 1
    }
    rules.removeAll { $0.repeats <= 0 }
    return found
  }
}
