package import SyncCore

/// What a delivery does at the other side.
package enum DeliveryKind: Int64, Sendable, CaseIterable {
  /// One PUT of the attributes; its values are computed when it is sent.
  case attributes = 0
  /// One POST of an event; its payload is fixed when it is planned.
  case event = 1
  /// One PUT of the person's owner, who is computed when it is sent (A2).
  case owner
  /// Assigns one conversation to a teammate, who is computed when it is sent (A1).
  case assign
}

/// Who goes first (S9).
package enum Lane: Int64, Sendable, CaseIterable {
  case asked = 0, fresh, backfill
}

package enum DeliveryState: Int64, Sendable {
  /// Planned by a cycle that has not passed the guard.
  case held = 0
  case waiting
  /// Refused, and waiting for a person or for new data.
  case parked
}

/// One write owed to Intercom.
package struct Delivery: Sendable, Equatable {
  package var id: Int64
  package var kind: DeliveryKind
  package var personID: String
  package var recordID: String?
  package var lane: Lane
  package var state: DeliveryState
  /// Grows with every change that waits in it; settling removes the row only if it still fits.
  package var generation: Int64
  package var payload: String?
  package var attempts: Int64
  package var firstFailedAt: Int64?
  package var nextTryAt: Int64
  package var queuedAt: Int64
  /// Of an ``DeliveryKind/assign`` only.
  package var conversationID: String?
}

extension Store {
  static let deliveryColumns = """
    id, kind, person_id, record_id, lane, state, generation, payload, attempts,
    first_failed_at, next_try_at, queued_at, conversation_id
    """

  static func delivery(_ row: Statement) -> Delivery {
    Delivery(
      id: row.integer(0), kind: DeliveryKind(rawValue: row.integer(1)) ?? .attributes,
      personID: row.text(2), recordID: row.textOrNull(3),
      lane: Lane(rawValue: row.integer(4)) ?? .backfill,
      state: DeliveryState(rawValue: row.integer(5)) ?? .waiting,
      generation: row.integer(6), payload: row.textOrNull(7), attempts: row.integer(8),
      firstFailedAt: row.integerOrNull(9), nextTryAt: row.integer(10), queuedAt: row.integer(11),
      conversationID: row.textOrNull(12))
  }

  // MARK: Owing

