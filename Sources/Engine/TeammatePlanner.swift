import EventLoop
import Intercom
import Store
import SyncCore

/// Owes people the Intercom owner that their record's owner is (A2), and tries again what waited for
/// another owner (A1) or for a record (T1).
///
/// Everything here runs inside a transaction of the caller's.
@EventLoop final class TeammatePlanner {
  private let store: Store
  private let settings: AssignSettings
  private let teammates: TeammateBook

  init(_ parts: EngineParts) {
    store = parts.store
    settings = parts.settings.assign
    teammates = parts.teammates
  }

  /// After a person's link, its record, or the person itself changed.
  func plan(_ personID: String, cycle: Int64, lane: Lane, now: Int64) throws {
    // There may be a record now for what it wrote before.
    try store.wakeConversations(of: personID)
    if settings.assignsConversations { try planConversations(of: personID, cycle, now) }
    guard settings.assignsPeople, let person = try store.person(personID) else { return }
    guard let link = try store.link(of: personID),
      let ownerID = try store.record(link.recordID)?.ownerID
    else {
      try store.disownOwner(of: personID)
      return
    }
    let teammate = teammates.known(withEmail: try store.owner(ownerID)?.email)
    guard teammate == nil || teammate?.id != person.teammateID else {
      if try store.disownOwner(of: personID) {
        try store.closeErrorsUnlessParked(ofPerson: personID, at: now)
      }
      return
    }
    // Whether nobody is there is found out, and told once, when it is sent; whom Intercom refused
    // for somebody is not tried again as it is.
    let refused = Store.Waiting(ownerID: ownerID, refused: teammate?.standing).payload
    let isRefused = try store.deliveries(of: personID).contains {
      $0.kind == .owner && $0.payload == refused
    }
    try store.oweOwner(
      to: personID, record: link.recordID, lane: lane,
      desired: isRefused ? refused : teammate?.id ?? refused, cycle: cycle, now: now)
  }

  /// Conversations that wait for a teammate may have another owner now.
  private func planConversations(of personID: String, _ cycle: Int64, _ now: Int64) throws {
    for delivery in try store.deliveries(of: personID)
    where delivery.kind == .assign && delivery.state == .parked {
      guard let id = delivery.conversationID, let link = try store.link(of: personID) else {
        continue
      }
      try store.oweAssignment(
        of: id, person: personID, record: link.recordID, cycle: cycle, now: now)
    }
  }
}
