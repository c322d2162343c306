import EventLoop
import Salesforce
import Store
import SyncCore

/// What Salesforce said to a lead, or did not say (L6, L7).
@EventLoop extension LeadWriter {
  // MARK: Made

  /// The lead is there: pinned, its rules used up, its base noted, in one transaction; then it is
  /// read, so that the person carries its attributes at once (L8).
  func made(_ call: Call, _ id: String) async throws {
    let (delivery, personID, intent) = (call.delivery, call.personID, call.intent)
    try await desk.settlements.commit { [self] in
      // The person may have been merged into another meanwhile.
      let person = try store.salesforceDelivery(delivery.id)?.personID ?? personID
      try desk.answered()
      try store.setMadeLead(of: person, record: id, at: now)
      try pin(person, to: id)
      try FieldSettlement(store, now: now).settle(
        base: intent.base, refused: intent.refused, of: person, on: id)
      for misfit in call.misfits
      where !LeadFields.isOfConfiguration(misfit, desk.settings.leads) {
        try FieldSettlement(store, now: now).enter(
          Report(misfit.meaning, what: misfit.attempt), misfit.attribute ?? misfit.field,
          of: person, on: id)
      }
      try remove(delivery, person)
      try enter(
        person, id, changes: HistoryChanges.json(written: intent.sent ?? [:]), "created")
    }
    tell(personID, .created([id]))
    desk.parts.report(
      Occurrence(
        .delivered, "Created the lead \(id) of the person \(personID).", personID: personID,
        recordID: id))
    // If this fails, the next poll brings the record, and the pin waits for it.
    _ = try? await absorption.read([id])
    try await planLinked(personID)
  }

  private func pin(_ personID: String, to recordID: String) throws {
    try store.setPin(of: personID, to: recordID)
    try store.setUsed(person: personID)
  }

  private func remove(_ delivery: SalesforceDelivery, _ personID: String) throws {
    try store.remove(delivery)
    try store.closeErrors(subjectKey: Self.subject(of: personID), at: now)
  }

  private func enter(
    _ personID: String, _ recordID: String?, changes: String? = nil, _ result: String
  ) throws {
    try store.enterHistory(
      HistoryEntry(
        at: now, personID: personID, recordID: recordID, side: .salesforce, what: "lead",
        changes: changes, result: result))
  }

  // MARK: There already

  /// Links the person to the record that was found instead (L3); with `match.prefer = "none"`
  /// several are left to people.
  func settle(
    _ delivery: SalesforceDelivery, _ personID: String, on records: [Record]
  ) async throws {
    let judged = Match.judge(records, incumbent: nil, preference: store.settings.preference)
    let winner = judged.first(where: \.wins)?.record
    var isMoved = false
    try await desk.settlements.commit { [self] in
      try desk.answered()
      isMoved = try goesOn(delivery, insteadOf: personID)
      guard !isMoved else { return }
      if let winner { try pin(personID, to: winner.id) }
      try remove(delivery, personID)
      try enter(personID, winner?.id, "exists")
    }
    guard !isMoved else { return tellMoved(personID) }
    if let winner {
      desk.parts.report(
        Occurrence(
          .delivered, "Linked the person \(personID) to \(winner.id), which was there already.",
          personID: personID, recordID: winner.id))
      try await planLinked(personID)
    }
    tell(personID, .exists(winner.map { [$0.id] } ?? records.map(\.id)))
  }

  private func planLinked(_ personID: String) async throws {
    let cycle = try store.transaction {
      let cycle = try store.next("cycle")
      try store.noteDifference(ofPerson: personID, cycle: cycle)
      return cycle
    }
    try await absorption.plan(cycle)
    desk.onReleased?()
  }

  /// The person was linked meanwhile: there is nothing to make.
  func ended(
    _ delivery: SalesforceDelivery, _ personID: String, by records: [String]
  ) async throws {
    var isMoved = false
    try await desk.settlements.commit { [self] in
      isMoved = try goesOn(delivery, insteadOf: personID)
      guard !isMoved else { return }
      try store.setUsed(person: personID)
      try remove(delivery, personID)
    }
    if isMoved { tellMoved(personID) } else { tell(personID, .exists(records)) }
  }