  /// Owes a person its attributes; several changes become one PUT (S8).
  ///
  /// A delivery that waits already is held again: its values are computed when it is sent, and
  /// must not bring over what the guard has not seen. One that is parked is tried again, unless
  /// it would send just what was refused (`desired` is that payload). `moves` and `ends` are what the
  /// guard counts: whether the link ends or goes elsewhere, and whether it ends.
  package func oweAttributes(
    to personID: String, record recordID: String?, lane: Lane, moves: Bool, ends: Bool = false,
    desired: String?, cycle: Int64, now: Int64
  ) throws(SQLError) {
    try database.statement(Self.oweAttributes).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
      $0.bind(3, lane.rawValue)
      $0.bind(4, cycle)
      $0.bind(5, moves ? ends ? 2 : 1 : 0)
      $0.bind(6, now)
      $0.bind(7, desired ?? "")
    }
  }

  private static let oweAttributes = oweOnce(.attributes)

  /// Owes a person something whose value is computed when it is sent: one row of that kind.
  static func oweOnce(_ kind: DeliveryKind) -> String {
    """
    INSERT INTO delivery(kind, person_id, record_id, lane, state, cycle, generation, payload,
      moves, attempts, first_failed_at, next_try_at, queued_at)
    VALUES(\(kind.rawValue), ?1, ?2, ?3, 0, ?4, 1, NULL, ?5, 0, NULL, 0, ?6)
    ON CONFLICT(person_id) WHERE kind = \(kind.rawValue) DO UPDATE SET
      record_id = excluded.record_id, lane = min(lane, excluded.lane), state = 0,
      cycle = excluded.cycle, generation = generation + 1, moves = excluded.moves,
      payload = NULL,
      attempts = iif(state = 2, 0, attempts),
      first_failed_at = iif(state = 2, NULL, first_failed_at),
      next_try_at = iif(state = 2, 0, next_try_at)
    WHERE state <> 2 OR payload IS NOT ?7
    """
  }

  /// Ends an attributes delivery that has nothing to say any more; false when there was none.
  ///
  /// It may have been tried already, with its answer lost: a person to whom nothing was ever
  /// acknowledged counts as written to from now on, so that what got there is cleared (M1).
  @discardableResult
  package func disownAttributes(of personID: String) throws(SQLError) -> Bool {
    try database.statement("DELETE FROM delivery WHERE person_id = ? AND kind = 0").run {
      $0.bind(1, personID)
    }
    guard database.changes > 0 else { return false }
    try database.statement("UPDATE person SET sent = '[]' WHERE id = ? AND sent IS NULL").run {
      $0.bind(1, personID)
    }
    return true
  }

  /// The second that an event bears: never one that an earlier event of this
  /// person and kind had (S7).
  package func eventSecond(
    of personID: String, kind: EventKind, at second: Int64
  ) throws(SQLError) -> Int64 {
    try database.statement(
      """
      INSERT INTO event_second(person_id, kind, second) VALUES(?1, ?2, ?3)
      ON CONFLICT(person_id, kind) DO UPDATE SET second = max(second + 1, excluded.second)
      RETURNING second
      """
    ).first {
      $0.bind(1, personID)
      $0.bind(2, kind.rawValue)
      $0.bind(3, second)
    } read: {
      $0.integer(0)
    } ?? second
  }

  package func oweEvent(
    to personID: String, record recordID: String, payload: String, cycle: Int64, now: Int64
  ) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO delivery(kind, person_id, record_id, lane, state, cycle, generation, payload,
        moves, attempts, first_failed_at, next_try_at, queued_at)
      VALUES(1, ?1, ?2, 1, 0, ?3, 1, ?4, 0, 0, NULL, 0, ?5)
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
      $0.bind(3, cycle)
      $0.bind(4, payload)
      $0.bind(5, now)
    }
  }

  // MARK: Sending

  /// The next deliveries of `lane` that may be tried at `now`, oldest first, after `last`.
  package func due(
    lane: Lane, now: Int64, after last: Delivery?, limit: Int
  ) throws(SQLError) -> [Delivery] {
    var deliveries: [Delivery] = []
    try database.statement(
      """
      SELECT \(Self.deliveryColumns) FROM delivery
      WHERE state = 1 AND lane = ?1 AND next_try_at <= ?2 AND (next_try_at, id) > (?3, ?4)
      ORDER BY next_try_at, id LIMIT ?5
      """
    ).rows {
      $0.bind(1, lane.rawValue)
      $0.bind(2, now)
      $0.bind(3, last?.nextTryAt ?? -1)
      $0.bind(4, last?.id ?? -1)
      $0.bind(5, Int64(limit))
    } each: {
      deliveries.append(Self.delivery($0))
    }
    return deliveries
  }

  /// The delivery that goes first for a person: order is kept, parked ones stand aside (S8).
  package func head(of personID: String) throws(SQLError) -> Delivery? {
    try database.statement(
      """
      SELECT \(Self.deliveryColumns) FROM delivery
      WHERE person_id = ? AND state <> 2 ORDER BY id LIMIT 1
      """
    ).first {
      $0.bind(1, personID)
    } read: {
      Self.delivery($0)
    }
  }

  /// The person's first delivery that is no event, where these cannot be sent for the time being.
  package func headBesideEvents(of personID: String) throws(SQLError) -> Delivery? {
    try database.statement(
      """
      SELECT \(Self.deliveryColumns) FROM delivery
      WHERE person_id = ? AND kind <> 1 AND state <> 2 ORDER BY id LIMIT 1
      """
    ).first {
      $0.bind(1, personID)
    } read: {
      Self.delivery($0)
    }
  }

  /// Brings tries that lie beyond `latest` back to `now`: the clock was set back meanwhile (O4).
  package func recallTries(after latest: Int64, to now: Int64) throws(SQLError) {
    for lane in Lane.allCases {
      try database.statement(
        "UPDATE delivery SET next_try_at = ?1 WHERE state = 1 AND lane = ?2 AND next_try_at > ?3"
      ).run {
        $0.bind(1, now)
        $0.bind(2, lane.rawValue)
        $0.bind(3, latest)
      }
    }
    try recallTriesToSalesforce(after: latest, to: now)
  }

  /// When the next waiting delivery may be tried, of those after `moment`; nil when none waits.
  package func nextTryAt(after moment: Int64 = -1) throws(SQLError) -> Int64? {
    var earliest: Int64?
    for lane in Lane.allCases {
      let at = try database.statement(
        "SELECT min(next_try_at) FROM delivery WHERE state = 1 AND lane = ?1 AND next_try_at > ?2"
      ).first {
        $0.bind(1, lane.rawValue)
        $0.bind(2, moment)
      } read: {
        $0.integerOrNull(0)
      }
      if let at = at ?? nil { earliest = min(earliest ?? at, at) }
    }
    return earliest
  }

  // MARK: Settling

  /// Ends a delivery, unless a change arrived while it was in flight.
  ///
  /// False when it was no longer there: its person came to be owed nothing while it was in flight.
  @discardableResult
  package func settle(_ delivery: Delivery) throws(SQLError) -> Bool {
    try database.statement("DELETE FROM delivery WHERE id = ? AND generation = ?").run {
      $0.bind(1, delivery.id)
      $0.bind(2, delivery.generation)
    }
    guard database.changes == 0 else {
      totals.count(.settled, of: delivery.kind)
      return true
    }
    try database.statement(
      "UPDATE delivery SET attempts = 0, first_failed_at = NULL, next_try_at = 0 WHERE id = ?"
    ).run { $0.bind(1, delivery.id) }
    return database.changes > 0
  }

  /// Lets everything that waits for a later try be tried now: a person asked.
  package func hurry() throws(SQLError) {
    try database.statement(
      "UPDATE delivery SET next_try_at = 0 WHERE state = 1 AND next_try_at > 0"
    )
    .run()
    try hurryToSalesforce()
  }

  /// Tries a delivery again later.
  package func postpone(
    _ delivery: Delivery, failedAt now: Int64, until next: Int64
  ) throws(SQLError) {
    totals.count(.postponed, of: delivery.kind)
    try database.statement(
      """
      UPDATE delivery SET attempts = attempts + 1,
        first_failed_at = coalesce(first_failed_at, ?2), next_try_at = ?3
      WHERE id = ?1
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, now)
      $0.bind(3, next)
    }
  }

  /// Sets a refused delivery aside; `payload` is what was refused, but for events.
  package func park(_ delivery: Delivery, payload: String?) throws(SQLError) {
    totals.count(.parked, of: delivery.kind)
    try database.statement(
      """
      UPDATE delivery SET state = 2, attempts = attempts + 1, payload = coalesce(?3, payload)
      WHERE id = ?1 AND generation = ?2
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, delivery.generation)
      $0.bind(3, payload)
    }
  }

  /// Puts parked deliveries back in the queue: all of them, or one person's.
  @discardableResult
  package func unpark(person personID: String?, lane: Lane) throws(SQLError) -> Int64 {
    try database.statement(
      """
      UPDATE delivery SET state = 1, attempts = 0, first_failed_at = NULL, next_try_at = 0,
        lane = min(lane, ?2), payload = iif(kind = 1, payload, NULL)
      WHERE state = 2 AND (?1 IS NULL OR person_id = ?1)
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, lane.rawValue)
    }
    return database.changes
  }

  /// Ends a delivery that the far side refused for good, such as an event for a dropped person.
  package func remove(_ delivery: Delivery) throws(SQLError) {
    totals.count(.settled, of: delivery.kind)
    try database.statement("DELETE FROM delivery WHERE id = ?").run { $0.bind(1, delivery.id) }
  }

  /// Remembers what was sent and what Intercom made of it (S10); the attributes that came back
  /// altered, and those of them that did so the second time.
  package func recordSent(
    _ sent: AttributeValues, returned: AttributeValues, to person: Person,
    configured: AttributeSet
  ) throws(SQLError) -> (altered: [Attribute], accepted: [Attribute]) {
    let altered = returned.differing(from: sent, in: configured)
    var accepted = AttributeSet()
    for attribute in altered
    where person.sent?[attribute] == sent[attribute]
      && person.returned?[attribute] == returned[attribute]
    {
      accepted.insert(attribute)
    }
    try database.statement(
      "UPDATE person SET sent = ?2, returned = ?3, accepted = ?4 WHERE id = ?1"
    ).run {
      $0.bind(1, person.id)
      $0.bind(2, sent.encoded)
      $0.bind(3, returned.encoded)
      $0.bind(4, accepted.rawValue)
    }
    return (altered, altered.filter { accepted.contains($0) })
  }

  /// Deliveries to either side that `cycle` planned last and that are in that state; what is being
  /// sent to Salesforce counts as waiting.
  package func count(cycle: Int64, in state: DeliveryState) throws(SQLError) -> Int64 {
    try database.statement(
      """
      SELECT (SELECT count(*) FROM delivery WHERE state = ?1 AND cycle = ?2)
        + (SELECT count(*) FROM salesforce_delivery
          WHERE cycle = ?2 AND (state = ?1 OR state = 3 AND ?1 = 1))
      """
    ).first {
      $0.bind(1, state.rawValue)
      $0.bind(2, cycle)
    } read: {
      $0.integer(0)
    } ?? 0
  }

  func count(_ sql: String) throws(SQLError) -> Int64 {
    try database.statement(sql).first { _ in
    } read: {
      $0.integer(0)
    } ?? 0
  }
}
