/// Where an entry of the error register stands.
package enum ErrorState: String, Codable, Sendable, Hashable, CaseIterable {
  case open, retrying, dismissed
}

/// What an error is about, on both sides as far as it is known.
package struct ErrorSubject: Codable, Sendable, Hashable {
  /// Intercom contact id.
  @Nullable package var contact: String?
  /// Salesforce id, 18 characters.
  @Nullable package var record: String?
  /// Anything else: an owner, a field, an attribute, a side.
  @Nullable package var name: String?

  package init(contact: String? = nil, record: String? = nil, name: String? = nil) {
    self.contact = contact
    self.record = record
    self.name = name
  }

  /// For a table: what is known, in one line.
  package var line: String {
    let parts = [record, contact, name].compactMap(\.self)
    return parts.isEmpty ? "–" : parts.joined(separator: " / ")
  }
}

/// One entry of the error register (E1).
package struct ErrorEntry: Codable, Sendable, Hashable {
  package var id: Int64
  /// Stable: `SF-REQUIRED-FIELD`.
  package var code: String
  /// `passing`, `refused` or `broken` (E2).
  package var kind: String
  package var subject: ErrorSubject
  /// What failed.
  package var what: String
  /// Why, in plain words.
  package var cause: String
  /// What to do.
  package var remedy: String
  package var count: Int64
  package var firstSeen: Timestamp
  package var lastSeen: Timestamp
  package var state: ErrorState

  package init(
    id: Int64, code: String, kind: String, subject: ErrorSubject, what: String, cause: String,
    remedy: String, count: Int64, firstSeen: Timestamp, lastSeen: Timestamp, state: ErrorState
  ) {
    self.id = id
    self.code = code
    self.kind = kind
    self.subject = subject
    self.what = what
    self.cause = cause
    self.remedy = remedy
    self.count = count
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.state = state
  }

  private enum CodingKeys: String, CodingKey {
    case id, code, kind, subject, what, cause, remedy, count
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case state
  }
}
