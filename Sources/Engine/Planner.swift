package import EventLoop
package import Store
package import SyncCore

/// Turns what differs into deliveries: reads the snapshot, lets the core decide, fills the outbox.
///
/// Everything here runs inside a transaction of the caller's.
@EventLoop package final class Planner {
  private let store: Store
  private let settings: EngineSettings
  /// The half that plans what goes to Salesforce; nil where only values are asked for.
  let salesforce: SalesforcePlanner?
  private let teammates: TeammatePlanner?
  /// The very first read links everybody, which is no news for the timeline.
  var isInitial = false

  package init(_ store: Store, settings: EngineSettings) {
    self.store = store
    self.settings = settings
    salesforce = nil
    teammates = nil
  }

  package init(_ parts: EngineParts) {
    store = parts.store
    settings = parts.settings
    salesforce = SalesforcePlanner(parts)
    teammates = TeammatePlanner(parts)
  }

  /// The fields of Lead as the last cycle found them; nil where no cycle has looked.
  package var leadFields: [FieldDescription]? { salesforce?.leadFields.fields }

  /// What `person` is owed, without writing anything: `explain` asks this too (O2).
  ///
  /// `isWhole` says that both sides were just read whole, so that what the snapshot lacks is gone.
  package func judge(_ person: Person, isWhole: Bool = false) throws -> PersonPlan {
    let link = try store.link(of: person.id)
    return try PersonPlan.make(
      person: person,
      decision: try store.decideLink(of: person, current: link, isWhole: isWhole),
      told: link?.told, configured: settings.attributes, owner: { try store.owner($0) },
      recordURL: settings.recordURL)
  }

  /// What `person` should carry by its link as it is.
  package func desiredValues(of person: Person) throws -> AttributeValues {
    guard let link = try store.link(of: person.id), let record = try store.record(link.recordID)
    else { return AttributeValues() }
    return Enrichment.values(
      of: record, owner: try record.ownerID.flatMap { try store.owner($0) },
      recordURL: settings.recordURL)
  }

  /// Plans one person: its link, the attributes and events that it is owed, and what it owes to
  /// Salesforce.
  package func plan(
    _ personID: String, cycle: Int64, lane: Lane, now: Int64, isWhole: Bool = false
  ) throws {
    guard let person = try store.person(personID) else { return }
    let before = try store.link(of: personID)?.recordID
    try planIntercom(person, cycle: cycle, lane: lane, now: now, isWhole: isWhole)
    let after = try store.link(of: personID)?.recordID
    try enterLink(of: personID, before: before, after: after, now: now)
    try salesforce?.plan(
      person, before: before, after: after, cycle: cycle, lane: lane, now: now)
    try teammates?.plan(personID, cycle: cycle, lane: lane, now: now)
  }

  private func enterLink(
    of personID: String, before: String?, after: String?, now: Int64
  ) throws {
    guard !isInitial, before != after else { return }
    try store.enterHistory(
      HistoryEntry(
        at: now, personID: personID, recordID: after ?? before, side: .intercom, what: "link",
        changes: HistoryChanges.json([("record", before, after)]),
        result: after == nil ? "unlinked" : "linked"))
  }

  private func planIntercom(
    _ person: Person, cycle: Int64, lane: Lane, now: Int64, isWhole: Bool
  ) throws {
    let personID = person.id
    let plan = try judge(person, isWhole: isWhole)
    try store.apply(plan.decision, to: personID, current: try store.link(of: personID))
    guard plan.owesAttributes else {
      try owe(plan.events, to: person, cycle: cycle, now: now)
      // What was under way counts as written from now on, and may have to be cleared.
      if try settleOwed(person, now: now), person.sent == nil {
        guard let written = try store.person(personID) else { return }
        try planIntercom(written, cycle: cycle, lane: lane, now: now, isWhole: isWhole)
      }
      return
    }
    try store.oweAttributes(
      to: personID, record: plan.decision.record?.id ?? person.sent?[.recordID], lane: lane,
      moves: plan.moves, ends: try store.link(of: personID) == nil,
      desired: plan.desired.encoded, cycle: cycle, now: now)
    try owe(plan.events, to: person, cycle: cycle, now: now)
  }

  /// Nothing to write any more: what waited for this person ends, and so does its refusal; false
  /// when nothing waited.
  private func settleOwed(_ person: Person, now: Int64) throws -> Bool {
    guard try store.disownAttributes(of: person.id) else { return false }
    try store.closeErrorsUnlessParked(ofPerson: person.id, at: now)
    return true
  }

  private func owe(_ events: [RecordEvent], to person: Person, cycle: Int64, now: Int64) throws {
    for event in events {
      guard let name = settings.eventNames[event.kind] else { continue }
      guard let event = try merged(event, with: try store.heldEvents(of: person.id)) else {
        continue
      }
      let second = try store.eventSecond(of: person.id, kind: event.kind, at: event.createdAt)
      let payload = EventPayload(event, name: name, second: second)
      try store.oweEvent(
        to: person.id, record: event.record.id, payload: payload.json, cycle: cycle, now: now)
    }
  }

  /// The event as one change with what is still held back of its kind; nil when nothing is left.
  private func merged(_ event: RecordEvent, with held: [Delivery]) throws -> RecordEvent? {
    var event = event
    for delivery in held {
      guard let payload = delivery.payload.flatMap(EventPayload.init(json:)),
        payload.kind == event.kind, payload.recordID == event.record.id, event.kind != .converted
      else { continue }
      event.from = payload.from
      try store.remove(delivery)
    }
    return event.kind != .converted && event.from == event.to ? nil : event
  }

  // MARK: Many

  /// Plans up to `limit` people of `cycle`, and fewer when the loop has been held long enough; false
  /// when none is left.
  ///
  /// Changed owners become people first, then changed records, then people are planned, each once
  /// however many of its rows differ.
  package func planSlice(cycle: Int64, lane: Lane, limit: Int, clock: any Clock) throws -> Bool {
    try store.transaction {
      let budget = TurnBudget(clock)
      if try store.spreadOwnerDifferences(cycle: cycle, limit: limit) { return true }
      if try store.spreadRecordDifferences(cycle: cycle, limit: limit) { return true }
      let people = try store.personDifferences(cycle: cycle, limit: limit)
      for person in people {
        try plan(person, cycle: cycle, lane: lane, now: clock.now)
        try store.removePersonDifference(person)
        if budget.isSpent { break }
      }
      return !people.isEmpty
    }
  }
}
