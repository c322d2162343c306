/// A Salesforce Lead or Contact as the snapshot holds it.
package struct Record: Sendable, Equatable {
  /// 18 characters.
  package var id: String
  package var object: RecordObject
  /// SystemModstamp in milliseconds UTC.
  package var modifiedAt: Int64
  /// The key of the e-mail address (`EmailKey`).
  package var email: String?
  /// The value of the field that `match.by` names.
  package var matchKey: String?
  package var name: String?
  /// Leads only.
  package var status: String?
  package var title: String?
  package var ownerID: String?
  package var isDeleted: Bool
  package var isConverted: Bool
  package var convertedContactID: String?
  /// The survivor, when the record was merged away.
  package var masterRecordID: String?
  /// Milliseconds UTC.
  package var createdAt: Int64
  /// The Lead's company or the name of the Contact's account (C1).
  package var company: String?
  /// The owner of the Contact's account; Contacts only.
  package var accountOwnerID: String?

  package init(
    id: String, object: RecordObject, modifiedAt: Int64 = 0, email: String? = nil,
    matchKey: String? = nil, name: String? = nil, status: String? = nil, title: String? = nil,
    ownerID: String? = nil, isDeleted: Bool = false, isConverted: Bool = false,
    convertedContactID: String? = nil, masterRecordID: String? = nil, createdAt: Int64 = 0,
    company: String? = nil, accountOwnerID: String? = nil
  ) {
    self.id = id
    self.object = object
    self.modifiedAt = modifiedAt
    self.email = email
    self.matchKey = matchKey
    self.name = name
    self.status = status
    self.title = title
    self.ownerID = ownerID
    self.isDeleted = isDeleted
    self.isConverted = isConverted
    self.convertedContactID = convertedContactID
    self.masterRecordID = masterRecordID
    self.createdAt = createdAt
    self.company = company
    self.accountOwnerID = accountOwnerID
  }

  /// Converted leads and deleted records are no candidates (M1).
  package var isLive: Bool { !isDeleted && !isConverted }
}

/// A Salesforce User or queue with the name of its role.
package struct Owner: Sendable, Equatable {
  package var id: String
  package var name: String?
  package var email: String?
  package var title: String?
  /// The UserRole's name.
  package var role: String?

  package init(
    id: String, name: String? = nil, email: String? = nil, title: String? = nil,
    role: String? = nil
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.title = title
    self.role = role
  }

  /// By the key prefix of a Group's id.
  package var isQueue: Bool { id.hasPrefix("00G") }
}

/// An Intercom contact as the snapshot holds it, with what we last wrote to it.
package struct Person: Sendable, Equatable {
  /// 24 hexadecimal digits, unique within one workspace only.
  package var id: String
  /// Milliseconds UTC; Intercom gives whole seconds.
  package var updatedAt: Int64
  /// `user` or `lead`.
  package var role: String
  package var email: String?
  package var externalID: String?
  /// What Intercom last said.
  package var observed: AttributeValues
  /// What was last acknowledged; nil while nothing was ever written.
  package var sent: AttributeValues?
  /// What Intercom gave back for ``sent``.
  package var returned: AttributeValues?
  /// The attributes whose alteration by Intercom is taken for final (S10).
  package var accepted: AttributeSet
  /// What rules and the mapping look at, of the person's own, by ``AttributeName``.
  package var watched: Values
  /// The first company, where some rule or mapped attribute is a company's.
  package var companyID: String?
  /// The teammate who owns the person, where people are assigned (A2).
  package var teammateID: String?
  /// Milliseconds UTC; Intercom gives whole seconds.
  package var createdAt: Int64
  /// The epoch of the rules that this person was last judged by; 0 for none (L1a).
  package var rulesEpoch: Int64
  /// Of the set of values that were looked at when this person was last read; 0 for none.
  package var watchEpoch: Int64

  package init(
    id: String, updatedAt: Int64 = 0, role: String = "user", email: String? = nil,
    externalID: String? = nil, observed: AttributeValues = AttributeValues(),
    sent: AttributeValues? = nil, returned: AttributeValues? = nil,
    accepted: AttributeSet = AttributeSet(), watched: Values = [:], companyID: String? = nil,
    teammateID: String? = nil, createdAt: Int64 = 0, rulesEpoch: Int64 = 0, watchEpoch: Int64 = 0
  ) {
    self.id = id
    self.updatedAt = updatedAt
    self.role = role
    self.email = email
    self.externalID = externalID
    self.observed = observed
    self.sent = sent
    self.returned = returned
    self.accepted = accepted
    self.watched = watched
    self.companyID = companyID
    self.teammateID = teammateID
    self.createdAt = createdAt
    self.rulesEpoch = rulesEpoch
    self.watchEpoch = watchEpoch
  }
}