  // MARK: Merged meanwhile (M5)

  /// Whether the person was merged into another while this was under way: what was found out about
  /// it is not the other's, whose turn comes at once.
  private func goesOn(
    _ delivery: SalesforceDelivery, insteadOf personID: String
  ) throws -> Bool {
    guard let left = try store.salesforceDelivery(delivery.id) else {
      return try store.person(personID) == nil
    }
    guard left.personID != personID else { return false }
    try store.postpone(left, failedAt: now, until: now)
    return true
  }

  private func tellMoved(_ personID: String) {
    tell(personID, .waiting("The person is no longer in Intercom."))
    desk.onReleased?()
  }

  // MARK: Refused

  /// Sets the lead aside with its entry: nobody else is held up (E2).
  func refuse(
    _ delivery: SalesforceDelivery, _ personID: String, _ report: Report
  ) async throws {
    var report = report
    report.personID = personID
    report.subjectKey = Self.subject(of: personID)
    var entry: RegisterEntry?
    var isMoved = false
    try await desk.settlements.commit { [self] in
      isMoved = try goesOn(delivery, insteadOf: personID)
      guard !isMoved else { return }
      // Another reason than the last time replaces it.
      try store.closeErrors(
        subjectKey: report.subjectKey, exceptCode: report.meaning.code, at: now)
      try store.park(delivery)
      let id = try store.enter(report, now: now).id
      entry = try store.error(id)
      try enter(personID, nil, "refused: \(report.meaning.code)")
    }
    guard !isMoved else { return tellMoved(personID) }
    if let entry { tell(personID, .refused(entry)) }
    desk.parts.report(
      Occurrence(
        .deliveryParked, "Parked the lead of the person \(personID): \(report.meaning.cause)",
        personID: personID, attempt: delivery.attempts + 1))
  }

  // MARK: Failed

  func failed(_ call: Call, _ failure: Failure) async throws {
    let (delivery, personID) = (call.delivery, call.personID)
    if failure.meaning == SalesforceMeaning.duplicateValue {
      return try await isTaken(call, failure)
    }
    if failure.farCode == "DUPLICATES_DETECTED", !failure.records.isEmpty {
      let records = try await absorption.read(failure.records)
      guard records.isEmpty else { return try await settle(delivery, personID, on: records) }
    }
    guard failure.effect == .none else { return try await unknown(call, failure) }
    if LeadFields.isOutdated(failure),
      try await planner.salesforce?.leadFields.refresh(isFresh: true) == true
    {
      // At once, with the fields that are there now.
      return try await desk.settlements.commit { [self] in
        try desk.answered()
        try store.postpone(delivery, failedAt: now, until: now)
      }
    }
    if failure.meaning.kind == .refused {
      try await desk.settlements.commit { [desk] in try desk.answered() }
      return try await refuse(delivery, personID, Report(failure))
    }
    tell(personID, .waiting(failure.sentence))
    try await desk.settlements.commit { [self] in
      try desk.later(delivery, failure)
      try desk.failed(failure)
    }
  }

  /// A unique field has that value already: when it is the one that holds the contact id, the lead
  /// is the person's own, made by a call whose answer was lost (L6).
  private func isTaken(_ call: Call, _ failure: Failure) async throws {
    var call = call
    // What is there was written by the call before this one.
    if call.delivery.state == .sending { call.intent = LeadIntent(json: call.delivery.payload) }
    if let own = try await findByID(call.intent, deletedSince: call.lookedUp.server) {
      return try await made(call, own.id)
    }
    try await desk.settlements.commit { [desk] in try desk.answered() }
    try await refuse(call.delivery, call.personID, Report(failure))
  }

  /// The lead of that contact id; a deleted one only if it may have been made since that moment.
  private func findByID(
    _ intent: LeadIntent, deletedSince since: Int64
  ) async throws -> MadeRecord? {
    guard let (field, value) = externalID(in: intent) else { return nil }
    let found: [MadeRecord]
    do throws(Failure) {
      found = try await salesforce.findLeads(externalIDField: field, value: value)
    } catch {
      guard error.meaning.kind == .refused else { throw error }
      // The field is gone or hidden: the next try knows, and looks by the address.
      try await planner.salesforce?.leadFields.refresh(isFresh: true)
      throw Failure(
        .salesforce, SalesforceMeaning.stale, attempt: error.attempt, answer: error.answer,
        status: error.status)
    }
    return found.first { !$0.isDeleted }
      ?? found.first { $0.createdAt >= since - Self.clockMilliseconds }
  }

