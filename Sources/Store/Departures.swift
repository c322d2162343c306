import SyncCore

/// People who leave, and what those who take their place inherit.
extension Store {
  /// Takes a person out of the snapshot; its deliveries end without error (M8).
  ///
  /// What had happened to it goes to the `survivor` of a merge (M5): its link or pin, unless the
  /// survivor has one, its rules, leads, tasks and history, and a place among the differences of
  /// `cycle`. Without one only this stays: that a lead was made, and what is being sent to
  /// Salesforce, whose outcome counts (L6).
  package func drop(_ personID: String, survivor: String?, cycle: Int64) throws(SQLError) {
    if let survivor, survivor != personID {
      try bequeathLink(of: personID, to: survivor)
      try bequeathLeads(of: personID, to: survivor)
      try bequeathDeliveries(of: personID, to: survivor)
      try noteDifference(ofPerson: survivor, cycle: cycle)
    }
    try forgetLogged(of: personID)
    for table in Self.tablesOfPeople {
      try database.statement("DELETE FROM \(table) WHERE person_id = ?").run {
        $0.bind(1, personID)
      }
    }
    try database.statement("DELETE FROM salesforce_delivery WHERE person_id = ? AND state <> 3")
      .run { $0.bind(1, personID) }
    try database.statement("DELETE FROM person WHERE id = ?").run { $0.bind(1, personID) }
    try closeErrors(ofPerson: personID, at: nil)
  }

  private static let tablesOfPeople = [
    "link", "pin", "ambiguous", "person_difference", "event_second", "delivery", "rule_hold",
    "field_base", "history", "conversation_again",
  ]

  private func bequeathLink(of personID: String, to survivor: String) throws(SQLError) {
    guard try pin(of: survivor) == nil else { return }
    if let pin = try pin(of: personID) { try setPin(of: survivor, to: pin) }
    guard let link = try link(of: personID), try self.link(of: survivor) == nil else { return }
    try setLink(of: survivor, to: link)
    // The link comes as its events have told it, those that wait included: they go with it (S8).
    try bequeath("delivery", of: personID, to: survivor, "AND kind = 1")
    guard try pin(of: survivor) == nil else { return }
    // A link whose e-mails differ is pinned, or the survivor's own address would end it.
    let key = try person(survivor).flatMap(key(of:))
    let other = try record(link.recordID).flatMap(self.key(of:))
    if key == nil || key != other { try setPin(of: survivor, to: link.recordID) }
  }

  /// Rules that held or were used up, the lead that was made, the bases of comparison.
  private func bequeathLeads(of personID: String, to survivor: String) throws(SQLError) {
    let statements = [
      """
      INSERT INTO rule_hold(person_id, rule, used)
      SELECT ?2, rule, used FROM rule_hold WHERE person_id = ?1
      ON CONFLICT(person_id, rule) DO UPDATE SET used = max(used, excluded.used)
      """,
      """
      INSERT OR IGNORE INTO made_lead(person_id, record_id, at)
      SELECT ?2, record_id, at FROM made_lead WHERE person_id = ?1
      """,
      """
      INSERT OR IGNORE INTO field_base(person_id, record_id, base, refused)
      SELECT ?2, record_id, base, refused FROM field_base WHERE person_id = ?1
      """,
    ]
    for sql in statements {
      try database.statement(sql).run {
        $0.bind(1, personID)
        $0.bind(2, survivor)
      }
    }
  }

  private func bequeathDeliveries(of personID: String, to survivor: String) throws(SQLError) {
    try bequeath("history", of: personID, to: survivor)
    try database.statement(
      "UPDATE OR IGNORE conversation_again SET person_id = ?2, next_try_at = 0 WHERE person_id = ?1"
    ).run {
      $0.bind(1, personID)
      $0.bind(2, survivor)
    }
    try bequeath("delivery", of: personID, to: survivor, "AND kind = 3")
    // Fields that are owed are the survivor's own to find out, from the base that it inherits.
    try disownFields(of: personID)
    // What was refused is tried again: its entry in the register goes with the one who goes.
    for delivery in try salesforceDeliveries(of: personID) where delivery.state == .parked {
      try unpark(delivery)
    }
    try bequeathLeadDelivery(of: personID, to: survivor)
    try bequeath("salesforce_delivery", of: personID, to: survivor, "AND kind = 2")
  }

  private func unpark(_ delivery: SalesforceDelivery) throws(SQLError) {
    try database.statement(
      """
      UPDATE salesforce_delivery SET state = 1, attempts = 0, first_failed_at = NULL,
        next_try_at = 0 WHERE id = ?
      """
    ).run { $0.bind(1, delivery.id) }
  }

  /// A lead that is owed to the one who goes is owed to the survivor; each person has one at most.
  private func bequeathLeadDelivery(
    of personID: String, to survivor: String
  ) throws(SQLError) {
    // One that is being sent keeps its subject: it may still come to be known as two.
    try bequeath("salesforce_delivery", of: personID, to: survivor, "AND kind = 0 AND state = 3")
    if let own = try salesforceDelivery(.lead, subject: survivor),
      let other = try salesforceDelivery(.lead, subject: personID), other.personID == personID
    {
      // What is refused gives way to what may still go.
      guard own.state == .parked, other.state != .parked else { return }
      try remove(own)
    }
    try database.statement(
      """
      UPDATE salesforce_delivery SET person_id = ?2, subject = ?2, generation = generation + 1
      WHERE person_id = ?1 AND kind = 0
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, survivor)
    }
  }

  private func bequeath(
    _ table: String, of personID: String, to survivor: String, _ condition: String = ""
  ) throws(SQLError) {
    try database.statement("UPDATE \(table) SET person_id = ?2 WHERE person_id = ?1 \(condition)")
      .run {
        $0.bind(1, personID)
        $0.bind(2, survivor)
      }
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
