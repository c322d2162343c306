import SyncCore

/// What a cycle has planned and not let go yet (G1).
extension Store {
  /// How many held deliveries end a link or move it to another record or owner (G1).
  ///
  /// Those of the cycle `other`, a full read that is not through yet, are left out, here and below.
  package func heldMoves(except other: Int64?) throws(SQLError) -> Int64 {
    try countHeld("AND moves = 1", except: other)
  }

  /// How many held deliveries clear a person whose link has ended.
  package func heldEnds(except other: Int64?) throws(SQLError) -> Int64 {
    try countHeld(
      """
      AND moves = 1
        AND NOT EXISTS(SELECT 1 FROM link l WHERE l.person_id = delivery.person_id)
      """, except: other)
  }

  /// How many deliveries to either side are held.
  package func heldCount(except other: Int64?) throws(SQLError) -> Int64 {
    let toSalesforce = try database.statement(
      "SELECT count(*) FROM salesforce_delivery WHERE state = 0 AND cycle IS NOT ?1"
    ).first {
      $0.bind(1, other)
    } read: {
      $0.integer(0)
    }
    return try countHeld("", except: other) + (toSalesforce ?? 0)
  }

  private func countHeld(_ condition: String, except other: Int64?) throws(SQLError) -> Int64 {
    try database.statement(
      "SELECT count(*) FROM delivery WHERE state = 0 AND cycle IS NOT ?1 \(condition)"
    ).first {
      $0.bind(1, other)
    } read: {
      $0.integer(0)
    } ?? 0
  }

  /// Rows let go by one statement, whose undo log is held in memory.
  private static let releasedMax: Int64 = 5_000

  /// Lets held deliveries to either side go.
  package func releaseHeld(except other: Int64?) throws(SQLError) {
    for table in Self.outboxes {
      repeat {
        try database.statement(
          """
          UPDATE \(table) SET state = 1
          WHERE id IN (SELECT id FROM \(table) WHERE state = 0 AND cycle IS NOT ?1 LIMIT ?2)
          """
        ).run {
          $0.bind(1, other)
          $0.bind(2, Self.releasedMax)
        }
      } while database.changes == Self.releasedMax
    }
  }

  private static let outboxes = ["delivery", "salesforce_delivery"]

  /// Lets some of the held deliveries of `cycle` go; false when none was left.
  package func releaseSlice(cycle: Int64) throws(SQLError) -> Bool {
    for table in Self.outboxes {
      try database.statement(
        """
        UPDATE \(table) SET state = 1
        WHERE id IN (SELECT id FROM \(table) WHERE state = 0 AND cycle = ?1 LIMIT 2000)
        """
      ).run { $0.bind(1, cycle) }
      if database.changes > 0 { return true }
    }
    return false
  }

  /// Lets the held deliveries of one cycle go: a person asked for just these.
  package func releaseHeld(cycle: Int64) throws(SQLError) {
    for table in Self.outboxes {
      try database.statement("UPDATE \(table) SET state = 1 WHERE state = 0 AND cycle = ?").run {
        $0.bind(1, cycle)
      }
    }
  }

  /// A person's events that no cycle has let go yet.
  package func heldEvents(of personID: String) throws(SQLError) -> [Delivery] {
    var held: [Delivery] = []
    try database.statement(
      """
      SELECT \(Self.deliveryColumns) FROM delivery
      WHERE person_id = ? AND kind = 1 AND state = 0 ORDER BY id
      """
    ).rows {
      $0.bind(1, personID)
    } each: {
      held.append(Self.delivery($0))
    }
    return held
  }
}
