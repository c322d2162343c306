import EventLoop
import Salesforce
import Store
import SyncCore

/// Writes mapped attributes to Leads, up to 200 of them a call (Q1 to Q4).
///
/// What is written is computed when it is sent, from the snapshot, so that waiting changes merge.
@EventLoop final class FieldWriter: SalesforceWriter {
  let kind = SalesforceDeliveryKind.fields
  /// What one reading of the leads' present values takes.
  let batchMax = 2_000
  /// What one writing takes.
  private static let rowsMax = 200

  let desk: SalesforceDesk
  private let planner: Planner
  private let absorption: Absorption
  var store: Store { desk.store }

  init(_ desk: SalesforceDesk, planner: Planner) {
    self.desk = desk
    self.planner = planner
    absorption = Absorption(desk.parts, planner: planner)
  }

  /// One lead with what it is to get.
  struct Item {
    var delivery: SalesforceDelivery
    var personID: String
    var recordID: String
    var plan: FieldPlan
    var write: FieldPlan.Write
    /// What was set aside on the way, by attribute, and why.
    var refusals: [String: Failure] = [:]
    /// What Salesforce said of the whole lead.
    var answer: Failure?
  }

  func deliver(_ batch: [SalesforceDelivery]) async throws {
    var items = try await planned(batch)
    items = try await filled(items)
    let idle = items.filter { $0.write.fields.isEmpty }
    try await settle(idle)
    var busy = items.filter { !$0.write.fields.isEmpty }
    while !busy.isEmpty {
      let chunk = Array(busy.prefix(Self.rowsMax))
      busy.removeFirst(chunk.count)
      // What is left of a lead that was refused some fields goes with the next.
      busy += try await send(chunk)
    }
  }

  // MARK: Planning

  private func planned(_ batch: [SalesforceDelivery]) async throws -> [Item] {
    let fields = try await planner.salesforce?.leadFields.current() ?? []
    var items: [Item] = []
    var ended: [SalesforceDelivery] = []
    for delivery in batch {
      if let item = try item(delivery, fields) {
        items.append(item)
      } else {
        ended.append(delivery)
      }
    }
    if !ended.isEmpty {
      try await desk.settlements.commit { [store] in
        for delivery in ended { try store.remove(delivery) }
      }
    }
    return items
  }

  /// Nil when the person is no longer linked to that lead, or the lead is converted or gone (Q4).
  private func item(
    _ delivery: SalesforceDelivery, _ fields: [FieldDescription]
  ) throws -> Item? {
    guard let personID = delivery.personID, let recordID = delivery.recordID,
      let person = try store.person(personID), let record = try store.record(recordID),
      record.object == .lead, record.isLive, try store.link(of: personID)?.recordID == recordID
    else { return nil }
    let known = try store.fieldBase(person: personID, record: recordID)
    let plan = FieldPlan.make(
      values: try store.values(of: person), base: known?.base ?? [:],
      refused: known?.refused ?? [:], mapping: desk.settings.mapping, fields: fields)
    return Item(
      delivery: delivery, personID: personID, recordID: recordID, plan: plan, write: plan.write())
  }

  /// Fields that were never compared are filled only where they are empty (Q3).
  private func filled(_ items: [Item]) async throws -> [Item] {
    let wanted = items.filter { !$0.plan.fill.isEmpty }
    guard !wanted.isEmpty else { return items }
    let names = Set(wanted.flatMap { item in item.plan.fill.compactMap { item.plan.fields[$0] } })
    let current = try await read(wanted.map(\.recordID), names.sorted())
    var gone: [Item] = []
    var kept: [Item] = []
    for var item in items {
      if !item.plan.fill.isEmpty {
        guard let values = current[item.recordID] else {
          gone.append(item)
          continue
        }
        item.write = item.plan.write(current: values)
      }
      kept.append(item)
    }
    for item in try await lookAgain(gone) {
      // One query shows it and the other does not: they will agree.
      let failure = Failure(
        .salesforce, SalesforceMeaning.stale, attempt: "read the lead \(item.recordID)",
        answer: "not among the answers")
      try await postpone(item, failure)
    }
    return kept
  }

  private func read(_ ids: [String], _ names: [String]) async throws -> [String: Values] {
    do throws(Failure) {
      return try await desk.parts.salesforce.leadValues(ids, fields: names)
    } catch {
      guard error.meaning.kind == .refused else { throw error }
      // A field was hidden since: the next try knows, and nobody is held up by it (Q3).
      try await planner.salesforce?.leadFields.refresh(isFresh: true)
      throw Failure(
        .salesforce, SalesforceMeaning.stale, attempt: error.attempt, answer: error.answer,
        status: error.status)
    }
  }

