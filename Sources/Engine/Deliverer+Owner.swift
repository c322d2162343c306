import EventLoop
import Intercom
import Store
import SyncCore
import Wire

/// The Intercom owner of people, who follows the record's (A2).
@EventLoop extension Deliverer {
  func sendOwner(_ delivery: Delivery) async throws {
    do {
      try await tryOwner(delivery)
    } catch let error as IntercomError {
      // The teammates could not be read.
      pace.notSent()
      settle(delivery) { try self.failedBeside(delivery, error) }
    }
  }

  private func tryOwner(_ delivery: Delivery) async throws {
    guard try store.person(delivery.personID) != nil,
      let owner = try recordOwner(of: delivery.personID)
    else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    guard let teammate = try await teammates.teammate(withEmail: owner.email) else {
      pace.notSent()
      return settle(delivery) { try self.wait(delivery, for: owner, EngineMeaning.noTeammate) }
    }
    guard let person = try store.person(delivery.personID), person.teammateID != teammate.id
    else {
      pace.notSent()
      return settle(delivery) { try self.store.settle(delivery) }
    }
    do throws(IntercomError) {
      let answer = try await intercom.setTeammate(person.id, to: teammate.id)
      settle(delivery) {
        try self.owned(delivery, teammate, before: person.teammateID, answer)
      }
    } catch {
      pace.failed(error.failure)
      settle(delivery) {
        guard error.failure.meaning == IntercomMeaning.teammate else {
          return try self.failed(delivery, error, sent: teammate.id)
        }
        // Whoever it is has just left.
        self.teammates.doubt()
        try self.wait(delivery, for: owner, EngineMeaning.noTeammate, refused: teammate)
      }
    }
  }

  /// The owner of the record that a person is linked to; nil without one.
  func recordOwner(of personID: String) throws -> Owner? {
    guard let link = try store.link(of: personID),
      let ownerID = try store.record(link.recordID)?.ownerID
    else { return nil }
    return try store.owner(ownerID) ?? Owner(id: ownerID)
  }

  private func owned(
    _ delivery: Delivery, _ teammate: Admin, before: String?, _ answer: PersonAnswer
  ) throws {
    try succeeded(health, isWrite: true)
    guard answer.id == delivery.personID, !answer.isArchived, !answer.isDeleted,
      !answer.isBlocked
    else {
      return try drop(
        delivery.personID, survivor: answer.id == delivery.personID ? nil : answer.id)
    }
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    answer.fill(&row)
    // What we wrote is no news when it comes back.
    let isNews = try PersonComparison(store, kind: .poll, cycle: 0, sweep: 0).settle(
      row, teammateID: teammate.id)
    if isNews { onNews?(delivery.lane == .asked) }
    try store.settle(delivery)
    try store.closeErrorsUnlessParked(ofPerson: delivery.personID, at: clock.now)
    try store.closeErrors(subjectKey: Self.permissionKey, at: clock.now)
    try store.enterHistory(
      HistoryEntry(
        at: clock.now, personID: delivery.personID, recordID: delivery.recordID,
        side: .intercom, what: "owner",
        changes: HistoryChanges.json([("owner_id", before, teammate.id)]), result: "written"))
    report(
      Occurrence(
        .delivered, "Made the teammate \(teammate.id) the owner of \(delivery.personID).",
        personID: delivery.personID, recordID: delivery.recordID))
  }

  // MARK: Waiting for a teammate

  /// Keeps a delivery until its owner has a teammate, another one than was `refused`: one entry an
  /// owner (A1).
  ///
  /// Inside a transaction.
  func wait(
    _ delivery: Delivery, for owner: Owner, _ meaning: Meaning, refused: Admin? = nil
  ) throws {
    let waiting = Store.Waiting(ownerID: owner.id, refused: refused?.standing)
    try store.park(delivery, payload: waiting.payload)
    teammatesAreMissing = true
    try enter(meaning, for: owner)
  }

  /// Tells what an owner lacks; with `isNews` only where that is not told already.
  ///
  /// Inside a transaction.
  func enter(_ meaning: Meaning, for owner: Owner, isNews: Bool = false) throws {
    // Nobody can give a queue an inbox; what is its goes to whoever takes the record.
    guard !owner.isQueue else { return }
    let key = Self.teammateKey(owner.id)
    if isNews, try store.openError(subjectKey: key)?.code == meaning.code { return }
    let other =
      meaning == EngineMeaning.noTeammate
      ? EngineMeaning.teammateWithoutSeat : EngineMeaning.noTeammate
    try store.closeErrors(code: other.code, subjectKey: key, at: clock.now)
    try store.enter(
      Report(
        meaning,
        what: "assign in Intercom what belongs to \(owner.name ?? owner.id), the user \(owner.id)",
        recordID: owner.id,
        subjectKey: key), now: clock.now)
  }

  static func teammateKey(_ ownerID: String) -> String { "teammate:\(ownerID)" }

  /// A permission that only owners and assignments need is missing: nothing else waits for it.
  ///
  /// Inside a transaction.
  func failedBeside(_ delivery: Delivery, _ error: IntercomError) throws {
    let failure = error.failure
    guard failure.meaning.kind == .broken, failure.status == 403 else {
      return try failed(delivery, error)
    }
    try store.postpone(
      delivery, failedAt: clock.now, until: clock.now + Self.permissionMilliseconds)
    try store.enter(Report(failure, subjectKey: Self.permissionKey), now: clock.now)
  }

  static let permissionKey = "assign-permission"
  private static let permissionMilliseconds: Int64 = 900_000
}
