import EventLoop
import Intercom
import Store
import SyncCore

/// Conversations that go to the record's owner, once (A1).
@EventLoop extension Deliverer {
  func sendAssignment(_ delivery: Delivery) async throws {
    do {
      try await tryAssignment(delivery)
    } catch let error as IntercomError {
      // The teammates could not be read.
      pace.notSent()
      settle(delivery) { try self.failedBeside(delivery, error) }
    }
  }

  private func tryAssignment(_ delivery: Delivery) async throws {
    guard let id = delivery.conversationID, let owner = try recordOwner(of: delivery.personID)
    else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    let (found, lack) = try await assignee(for: owner)
    guard let teammate = found else {
      pace.notSent()
      return settle(delivery) { try self.wait(delivery, for: owner, lack) }
    }
    guard let acting = try await teammates.actingAdmin() else {
      pace.notSent()
      return settle(delivery) {
        try self.waitForActing(delivery, EngineMeaning.noActingTeammate)
      }
    }
    do throws(IntercomError) {
      // Read just before: somebody may have taken it.
      let conversation = try await intercom.conversation(id)
      // Whether it is young enough was decided when it was owed.
      guard Assignment.wants(conversation: conversation, firstRunAt: .min) else {
        return settle(delivery) { try self.taken(delivery) }
      }
      pace.sent(isAsked: delivery.lane == .asked)
      _ = try await intercom.assign(id, to: teammate.id, actingAdmin: acting)
      settle(delivery) { try self.assigned(delivery, to: teammate) }
    } catch {
      pace.failed(error.failure)
      settle(delivery) { try self.failedToAssign(delivery, owner, teammate, acting, error) }
    }
  }

  /// The teammate who is to get what belongs to `owner`, or why there is none.
  func assignee(for owner: Owner) async throws -> (teammate: Admin?, lack: Meaning) {
    guard let teammate = try await teammates.teammate(withEmail: owner.email) else {
      return (nil, EngineMeaning.noTeammate)
    }
    if teammate.hasInboxSeat == false { return (nil, EngineMeaning.teammateWithoutSeat) }
    return (teammate, EngineMeaning.noTeammate)
  }

  // MARK: Settling; each inside a transaction

  private func taken(_ delivery: Delivery) throws {
    try succeeded(health, isWrite: false)
    try store.remove(delivery)
    try close(delivery)
  }

  private func assigned(_ delivery: Delivery, to teammate: Admin) throws {
    try succeeded(health, isWrite: true)
    try store.remove(delivery)
    try close(delivery)
    try store.enterHistory(
      Self.history(
        of: delivery.conversationID ?? "", to: teammate.id, person: delivery.personID,
        record: delivery.recordID, at: clock.now))
    report(
      Occurrence(
        .delivered,
        "Assigned the conversation \(delivery.conversationID ?? "") to the teammate "
          + "\(teammate.id).", personID: delivery.personID, recordID: delivery.recordID))
  }

  static func history(
    of conversationID: String, from before: String? = nil, to teammateID: String,
    person personID: String?, record recordID: String?, at now: Int64
  ) -> HistoryEntry {
    HistoryEntry(
      at: now, personID: personID, recordID: recordID, side: .intercom, what: "assign",
      changes: HistoryChanges.json([
        ("conversation", nil, conversationID), ("admin_assignee_id", before, teammateID),
      ]), result: "assigned")
  }

  private func close(_ delivery: Delivery) throws {
    for key in [Self.conversationKey(delivery.conversationID ?? ""), Self.actingKey] {
      try store.closeErrors(subjectKey: key, at: clock.now)
    }
    try store.closeErrors(subjectKey: Self.permissionKey, at: clock.now)
  }

  static func conversationKey(_ conversationID: String) -> String {
    "conversation:\(conversationID)"
  }

  static func conversation(ofKey key: String) -> String? {
    key.hasPrefix("conversation:") ? String(key.dropFirst("conversation:".count)) : nil
  }

  static let actingKey = "acting-teammate"

  private func waitForActing(
    _ delivery: Delivery, _ meaning: Meaning, refused: Admin? = nil
  ) throws {
    let waiting = Store.Waiting(ownerID: nil, refused: refused?.standing)
    try store.park(delivery, payload: waiting.payload)
    teammatesAreMissing = true
    try store.enter(
      Report(
        meaning, what: "assign conversations", answer: "in the name of the acting teammate",
        subjectKey: Self.actingKey), now: clock.now)
  }

  private func failedToAssign(
    _ delivery: Delivery, _ owner: Owner, _ teammate: Admin, _ acting: String,
    _ error: IntercomError
  ) throws {
    if error.isConversationGone { return try taken(delivery) }
    let failure = error.failure
    switch failure.meaning {
    case IntercomMeaning.teammate:
      teammates.doubt()
      try wait(delivery, for: owner, EngineMeaning.noTeammate, refused: teammate)
    case IntercomMeaning.noSeat where teammate.hasInboxSeat != true:
      teammates.doubt()
      try wait(delivery, for: owner, EngineMeaning.teammateWithoutSeat, refused: teammate)
    case IntercomMeaning.noSeat, IntercomMeaning.actingAdmin:
      teammates.doubt()
      try waitForActing(
        delivery, failure.meaning, refused: teammates.known(acting) ?? Admin(id: acting))
    default:
      guard failure.meaning.kind == .refused else { return try failedBeside(delivery, error) }
      try succeeded(health, isWrite: true)
      try store.park(delivery, payload: nil)
      try store.enter(
        Report(
          failure, personID: delivery.personID, recordID: delivery.recordID,
          subjectKey: Self.conversationKey(delivery.conversationID ?? "")), now: clock.now)
    }
  }
}
