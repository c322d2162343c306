import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore
import Wire

/// Makes one Lead of a person, once (L1 to L8).
@EventLoop final class LeadWriter: SalesforceWriter {
  let kind = SalesforceDeliveryKind.lead
  let batchMax = 1
  let callsMax = 5

  let desk: SalesforceDesk
  let planner: Planner
  let absorption: Absorption
  /// E-mail keys for which a creation is under way (L3).
  private let addresses = KeyedTurns()
  /// People whose lead is under way, and whose askers will be told by that.
  private var underWay: Set<String> = []
  /// Those who asked for a lead, by person.
  private var askers: [String: [CheckedContinuation<LeadOutcome, Never>]] = [:]

  var store: Store { desk.store }
  var salesforce: Salesforce { desk.parts.salesforce }
  var now: Int64 { desk.clock.now }

  init(_ desk: SalesforceDesk, planner: Planner) {
    self.desk = desk
    self.planner = planner
    absorption = Absorption(desk.parts, planner: planner)
  }

  static func subject(of personID: String) -> String { "lead:\(personID)" }

  // MARK: Askers

  /// What becomes of the person's lead; the delivery is owed already.
  func outcome(of personID: String) async -> LeadOutcome {
    await withCheckedContinuation { askers[personID, default: []].append($0) }
  }

  func tell(_ personID: String, _ outcome: LeadOutcome) {
    for asker in askers.removeValue(forKey: personID) ?? [] { asker.resume(returning: outcome) }
  }

  /// Those who wait for a lead that is no longer owed: the plan has found a link.
  func tellSettled() {
    for person in askers.keys where !underWay.contains(person) {
      guard let delivery = try? store.salesforceDelivery(.lead, subject: person) else {
        let link = (try? store.link(of: person)?.recordID) ?? (try? store.pin(of: person))
        tell(person, link.map { .exists([$0]) } ?? .waiting("It is no longer owed."))
        continue
      }
      if delivery.state == .held { tell(person, .waiting("The guard holds it back.")) }
    }
  }

  func tellAll(_ outcome: LeadOutcome) {
    for person in askers.keys { tell(person, outcome) }
  }

  // MARK: One delivery

  func deliver(_ batch: [SalesforceDelivery]) async throws {
    for delivery in batch {
      guard let person = delivery.personID else {
        try await desk.settlements.commit { try self.store.remove(delivery) }
        continue
      }
      underWay.insert(person)
      defer { underWay.remove(person) }
      do {
        try await deliver(delivery, person)
      } catch let failure as Failure {
        tell(person, .waiting(failure.sentence))
        throw failure
      } catch let error as IntercomError {
        tell(person, .waiting(error.failure.sentence))
        throw error
      }
    }
  }

  private func deliver(_ delivery: SalesforceDelivery, _ personID: String) async throws {
    if delivery.state == .sending {
      guard try await isSurelyNotThere(delivery, personID) else { return }
    }
    if let link = try linked(personID, isAsked: delivery.isAsked) {
      return try await ended(delivery, personID, by: [link])
    }
    guard let person = try await details(delivery, personID) else { return }
    let intent = LeadIntent(json: delivery.payload)
    let email = LeadDraft.email(person: person.values, edits: intent.edits)
    guard let email, let key = EmailKey.of(email) else {
      return try await refuse(
        delivery, personID,
        Report(FittingMeaning.noEmail, what: "create a lead of the person \(personID)"))
    }
    await addresses.take(key)
    defer { addresses.leave(key) }
    try await create(delivery, person, intent, email: email, key: key)
  }

  private func create(
    _ delivery: SalesforceDelivery, _ person: PersonDetails, _ intent: LeadIntent,
    email: String, key: String
  ) async throws {
    let personID = person.id
    let found = try await lookUp(email, person)
    let moment = Moment(server: desk.serverTime ?? now, uptime: desk.clock.uptime)
    guard found.isEmpty else { return try await settle(delivery, personID, on: found) }
    if let link = try linked(personID, isAsked: delivery.isAsked) {
      return try await ended(delivery, personID, by: [link])
    }
    if let record = try inherited(by: person) {
      return try await settle(delivery, personID, on: [record])
    }
    if let id = try await madeSinceBackup(delivery, email, of: personID) {
      return try await made(
        Call(delivery: delivery, personID: personID, intent: intent, misfits: [], lookedUp: moment),
        id)
    }
    let draft: LeadDraft
    do {
      draft = try await self.draft(of: person, intent)
    } catch let error as IntercomError
      where error.failure.meaning.kind == .refused || error.failure.status == 403
    {
      // Of its company: everything else is known by now.
      return try await refuse(delivery, personID, Report(error.failure))
    }
    if let misfit = draft.editMisfits.first {
      return try await refuse(
        delivery, personID,
        Report(
          FittingMeaning.givenValue, what: "create a lead of the person \(personID)",
          answer: "\(misfit.field): \(misfit.reason)"))
    }
    guard draft.missing.isEmpty else {
      let names = draft.missing.map(\.name).joined(separator: ", ")
      return try await refuse(
        delivery, personID,
        Report(
          FittingMeaning.requiredField, what: "create a lead of the person \(personID)",
          answer: "nothing fills \(names)"))
    }
    var intent = intent
    intent.sent = draft.fields
    intent.base = draft.base
    intent.refused = draft.refused
    guard !desk.isStopping,
      try await mark(delivery, intent, sentAfter: moment.server, orderKey: key)
    else { return }
    let call = Call(
      delivery: delivery, personID: personID, intent: intent, misfits: draft.misfits,
      lookedUp: moment)
    let id: String
    do throws(Failure) {
      id = try await salesforce.createLead(
        draft.fields, allowsDuplicates: desk.settings.leads.allowsDuplicates)
    } catch {
      return try await failed(call, error)
    }
    try await made(call, id)
  }