  /// The field and value by which Salesforce itself knows the lead for the person's.
  private func externalID(in intent: LeadIntent) -> (field: String, value: String)? {
    guard let name = desk.settings.leads.externalIDField?.lowercased(),
      let (field, value) = intent.sent?.first(where: { $0.key.lowercased() == name }),
      let text = value.text
    else { return nil }
    return (field, text)
  }

  /// That field as describe has it now.
  private func field(holding intent: LeadIntent) async throws -> FieldDescription? {
    guard let name = externalID(in: intent)?.field.lowercased() else { return nil }
    let fields = try await planner.salesforce?.leadFields.current() ?? []
    return fields.first { $0.name.lowercased() == name }
  }

  private func unknown(_ call: Call, _ failure: Failure) async throws {
    let delivery = call.delivery
    tell(call.personID, .waiting(failure.sentence))
    // The Date header has whole seconds.
    let sentUntil = call.lookedUp.server + (desk.clock.uptime - call.lookedUp.uptime) + 1_000
    try await desk.settlements.commit { [self] in
      try store.markUnknown(
        delivery, sentUntil: sentUntil, failedAt: now,
        until: desk.nextTry(of: delivery, after: failure))
      try desk.failed(failure)
    }
  }

  // MARK: Unknown (L6)

  /// A transaction may commit that much later than it was begun.
  private static let commitMilliseconds: Int64 = 11 * 60_000
  /// What two clocks and their whole seconds may differ by.
  private static let clockMilliseconds: Int64 = 60_000

  /// Looks for the lead of a call whose answer was lost; true when it may be made again.
  func isSurelyNotThere(
    _ delivery: SalesforceDelivery, _ personID: String
  ) async throws -> Bool {
    let intent = LeadIntent(json: delivery.payload)
    // Whether the look-up's answer is final is asked before it: what commits in between is seen.
    let isFinal = try await isFinal(delivery, intent, of: personID)
    if let record = try await find(delivery, intent) {
      // As made, whatever has become of it since.
      try await made(
        Call(
          delivery: delivery, personID: personID, intent: intent, misfits: [],
          lookedUp: Moment(server: 0, uptime: 0)), record.id)
      return false
    }
    if isFinal { return true }
    try await desk.settlements.commit { [self] in
      try desk.later(delivery)
    }
    tell(personID, .waiting("Whether Salesforce has taken it is being looked up."))
    return false
  }

  private func find(
    _ delivery: SalesforceDelivery, _ intent: LeadIntent
  ) async throws -> MadeRecord? {
    let sentAfter = delivery.sentAfter ?? 0
    if try await field(holding: intent) != nil {
      return try await findByID(intent, deletedSince: sentAfter)
    }
    guard let email = intent.sent?["Email"]?.text else { return nil }
    let since = max(0, sentAfter - Self.clockMilliseconds)
    let found = try await salesforce.findLeads(
      email: email, source: intent.sent?["LeadSource"]?.text ?? "", createdSince: since)
    return found.first { !$0.isDeleted } ?? found.first
  }

  /// Whether no transaction that was begun by the lost call can still be open.
  private func isFinal(
    _ delivery: SalesforceDelivery, _ intent: LeadIntent, of personID: String
  ) async throws -> Bool {
    // The unique field itself sees to it that there is one, if it gets the same value again: not
    // when the person was merged into another meanwhile.
    if let field = try await field(holding: intent), field.isUnique, field.isCreateable,
      externalID(in: intent)?.value == personID
    {
      return true
    }
    guard let sentUntil = delivery.sentUntil, let time = desk.serverTime else { return false }
    if time > sentUntil + Self.commitMilliseconds { return true }
    guard time > sentUntil + Self.clockMilliseconds else { return false }
    let covered = try await salesforce.latestDateCovered(
      .lead, from: sentUntil - Self.clockMilliseconds, to: time)
    return covered > sentUntil + Self.clockMilliseconds
  }
}