  // MARK: Sending

  /// Sends one call; what of it has to go again, with fewer fields.
  private func send(_ items: [Item]) async throws -> [Item] {
    let outcomes = try await desk.parts.salesforce.updateLeads(
      items.map { ($0.recordID, $0.write.fields) })
    var done: [Item] = []
    var again: [Item] = []
    var gone: [Item] = []
    if outcomes.contains(where: { $0.failure.map(LeadFields.isOutdated) ?? false }) {
      try await planner.salesforce?.leadFields.refresh(isFresh: true)
    }
    for (var item, outcome) in zip(items, outcomes) {
      guard let failure = outcome.failure else {
        done.append(item)
        continue
      }
      if Self.ending.contains(failure.meaning) {
        item.answer = failure
        gone.append(item)
      } else if failure.meaning.kind == .refused {
        setAside(&item, failure)
        if item.write.fields.isEmpty { done.append(item) } else { again.append(item) }
      } else {
        try await postpone(item, failure)
      }
    }
    try await settle(done)
    var refused: [Item] = []
    // The lead is there: it is a value that names what is not.
    for var item in try await lookAgain(gone) {
      if let failure = item.answer { setAside(&item, failure) }
      if item.write.fields.isEmpty { refused.append(item) } else { again.append(item) }
    }
    try await settle(refused)
    return again
  }

  /// The lead is perhaps not what it was: it is looked at again, and then its updates end without
  /// an error.
  ///
  /// A value that names a record that is not there is refused by the same codes.
  private static let ending = [
    SalesforceMeaning.converted, SalesforceMeaning.deleted, SalesforceMeaning.reference,
  ]

  private func postpone(_ item: Item, _ failure: Failure) async throws {
    try await desk.settlements.commit { [desk] in
      try desk.later(item.delivery, failure)
      // A lock on one lead says nothing of the side.
      if failure.meaning.kind == .broken { try desk.failed(failure) }
    }
  }

  /// Takes the fields that the refusal names out of the write, or all when it names none (Q2).
  private func setAside(_ item: inout Item, _ failure: Failure) {
    let named = Set(failure.fields.map { $0.lowercased() })
    var names = item.write.fields.keys.filter { named.contains($0.lowercased()) }
    if names.isEmpty { names = Array(item.write.fields.keys) }
    // What describe has come to say of a field is one entry of the mapping, not one a person (Q3).
    let writable = planner.salesforce?.leadFields.writable(names) ?? []
    for name in names {
      item.write.fields[name] = nil
      guard let attribute = item.write.attributes[name] else { continue }
      let value = item.write.base.removeValue(forKey: attribute)
      guard writable.contains(name) else { continue }
      item.write.refused[attribute] = value
      item.refusals[attribute] = failure
    }
  }

  // MARK: Settling

  private func settle(_ items: [Item]) async throws {
    guard !items.isEmpty else { return }
    try await desk.settlements.commit { [self] in
      for item in items { try settle(item) }
      if items.contains(where: { !$0.write.attributes.isEmpty }) { try desk.answered() }
    }
  }

  private func settle(_ item: Item) throws {
    let settlement = FieldSettlement(store, now: desk.clock.now)
    try settlement.note(item.write, of: item.personID, on: item.recordID)
    for (attribute, failure) in item.refusals {
      var report = Report(failure)
      report.what = "take the attribute \(attribute) over to the lead \(item.recordID)"
      try settlement.enter(report, attribute, of: item.personID, on: item.recordID)
    }
    try store.settle(item.delivery)
    guard !item.write.attributes.isEmpty else { return }
    let codes = Set(item.refusals.values.map(\.meaning.code)).sorted()
    try store.enterHistory(
      HistoryEntry(
        at: desk.clock.now, personID: item.personID, recordID: item.recordID, side: .salesforce,
        what: "fields", changes: HistoryChanges.json(written: item.write.fields),
        result: codes.isEmpty ? "written" : "refused: \(codes.joined(separator: ", "))"))
  }

  /// Reads leads that were converted or deleted meanwhile, and plans those linked to them; their
  /// deliveries end with that (Q4).
  ///
  /// Returns those of leads that are what they were.
  private func lookAgain(_ items: [Item]) async throws -> [Item] {
    guard !items.isEmpty else { return [] }
    for start in stride(from: 0, to: items.count, by: Self.rowsMax) {
      let part = items[start..<min(start + Self.rowsMax, items.count)]
      try await absorption.read(part.map(\.recordID), confirmsMissing: true)
    }
    desk.onReleased?()
    return try items.filter {
      try store.record($0.recordID)?.isLive == true
        && store.link(of: $0.personID)?.recordID == $0.recordID
    }
  }
}
