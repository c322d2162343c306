import SyncCore

/// The way of a delivery to Salesforce through its states (L6).
extension Store {
  /// Deliveries of one kind that may be tried at `now`, the asked ones first, each lane by time and
  /// age, after `last`.
  ///
  /// Of one order key there is never a second one while another is being sent or an earlier one
  /// waits. Those that are being sent come only with an outcome that is known to be unknown
  /// (``markUnknown(_:sentUntil:failedAt:until:)``): they are to be looked up.
  package func dueToSalesforce(
    now: Int64, limit: Int, after last: SalesforceDelivery? = nil, kind: SalesforceDeliveryKind
  ) throws(SQLError) -> [SalesforceDelivery] {
    var due: [SalesforceDelivery] = []
    for lane in Lane.allCases where due.count < limit && lane.rawValue >= last?.lane.rawValue ?? 0 {
      let last = last?.lane == lane ? last : nil
      try database.statement(
        """
        SELECT \(Self.salesforceColumns) FROM salesforce_delivery AS d
        WHERE state IN (1, 3) AND kind = ?1 AND lane = ?2 AND next_try_at <= ?3
          AND (next_try_at, id) > (?4, ?5)
          AND iif(state = 3, sent_until IS NOT NULL, NOT EXISTS(
            SELECT 1 FROM salesforce_delivery AS o
            WHERE o.state IN (1, 3) AND o.kind = d.kind AND o.order_key = d.order_key
              AND o.id <> d.id AND (o.state = 3 OR o.id < d.id))
            AND \(Self.isAloneForPerson))
        ORDER BY next_try_at, id LIMIT ?6
        """
      ).rows {
        $0.bind(1, kind.rawValue)
        $0.bind(2, lane.rawValue)
        $0.bind(3, now)
        $0.bind(4, last?.nextTryAt ?? -1)
        $0.bind(5, last?.id ?? -1)
        $0.bind(6, Int64(limit - due.count))
      } each: {
        due.append(Self.salesforceDelivery($0))
      }
    }
    return due
  }

  /// Not a second lead of somebody, inherited in a merge with another address, while the first is
  /// being sent (M5, L6).
  private static let isAloneForPerson = """
    (d.kind <> 0 OR NOT EXISTS(
      SELECT 1 FROM salesforce_delivery AS p
      WHERE p.person_id = d.person_id AND p.kind = 0 AND p.state = 3 AND p.id <> d.id))
    """

  /// When the next delivery to Salesforce may be tried or looked up, of those after `moment`; nil
  /// when there is none.
  package func nextTryToSalesforce(after moment: Int64 = -1) throws(SQLError) -> Int64? {
    var earliest: Int64?
    for (kind, lane) in Self.salesforceLanes {
      let at = try database.statement(
        """
        SELECT next_try_at FROM salesforce_delivery
        WHERE state IN (1, 3) AND kind = ?1 AND lane = ?2 AND next_try_at > ?3
          AND (state = 1 OR sent_until IS NOT NULL)
        ORDER BY next_try_at LIMIT 1
        """
      ).first {
        $0.bind(1, kind.rawValue)
        $0.bind(2, lane.rawValue)
        $0.bind(3, moment)
      } read: {
        $0.integer(0)
      }
      if let at { earliest = min(earliest ?? at, at) }
    }
    return earliest
  }

  static let salesforceLanes = SalesforceDeliveryKind.allCases.flatMap { kind in
    Lane.allCases.map { (kind, $0) }
  }

  /// What was being sent when the last run ended, and what has an unknown outcome since longer.
  package func sendingAtStart() throws(SQLError) -> [SalesforceDelivery] {
    try salesforceDeliveries(
      "SELECT \(Self.salesforceColumns) FROM salesforce_delivery WHERE state = 3 ORDER BY id"
    ) { _ in }
  }

  // MARK: Before the call

