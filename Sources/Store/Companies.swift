package import SyncCore

/// Companies of people, read when these change and when reconciling (Q1).
extension Store {
  /// Everything that rules and the mapping look at: the person's own values, and its company's as
  /// `company.NAME`.
  package func values(of person: Person) throws(SQLError) -> Values {
    var values = person.watched
    guard let id = person.companyID else { return values }
    for (name, value) in try company(id) ?? [:] {
      values[AttributeName.companyPrefix + name] = value
    }
    return values
  }

  /// A company's values by their bare names; nil for one that was never read.
  package func company(_ id: String) throws(SQLError) -> Values? {
    try database.statement("SELECT \"values\" FROM company WHERE id = ?").first {
      $0.bind(1, id)
    } read: {
      Values(json: $0.text(0))
    }
  }

  /// The companies of the people whom `cycle` has to plan.
  package func companiesOfDifferences(cycle: Int64) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      """
      SELECT DISTINCT p.company_id
      FROM person_difference d INDEXED BY person_difference_cycle JOIN person p ON p.id = d.person_id
      WHERE d.cycle = ? AND p.company_id IS NOT NULL
      """
    ).rows {
      $0.bind(1, cycle)
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  /// Keeps what Intercom said of a company, nil where it is gone.
  ///
  /// True when that changed: its people are differences of `cycle` then.
  @discardableResult
  package func setCompany(
    _ id: String, _ values: Values?, now: Int64, cycle: Int64
  ) throws(SQLError) -> Bool {
    let known = try company(id)
    if let values {
      try database.statement(
        """
        INSERT INTO company(id, "values", read_at) VALUES(?1, ?2, ?3)
        ON CONFLICT(id) DO UPDATE SET "values" = excluded."values", read_at = excluded.read_at
        """
      ).run {
        $0.bind(1, id)
        $0.bind(2, values.json)
        $0.bind(3, now)
      }
    } else {
      try database.statement("DELETE FROM company WHERE id = ?").run { $0.bind(1, id) }
    }
    guard known != values else { return false }
    try database.statement(
      """
      INSERT OR IGNORE INTO person_difference(person_id, cycle)
      SELECT id, ?2 FROM person WHERE company_id = ?1
      """
    ).run {
      $0.bind(1, id)
      $0.bind(2, cycle)
    }
    return true
  }
}
