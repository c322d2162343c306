/// The owner of a record or of an account, as far as the snapshot knows them.
package struct CardOwner: Codable, Sendable, Hashable {
  /// A User's or a queue's id.
  package var id: String
  @Nullable package var name: String?
  @Nullable package var email: String?
  /// The UserRole's name.
  @Nullable package var role: String?

  package init(id: String, name: String? = nil, email: String? = nil, role: String? = nil) {
    self.id = id
    self.name = name
    self.email = email
    self.role = role
  }
}

/// One Lead or Contact in the list of everything that matches a person.
package struct CardRecord: Codable, Sendable, Hashable {
  /// `Lead` or `Contact`.
  package var objectType: String
  package var id: String
  /// Where a browser finds it.
  package var link: String
  @Nullable package var name: String?
  @Nullable package var title: String?
  /// The Lead's company, or the name of the Contact's account.
  @Nullable package var company: String?
  /// Leads only.
  @Nullable package var status: String?
  @Nullable package var owner: CardOwner?

  package init(
    objectType: String, id: String, link: String, name: String? = nil, title: String? = nil,
    company: String? = nil, status: String? = nil, owner: CardOwner? = nil
  ) {
    self.objectType = objectType
    self.id = id
    self.link = link
    self.name = name
    self.title = title
    self.company = company
    self.status = status
    self.owner = owner
  }

  private enum CodingKeys: String, CodingKey {
    case objectType = "object_type"
    case id, link, name, title, company, status, owner
  }
}

/// What a salesperson wants on one screen (C1): one entry of `card`.
///
/// The record is the one that the person is linked to; without a link its members are null, and
/// whatever matches all the same is among the others.
package struct Card: Codable, Sendable, Hashable {
  /// Intercom contact id; null for a record that no person matches.
  @Nullable package var contact: String?
  @Nullable package var email: String?
  @Nullable package var objectType: String?
  @Nullable package var id: String?
  @Nullable package var link: String?
  @Nullable package var name: String?
  @Nullable package var title: String?
  /// The Lead's company, or the name of the Contact's account.
  @Nullable package var company: String?
  /// Leads only.
  @Nullable package var status: String?
  @Nullable package var owner: CardOwner?
  /// The owner of the Contact's account.
  @Nullable package var accountOwner: CardOwner?
  /// The other records that match.
  package var others: [CardRecord]

  package init(
    contact: String? = nil, email: String? = nil, record: CardRecord? = nil,
    accountOwner: CardOwner? = nil, others: [CardRecord] = []
  ) {
    self.contact = contact
    self.email = email
    objectType = record?.objectType
    id = record?.id
    link = record?.link
    name = record?.name
    title = record?.title
    company = record?.company
    status = record?.status
    owner = record?.owner
    self.accountOwner = accountOwner
    self.others = others
  }

  private enum CodingKeys: String, CodingKey {
    case contact, email
    case objectType = "object_type"
    case id, link, name, title, company, status, owner
    case accountOwner = "account_owner"
    case others
  }
}
