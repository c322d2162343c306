import EventLoop
import Intercom
import Store
import SyncCore

/// Conversations that go to the record's owner, once (A1).
@EventLoop extension Deliverer {
  func sendAssignment(_ delivery: Delivery) async throws {
    guard let id = delivery.conversationID, let owner = try recordOwner(of: delivery.personID)
    else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    let (teammate, lack) = try await assignee(for: owner)
    guard let teammate else {
      pace.notSent()
      return settle(delivery) { try self.wait(delivery, for: owner, lack) }
    }
    guard let acting = try await teammates.actingAdmin() else {
      pace.notSent()
      return settle(delivery) { try self.waitForActing(delivery) }
    }
    do throws(IntercomError) {
      // Read just before: somebody may have taken it.
      let conversation = try await intercom.conversation(id)
      guard try wants(conversation) else { return settle(delivery) { try self.taken(delivery) } }
      _ = try await assign(id, to: teammate.id, by: acting)
      settle(delivery) { try self.assigned(delivery, to: teammate) }
    } catch {
      pace.failed(error.failure)
      settle(delivery) { try self.failedToAssign(delivery, owner, error) }
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

  private func wants(_ conversation: Conversation) throws(IntercomError) -> Bool {
    // Whether it is old enough was decided when it was owed.
    Assignment.wants(conversation: conversation, firstRunAt: .min)
  }

  private func assign(
    _ id: String, to teammateID: String, by acting: String
  ) async throws(IntercomError) -> Conversation {
    pace.sent(isAsked: true)
    return try await intercom.assign(id, to: teammateID, actingAdmin: acting)
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
      HistoryEntry(
        at: clock.now, personID: delivery.personID, recordID: delivery.recordID,
        side: .intercom, what: "assign",
        changes: "{\"conversation\":{\"to\":\(Self.quoted(delivery.conversationID))},"
          + "\"admin_assignee_id\":{\"from\":null,\"to\":\(Self.quoted(teammate.id))}}",
        result: "assigned"))
    report(
      Occurrence(
        .delivered,
        "Assigned the conversation \(delivery.conversationID ?? "") to the teammate "
          + "\(teammate.id).", personID: delivery.personID, recordID: delivery.recordID))
  }

  private func close(_ delivery: Delivery) throws {
    try store.closeErrors(subjectKey: Self.conversationKey(delivery), at: clock.now)
    try store.closeErrors(subjectKey: Self.actingKey, at: clock.now)
  }

  static func conversationKey(_ delivery: Delivery) -> String {
    "conversation:\(delivery.conversationID ?? "")"
  }

  static let actingKey = "acting-teammate"

  private func waitForActing(_ delivery: Delivery) throws {
    try store.park(delivery, payload: "")
    teammatesAreMissing = true
    try store.enter(
      Report(
        EngineMeaning.noActingTeammate, what: "assign conversations",
        answer: "looked for by the address in assign.acting_admin", subjectKey: Self.actingKey),
      now: clock.now)
  }

  private func failedToAssign(
    _ delivery: Delivery, _ owner: Owner, _ error: IntercomError
  ) throws {
    if error.isConversationGone { return try taken(delivery) }
    let failure = error.failure
    switch failure.meaning {
    case IntercomMeaning.teammate:
      teammates.doubt()
      try wait(delivery, for: owner, EngineMeaning.noTeammate)
    case IntercomMeaning.noSeat:
      teammates.doubt()
      try wait(delivery, for: owner, EngineMeaning.teammateWithoutSeat)
    case IntercomMeaning.actingAdmin:
      teammates.doubt()
      try waitForActing(delivery)
    default:
      guard failure.meaning.kind == .refused else { return try failed(delivery, error) }
      try succeeded(health, isWrite: true)
      try store.park(delivery, payload: "")
      try store.enter(
        Report(
          failure, personID: delivery.personID, recordID: delivery.recordID,
          subjectKey: Self.conversationKey(delivery)), now: clock.now)
    }
  }
}
