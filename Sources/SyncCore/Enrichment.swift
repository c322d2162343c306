/// What a linked person carries: the values of S3, computed from the snapshot.
package enum Enrichment {
  /// Longer values are cut (S3; Intercom: string attributes hold 255 characters).
  package static let utf16UnitsMax = 255

  /// The values for `record`; an unknown owner leaves name, e-mail and role null.
  ///
  /// `recordURL` gives the address of a record in Salesforce, by id.
  package static func values(
    of record: Record, owner: Owner?, recordURL: (String) -> String?
  ) -> AttributeValues {
    var values = AttributeValues()
    values[.status] = record.object == .lead ? cut(record.status) : nil
    values[.title] = cut(record.title)
    values[.ownerID] = record.ownerID
    values[.ownerName] = cut(owner?.name)
    values[.ownerEmail] = cut(owner?.email)
    values[.ownerRole] = cut(role(of: owner))
    values[.recordID] = record.id
    values[.objectType] = record.object.rawValue
    values[.url] = cut(recordURL(record.id))
    return values
  }

  /// The UserRole's name, else the User's title; a queue has neither.
  private static func role(of owner: Owner?) -> String? {
    guard let owner, !owner.isQueue else { return nil }
    return owner.role ?? owner.title
  }

  private static func cut(_ text: String?) -> String? {
    text.map { Text.cut($0, utf16Units: utf16UnitsMax) }
  }

  /// Whether Intercom has to be written to: what it holds is not what it should, unless it alters
  /// that very value and is known to (S10).
  package static func owes(
    _ desired: AttributeValues, to person: Person, in configured: AttributeSet
  ) -> Bool {
    desired.differing(from: person.observed, in: configured).contains { attribute in
      let isKnownAlteration =
        person.accepted.contains(attribute)
        && person.sent?[attribute] == desired[attribute]
        && person.returned?[attribute] == person.observed[attribute]
      return !isKnownAlteration
    }
  }
}
