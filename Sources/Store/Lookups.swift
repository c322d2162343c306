package import SyncCore

extension Store {
  private static let recordColumns = """
    id, object, modified_at, email, match_key, name, status, title, owner_id, is_deleted,
    is_converted, converted_contact_id, master_record_id, created_at, company, account_owner_id
    """

  private static func record(_ row: Statement) -> Record {
    Record(
      id: row.text(0), object: row.integer(1) == 0 ? .lead : .contact,
      modifiedAt: row.integer(2), email: row.textOrNull(3), matchKey: row.textOrNull(4),
      name: row.textOrNull(5), status: row.textOrNull(6), title: row.textOrNull(7),
      ownerID: row.textOrNull(8), isDeleted: row.bool(9), isConverted: row.bool(10),
      convertedContactID: row.textOrNull(11), masterRecordID: row.textOrNull(12),
      createdAt: row.integer(13), company: row.textOrNull(14), accountOwnerID: row.textOrNull(15))
  }

  package func record(_ id: String) throws(SQLError) -> Record? {
    try database.statement("SELECT \(Self.recordColumns) FROM record WHERE id = ?").first {
      $0.bind(1, id)
    } read: {
      Self.record($0)
    }
  }

  /// Every record with that key, deleted and converted ones included; a few hundred at most are
  /// looked at, since more of one address is a placeholder and not a person.
  package func records(withKey key: String) throws(SQLError) -> [Record] {
    let column = settings.matchesByExternalID ? "match_key" : "email"
    var records: [Record] = []
    try database.statement(
      "SELECT \(Self.recordColumns) FROM record WHERE \(column) = ? ORDER BY id LIMIT 500"
    ).rows {
      $0.bind(1, key)
    } each: {
      records.append(Self.record($0))
    }
    return records
  }

  package func owner(_ id: String) throws(SQLError) -> Owner? {
    try database.statement(
      """
      SELECT o.id, o.name, o.email, o.title, r.name
      FROM owner o LEFT JOIN owner r ON r.id = o.role_id WHERE o.id = ?
      """
    ).first {
      $0.bind(1, id)
    } read: {
      Owner(
        id: $0.text(0), name: $0.textOrNull(1), email: $0.textOrNull(2),
        title: $0.textOrNull(3), role: $0.textOrNull(4))
    }
  }

  private static let personColumns = """
    id, updated_at, role, email, external_id, observed, sent, returned, accepted, watched,
    company_id, teammate_id, created_at, rules_epoch, watch_epoch
    """

  private static func person(_ row: Statement) -> Person {
    Person(
      id: row.text(0), updatedAt: row.integer(1), role: row.text(2), email: row.textOrNull(3),
      externalID: row.textOrNull(4), observed: AttributeValues(encoded: row.textOrNull(5)),
      sent: row.textOrNull(6).map { AttributeValues(encoded: $0) },
      returned: row.textOrNull(7).map { AttributeValues(encoded: $0) },
      accepted: AttributeSet(rawValue: row.integer(8)), watched: Values(json: row.textOrNull(9)),
      companyID: row.textOrNull(10), teammateID: row.textOrNull(11), createdAt: row.integer(12),
      rulesEpoch: row.integer(13), watchEpoch: row.integer(14))
  }

  package func person(_ id: String) throws(SQLError) -> Person? {
    try database.statement("SELECT \(Self.personColumns) FROM person WHERE id = ?").first {
      $0.bind(1, id)
    } read: {
      Self.person($0)
    }
  }

  /// The people with that key, in id order; many may share one.
  package func people(withKey key: String) throws(SQLError) -> [Person] {
    let column = settings.matchesByExternalID ? "external_id" : "email"
    var people: [Person] = []
    try database.statement(
      "SELECT \(Self.personColumns) FROM person WHERE \(column) = ? ORDER BY id"
    )
    .rows {
      $0.bind(1, key)
    } each: {
      people.append(Self.person($0))
    }
    return people
  }

  /// The people that `who` names: an e-mail address, a contact id or a record id (18 characters).
  package func people(named who: String) throws(SQLError) -> [Person] {
    if let person = try person(who) { return [person] }
    let linked = try peopleLinked(to: who)
    if !linked.isEmpty {
      var people: [Person] = []
      for id in linked { if let person = try person(id) { people.append(person) } }
      return people
    }
    var people: [Person] = []
    try database.statement("SELECT \(Self.personColumns) FROM person WHERE email = ? ORDER BY id")
      .rows {
        $0.bind(1, who)
      } each: {
        people.append(Self.person($0))
      }
    return people
  }

  package func peopleLinked(to recordID: String) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT person_id FROM link WHERE record_id = ?1
      UNION SELECT person_id FROM pin WHERE record_id = ?1
      """
    ).rows {
      $0.bind(1, recordID)
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  package func link(of personID: String) throws(SQLError) -> Link? {
    try database.statement(
      "SELECT record_id, owner_id, status, title FROM link WHERE person_id = ?"
    ).first {
      $0.bind(1, personID)
    } read: {
      Link(
        recordID: $0.text(0), ownerID: $0.textOrNull(1), status: $0.textOrNull(2),
        title: $0.textOrNull(3))
    }
  }

  package func pin(of personID: String) throws(SQLError) -> String? {
    try database.statement("SELECT record_id FROM pin WHERE person_id = ?").first {
      $0.bind(1, personID)
    } read: {
      $0.text(0)
    }
  }

  /// The next people after `id` in id order, for walks in slices.
  package func personIDs(after id: String, limit: Int) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement("SELECT id FROM person WHERE id > ?1 ORDER BY id LIMIT ?2").rows {
      $0.bind(1, id)
      $0.bind(2, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  /// The value by which this person is matched.
  package func key(of person: Person) -> String? {
    settings.matchesByExternalID ? person.externalID : person.email
  }

  package func key(of record: Record) -> String? {
    settings.matchesByExternalID ? record.matchKey : record.email
  }
}
