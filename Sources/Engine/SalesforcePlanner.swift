import EventLoop
import Store
import SyncCore

/// Plans what a person owes Salesforce: a lead by the rules (L1), and its mapped attributes (Q1).
///
/// Everything here runs inside a transaction of the caller's, after the person's link is decided.
@EventLoop final class SalesforcePlanner {
  private let store: Store
  private let settings: EngineSettings
  let leadFields: LeadFields
  /// The rules with their epochs; nil until they are taken over from the configuration.
  private var rules: [(rule: LeadRule, epoch: Int64, since: Int64)]?
  /// The epoch of the rule that `leads.tag` is.
  private(set) var tagEpoch: Int64?
  /// The id of `leads.tag`, once Intercom has said it.
  var tagID: String?
  /// Names of tags by id, for rules that ask for them.
  private(set) var tagNames: [String: String] = [:]
  /// People who bear a tag whose name is not known.
  private(set) var unnamed: Set<String> = []

  init(_ parts: EngineParts) {
    store = parts.store
    settings = parts.settings
    leadFields = LeadFields(parts)
  }

  /// The name of the rule that `leads.tag` is, beside those of the configuration.
  var tagRule: String? { settings.leads.tag.map { "tag:\($0)" } }

  private var usesTagNames: Bool {
    settings.leads.rules.contains { $0.conditions.contains { $0.attribute == "tag" } }
  }

  /// Takes the rules over from the configuration, once; `now` is Salesforce's clock (L1a).
  func takeRules(now: Int64) throws {
    guard rules == nil else { return }
    var named = settings.leads.rules.map { (name: $0.name, definition: $0.definition) }
    if let tagRule { named.append((name: tagRule, definition: "tag")) }
    let known = try store.syncRules(named, now: now)
    rules = zip(settings.leads.rules, known).map { ($0, $1.epoch, $1.since) }
    if tagRule != nil { tagEpoch = known.last?.epoch }
    try retryIfChanged()
  }

  /// Where the store keeps what leads and fields were last made by.
  private static let definitionKey = "salesforce_definition"

  /// What was refused under another configuration may be right under this one (E2).
  private func retryIfChanged() throws {
    let definition = settings.salesforceDefinition
    guard try store.get(Self.definitionKey) != definition else { return }
    try store.set(Self.definitionKey, definition)
    try store.unparkSalesforce(person: nil, lane: .fresh)
    for id in try store.clearRefusedFields() { try store.noteDifference(ofPerson: id, cycle: 0) }
  }

  /// Takes the names of tags as Intercom lists them; true when people have to be planned again.
  ///
  /// Within a transaction. A tag that is not among them stands for itself.
  func name(_ tags: [(id: String, name: String)], cycle: Int64) throws -> Bool {
    for (id, name) in tags { tagNames[id] = name }
    let people = unnamed
    unnamed = []
    for id in people {
      guard let person = try store.person(id) else { continue }
      if case .list(let ids)? = person.watched["tag"] {
        for id in ids.compactMap(\.text) where tagNames[id] == nil { tagNames[id] = id }
      }
      try store.noteDifference(ofPerson: id, cycle: cycle)
    }
    return !people.isEmpty
  }

  // MARK: One person

  /// Plans one person, who was linked to the record `before` until now, and is to `after`.
  func plan(
    _ person: Person, before: String?, after: String?, cycle: Int64, lane: Lane, now: Int64
  ) throws {
    let isLinked = try after != nil || store.pin(of: person.id) != nil
    try judgeRules(person, isLinked: isLinked, lane: lane, cycle: cycle, now: now)
    // Nothing is owed to who was linked already.
    if isLinked, before == nil { try endLead(of: person.id, now: now) }
    if let before, before != after { try forgetRefused(of: person.id, on: before, now: now) }
    try planFields(person, recordID: after, lane: lane, cycle: cycle, now: now)
  }

  // MARK: Rules (L1)

  private func judgeRules(
    _ person: Person, isLinked: Bool, lane: Lane, cycle: Int64, now: Int64
  ) throws {
    guard let rules, !rules.isEmpty || tagRule != nil else { return }
    let values = try store.values(of: person)
    guard try isKnown(person, values["tag"]) else {
      if isLinked { try store.setUsed(person: person.id) }
      return
    }
    var holds: Set<String> = []
    var used: Set<String> = []
    for (rule, isUsed) in try store.holds(of: person.id) where rule != tagRule {
      holds.insert(rule)
      if isUsed { used.insert(rule) }
    }
    let judgement = RuleJudgement.judge(
      rules: rules, holds: holds, used: used, personEpoch: person.rulesEpoch,
      personCreatedAt: person.createdAt, isLinked: isLinked,
      hasMadeLead: try store.madeLead(of: person.id) != nil, values: values, tagNames: tagNames)
    try setHolds(judgement.holding, of: person.id)
    if isLinked { try store.setUsed(person: person.id) }
    if judgement.epoch != person.rulesEpoch {
      try store.setRulesEpoch(judgement.epoch, of: person.id)
    }
    for rule in judgement.ended { try disown("rule:\(rule)", of: person.id, now: now) }
    if let rule = judgement.fires {
      try oweLead(of: person, cause: "rule:\(rule)", lane: lane, cycle: cycle, now: now)
    }
  }

