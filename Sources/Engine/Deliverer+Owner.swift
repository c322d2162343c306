import EventLoop
import Intercom
import Store
import SyncCore
import Wire

/// The Intercom owner of people, who follows the record's (A2).
@EventLoop extension Deliverer {
  func sendOwner(_ delivery: Delivery) async throws {
    guard let person = try store.person(delivery.personID),
      let owner = try recordOwner(of: person.id)
    else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    guard let teammate = try await teammates.teammate(withEmail: owner.email) else {
      pace.notSent()
      return settle(delivery) { try self.wait(delivery, for: owner, EngineMeaning.noTeammate) }
    }
    guard try store.person(person.id)?.teammateID != teammate.id else {
      pace.notSent()
      return settle(delivery) { try self.store.settle(delivery) }
    }
    let before = person.teammateID
    do throws(IntercomError) {
      let answer = try await intercom.setTeammate(person.id, to: teammate.id)
      settle(delivery) { try self.owned(delivery, teammate, before: before, answer) }
    } catch {
      pace.failed(error.failure)
      // Whoever it is has just left.
      if error.failure.meaning == IntercomMeaning.teammate { teammates.doubt() }
      settle(delivery) { try self.failed(delivery, error, sent: teammate.id) }
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
    try PersonComparison(store, kind: .poll, cycle: 0, sweep: 0).settle(row)
    try store.settle(delivery)
    try store.closeErrorsUnlessParked(ofPerson: delivery.personID, at: clock.now)
    try store.enterHistory(
      HistoryEntry(
        at: clock.now, personID: delivery.personID, recordID: delivery.recordID,
        side: .intercom, what: "owner",
        changes: "{\"owner_id\":{\"from\":\(Self.quoted(before)),\"to\":\(Self.quoted(teammate.id))}}",
        result: "written"))
    report(
      Occurrence(
        .delivered, "Made the teammate \(teammate.id) the owner of \(delivery.personID).",
        personID: delivery.personID, recordID: delivery.recordID))
  }

  static func quoted(_ text: String?) -> String { text.map { Value.text($0).json } ?? "null" }

  /// Keeps a delivery until its owner has a teammate: one entry an owner. Inside a transaction.
  func wait(_ delivery: Delivery, for owner: Owner, _ meaning: Meaning) throws {
    try store.park(delivery, payload: "")
    teammatesAreMissing = true
    // Nobody can mend a queue's lack of an inbox; the conversation goes to whoever takes the record.
    guard !owner.isQueue else { return }
    try store.enter(
      Report(
        meaning, what: "assign what belongs to \(owner.name ?? owner.id)",
        answer: "looked for by the address of the user \(owner.id)", recordID: owner.id,
        subjectKey: Self.teammateKey(owner.id)), now: clock.now)
  }

  static func teammateKey(_ ownerID: String) -> String { "teammate:\(ownerID)" }
}
