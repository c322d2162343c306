import SyncCore

/// What a delivery to Salesforce does.
package enum SalesforceDeliveryKind: Int64, Sendable, CaseIterable {
  /// Makes one Lead (L1 to L8).
  case lead = 0
  /// Writes mapped attributes to one Lead (Q1).
  case fields
  /// Makes one Task (T1).
  case task
}

package enum SalesforceDeliveryState: Int64, Sendable {
  /// Planned by a cycle that has not passed the guard.
  case held = 0
  case waiting
  /// Refused, and waiting for a person or for new data.
  case parked
  /// Handed to Salesforce; without an answer its outcome is unknown (L6).
  case sending
}

/// One write owed to Salesforce.
package struct SalesforceDelivery: Sendable, Equatable {
  package var id: Int64
  package var kind: SalesforceDeliveryKind
  /// What there is one delivery for, within its kind.
  package var subject: String
  /// Deliveries of one kind and key go one at a time, in the order in which they were queued.
  package var orderKey: String
  package var personID: String?
  package var recordID: String?
  package var conversationID: String?
  package var partID: String?
  package var lane: Lane
  package var state: SalesforceDeliveryState
  /// Grows with every change that waits in it; settling removes the row only if it still fits.
  package var generation: Int64
  package var payload: String?
  /// Why it is owed: `rule:NAME`, `tag:NAME`, or what the asker wrote.
  package var cause: String?
  /// Between these moments of Salesforce's clock it was sent, in milliseconds UTC; the second is
  /// there once the outcome is known to be unknown.
  package var sentAfter: Int64?
  package var sentUntil: Int64?
  package var attempts: Int64
  package var firstFailedAt: Int64?
  package var nextTryAt: Int64
  package var queuedAt: Int64
}

/// A delivery to Salesforce that is about to be owed.
package struct NewSalesforceDelivery: Sendable, Equatable {
  package var kind: SalesforceDeliveryKind
  package var subject: String
  package var orderKey: String
  package var personID: String?
  package var recordID: String?
  package var conversationID: String?
  package var partID: String?
  package var lane: Lane
  package var cycle: Int64
  package var payload: String?
  package var cause: String?
  /// Waits for the guard of its cycle (G1).
  package var isHeld: Bool

  package init(
    _ kind: SalesforceDeliveryKind, subject: String, orderKey: String? = nil,
    personID: String? = nil, recordID: String? = nil, conversationID: String? = nil,
    partID: String? = nil, lane: Lane = .fresh, cycle: Int64, payload: String? = nil,
    cause: String? = nil, isHeld: Bool = true
  ) {
    self.kind = kind
    self.subject = subject
    self.orderKey = orderKey ?? subject
    self.personID = personID
    self.recordID = recordID
    self.conversationID = conversationID
    self.partID = partID
    self.lane = lane
    self.cycle = cycle
    self.payload = payload
    self.cause = cause
    self.isHeld = isHeld
  }

  /// A lead for a person; one at a time for each e-mail address, whose key is `email` (L3).
  package static func lead(
    for personID: String, email: String?, lane: Lane = .fresh, cycle: Int64, payload: String?,
    cause: String, isHeld: Bool = true
  ) -> NewSalesforceDelivery {
    NewSalesforceDelivery(
      .lead, subject: personID, orderKey: email ?? personID, personID: personID, lane: lane,
      cycle: cycle, payload: payload, cause: cause, isHeld: isHeld)
  }

  /// The mapped attributes of a person for one lead; one at a time for each lead.
  package static func fields(
    of personID: String, to recordID: String, lane: Lane = .fresh, cycle: Int64,
    payload: String? = nil, isHeld: Bool = true
  ) -> NewSalesforceDelivery {
    NewSalesforceDelivery(
      .fields, subject: Store.fieldsSubject(personID, recordID), orderKey: recordID,
      personID: personID, recordID: recordID, lane: lane, cycle: cycle, payload: payload,
      isHeld: isHeld)
  }

  /// A task on a record for the messages of which `keyPart` is the first.
  package static func task(
    keyPart: String, on recordID: String, of personID: String?, conversation: String,
    lane: Lane = .fresh, cycle: Int64, payload: String, cause: String? = nil, isHeld: Bool = true
  ) -> NewSalesforceDelivery {
    NewSalesforceDelivery(
      .task, subject: "\(keyPart)/\(recordID)", personID: personID, recordID: recordID,
      conversationID: conversation, partID: keyPart, lane: lane, cycle: cycle, payload: payload,
      cause: cause, isHeld: isHeld)
  }
}

extension Store {
  static func fieldsSubject(_ personID: String, _ recordID: String) -> String {
    "\(personID)/\(recordID)"
  }

  static let salesforceColumns = """
    id, kind, subject, order_key, person_id, record_id, conversation_id, part_id, lane, state,
    generation, payload, cause, sent_after, sent_until, attempts, first_failed_at, next_try_at,
    queued_at
    """

