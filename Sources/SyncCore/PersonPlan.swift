/// What one person is owed: the pure heart of `plan`, for the run, `plan` and `explain` alike (O2).
package struct PersonPlan: Sendable, Equatable {
  package var decision: LinkDecision
  /// What the person should carry; all null without a link.
  package var desired: AttributeValues
  /// One PUT is owed.
  package var owesAttributes: Bool
  package var events: [RecordEvent]
  /// The link ends, or moves to another record or owner, as Intercom sees it (G1).
  package var moves: Bool

  /// Plans one person.
  ///
  /// `told` is the record of the link so far, as its events have told it; `owner` gives an owner by
  /// id.
  package static func make(
    person: Person, decision: LinkDecision, told: Record?,
    configured: AttributeSet, owner: (String) throws -> Owner?, recordURL: (String) -> String?
  ) rethrows -> PersonPlan {
    var desired = AttributeValues()
    if let record = decision.record {
      desired = Enrichment.values(
        of: record, owner: try record.ownerID.flatMap(owner), recordURL: recordURL)
    }
    guard !decision.isHeld else {
      return PersonPlan(
        decision: decision, desired: desired, owesAttributes: false, events: [], moves: false)
    }
    // People without a link are never written to, except to clear what we wrote (M1).
    let mayWrite = decision.record != nil || person.sent != nil
    let owes = mayWrite && Enrichment.owes(desired, to: person, in: configured)
    return PersonPlan(
      decision: decision, desired: desired, owesAttributes: owes,
      events: try events(
        decision: decision, told: told, ownerName: { try owner($0)?.name }),
      moves: moves(desired, person.sent))
  }

  private static func events(
    decision: LinkDecision, told: Record?, ownerName: (String) throws -> String?
  ) rethrows -> [RecordEvent] {
    // First enrichment and a link that moves to another record send none (S6).
    guard let told, let record = decision.record else { return [] }
    if let lead = decision.convertedFrom { return [.conversion(from: lead, to: record)] }
    guard record.id == told.id else { return [] }
    return try RecordEvent.changes(from: told, to: record, ownerName: ownerName)
  }

  private static func moves(_ desired: AttributeValues, _ sent: AttributeValues?) -> Bool {
    guard let sent, sent[.recordID] != nil else { return false }
    return sent[.recordID] != desired[.recordID] || sent[.ownerID] != desired[.ownerID]
  }
}
