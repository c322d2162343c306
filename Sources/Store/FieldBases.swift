package import SyncCore

/// What the mapped attributes of a person were when they were last compared with a lead's fields (Q1).
extension Store {
  /// The base of comparison, and the values that Salesforce refused since; nil for a lead that this person was
  /// never compared with.
  package func fieldBase(
    person personID: String, record recordID: String
  ) throws(SQLError) -> (base: Values, refused: Values)? {
    try database.statement(
      "SELECT base, refused FROM field_base WHERE person_id = ? AND record_id = ?"
    ).first {
      $0.bind(1, personID)
      $0.bind(2, recordID)
    } read: {
      (unnumbered(Values(json: $0.text(0))), unnumbered(Values(json: $0.textOrNull(1))))
    }
  }

  package func setFieldBase(
    person personID: String, record recordID: String, base: Values, refused: Values
  ) throws(SQLError) {
    try database.statement(
      """
      INSERT OR REPLACE INTO field_base(person_id, record_id, base, refused) VALUES(?, ?, ?, ?)
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
      $0.bind(3, numbered(base).json)
      $0.bind(4, refused.isEmpty ? nil : numbered(refused).json)
    }
  }

  /// Lets refused values be tried again, one person's or everybody's; those people, to be planned.
  @discardableResult
  package func clearRefusedFields(person personID: String? = nil) throws(SQLError) -> Set<String> {
    var people: Set<String> = []
    let condition = personID == nil ? "" : "AND person_id = ?"
    try database.statement(
      "UPDATE field_base SET refused = NULL WHERE refused IS NOT NULL \(condition) RETURNING person_id"
    ).rows {
      if let personID { $0.bind(1, personID) }
    } each: {
      people.insert($0.text(0))
    }
    return people
  }
}
