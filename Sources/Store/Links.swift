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

  private func setLink(of personID: String, to link: Link?) throws(SQLError) {
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

  /// Takes a person out of the snapshot; its deliveries end without error (M8).
  ///
  /// What had happened to it goes to the `survivor` of a merge (M5): its link or pin, unless the
  /// survivor has one, and a place among the differences of `cycle`.
  package func drop(_ personID: String, survivor: String?, cycle: Int64) throws(SQLError) {
    if let survivor, survivor != personID {
      try bequeath(personID, to: survivor)
      try noteDifference(ofPerson: survivor, cycle: cycle)
    }
    for table in ["link", "pin", "ambiguous", "person_difference", "event_second", "delivery"] {
      try database.statement("DELETE FROM \(table) WHERE person_id = ?").run {
        $0.bind(1, personID)
      }
    }
    try database.statement("DELETE FROM person WHERE id = ?").run { $0.bind(1, personID) }
    try closeErrors(ofPerson: personID, at: nil)
  }

  private func bequeath(_ personID: String, to survivor: String) throws(SQLError) {
    guard try pin(of: survivor) == nil else { return }
    if let pin = try pin(of: personID) { try setPin(of: survivor, to: pin) }
    guard let link = try link(of: personID), try self.link(of: survivor) == nil else { return }
    try setLink(of: survivor, to: link)
    // The link comes as its events have told it, those that wait included: they go with it (S8).
    try database.statement("UPDATE delivery SET person_id = ?2 WHERE person_id = ?1 AND kind = 1")
      .run {
        $0.bind(1, personID)
        $0.bind(2, survivor)
      }
    guard try pin(of: survivor) == nil else { return }
    // A link whose e-mails differ is pinned, or the survivor's own address would end it.
    let key = try person(survivor).flatMap(key(of:))
    let other = try record(link.recordID).flatMap(self.key(of:))
    if key == nil || key != other { try setPin(of: survivor, to: link.recordID) }
  }

  /// Where a merged person went, when Intercom does not say: the one user with its e-mail.
  package func survivorByEmail(of personID: String) throws(SQLError) -> String? {
    guard let email = try person(personID)?.email else { return nil }
    var ids: [String] = []
    try database.statement(
      "SELECT id FROM person WHERE email = ?1 AND id <> ?2 AND role = 'user' LIMIT 2"
    ).rows {
      $0.bind(1, email)
      $0.bind(2, personID)
    } each: {
      ids.append($0.text(0))
    }
    return ids.count == 1 ? ids[0] : nil
  }
}
