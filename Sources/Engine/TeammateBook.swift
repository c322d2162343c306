package import EventLoop
package import Intercom
import SyncCore
import Wire

/// Intercom's teammates by e-mail address and by id, kept for ten minutes (A1, A2, T3).
@EventLoop package final class TeammateBook {
  /// How long a list is believed.
  private static let ageMax: Int64 = 600_000
  /// How soon it is read again for somebody whom it does not name: who is missing is missing for
  /// every delivery of one owner.
  private static let ageMaxMissing: Int64 = 60_000

  private let intercom: Intercom
  private let pace: Pace
  private let clock: any Clock
  private let actingEmail: String?
  private var byEmail: [String: Admin] = [:]
  private var byID: [String: Admin] = [:]
  private var ownID: String?
  private var readAt: Int64?

  /// Makes an empty book; `actingAdmin` is the e-mail address of the teammate who acts.
  package init(intercom: Intercom, pace: Pace, clock: any Clock, actingAdmin: String?) {
    self.intercom = intercom
    self.pace = pace
    self.clock = clock
    actingEmail = actingAdmin.flatMap(EmailKey.of)
  }

  /// Whether a list was ever read.
  var isRead: Bool { readAt != nil }

  /// The teammate with that address as the book knows it now, without a call.
  func known(withEmail email: String?) -> Admin? {
    email.flatMap(EmailKey.of).flatMap { byEmail[$0] }
  }

  /// The teammate with that id as the book knows it now, without a call.
  func known(_ id: String) -> Admin? { byID[id] }

  /// The teammate with that address; the list is read again once for one whom it does not name.
  func teammate(withEmail email: String?, isAsked: Bool = false) async throws -> Admin? {
    guard let key = email.flatMap(EmailKey.of) else { return nil }
    try await read(ifOlderThan: Self.ageMax, isAsked: isAsked)
    if byEmail[key] == nil { try await read(ifOlderThan: Self.ageMaxMissing, isAsked: isAsked) }
    return byEmail[key]
  }

  /// The teammate with that id; nil for one who has left.
  func teammate(_ id: String, isAsked: Bool = false) async throws -> Admin? {
    try await read(ifOlderThan: Self.ageMax, isAsked: isAsked)
    if byID[id] == nil { try await read(ifOlderThan: Self.ageMaxMissing, isAsked: isAsked) }
    return byID[id]
  }

  /// Who assigns: the configured teammate, else the one whose token it is; nil when the configured
  /// one is not there.
  func actingAdmin() async throws -> String? {
    if let actingEmail { return try await teammate(withEmail: actingEmail)?.id }
    if let ownID { return ownID }
    let workspace = try await pace.call(isAsked: false) { try await intercom.workspace() }
    ownID = workspace.adminID
    return ownID
  }

  /// Reads the list unless it is fresh enough.
  func refresh() async throws { try await read(ifOlderThan: Self.ageMax, isAsked: false) }

  /// Takes the list for outdated: Intercom has refused what it says.
  func doubt() { readAt = readAt.map { $0 - Self.ageMax } }

  private func read(ifOlderThan age: Int64, isAsked: Bool) async throws {
    if let readAt, clock.uptime - readAt < age { return }
    let admins = try await pace.call(isAsked: isAsked) { try await intercom.admins() }
    readAt = clock.uptime
    byEmail = [:]
    byID = [:]
    for admin in admins {
      byID[admin.id] = admin
      guard let key = admin.email.flatMap(EmailKey.of) else { continue }
      // Somebody who left may still be listed beside the one who came back.
      if byEmail[key]?.hasInboxSeat != true { byEmail[key] = admin }
    }
  }
}

extension Admin {
  /// What has to change before somebody whom Intercom refused is worth another try.
  var standing: String { "\(id)/\(hasInboxSeat.map(String.init) ?? "")" }
}
