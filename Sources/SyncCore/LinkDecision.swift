/// Which record a person is linked to from now on, and why.
package struct LinkDecision: Sendable, Equatable {
  package var record: Record?
  /// The record that the person stays pinned to; survives a deletion, so that undelete revives it.
  package var pin: String?
  /// The lead whose conversion brought the person here (M4).
  package var convertedFrom: Record?
  /// Everything that matches, judged.
  package var candidates: [Candidate]

  /// More than one record matches and nothing is pinned.
  package var isAmbiguous: Bool { pin == nil && candidates.count > 1 }

  /// Decides one person's link from what the snapshot knows.
  ///
  /// - Parameters:
  ///   - key: the person's e-mail key or external id, whichever `match.by` says.
  ///   - current: the record that it is linked to, in whatever state it is now.
  ///   - pinned: the record that it is pinned to.
  ///   - candidates: every record with that key.
  ///   - keyOf: the same key of a record.
  ///   - lookup: a record by id.
  package static func decide(
    key: String?, current: Record?, pinned: Record?, candidates: [Record],
    preference: Preference, keyOf: (Record) -> String?, lookup: (String) throws -> Record?
  ) rethrows -> LinkDecision {
    if let pinned {
      let end = try Succession.follow(pinned, lookup: lookup)
      if let record = end.record {
        // A pinned link ends only by M4 to M6 or by hand (M7).
        return LinkDecision(
          record: record, pin: record.id, convertedFrom: end.convertedFrom,
          candidates: withPin(record, candidates))
      }
    }
    guard let current, !current.isLive else {
      let incumbent = current.flatMap { keyOf($0) == key ? $0.id : nil }
      return judge(candidates, incumbent: incumbent, preference, pin: pinned?.id)
    }
    let end = try Succession.follow(current, lookup: lookup)
    guard let record = end.record else {
      return judge(candidates, incumbent: nil, preference, pin: pinned?.id)
    }
    guard key != nil, keyOf(record) == key else {
      // Whatever the target's e-mail is, the link follows, and is pinned there (M4, M5).
      return LinkDecision(
        record: record, pin: record.id, convertedFrom: end.convertedFrom,
        candidates: withPin(record, candidates))
    }
    var decision = judge(candidates, incumbent: record.id, preference, pin: pinned?.id)
    if decision.record?.id == record.id { decision.convertedFrom = end.convertedFrom }
    return decision
  }

  private static func judge(
    _ records: [Record], incumbent: String?, _ preference: Preference, pin: String?
  ) -> LinkDecision {
    let judged = Match.judge(records, incumbent: incumbent, preference: preference)
    return LinkDecision(
      record: judged.first(where: \.wins)?.record, pin: pin, convertedFrom: nil,
      candidates: judged)
  }

  private static func withPin(_ record: Record, _ candidates: [Record]) -> [Candidate] {
    let others = candidates.filter { $0.isLive && $0.id != record.id }.map {
      Candidate(record: $0, wins: false, why: "the link is held by \(record.id)")
    }
    return [Candidate(record: record, wins: true, why: "pinned, or followed a merge or conversion")]
      + others
  }
}
