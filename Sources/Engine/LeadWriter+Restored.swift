import EventLoop
import Salesforce
import Store
import SyncCore

/// Leads that a store from a backup does not know of (O4, L1).
@EventLoop extension LeadWriter {
  /// What Salesforce's clock may differ by from the one here.
  private static let skewMilliseconds: Int64 = 3_600_000

  /// The lead that was made of the person after the backup, whatever has become of it since.
  ///
  /// One that sales has deleted is not made again. Nil where there is none, or none can be.
  /// A lead that somebody asks for by hand now is another matter.
  func madeSinceBackup(
    _ delivery: SalesforceDelivery, _ email: String, of personID: String
  ) async throws -> String? {
    guard let restored = try store.restored(),
      !delivery.isAsked || delivery.queuedAt < restored.at,
      try store.person(personID)?.createdAt ?? 0 < restored.farAt + Self.skewMilliseconds
    else { return nil }
    let since = max(0, restored.from - Self.skewMilliseconds)
    let until = restored.farAt + Self.skewMilliseconds
    var found: [MadeRecord] = []
    if let field = try await externalIDField() {
      found = try await salesforce.findLeads(externalIDField: field, value: personID)
    }
    if found.isEmpty {
      found = try await salesforce.findLeads(
        email: email, source: desk.settings.leads.source, createdSince: since)
    }
    found = found.filter { since...until ~= $0.createdAt }
    return (found.first { !$0.isDeleted } ?? found.first)?.id
  }

  /// The field that holds the contact's id, where Lead has it.
  private func externalIDField() async throws -> String? {
    guard let name = desk.settings.leads.externalIDField?.lowercased() else { return nil }
    let fields = try await planner.salesforce?.leadFields.current() ?? []
    return fields.first { $0.name.lowercased() == name }?.name
  }
}
