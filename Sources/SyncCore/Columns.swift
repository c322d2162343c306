/// The columns of a Lead or Contact row in a `RowBuffer`, in this order whatever call brought it.
///
/// Times are milliseconds UTC in decimal, booleans `1` or null, ids 18 characters, e-mails the key
/// of ``EmailKey``; text is as Salesforce gives it.
package enum RecordColumn: Int, CaseIterable, Sendable {
  case id, object, modifiedAt
  case email, matchKey, name, status, title, ownerID
  case isDeleted, isConverted, convertedContactID, masterRecordID
  case createdAt
  /// The Lead's company or the name of the Contact's account, and that account's owner (C1).
  case company, accountOwnerID

  /// What makes a row news: all but its id and its stamp.
  package static let compared = RecordColumn.email.rawValue..<RecordColumn.allCases.count
}

/// The columns of a person row, in this order whatever call brought it.
///
/// `updatedAt` is milliseconds UTC in decimal (Intercom gives whole seconds); the nine attributes
/// are what the workspace holds under the configured names, HTML escapes undone.
package enum PersonColumn: Int, CaseIterable, Sendable {
  case id, updatedAt
  case role, email, externalID
  case status, title, ownerID, ownerName, ownerEmail, ownerRole, recordID, objectType, url
  case watched, companyID, teammateID, createdAt

  package static let compared = PersonColumn.role.rawValue..<PersonColumn.allCases.count
  /// The columns of ``Attribute``, in its order.
  package static let attributes = PersonColumn.status.rawValue..<PersonColumn.watched.rawValue
}

/// The attributes that a linked person carries (S3), in the order that everything stores them.
package enum Attribute: Int, CaseIterable, Sendable {
  case status, title, ownerID, ownerName, ownerEmail, ownerRole, recordID, objectType, url

  /// The key under `[attributes]` in the configuration.
  package var key: String {
    switch self {
    case .status: "status"
    case .title: "title"
    case .ownerID: "owner_id"
    case .ownerName: "owner_name"
    case .ownerEmail: "owner_email"
    case .ownerRole: "owner_role"
    case .recordID: "id"
    case .objectType: "object_type"
    case .url: "url"
    }
  }
}

/// The two objects of Salesforce that people are matched with.
package enum RecordObject: String, Sendable, CaseIterable, Codable {
  case lead = "Lead"
  case contact = "Contact"

  /// By the key prefix of an id, 00Q or 003.
  package init?(id: String) {
    if id.hasPrefix("00Q") {
      self = .lead
    } else if id.hasPrefix("003") {
      self = .contact
    } else {
      return nil
    }
  }
}

/// The columns of a User, queue (Group) or UserRole row; what a stream does not have is null.
package enum OwnerColumn: Int, CaseIterable, Sendable {
  case id, modifiedAt
  case name, email, title, roleID, isActive

  package static let compared = OwnerColumn.name.rawValue..<OwnerColumn.allCases.count
}
