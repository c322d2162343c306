package import SyncCore

/// A person's link, with what its events have told so far.
package struct Link: Sendable, Equatable {
  package var recordID: String
  package var ownerID: String?
  package var status: String?
  package var title: String?

  init(recordID: String, ownerID: String?, status: String?, title: String?) {
    self.recordID = recordID
    self.ownerID = ownerID
    self.status = status
    self.title = title
  }

  init(_ record: Record) {
    self.init(
      recordID: record.id, ownerID: record.ownerID, status: record.status, title: record.title)
  }

  /// The record as its events have told it; nothing else of it is known here.
  package var told: Record {
    Record(
      id: recordID, object: RecordObject(id: recordID) ?? .lead, status: status, title: title,
      ownerID: ownerID)
  }
}

extension Store {
  /// Decides one person's link from the snapshot, without writing (M1 to M7).
  ///
  /// `isWhole` says that everything was just read, so that what the snapshot lacks is not there.
  package func decideLink(
    of person: Person, current: Link?, isWhole: Bool = false
  ) throws(SQLError) -> LinkDecision {
    let key = key(of: person)
    let pinned = try pin(of: person.id)
    var failure: SQLError?
    // Typed throws do not pass through rethrows; the closure keeps the error for us.
    let lookup: (String) -> Record? = { id in
      do throws(SQLError) { return try self.record(id) } catch {
        failure = error
        return nil
      }
    }
    let decision = LinkDecision.decide(
      key: key, current: (current?.recordID).flatMap(lookup), pinned: pinned.flatMap(lookup),
      candidates: try key.map { key throws(SQLError) in try records(withKey: key) } ?? [],
      preference: settings.preference, isWhole: isWhole, keyOf: key(of:), lookup: lookup)
    if let failure { throw failure }
    return decision
  }

  /// Writes a decision down, with the values that its events have told.
  package func apply(
    _ decision: LinkDecision, to personID: String, current: Link?
  ) throws(SQLError) {
    if let pin = decision.pin { try setPin(of: personID, to: pin) }
    if decision.isAmbiguous || current != nil || !decision.candidates.isEmpty {
      try setAmbiguous(personID, decision.isAmbiguous)
    }
    let link = decision.isHeld ? current : decision.record.map(Link.init)
    if link != current { try setLink(of: personID, to: link) }
  }

  package func setPin(of personID: String, to recordID: String?) throws(SQLError) {
    guard let recordID else {
      return try database.statement("DELETE FROM pin WHERE person_id = ?").run {
        $0.bind(1, personID)
      }
    }
    try database.statement("INSERT OR REPLACE INTO pin VALUES(?, ?)").run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
    }
  }

  func setLink(of personID: String, to link: Link?) throws(SQLError) {
    guard let link else {
      return try database.statement("DELETE FROM link WHERE person_id = ?").run {
        $0.bind(1, personID)
      }
    }
    // Not REPLACE, which would delete a row without its trigger.
    try database.statement(
      """
      INSERT INTO link(person_id, record_id, owner_id, status, title) VALUES(?, ?, ?, ?, ?)
      ON CONFLICT(person_id) DO UPDATE SET record_id = excluded.record_id,
        owner_id = excluded.owner_id, status = excluded.status, title = excluded.title
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, link.recordID)
      $0.bind(3, link.ownerID)
      $0.bind(4, link.status)
      $0.bind(5, link.title)
    }
  }

  private func setAmbiguous(_ personID: String, _ isAmbiguous: Bool) throws(SQLError) {
    let sql =
      isAmbiguous
      ? "INSERT OR IGNORE INTO ambiguous VALUES(?)" : "DELETE FROM ambiguous WHERE person_id = ?"
    try database.statement(sql).run { $0.bind(1, personID) }
  }

  /// People with several candidates, in id order, from the `offset`th on.
  package func ambiguousPeople(offset: Int64, limit: Int) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(
      "SELECT person_id FROM ambiguous ORDER BY person_id LIMIT ? OFFSET ?"
    ).rows {
      $0.bind(1, Int64(limit))
      $0.bind(2, offset)
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }
}
