/// What the rules say about one person now: the pure heart of L1 and L1a.
package struct RuleJudgement: Sendable, Equatable {
  /// Rules that hold now: each has its hold noted.
  package var holding: Set<String>
  /// Rules whose hold ends; a lead delivery of that cause which was not yet sent goes with it.
  package var ended: Set<String>
  /// The first rule, in the configuration's order, by which a lead is owed now.
  package var fires: String?
  /// Rules that are used up by the person's link and were not before.
  package var usedUp: Set<String>
  /// To be noted as the epoch at which the person was last evaluated.
  package var epoch: Int64

  /// Judges one person.
  ///
  /// - `rules`: every rule with the epoch of its present definition and since when (ms) that is so.
  /// - `holds`: rules whose hold is noted.
  /// - `used`: rules that are used up for this person, held or not.
  /// - `personEpoch`: the epoch at which the person was last evaluated; 0 for never.
  /// - `personCreatedAt`: milliseconds UTC, by Intercom.
  /// - `isLinked`: linked or pinned to a record.
  /// - `hasMadeLead`: a lead was made for this person at some time.
  /// - `known`: by rule name, whether it holds where that is known otherwise (`leads.tag`).
  package static func judge(
    rules: [(rule: LeadRule, epoch: Int64, since: Int64)], holds: Set<String>, used: Set<String>,
    personEpoch: Int64, personCreatedAt: Int64, isLinked: Bool, hasMadeLead: Bool,
    values: Values, tagNames: [String: String] = [:], known: [String: Bool] = [:]
  ) -> RuleJudgement {
    var judgement = RuleJudgement(
      holding: [], ended: [], fires: nil, usedUp: [], epoch: personEpoch)
    for (rule, epoch, since) in rules {
      judgement.epoch = max(judgement.epoch, epoch)
      guard known[rule.name] ?? rule.holds(for: values, tagNames: tagNames) else { continue }
      judgement.holding.insert(rule.name)
      let isFirst = personEpoch < epoch
      let isBaseline = isFirst && !rule.isBackfilled && personCreatedAt < since
      // A hold may stem from an older definition, or from a person who was merged into this one.
      let isEdge = (isFirst && rule.isBackfilled) || !(isBaseline || holds.contains(rule.name))
      if isLinked || used.contains(rule.name) || hasMadeLead { continue }
      if isEdge, judgement.fires == nil { judgement.fires = rule.name }
    }
    judgement.ended = holds.subtracting(judgement.holding)
    if isLinked { judgement.usedUp = judgement.holding.subtracting(used) }
    return judgement
  }
}
