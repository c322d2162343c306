/// Owners of people and conversations, which follow the record's owner (A1, A2).
extension Store {
  private static let oweOwner = oweOnce(.owner)

  /// Owes a person its Intercom owner; as with the attributes, several changes are one write (A2).
  ///
  /// `desired` is the teammate whom it would be given now: one that was refused with just that
  /// value is left alone.
  package func oweOwner(
    to personID: String, record recordID: String?, lane: Lane, desired: String?, cycle: Int64,
    now: Int64
  ) throws(SQLError) {
    try database.statement(Self.oweOwner).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
      $0.bind(3, lane.rawValue)
      $0.bind(4, cycle)
      $0.bind(5, 0)
      $0.bind(6, now)
      $0.bind(7, desired ?? "")
    }
  }

  /// Ends an owner's delivery that has nothing to say any more; false when there was none.
  @discardableResult
  package func disownOwner(of personID: String) throws(SQLError) -> Bool {
    try database.statement("DELETE FROM delivery WHERE person_id = ? AND kind = 2").run {
      $0.bind(1, personID)
    }
    return database.changes > 0
  }

  /// Owes a conversation its teammate, once: one that waits stays, one that was refused is tried
  /// again (A1).
  package func oweAssignment(
    of conversationID: String, person personID: String, record recordID: String?,
    lane: Lane = .fresh, cycle: Int64, now: Int64
  ) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO delivery(kind, person_id, record_id, conversation_id, lane, state, cycle,
        generation, moves, attempts, next_try_at, queued_at)
      VALUES(3, ?2, ?3, ?1, ?4, 0, ?5, 1, 0, 0, 0, ?6)
      ON CONFLICT(conversation_id) WHERE kind = 3 DO UPDATE SET
        person_id = excluded.person_id, record_id = excluded.record_id,
        lane = min(lane, excluded.lane), state = iif(state = 2, 0, state),
        cycle = excluded.cycle, generation = generation + 1, payload = NULL,
        attempts = iif(state = 2, 0, attempts),
        first_failed_at = iif(state = 2, NULL, first_failed_at),
        next_try_at = iif(state = 2, 0, next_try_at)
      """
    ).run {
      $0.bind(1, conversationID)
      $0.bind(2, personID)
      $0.bind(3, recordID)
      $0.bind(4, lane.rawValue)
      $0.bind(5, cycle)
      $0.bind(6, now)
    }
  }

  /// The assignment that a conversation is owed.
  package func assignment(of conversationID: String) throws(SQLError) -> Delivery? {
    try database.statement(
      "SELECT \(Self.deliveryColumns) FROM delivery WHERE conversation_id = ? AND kind = 3"
    ).first {
      $0.bind(1, conversationID)
    } read: {
      Self.delivery($0)
    }
  }

  /// Ends the assignment of a conversation that somebody has taken; false when there was none.
  @discardableResult
  package func disownAssignment(of conversationID: String) throws(SQLError) -> Bool {
    try database.statement("DELETE FROM delivery WHERE conversation_id = ? AND kind = 3").run {
      $0.bind(1, conversationID)
    }
    return database.changes > 0
  }
}
