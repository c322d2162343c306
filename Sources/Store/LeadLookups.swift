import SyncCore

/// What the engine asks when it makes leads.
extension Store {
  /// Closes what `subjectKey` names but for one code: another reason has taken its place.
  package func closeErrors(
    subjectKey: String, exceptCode code: String, at now: Int64
  ) throws(SQLError) {
    try database.statement(
      """
      UPDATE error SET closed_at = ?3
      WHERE subject_key = ?1 AND code <> ?2 AND closed_at IS NULL
      """
    ).run {
      $0.bind(1, subjectKey)
      $0.bind(2, code)
      $0.bind(3, now)
    }
  }

  package func hasOpenErrors(ofPerson personID: String) throws(SQLError) -> Bool {
    try database.statement("SELECT 1 FROM error WHERE person_id = ? AND closed_at IS NULL LIMIT 1")
      .first {
        $0.bind(1, personID)
      } read: { _ in
        true
      } ?? false
  }

  /// The people for whom a rule holds and is not used up, in id order, after `id`.
  package func people(
    holding rule: String, after id: String, limit: Int
  ) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT person_id FROM rule_hold
      WHERE rule = ?1 AND used = 0 AND person_id > ?2 ORDER BY person_id LIMIT ?3
      """
    ).rows {
      $0.bind(1, rule)
      $0.bind(2, id)
      $0.bind(3, Int64(limit))
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  /// Ends every lead that is not being sent and was owed by another cause than these; the people.
  package func disownLeads(exceptCauses causes: Set<String>) throws(SQLError) -> Set<String> {
    var people: Set<String> = []
    let kept: Values = ["causes": .list(causes.sorted().map(Value.text))]
    try database.statement(
      """
      DELETE FROM salesforce_delivery WHERE kind = 0 AND state <> 3
        AND cause NOT IN (SELECT value FROM json_each(?1, '$.causes'))
      RETURNING person_id
      """
    ).rows {
      $0.bind(1, kept.json)
    } each: {
      if let person = $0.textOrNull(0) { people.insert(person) }
    }
    return people
  }

  /// The people whose lead or task was refused.
  package func peopleParkedForSalesforce() throws(SQLError) -> Set<String> {
    var ids: Set<String> = []
    try database.statement(
      """
      SELECT DISTINCT person_id FROM salesforce_delivery INDEXED BY salesforce_delivery_parked
      WHERE state = 2 AND person_id IS NOT NULL
      """
    ).rows(each: { ids.insert($0.text(0)) })
    return ids
  }
}
