import EventLoop
import Salesforce
import Store
import SyncCore

/// One call for many tasks, and what becomes of each row.
@EventLoop extension TaskWriter {
  /// Sends the items in one call; those that were refused for a reason that is mended come back.
  func send(_ items: [Item]) async throws -> [Item] {
    var items = items
    let status: String
    do {
      status = try await closedStatus()
    } catch let failure as Failure where failure.meaning.kind == .refused {
      try await park(items, failure)
      return []
    }
    for index in items.indices { items[index].ownerID = try await owner(of: items[index]) }
    let sent = try marked(items)
    guard !sent.isEmpty else { return [] }
    let rows = sent.map { fields(of: $0, status: status) }
    let outcomes: [RowOutcome]
    do throws(Failure) {
      outcomes = try await desk.parts.salesforce.createTasks(rows)
    } catch {
      try await lost(sent, error)
      return []
    }
    return try await settle(sent, outcomes)
  }

  /// Durable before the call: whoever finds a delivery so looks it up first (T4).
  private func marked(_ items: [Item]) throws -> [Item] {
    let now = desk.parts.salesforceNow
    return try store.transaction {
      try items.filter { item in
        var payload = item.payload
        payload.sentField = desk.settings.tasks.externalIDField
        return try store.markSending(item.delivery, sentAfter: now, payload: payload.json)
      }
    }
  }

  private func fields(of item: Item, status: String) -> Values {
    var fields: Values = [
      "Subject": .text(item.payload.subject), "Description": .text(item.payload.description),
      "ActivityDate": .text(item.payload.activityDate), "WhoId": .text(item.whoID),
      "Status": .text(status),
    ]
    if let ownerID = item.ownerID { fields["OwnerId"] = .text(ownerID) }
    if let field = desk.settings.tasks.externalIDField {
      fields[field] = .text(externalID(of: item))
    }
    return fields
  }

  func externalID(of item: Item) -> String {
    item.payload.externalID
      ?? TaskPlanner.externalID(part: item.payload.keyPart, record: item.recordID)
  }

  // MARK: Owner and status (T2, T3)

  private func closedStatus() async throws -> String {
    if let known = facts.closedStatus(uptime: desk.clock.uptime) { return known }
    let status = try await desk.parts.salesforce.closedTaskStatus()
    facts.note(status: status, uptime: desk.clock.uptime)
    return status
  }

  private func owner(of item: Item) async throws -> String? {
    guard !item.isOwnerless, let email = item.payload.teammateEmail else { return nil }
    if let known = facts.user(email, uptime: desk.clock.uptime) { return known }
    let user: String?
    do throws(Failure) {
      user = try await desk.parts.salesforce.activeUser(withEmail: email)
    } catch {
      // One address that Salesforce does not like is no reason to log nothing.
      guard error.meaning.kind == .refused else { throw error }
      user = nil
    }
    facts.note(user: user, email: email, uptime: desk.clock.uptime)
    return user
  }

  // MARK: The whole call

  private func lost(_ items: [Item], _ failure: Failure) async throws {
    try await desk.settlements.commit { [desk] in
      let now = desk.clock.now
      for item in items {
        if failure.effect == .unknown {
          try desk.store.markUnknown(
            item.delivery, sentUntil: desk.parts.salesforceNow ?? now, failedAt: now,
            until: desk.nextTry(of: item.delivery, after: failure))
        } else {
          // Surely not taken. While the side is broken its breaker says when to go on.
          let isPassing = failure.meaning.kind == .passing
          try desk.store.postpone(
            item.delivery, failedAt: now,
            until: isPassing ? desk.nextTry(of: item.delivery, after: failure) : now)
        }
      }
      try desk.failed(failure)
    }
  }

  // MARK: Row by row

  private enum Verdict {
    case made(String)
    case again(Item, Mending)
    case later(Failure)
    case unknown(Failure)
    case double(Failure)
    case refused(Failure)
  }

  private func settle(_ items: [Item], _ outcomes: [RowOutcome]) async throws -> [Item] {
    var verdicts: [(item: Item, verdict: Verdict)] = []
    for (item, outcome) in zip(items, outcomes) { verdicts.append((item, verdict(item, outcome))) }
    try await desk.settlements.commit { [self] in
      try desk.answered()
      for (item, verdict) in verdicts { try settle(item, verdict) }
    }
    var again: [Item] = []
    var moved: [Item] = []
    var doubles: [(Item, Failure)] = []
    for (_, verdict) in verdicts {
      switch verdict {
      case .again(let item, .record): moved.append(item)
      case .again(let item, _): again.append(item)
      default: break
      }
    }
    for case (let item, .double(let failure)) in verdicts { doubles.append((item, failure)) }
    try await settle(doubles: doubles)
    return again + (try await followed(moved))
  }

