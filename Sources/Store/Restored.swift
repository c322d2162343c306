import SyncCore

/// A store that was a backup a moment ago: what was done since then, it does not know (O4).
extension Store {
  private static let restoredAtKey = "restored_at"
  private static let restoredFromKey = "restored_from"
  private static let restoredFarKey = "restored_far_at"
  private static let unbasedKey = "restored_base"

  /// When this store was put back last, and when the backup was made of which it came; milliseconds
  /// UTC.
  package struct Restored: Sendable, Equatable {
    package var at: Int64
    package var from: Int64
    /// As ``at``, by the clock of the far sides.
    package var farAt: Int64
  }

  package func restored() throws(SQLError) -> Restored? {
    guard let at = try integer(Self.restoredAtKey) else { return nil }
    return Restored(
      at: at, from: try integer(Self.restoredFromKey) ?? 0,
      farAt: try integer(Self.restoredFarKey) ?? at)
  }

  /// Notes what the far sides' clock shows before anything is done with this store.
  package func noteRestored(farAt now: Int64) throws(SQLError) {
    if try isUnbased() { try set(Self.restoredFarKey, String(now)) }
  }

  /// Whether what is found by the next full read is still to be taken as the base.
  package func isUnbased() throws(SQLError) -> Bool { try get(Self.unbasedKey) != nil }

  /// The full read is through that took what it found as the base.
  package func endUnbased() throws(SQLError) { try set(Self.unbasedKey, nil) }

  /// Takes a backup that lies in the store's place for what it is, once; nil for any other store.
  ///
  /// Pins, links, used rules, made leads, logged messages and history stay. What was owed may have been
  /// done since: events and assignments are owed no more, values are held until everything is read
  /// anew, leads and tasks are looked up before they are made. The register begins anew, since
  /// whatever was refused is tried again.
  package func takeAsRestored(at now: Int64) throws -> Restored? {
    guard let from = try integer(Self.backupKey) else { return nil }
    try transaction {
      let isRead = try get("initial") != nil
      for statement in isRead ? Self.owedAnew : Self.owedAnew + Self.readAnew {
        try database.execute(statement)
      }
      // Its end was told, or is not worth telling any more.
      if isRead { try set("initial", "done") }
      try closeAllErrors(at: now)
      // "mail": what was owed or under way then was told since, or is not worth telling any more.
      for key in ["full_at", "full_read", "guarded", "mail", Self.releaseKey, Self.backupKey] {
        try set(key, nil)
      }
      try set(Self.restoredAtKey, String(now))
      try set(Self.restoredFromKey, String(from))
      try set(Self.restoredFarKey, nil)
      try set(Self.unbasedKey, "1")
    }
    return Restored(at: now, from: from, farAt: now)
  }

  private static let owedAnew = [
    """
    DELETE FROM delivery WHERE kind IN (\(DeliveryKind.event.rawValue), \(DeliveryKind.assign.rawValue))
    """,
    """
    UPDATE delivery SET state = 0, attempts = 0, first_failed_at = NULL, next_try_at = 0,
      payload = NULL
    """,
    "DELETE FROM salesforce_delivery WHERE kind = \(SalesforceDeliveryKind.fields.rawValue)",
    """
    UPDATE salesforce_delivery SET state = 0, attempts = 0, first_failed_at = NULL,
      next_try_at = 0, generation = generation + 1
    WHERE state <> 3
    """,
    """
    UPDATE salesforce_delivery SET payload = json_set(payload, '$.isLookedUp', json('true'))
    WHERE kind = \(SalesforceDeliveryKind.task.rawValue) AND json_valid(payload)
    """,
    "UPDATE field_base SET refused = NULL WHERE refused IS NOT NULL",
    // Everybody is planned by the full read; polls go on from its beginning.
    "DELETE FROM record_difference", "DELETE FROM person_difference",
    "DELETE FROM owner_difference", "DELETE FROM cursor WHERE stream <> 'conversations'",
  ]

