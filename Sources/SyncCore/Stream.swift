/// One kind of row that is read from Salesforce, in the order in which a poll asks for them.
///
/// Contacts come after Leads, so that the contact of a conversion seen among the leads is seen too.
package enum Stream: String, Sendable, CaseIterable, Codable {
  case lead = "Lead"
  case contact = "Contact"
  case user = "User"
  case group = "Group"
  case role = "UserRole"

  package init(_ object: RecordObject) { self = object == .lead ? .lead : .contact }

  /// Lead and Contact; nil for the streams that describe owners.
  package var object: RecordObject? { RecordObject(rawValue: rawValue) }
}

/// How far a stream has been read: the key of the last row that is committed.
package struct StreamKey: Sendable, Equatable, Codable {
  /// SystemModstamp in milliseconds UTC.
  package var modifiedAt: Int64
  package var id: String

  package init(modifiedAt: Int64, id: String) {
    self.modifiedAt = modifiedAt
    self.id = id
  }
}