  /// Whether all that the rules look at is known of this person; what is not must not be taken for
  /// not holding, since the next look would take it for an edge (L1a).
  private func isKnown(_ person: Person, _ tags: Value?) throws -> Bool {
    guard !settings.leads.rules.isEmpty else { return true }
    guard store.isWatched(person), !noteUnnamed(tags, of: person.id) else { return false }
    return try !rulesUseCompanies || store.knowsCompany(of: person)
  }

  private var rulesUseCompanies: Bool {
    settings.leads.rules.contains { rule in
      rule.conditions.contains { AttributeName.ofCompany($0.attribute) != nil }
    }
  }

  /// What the tag says is noted by those who read it, and stays.
  private func setHolds(_ holding: Set<String>, of personID: String) throws {
    let known = try store.holds(of: personID)
    let kept = Set(known.map(\.rule).filter { $0 == tagRule })
    let wanted = holding.union(kept)
    // Nearly everybody has none, before and after.
    guard Set(known.map(\.rule)) != wanted else { return }
    try store.setHolds(wanted, of: personID)
  }

  /// Whether the person bears a tag whose name is not known yet.
  private func noteUnnamed(_ tags: Value?, of personID: String) -> Bool {
    guard usesTagNames, case .list(let ids)? = tags,
      ids.contains(where: { $0.text.map { tagNames[$0] == nil } ?? false })
    else { return false }
    unnamed.insert(personID)
    return true
  }

  /// Owes a lead; one that is owed already keeps its cause.
  func oweLead(
    of person: Person, cause: String, lane: Lane, cycle: Int64, now: Int64
  ) throws {
    try store.owe(
      .lead(
        for: person.id, email: person.email, lane: lane, cycle: cycle,
        payload: LeadIntent(cause: cause).json, cause: cause), now: now)
  }

  /// Ends a lead that was owed by that cause and is not being sent, with its refusal.
  func disown(_ cause: String, of personID: String, now: Int64) throws {
    guard try store.disownLead(of: personID, cause: cause) else { return }
    try store.closeErrors(subjectKey: LeadWriter.subject(of: personID), at: now)
  }

  /// The person came to be linked: there is nothing to make any more (L3).
  private func endLead(of personID: String, now: Int64) throws {
    guard try store.disownLead(of: personID) else { return }
    try store.closeErrors(subjectKey: LeadWriter.subject(of: personID), at: now)
  }

  // MARK: Mapped attributes (Q1)

  private func planFields(
    _ person: Person, recordID: String?, lane: Lane, cycle: Int64, now: Int64
  ) throws {
    guard !settings.mapping.isEmpty, let fields = leadFields.fields else { return }
    let record = try recordID.flatMap { try store.record($0) }
    let lead = record.flatMap { $0.object == .lead && $0.isLive ? $0 : nil }
    try endFields(of: person.id, except: lead?.id)
    guard let lead else { return }
    let known = try store.fieldBase(person: person.id, record: lead.id)
    let values = try store.values(of: person)
    let isWatched = store.isWatched(person)
    let knowsCompany = try store.knowsCompany(of: person)
    let plan = FieldPlan.make(
      values: values, base: known?.base ?? [:], refused: known?.refused ?? [:],
      mapping: settings.mapping, fields: fields
    ) { attribute in
      isWatched && (knowsCompany || AttributeName.ofCompany(attribute) == nil)
    }
    // A value that was refused and is back at what Salesforce has is nobody's affair any more.
    let undone = plan.mended.filter { plan.values[$0] == nil }
    if !undone.isEmpty {
      try FieldSettlement(store, now: now).forget(Set(undone), of: person.id, on: lead.id)
    }
    guard plan.set.isEmpty, plan.fill.isEmpty else {
      try keepOrder(of: person.id, on: lead.id)
      try store.owe(
        .fields(of: person.id, to: lead.id, lane: lane, cycle: cycle), now: now)
      return
    }
    try store.disownFields(of: person.id, to: lead.id)
    guard !plan.rebase.isEmpty || !plan.misfits.isEmpty else { return }
    try FieldSettlement(store, now: now).note(
      plan.write(), of: person.id, on: lead.id)
  }

  /// What a lead refused that the person is no longer linked to.
  private func forgetRefused(of personID: String, on recordID: String, now: Int64) throws {
    guard let known = try store.fieldBase(person: personID, record: recordID),
      !known.refused.isEmpty
    else { return }
    try FieldSettlement(store, now: now).forget(
      Set(known.refused.keys), of: personID, on: recordID)
  }

  private func endFields(of personID: String, except recordID: String?) throws {
    for delivery in try store.salesforceDeliveries(of: personID)
    where delivery.kind == .fields && delivery.recordID != recordID {
      try store.remove(delivery)
    }
  }

  /// Of several people on one lead the latest change goes last, and so wins (Q1).
  private func keepOrder(of personID: String, on recordID: String) throws {
    let others = try store.peopleLinked(to: recordID)
    if others.count > 1 { try store.disownFields(of: personID, to: recordID) }
  }
}