  private func verdict(_ item: Item, _ outcome: RowOutcome) -> Verdict {
    guard let failure = outcome.failure else { return .made(outcome.id ?? "") }
    if failure.effect == .unknown { return .unknown(failure) }
    if failure.meaning == SalesforceMeaning.duplicateValue,
      desk.settings.tasks.externalIDField != nil
    {
      return .double(failure)
    }
    if failure.meaning.kind != .refused { return .later(failure) }
    guard let mending = mending(of: failure, item) else { return .refused(failure) }
    var item = item
    item.mended.insert(mending)
    switch mending {
    case .owner:
      if let email = item.payload.teammateEmail { facts.forget(user: email) }
      item.isOwnerless = true
    case .status: facts.forgetStatus()
    case .record: break
    }
    return .again(item, mending)
  }

  private func mending(of failure: Failure, _ item: Item) -> Mending? {
    let ofOwner = [
      SalesforceMeaning.inactiveOwner, SalesforceMeaning.ownerUnfit,
      SalesforceMeaning.referenceAccess, SalesforceMeaning.reference,
    ]
    let ofRecord = [
      SalesforceMeaning.converted, SalesforceMeaning.deleted, SalesforceMeaning.reference,
    ]
    let names = Set(failure.fields.map { $0.lowercased() })
    var candidates: [Mending] = []
    if ofRecord.contains(failure.meaning), !names.contains("ownerid") { candidates = [.record] }
    if ofOwner.contains(failure.meaning), item.ownerID != nil, !names.contains("whoid") {
      candidates.append(.owner)
    }
    if failure.meaning == SalesforceMeaning.picklist, names.isEmpty || names.contains("status") {
      candidates.append(.status)
    }
    return candidates.first { !item.mended.contains($0) }
  }

  /// Inside a transaction.
  private func settle(_ item: Item, _ verdict: Verdict) throws {
    switch verdict {
    case .made(let taskID): try made(item, taskID, isNew: true)
    case .again:
      // Should the next round not come so far, it is surely not made.
      try store.postpone(item.delivery, failedAt: desk.clock.now, until: desk.clock.now)
    case .double: break
    case .later(let failure): try desk.later(item.delivery, failure)
    case .unknown(let failure):
      try store.markUnknown(
        item.delivery, sentUntil: desk.parts.salesforceNow ?? desk.clock.now,
        failedAt: desk.clock.now, until: desk.nextTry(of: item.delivery, after: failure))
    case .refused(let failure): try refused(item, failure)
    }
  }

  /// The task is there: one transaction ends its delivery.
  ///
  /// Inside a transaction.
  func made(_ item: Item, _ taskID: String, isNew: Bool) throws {
    let now = desk.clock.now
    for record in Set([item.recordID, item.whoID]) {
      try store.noteLogged(parts: item.payload.parts, record: record, task: taskID, at: now)
    }
    try store.remove(item.delivery)
    try store.closeErrors(subjectKey: Self.subjectKey(item.delivery), at: now)
    try store.closeErrors(subjectKey: Self.statusKey, at: now)
    try store.enterHistory(
      HistoryEntry(
        at: now, personID: item.delivery.personID, recordID: item.whoID, side: .salesforce,
        what: "task",
        changes: HistoryChanges.json([("conversation", nil, item.payload.conversationID)]),
        result: isNew ? "created \(taskID)" : "exists \(taskID)"))
    desk.parts.report(
      Occurrence(
        .delivered, "Logged the conversation \(item.payload.conversationID) on \(item.whoID).",
        personID: item.delivery.personID, recordID: item.whoID))
  }

  // MARK: Refused

  static func subjectKey(_ delivery: SalesforceDelivery) -> String { "task:\(delivery.subject)" }
  static let statusKey = "task-status"

  func refused(_ item: Item, _ failure: Failure) throws {
    try store.park(item.delivery)
    try enter(item, failure)
    desk.parts.report(
      Occurrence(
        .deliveryParked,
        failure.side == .salesforce
          ? "Parked a task: Salesforce refused it."
          : "Parked a task: its conversation cannot be read.",
        personID: item.delivery.personID, recordID: item.whoID, failure: failure,
        attempt: item.delivery.attempts + 1))
  }

  /// Inside a transaction.
  func enter(_ item: Item, _ failure: Failure) throws {
    try store.enter(
      Report(
        failure.meaning,
        what: "log the conversation \(item.payload.conversationID) on \(item.whoID)",
        answer: failure.answer, personID: item.delivery.personID, recordID: item.whoID,
        subjectKey: Self.subjectKey(item.delivery), status: failure.status,
        requestID: failure.requestID), now: desk.clock.now)
  }

  /// The org's own set-up refuses every task: one entry.
  private func park(_ items: [Item], _ failure: Failure) async throws {
    try await desk.settlements.commit { [desk] in
      for item in items { try desk.store.park(item.delivery) }
      try desk.store.enter(
        Report(failure, subjectKey: Self.statusKey), now: desk.clock.now)
    }
  }
}
