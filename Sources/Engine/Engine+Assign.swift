import EventLoop
import Intercom
package import Store
import SyncCore

/// What asking for a conversation's assignment came to.
package enum AssignOutcome: Sendable, Equatable {
  /// The teammate who has it from now on.
  case assigned(String)
  /// The owner's teammate has it already.
  case exists(String)
  case refused(RegisterEntry)
  /// In words.
  case failed(String)
}

/// Assignments, asked for by people, and what they wait for (A1, A2).
@EventLoop extension Engine {
  /// Assigns a conversation to the owner of the record that one of its people is linked to.
  package func assignConversation(_ id: String) async throws -> AssignOutcome {
    guard !isStopped, !isPaused else { return .failed("Writing is paused.") }
    guard isPrepared else { return .failed("sfsync has not reached both sides yet.") }
    do {
      return try await assign(id)
    } catch let error as IntercomError {
      return try refused(Report(error.failure, subjectKey: "asked:\(id)"))
    }
  }

  private func assign(_ id: String) async throws -> AssignOutcome {
    let conversation = try await parts.pace.call(isAsked: true) {
      try await parts.intercom.conversation(id)
    }
    try await meet(conversation.people)
    let linked = try conversation.people.first { try deliverer.recordOwner(of: $0) != nil }
    guard let person = linked, let owner = try deliverer.recordOwner(of: person) else {
      return try refused(report(id, EngineMeaning.assignmentWithoutLink))
    }
    let (found, lack) = try await deliverer.assignee(for: owner)
    guard let teammate = found else { return try refused(report(id, lack)) }
    guard conversation.teammateID != teammate.id else { return .exists(teammate.id) }
    guard let acting = try await parts.teammates.actingAdmin() else {
      return try refused(report(id, EngineMeaning.noActingTeammate))
    }
    _ = try await parts.pace.call(isAsked: true) {
      try await parts.intercom.assign(id, to: teammate.id, actingAdmin: acting)
    }
    let store = parts.store
    try store.transaction {
      try store.disownAssignment(of: id)
      try store.note(KnownConversation(id: id, updatedAt: 0, assignedAt: parts.clock.now))
      try store.enterHistory(
        Deliverer.history(
          of: id, from: conversation.teammateID, to: teammate.id, person: person,
          record: try store.link(of: person)?.recordID, at: parts.clock.now))
    }
    return .assigned(teammate.id)
  }

  private func refused(_ report: Report) throws -> AssignOutcome {
    let entry = try parts.store.transaction {
      try parts.store.tell(report, now: parts.clock.now)
    }
    return entry.map { .refused($0) } ?? .failed(report.meaning.cause)
  }

  // MARK: Teammates who were missing

  /// Tries again what waits for teammates who are there by now, and closes what the register says of
  /// them (A1).
  func lookForTeammates() async throws {
    guard deliverer.teammatesAreMissing else { return }
    let missing = try parts.store.missingTeammates()
    do {
      for payload in missing { try await lookFor(payload) }
    } catch let error as IntercomError where error.failure.status != 401 {
      return
    }
    let left = try parts.store.missingTeammates().map(Store.Waiting.init)
    let kept = left.compactMap(\.ownerID).map(Deliverer.teammateKey)
    try parts.store.transaction {
      try parts.store.closeErrors(
        subjectPrefix: Deliverer.teammateKey(""), except: Set(kept), at: parts.clock.now)
      if left.allSatisfy({ $0.ownerID != nil }) {
        try parts.store.closeErrors(subjectKey: Deliverer.actingKey, at: parts.clock.now)
      }
    }
    deliverer.teammatesAreMissing = !left.isEmpty
    deliverer.stir()
  }

  /// People only need the teammate, conversations one with a seat; whom Intercom refused needs to be
  /// another than it was.
  private func lookFor(_ payload: String) async throws {
    let store = parts.store
    let waiting = Store.Waiting(payload)
    try await parts.teammates.refresh()
    var owner: Owner?
    let teammate: Admin?
    if let ownerID = waiting.ownerID {
      owner = try store.owner(ownerID)
      guard let owner else { return }
      teammate = parts.teammates.known(withEmail: owner.email)
    } else {
      guard let id = try await parts.teammates.actingAdmin() else { return }
      teammate = parts.teammates.known(id) ?? Admin(id: id)
    }
    guard waiting.refused == nil || waiting.refused != teammate?.standing else { return }
    try store.transaction {
      let plain = Store.Waiting(ownerID: waiting.ownerID).payload
      if waiting.refused != nil { try store.rename(waiting: payload, to: plain) }
      guard let teammate else { return }
      if owner != nil { try store.unparkWaiting(for: plain, kind: .owner) }
      if teammate.hasInboxSeat != false {
        try store.unparkWaiting(for: plain, kind: .assign)
      } else if let owner, try store.missingTeammates().contains(plain) {
        try deliverer.enter(EngineMeaning.teammateWithoutSeat, for: owner, isNews: true)
      }
    }
  }

  // MARK: Switched off

  /// Ends what is owed of an assignment that the configuration no longer wants, and closes what the
  /// register says of it.
  func endUnwantedAssignments() throws {
    let store = parts.store
    let settings = parts.settings.assign
    guard !settings.assignsConversations || !settings.assignsPeople else { return }
    try store.transaction {
      var ended: Int64 = 0
      if !settings.assignsConversations { ended += try store.disownAssignments() }
      if !settings.assignsPeople { ended += try store.disownOwners() }
      let kept = try store.missingTeammates().map(Store.Waiting.init).compactMap(\.ownerID)
      try store.closeErrors(
        subjectPrefix: Deliverer.teammateKey(""), except: Set(kept.map(Deliverer.teammateKey)),
        at: parts.clock.now)
      if !settings.assignsConversations {
        try store.closeErrors(subjectKey: Deliverer.actingKey, at: parts.clock.now)
      }
      if ended > 0 || !settings.assignsConversations && !settings.assignsPeople {
        try store.closeErrors(subjectKey: Deliverer.permissionKey, at: parts.clock.now)
      }
    }
  }
}
