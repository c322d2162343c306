package import SyncCore

/// One person with everything that a rule, the mapping or a new lead can ask for.
package struct PersonDetails: Sendable {
  /// Differs from the id asked for where Intercom follows a merge by itself.
  package var id: String
  /// `user` or `lead`.
  package var role: String?
  /// As it is written in Intercom, not the key that people are matched by.
  package var email: String?
  /// The first of the person's companies.
  package var companyID: String?
  /// The teammate who owns the person (A2).
  package var teammateID: String?
  /// Milliseconds UTC.
  package var createdAt: Int64?
  package var updatedAt: Int64?
  package var isArchived: Bool
  package var isDeleted: Bool
  package var isBlocked: Bool
  /// Every standard and custom attribute that has one value, named as ``AttributeName`` does.
  ///
  /// HTML escapes are undone; `tag` is the sorted list of the ids of the first ten tags. What is
  /// absent was not said, what is null was said to be nothing (Q1).
  package var values: Values

  /// Whether the person counts as no longer there (M8).
  package var isGone: Bool { isArchived || isDeleted || isBlocked }
}

extension PersonDetails {
  /// Nil for what is no contact.
  init?(_ contact: JSONTree) {
    guard let id = contact["id"]?.id, contact["type"]?.text != "error.list" else { return nil }
    self.id = id
    role = contact["role"]?.text
    email = contact["email"]?.name
    companyID = contact["companies"]?.elements("companies").lazy.compactMap { $0["id"]?.id }.first
    teammateID = contact["owner_id"]?.assigneeID
    createdAt = contact["created_at"]?.milliseconds
    updatedAt = contact["updated_at"]?.milliseconds
    isArchived = contact["archived"]?.flag ?? false
    isDeleted = contact["deleted"]?.flag ?? false
    isBlocked = contact["blocked"]?.flag ?? false
    values = Self.values(of: contact)
  }

  private static func values(of contact: JSONTree) -> Values {
    var values: Values = [:]
    for (name, member) in contact.members where AttributeName.standard.contains(name) {
      values[name] = member.value
    }
    for (name, member) in contact["custom_attributes"]?.members ?? [:] {
      values[AttributeName.customPrefix + name] = member.value
    }
    if let tags = contact["tags"], !tags.members.isEmpty {
      let ids = tags.elements("tags").compactMap { $0["id"]?.id }
      values["tag"] = .list(
        ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(Value.text))
    }
    return values
  }
}
