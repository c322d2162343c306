/// One record that matches a person, and why it won or did not (M2).
package struct Candidate: Codable, Sendable, Hashable {
  package var id: String
  /// `Lead` or `Contact`.
  package var objectType: String
  @Nullable package var status: String?
  @Nullable package var title: String?
  @Nullable package var ownerID: String?
  package var wins: Bool
  package var why: String

  package init(
    id: String, objectType: String, status: String? = nil, title: String? = nil,
    ownerID: String? = nil, wins: Bool, why: String
  ) {
    self.id = id
    self.objectType = objectType
    self.status = status
    self.title = title
    self.ownerID = ownerID
    self.wins = wins
    self.why = why
  }

  private enum CodingKeys: String, CodingKey {
    case id
    case objectType = "object_type"
    case status, title
    case ownerID = "owner_id"
    case wins, why
  }
}

/// The person that an explanation is about.
package struct ExplainedContact: Codable, Sendable, Hashable {
  package var id: String
  /// `lead` or `user`.
  package var role: String
  @Nullable package var email: String?

  package init(id: String, role: String, email: String? = nil) {
    self.id = id
    self.role = role
    self.email = email
  }
}

/// Why a person carries what it carries: one entry of `explain`.
package struct Explanation: Codable, Sendable, Hashable {
  /// Null for a record that no person matches.
  @Nullable package var contact: ExplainedContact?
  package var candidates: [Candidate]
  /// The values that Intercom last acknowledged, by attribute name.
  package var sent: [String: JSONValue]
  package var pending: [QueuedDelivery]
  package var errors: [ErrorEntry]

  package init(
    contact: ExplainedContact? = nil, candidates: [Candidate], sent: [String: JSONValue],
    pending: [QueuedDelivery], errors: [ErrorEntry]
  ) {
    self.contact = contact
    self.candidates = candidates
    self.sent = sent
    self.pending = pending
    self.errors = errors
  }
}

/// A person with several candidates: one entry of `matches`.
package struct Match: Codable, Sendable, Hashable {
  package var contact: String
  @Nullable package var email: String?
  /// The winning record's id; null when held for a decision.
  @Nullable package var winner: String?
  package var candidates: [Candidate]

  package init(
    contact: String, email: String? = nil, winner: String? = nil, candidates: [Candidate]
  ) {
    self.contact = contact
    self.email = email
    self.winner = winner
    self.candidates = candidates
  }
}