  /// Of a backup that was made before the first read was through nothing of it is worth keeping.
  private static let readAnew = [
    "DELETE FROM delivery", "DELETE FROM link", "DELETE FROM ambiguous", "DELETE FROM person",
    "DELETE FROM record", "DELETE FROM owner", "DELETE FROM company", "DELETE FROM field_base",
    "DELETE FROM meta WHERE key IN ('initial_total', 'initial_started')",
  ]

  private func closeAllErrors(at now: Int64) throws(SQLError) {
    try database.statement("UPDATE error SET closed_at = ? WHERE closed_at IS NULL").run {
      $0.bind(1, now)
    }
  }

  /// Counts what is still held as a part of `cycle`, so that it waits for the end of that.
  package func holdAll(for cycle: Int64) throws(SQLError) {
    for table in ["delivery", "salesforce_delivery"] {
      try database.statement("UPDATE \(table) SET cycle = ? WHERE state = 0").run {
        $0.bind(1, cycle)
      }
    }
  }

  // MARK: The base

  /// Takes what both sides say of the people after `id` as the base, in id order; the last one, or nil
  /// at the end.
  ///
  /// Their links are decided anew and nothing is told of it. An attribute that Intercom has changed
  /// since the backup counts as newly mapped: it fills its field only where that is empty (Q3).
  package func rebase(after id: String, limit: Int) throws -> String? {
    let ids = try personIDs(after: id, limit: limit)
    for id in ids {
      guard let person = try person(id) else { continue }
      try adoptLink(borneBy: person)
      let current = try link(of: id)
      try apply(
        try decideLink(of: person, current: current, isWhole: true), to: id, current: current)
      try rebaseFields(of: person)
    }
    return ids.last
  }

  /// A person may bear the id of another record than the one that this store wrote there: it was
  /// written since the backup, when the link was made or moved.
  private func adoptLink(borneBy person: Person) throws(SQLError) {
    guard let id = person.observed[.recordID], id != person.sent?[.recordID],
      try record(id) != nil
    else { return }
    // From here on that counts as written, so that it is cleared when the link ends (M1).
    var sent = person.sent ?? person.observed
    for attribute in [Attribute.recordID, .ownerID] {
      sent[attribute] = person.observed[attribute]
    }
    try database.statement("UPDATE person SET sent = ?2 WHERE id = ?1").run {
      $0.bind(1, person.id)
      $0.bind(2, sent.encoded)
    }
    guard let borne = try end(of: id) else { return }
    if let linked = try link(of: person.id), try end(of: linked.recordID)?.id == borne.id { return }
    try adopt(borne, of: person)
  }

  private func adopt(_ record: Record, of person: Person) throws(SQLError) {
    let isMatch = key(of: person) != nil && key(of: person) == key(of: record)
    if !isMatch {
      try setPin(of: person.id, to: record.id)
    } else if let pin = try pin(of: person.id), try end(of: pin)?.id != record.id {
      try setPin(of: person.id, to: nil)
    }
    try setLink(of: person.id, to: Link(record))
  }

  /// The live record that a record is or has become.
  private func end(of id: String) throws(SQLError) -> Record? {
    guard let record = try record(id) else { return nil }
    var failure: SQLError?
    // Typed throws do not pass through rethrows; the closure keeps the error for us.
    let lookup: (String) -> Record? = { id in
      do throws(SQLError) { return try self.record(id) } catch {
        failure = error
        return nil
      }
    }
    let end = Succession.follow(record, lookup: lookup)
    if let failure { throw failure }
    return end.record
  }

  private func rebaseFields(of person: Person) throws(SQLError) {
    var records: [String] = []
    try database.statement("SELECT record_id FROM field_base WHERE person_id = ?").rows {
      $0.bind(1, person.id)
    } each: {
      records.append($0.text(0))
    }
    guard !records.isEmpty else { return }
    let values = try values(of: person)
    for record in records {
      guard let known = try fieldBase(person: person.id, record: record) else { continue }
      let base = known.base.filter { attribute, value in
        values[attribute].map(value.isSame(as:)) ?? true
      }
      guard base.count < known.base.count else { continue }
      try setFieldBase(person: person.id, record: record, base: base, refused: [:])
    }
  }
}
