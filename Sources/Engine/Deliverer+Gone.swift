import EventLoop
import Store
import SyncCore

/// People who are no longer there when something is written to them (M5, M8).
@EventLoop extension Deliverer {
  /// How long a poll has to bring the survivor of a merge that Intercom does not name.
  private static let survivorMilliseconds: Int64 = 5_000

  /// Somebody who is no longer there: at the first sight of it a poll is asked for, since the
  /// survivor of a merge may be news to us still; without one, all that was owed ends (M5, M8).
  func gone(_ delivery: Delivery, survivor: String?) throws {
    let survivor = try survivor ?? store.survivorByEmail(of: delivery.personID)
    let hasAddress = try store.person(delivery.personID)?.email != nil
    guard survivor == nil, hasAddress, missing.insert(delivery.personID).inserted else {
      missing.remove(delivery.personID)
      return try drop(delivery.personID, survivor: survivor)
    }
    try store.postpone(
      delivery, failedAt: clock.now, until: clock.now + Self.survivorMilliseconds)
    onPersonMissing?()
  }

  func drop(_ personID: String, survivor: String?) throws {
    let survivor = try survivor ?? store.survivorByEmail(of: personID)
    try store.drop(personID, survivor: survivor, cycle: 0)
    // The survivor is planned by a poll, and what came with it waits for that.
    if survivor != nil { onPersonMissing?() }
    report(
      Occurrence(
        .personDropped,
        survivor.map { "Person \(personID) was merged into \($0)." }
          ?? "Person \(personID) is no longer in Intercom.", personID: personID))
  }
}
