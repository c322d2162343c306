/// Which record a person is linked to from now on, and why.
package struct LinkDecision: Sendable, Equatable {
  package var record: Record?
  /// The record that the person stays pinned to; survives a deletion, so that undelete revives it.
  package var pin: String?
  /// The lead whose conversion brought the person here (M4).
  package var convertedFrom: Record?
  /// Everything that matches, judged.
  package var candidates: [Candidate]

  /// The link stays as it is, on a record that is dead, until the record that took its place has
  /// been read: nothing is written meanwhile.
  package var isHeld: Bool

  package init(
    record: Record?, pin: String?, convertedFrom: Record?, candidates: [Candidate],
    isHeld: Bool = false
  ) {
    self.record = record
    self.pin = pin
    self.convertedFrom = convertedFrom
    self.candidates = candidates
    self.isHeld = isHeld
  }

  /// More than one record matches and no pin decides; one whose record is deleted does not.
  package var isAmbiguous: Bool {
    candidates.count > 1 && !isHeld && (pin == nil || record?.id != pin)
  }

  /// Decides one person's link from what the snapshot knows.
  ///
  /// `key` is the person's e-mail key or external id, whichever `match.by` says, `keyOf` the same of
  /// a record, and `candidates` is every record with it. `current` is the record that the person is
  /// linked to and `pinned` the one that it is pinned to, in whatever state they are now; `lookup`
  /// finds a record by id. `isWhole` says that everything was just read, so that what the snapshot
  /// lacks is not there.
  package static func decide(
    key: String?, current: Record?, pinned: Record?, candidates: [Record],
    preference: Preference, isWhole: Bool = false, keyOf: (Record) -> String?,
    lookup: (String) throws -> Record?
  ) rethrows -> LinkDecision {
    let followed = try current.map { try Succession.follow($0, lookup: lookup) }
    if let pinned {
      let end = try Succession.follow(pinned, lookup: lookup)
      if let record = end.record {
        // A pinned link ends only by M4 to M6 or by hand (M7).
        return LinkDecision(
          record: record, pin: record.id,
          convertedFrom: followed?.record?.id == record.id ? followed?.convertedFrom : nil,
          candidates: withWinner(record, "pinned, or followed a merge or conversion", candidates))
      }
    }
    guard let current, let followed, !current.isLive else {
      let incumbent = current.flatMap { keyOf($0) == key ? $0.id : nil }
      return judge(candidates, incumbent: incumbent, preference, pin: pinned?.id)
    }
    if followed.isOpen, !isWhole {
      return LinkDecision(
        record: current, pin: pinned?.id, convertedFrom: nil,
        candidates: withWinner(
          current, "merged or converted into a record that has not been read yet", candidates),
        isHeld: true)
    }
    guard let record = followed.record else {
      return judge(candidates, incumbent: nil, preference, pin: pinned?.id)
    }
    guard key != nil, keyOf(record) == key else {
      // Whatever the target's e-mail is, the link follows, and is pinned there (M4, M5).
      return LinkDecision(
        record: record, pin: record.id, convertedFrom: followed.convertedFrom,
        candidates: withWinner(record, "pinned, or followed a merge or conversion", candidates))
    }
    var decision = judge(candidates, incumbent: record.id, preference, pin: pinned?.id)
    if decision.record?.id == record.id { decision.convertedFrom = followed.convertedFrom }
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

  private static func withWinner(
    _ record: Record, _ why: String, _ candidates: [Record]
  ) -> [Candidate] {
    let others = candidates.filter { $0.isLive && $0.id != record.id }.map {
      Candidate(record: $0, wins: false, why: "the link is held by \(record.id)")
    }
    return [Candidate(record: record, wins: true, why: why)] + others
  }
}