  /// Marks a delivery as handed to Salesforce; commit it before the call (L6).
  ///
  /// `sentAfter` is a moment of Salesforce's clock before the call, in milliseconds UTC. False means that
  /// nothing may be sent: the delivery is gone or changed since it was read, or another of its
  /// order, or another lead of its person, is being sent.
  package func markSending(
    _ delivery: SalesforceDelivery, sentAfter: Int64?, payload: String? = nil,
    orderKey: String? = nil
  ) throws(SQLError) -> Bool {
    try database.statement(
      """
      UPDATE salesforce_delivery AS d SET state = 3, sent_after = ?3, sent_until = NULL,
        payload = coalesce(?4, payload), order_key = ?5
      WHERE id = ?1 AND generation = ?2 AND state IN (1, 3) AND NOT EXISTS(
        SELECT 1 FROM salesforce_delivery AS o
        WHERE o.state IN (1, 3) AND o.kind = d.kind AND o.order_key = ?5 AND o.id <> ?1
          AND o.state = 3)
        AND \(Self.isAloneForPerson)
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, delivery.generation)
      $0.bind(3, sentAfter)
      $0.bind(4, payload)
      $0.bind(5, orderKey ?? delivery.orderKey)
    }
    return database.changes > 0
  }

  /// Puts a delivery into another order, such as that of the e-mail address that its person has now.
  package func reorder(
    _ delivery: SalesforceDelivery, orderKey: String
  ) throws(SQLError) {
    try database.statement("UPDATE salesforce_delivery SET order_key = ?2 WHERE id = ?1").run {
      $0.bind(1, delivery.id)
      $0.bind(2, orderKey)
    }
  }

  // MARK: After the call

  /// The answer was lost, unreadable or a 500: the delivery stays `sending`, and is looked up from
  /// `next` on.
  ///
  /// `sentUntil` is a moment of Salesforce's clock after the call; a first one is kept.
  package func markUnknown(
    _ delivery: SalesforceDelivery, sentUntil: Int64, failedAt now: Int64? = nil,
    until next: Int64 = 0
  ) throws(SQLError) {
    if now != nil { totals.count(.postponed, of: delivery.kind) }
    try database.statement(
      """
      UPDATE salesforce_delivery SET sent_until = coalesce(sent_until, ?2),
        attempts = attempts + (?3 IS NOT NULL), first_failed_at = coalesce(first_failed_at, ?3),
        next_try_at = ?4
      WHERE id = ?1 AND state = 3
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, sentUntil)
      $0.bind(3, now)
      $0.bind(4, next)
    }
  }

  /// Tries a delivery again later: one that was surely not taken goes back to the queue, one whose outcome is
  /// unknown is looked up again.
  package func postpone(
    _ delivery: SalesforceDelivery, failedAt now: Int64, until next: Int64
  ) throws(SQLError) {
    totals.count(.postponed, of: delivery.kind)
    try database.statement(
      """
      UPDATE salesforce_delivery SET attempts = attempts + 1,
        first_failed_at = coalesce(first_failed_at, ?2), next_try_at = ?3,
        sent_after = iif(state = 3 AND sent_until IS NULL, NULL, sent_after),
        state = iif(state = 3 AND sent_until IS NULL, 1, state)
      WHERE id = ?1
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, now)
      $0.bind(3, next)
    }
  }

  /// Sets a refused delivery aside; `payload` is what was refused, where it is not what was owed.
  ///
  /// One that changed in flight goes back to the queue instead.
  package func park(
    _ delivery: SalesforceDelivery, payload: String? = nil
  ) throws(SQLError) {
    totals.count(.parked, of: delivery.kind)
    try database.statement(
      """
      UPDATE salesforce_delivery SET state = 2, attempts = attempts + 1, sent_after = NULL,
        sent_until = NULL, payload = coalesce(?3, payload)
      WHERE id = ?1 AND generation = ?2
      """
    ).run {
      $0.bind(1, delivery.id)
      $0.bind(2, delivery.generation)
      $0.bind(3, payload)
    }
    if database.changes == 0 { try queueAgain(delivery) }
  }

  /// Ends a delivery, unless a change arrived while it was in flight: then it goes again.
  ///
  /// False when it was no longer there.
  @discardableResult
  package func settle(_ delivery: SalesforceDelivery) throws(SQLError) -> Bool {
    try database.statement("DELETE FROM salesforce_delivery WHERE id = ? AND generation = ?").run {
      $0.bind(1, delivery.id)
      $0.bind(2, delivery.generation)
    }
    guard database.changes == 0 else {
      totals.count(.settled, of: delivery.kind)
      return true
    }
    return try queueAgain(delivery)
  }

  @discardableResult
  private func queueAgain(_ delivery: SalesforceDelivery) throws(SQLError) -> Bool {
    try database.statement(
      """
      UPDATE salesforce_delivery SET state = iif(state = 3, 1, state), attempts = 0,
        first_failed_at = NULL, next_try_at = 0, sent_after = NULL, sent_until = NULL
      WHERE id = ?1
      """
    ).run { $0.bind(1, delivery.id) }
    return database.changes > 0
  }

  /// Ends a delivery, whatever came to wait in it meanwhile.
  package func remove(_ delivery: SalesforceDelivery) throws(SQLError) {
    totals.count(.settled, of: delivery.kind)
    try database.statement("DELETE FROM salesforce_delivery WHERE id = ?").run {
      $0.bind(1, delivery.id)
    }
  }

  // MARK: By others

  /// As ``recallTries(after:to:)``, to Salesforce; the moments of its own clock stay.
  func recallTriesToSalesforce(after latest: Int64, to now: Int64) throws(SQLError) {
    for (kind, lane) in Self.salesforceLanes {
      try database.statement(
        """
        UPDATE salesforce_delivery SET next_try_at = ?1
        WHERE state IN (1, 3) AND kind = ?2 AND lane = ?3 AND next_try_at > ?4
        """
      ).run {
        $0.bind(1, now)
        $0.bind(2, kind.rawValue)
        $0.bind(3, lane.rawValue)
        $0.bind(4, latest)
      }
    }
  }

  /// As ``hurry()``, to Salesforce; what has an unknown outcome is looked up now.
  func hurryToSalesforce() throws(SQLError) {
    for (kind, lane) in Self.salesforceLanes {
      try database.statement(
        """
        UPDATE salesforce_delivery SET next_try_at = 0
        WHERE state IN (1, 3) AND kind = ?1 AND lane = ?2 AND next_try_at > 0
        """
      ).run {
        $0.bind(1, kind.rawValue)
        $0.bind(2, lane.rawValue)
      }
    }
  }

  /// Puts parked deliveries back in the queue: all of them, or one person's.
  @discardableResult
  package func unparkSalesforce(person personID: String?, lane: Lane) throws(SQLError) -> Int64 {
    let condition = personID == nil ? "" : "AND person_id = ?1"
    try database.statement(
      """
      UPDATE salesforce_delivery SET state = 1, attempts = 0, first_failed_at = NULL,
        next_try_at = 0, lane = min(lane, ?2), generation = generation + 1
      WHERE state = 2 \(condition)
      """
    ).run {
      if let personID { $0.bind(1, personID) }
      $0.bind(2, lane.rawValue)
    }
    return database.changes
  }

  /// Ends a lead that a person is not owed any more, of one cause or of any; true when there was one.
  ///
  /// One that is being sent stays, since its outcome counts (L1, L6).
  @discardableResult
  package func disownLead(of personID: String, cause: String? = nil) throws(SQLError) -> Bool {
    try database.statement(
      """
      DELETE FROM salesforce_delivery
      WHERE person_id = ?1 AND kind = 0 AND state <> 3 AND (?2 IS NULL OR cause = ?2)
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, cause)
    }
    return database.changes > 0
  }

  /// Ends the fields that a person owes to one lead or to any; true when there were some.
  @discardableResult
  package func disownFields(
    of personID: String, to recordID: String? = nil
  ) throws(SQLError) -> Bool {
    try database.statement(
      """
      DELETE FROM salesforce_delivery
      WHERE person_id = ?1 AND kind = 1 AND (?2 IS NULL OR record_id = ?2)
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
    }
    return database.changes > 0
  }
}