  /// A moment of Salesforce's clock, and of the one here that never jumps.
  struct Moment {
    var server: Int64
    var uptime: Int64
  }

  /// One creation that was handed to Salesforce.
  struct Call {
    var delivery: SalesforceDelivery
    var personID: String
    var intent: LeadIntent
    var misfits: [Misfit]
    /// When Salesforce answered the look-up before it.
    var lookedUp: Moment
  }

  /// Durable before the call; false when nothing may be sent (L6).
  private func mark(
    _ delivery: SalesforceDelivery, _ intent: LeadIntent, sentAfter: Int64, orderKey: String
  ) async throws -> Bool {
    var isMarked = false
    try await desk.settlements.commit { [store] in
      isMarked = try store.markSending(
        delivery, sentAfter: sentAfter, payload: intent.json, orderKey: orderKey)
      // Another one of this address has an unknown outcome: this one waits behind it.
      if !isMarked { try store.reorder(delivery, orderKey: orderKey) }
    }
    return isMarked
  }

  // MARK: Looking

  /// The record that a person has already.
  ///
  /// A pin stays on a deleted one for an undelete (M6), and does not stand in the way of who asks.
  func linked(_ personID: String, isAsked: Bool) throws -> String? {
    if let link = try store.link(of: personID) { return link.recordID }
    guard let pin = try store.pin(of: personID) else { return nil }
    guard isAsked, let record = try store.record(pin) else { return pin }
    let end = try Succession.follow(record) { try store.record($0) }
    return end.record == nil && !end.isOpen ? nil : pin
  }

  /// The live record whose id the person bears although we never wrote it there: it came with
  /// somebody who was merged into this person, whatever the addresses (M5).
  private func inherited(by person: PersonDetails) throws -> Record? {
    guard let name = desk.settings.attributeNames[.recordID],
      let id = person.values[AttributeName.customPrefix + name]?.text,
      try store.person(person.id)?.sent?[.recordID] != id, let record = try store.record(id)
    else { return nil }
    return try Succession.follow(record) { try store.record($0) }.record
  }

  /// The person as it is now; nil when it is gone, and everything owed with it (M5, M8).
  private func details(
    _ delivery: SalesforceDelivery, _ personID: String
  ) async throws -> PersonDetails? {
    var survivor: String?
    do {
      let found = try await desk.parts.pace.call(isAsked: delivery.lane == .asked) {
        try await desk.parts.intercom.details(personID)
      }
      if found.id == personID, !found.isGone { return found }
      if found.id != personID { survivor = found.id }
    } catch let error as IntercomError where error.isPersonGone {
      survivor = error.survivor
    } catch let error as IntercomError where error.failure.meaning.kind == .refused {
      try await refuse(delivery, personID, Report(error.failure))
      return nil
    }
    tell(personID, .waiting("The person is no longer in Intercom."))
    try await desk.settlements.commit { [desk, store] in
      try desk.onPersonGone?(personID, survivor)
      // Surely not made, and nobody is left to make it of.
      guard let left = try store.salesforceDelivery(delivery.id), left.personID == personID
      else { return }
      try store.remove(left)
    }
    return nil
  }

  /// The live records of an address in Salesforce at this moment (L3).
  private func lookUp(_ email: String, _ person: PersonDetails) async throws -> [Record] {
    let key = store.settings.matchesByExternalID ? person.values["external_id"]?.text : nil
    let pages = try await salesforce.records(withEmail: email, key: key)
    let cycle = try store.transaction { try store.next("cycle") }
    let ids = try store.transaction { try absorption.compare(pages, cycle: cycle) }
    try await absorption.plan(cycle)
    return try ids.compactMap { try store.record($0) }.filter(\.isLive)
  }

  private func draft(of person: PersonDetails, _ intent: LeadIntent) async throws -> LeadDraft {
    var company: Values?
    if let id = person.companyID {
      company = try await desk.parts.pace.call(isAsked: true) {
        try await desk.parts.intercom.company(id)
      }?.values
    }
    let fields = try await planner.salesforce?.leadFields.current() ?? []
    var settings = desk.settings.leads
    // A field that is not there is one open entry, and no reason to make no leads (Q3).
    if let name = settings.externalIDField,
      fields.first(where: { $0.name.lowercased() == name.lowercased() })?.isCreateable != true
    {
      settings.externalIDField = nil
    }
    return LeadDraft.make(
      person: person.values, company: company, edits: intent.edits, settings: settings,
      mapping: desk.settings.mapping, fields: fields, personID: person.id)
  }
}
