/// What the daemon's store holds about somebody, and what of it was erased: the reply of `Forget`.
package struct Forgetting: Codable, Sendable, Hashable {
  /// Somebody in Intercom who was found.
  package struct Somebody: Codable, Sendable, Hashable {
    package var contact: String
    @Nullable package var email: String?
    @Nullable package var role: String?
    /// The Salesforce id that the person is linked to.
    @Nullable package var record: String?

    package init(
      contact: String, email: String? = nil, role: String? = nil, record: String? = nil
    ) {
      self.contact = contact
      self.email = email
      self.role = role
      self.record = record
    }
  }

  /// A Lead or Contact of theirs in the local copy.
  package struct Copy: Codable, Sendable, Hashable {
    package var id: String
    package var objectType: String
    @Nullable package var name: String?
    @Nullable package var email: String?
    /// The Intercom contact who needs it, so that it stays.
    @Nullable package var stays: String?

    enum CodingKeys: String, CodingKey {
      case id, name, email, stays
      case objectType = "object_type"
    }

    package init(
      id: String, objectType: String, name: String? = nil, email: String? = nil,
      stays: String? = nil
    ) {
      self.id = id
      self.objectType = objectType
      self.name = name
      self.email = email
      self.stays = stays
    }
  }

  /// False when this only shows what there is.
  package var done: Bool
  package var people: [Somebody]
  package var records: [Copy]
  /// Rows that go, or are gone, by kind: profiles, links, records, deliveries, errors, history,
  /// notes, companies.
  package var counts: [String: Int64]
  /// Rows of ids and times alone that stay: made_leads, logged_messages.
  package var kept: [String: Int64]
  /// Why it cannot be done at this moment.
  @Nullable package var obstacle: String?
  /// What is not touched, and what happens next; one sentence each.
  package var notes: [String]

  package init(
    done: Bool, people: [Somebody], records: [Copy], counts: [String: Int64],
    kept: [String: Int64], obstacle: String? = nil, notes: [String]
  ) {
    self.done = done
    self.people = people
    self.records = records
    self.counts = counts
    self.kept = kept
    self.obstacle = obstacle
    self.notes = notes
  }
}
