/// Which of several records supplies a person's data (M2).
package enum Preference: String, Sendable, CaseIterable {
  case contact, lead, newest, oldest
  /// Nobody wins: the person stays unlinked and listed until somebody links it.
  case none
}

/// One record that matches a person, with the verdict on it.
package struct Candidate: Sendable, Equatable {
  package var record: Record
  package var wins: Bool
  /// In plain words, for `explain`.
  package var why: String

  package init(record: Record, wins: Bool, why: String) {
    self.record = record
    self.wins = wins
    self.why = why
  }
}

/// Chooses among the candidates of one person; pure, and the same for the run and for `explain`.
package enum Match {
  /// The candidates with exactly one winner, or none with ``Preference/none`` and several.
  ///
  /// Order (M2): the preferred class; the incumbent; the newest CreatedDate; the lowest Id. With
  /// `newest` and `oldest` CreatedDate is the class itself, so being touched wins nothing.
  package static func judge(
    _ records: [Record], incumbent: String?, preference: Preference
  ) -> [Candidate] {
    let live = records.filter(\.isLive)
    guard live.count > 1 else {
      return live.map { Candidate(record: $0, wins: true, why: "the only record that matches") }
    }
    guard preference != .none else { return hold(live, incumbent: incumbent) }
    let order = live.sorted { precedes($0, $1, incumbent: incumbent, preference: preference) }
    return order.enumerated().map { index, record in
      let other = index == 0 ? order[1] : order[0]
      return Candidate(
        record: record, wins: index == 0,
        why: reason(record, against: other, incumbent: incumbent, preference: preference))
    }
  }

  /// With `none` nobody wins, but a link that was there before the others came stays.
  private static func hold(_ live: [Record], incumbent: String?) -> [Candidate] {
    live.sorted { $0.id < $1.id }.map { record in
      let stays = record.id == incumbent
      return Candidate(
        record: record, wins: stays,
        why: stays
          ? "linked before other records came to match"
          : "several records match and match.prefer is \"none\": link one by hand")
    }
  }

  private static func precedes(
    _ a: Record, _ b: Record, incumbent: String?, preference: Preference
  ) -> Bool {
    let ranks = (rank(a, preference), rank(b, preference))
    if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
    if a.id == incumbent || b.id == incumbent { return a.id == incumbent }
    if a.createdAt != b.createdAt { return a.createdAt > b.createdAt }
    return a.id < b.id
  }

  /// Lower is better; equal ranks are of one class.
  private static func rank(_ record: Record, _ preference: Preference) -> Int64 {
    switch preference {
    case .contact: record.object == .contact ? 0 : 1
    case .lead: record.object == .lead ? 0 : 1
    // Turned round without a sign: the lowest number has no opposite.
    case .newest: ~record.createdAt
    case .oldest: record.createdAt
    case .none: 0
    }
  }

  private static func reason(
    _ record: Record, against other: Record, incumbent: String?, preference: Preference
  ) -> String {
    let wins = precedes(record, other, incumbent: incumbent, preference: preference)
    let ranks = (rank(record, preference), rank(other, preference))
    if ranks.0 != ranks.1 {
      let rule = "match.prefer is \"\(preference.rawValue)\""
      switch preference {
      case .contact, .lead:
        return wins
          ? "a \(record.object.rawValue), and \(rule)"
          : "\(rule), and \(other.id) is a \(other.object.rawValue)"
      case .newest, .oldest, .none:
        return wins
          ? "the \(preference.rawValue) by CreatedDate, and \(rule)"
          : "not the \(preference.rawValue) by CreatedDate, and \(rule)"
      }
    }
    if record.id == incumbent { return "linked already, and nothing of a better class matches" }
    if other.id == incumbent { return "\(other.id) was linked first and still matches" }
    if record.createdAt != other.createdAt {
      return wins ? "created last" : "created before \(other.id)"
    }
    return wins ? "created in the same second, and the lowest id" : "\(other.id) has a lower id"
  }
}