  static func salesforceDelivery(_ row: Statement) -> SalesforceDelivery {
    SalesforceDelivery(
      id: row.integer(0), kind: SalesforceDeliveryKind(rawValue: row.integer(1)) ?? .fields,
      subject: row.text(2), orderKey: row.text(3), personID: row.textOrNull(4),
      recordID: row.textOrNull(5), conversationID: row.textOrNull(6), partID: row.textOrNull(7),
      lane: Lane(rawValue: row.integer(8)) ?? .backfill,
      state: SalesforceDeliveryState(rawValue: row.integer(9)) ?? .held,
      generation: row.integer(10), payload: row.textOrNull(11), cause: row.textOrNull(12),
      sentAfter: row.integerOrNull(13), sentUntil: row.integerOrNull(14),
      attempts: row.integer(15), firstFailedAt: row.integerOrNull(16),
      nextTryAt: row.integer(17), queuedAt: row.integer(18))
  }

  // MARK: Owing

  /// Owes Salesforce a write; one row for each kind and subject.
  ///
  /// Fields that are owed already become one write of the newest values, held again for the guard; what
  /// is parked is tried again unless it would send just what was refused, and one that is being
  /// sent goes once more when it is through. A lead or task that is owed already stays as it is; a
  /// parked one goes back to the queue for another payload or when a person asks, and what a
  /// person asks for replaces what waits. Nothing touches one that is being sent.
  package func owe(_ new: NewSalesforceDelivery, now: Int64) throws(SQLError) {
    try database.statement(new.kind == .fields ? Self.oweFields : Self.oweOnce).run {
      $0.bind(1, new.kind.rawValue)
      $0.bind(2, new.subject)
      $0.bind(3, new.orderKey)
      $0.bind(4, new.personID)
      $0.bind(5, new.recordID)
      $0.bind(6, new.conversationID)
      $0.bind(7, new.partID)
      $0.bind(8, new.lane.rawValue)
      $0.bind(9, (new.isHeld ? SalesforceDeliveryState.held : .waiting).rawValue)
      $0.bind(10, new.cycle)
      $0.bind(11, new.payload)
      $0.bind(12, new.cause)
      $0.bind(13, now)
    }
    // What stands before it in its order comes with it, or it would wait for a slower lane.
    try database.statement(
      """
      UPDATE salesforce_delivery INDEXED BY salesforce_delivery_order SET lane = ?3
      WHERE kind = ?1 AND order_key = ?2 AND state IN (1, 3) AND lane > ?3
      """
    ).run {
      $0.bind(1, new.kind.rawValue)
      $0.bind(2, new.orderKey)
      $0.bind(3, new.lane.rawValue)
    }
  }

  private static let insertSalesforce = """
    INSERT INTO salesforce_delivery(kind, subject, order_key, person_id, record_id,
      conversation_id, part_id, lane, state, cycle, generation, payload, cause, attempts,
      next_try_at, queued_at)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, 0, 0, ?13)
    ON CONFLICT(kind, subject) DO UPDATE SET
    """

  private static let oweFields = """
    \(insertSalesforce)
      lane = min(lane, excluded.lane), state = iif(state = 3, 3, excluded.state),
      cycle = excluded.cycle, generation = generation + 1,
      payload = excluded.payload, cause = excluded.cause,
      attempts = iif(state = 2, 0, attempts),
      first_failed_at = iif(state = 2, NULL, first_failed_at),
      next_try_at = iif(state = 2, 0, next_try_at)
    WHERE state <> 2 OR payload IS NOT excluded.payload
    """

  /// A parked row that is tried again, or one that has not been sent and that a person asks for now.
  ///
  /// The edits of who asked for a lead by hand give way to other edits only, and to no rule.
  private static let isTakenOver = """
    ((state = 2 OR state <> 3 AND excluded.lane = 0
      AND (state = 0 OR payload IS NOT excluded.payload))
      AND NOT (kind = 0 AND cause IS 'asked' AND excluded.cause IS NOT 'asked'))
    """

  private static let isTriedAnew = "(state = 2 OR \(isTakenOver))"

  private static let oweOnce = """
    \(insertSalesforce)
      order_key = iif(\(isTakenOver), excluded.order_key, order_key),
      person_id = iif(\(isTakenOver), excluded.person_id, person_id),
      lane = min(lane, excluded.lane),
      cycle = iif(\(isTriedAnew), excluded.cycle, cycle),
      generation = generation + \(isTriedAnew),
      payload = iif(\(isTakenOver), excluded.payload, payload),
      cause = iif(\(isTakenOver), excluded.cause, cause),
      attempts = iif(\(isTriedAnew), 0, attempts),
      first_failed_at = iif(\(isTriedAnew), NULL, first_failed_at),
      next_try_at = iif(\(isTriedAnew), 0, next_try_at),
      state = iif(\(isTriedAnew), excluded.state, state)
    WHERE state <> 2 OR payload IS NOT excluded.payload OR excluded.lane = 0
    """
}
