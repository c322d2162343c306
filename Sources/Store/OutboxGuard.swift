import SyncCore

/// What a cycle has planned and not let go yet (G1).
extension Store {
  /// How many held deliveries end a link or move it to another record or owner (G1).
  ///
  /// Those of the cycle `other`, a full read that is not through yet, are left out, here and below.
  package func heldMoves(except other: Int64?) throws(SQLError) -> Int64 {
    try countHeld("delivery", "AND moves > 0", except: other)
  }

  /// How many held deliveries clear a person whose link has ended.
  package func heldEnds(except other: Int64?) throws(SQLError) -> Int64 {
    try countHeld("delivery", "AND moves = 2", except: other)
  }

  /// How many deliveries to either side are held.
  package func heldCount(except other: Int64?) throws(SQLError) -> Int64 {
    try countHeld("delivery", "", except: other)
      + countHeld("salesforce_delivery", "", except: other)
  }

  /// The other cycle's rows, which may be everybody's, are stepped over and not looked at.
  private func countHeld(
    _ table: String, _ condition: String, except other: Int64?
  ) throws(SQLError) -> Int64 {
    var count: Int64 = 0
    for range in ["cycle < ?1", "cycle > ?1"] {
      count +=
        try database.statement(
          "SELECT count(*) FROM \(table) WHERE state = 0 AND \(range) \(condition)"
        ).first {
          $0.bind(1, other ?? -1)
        } read: {
          $0.integer(0)
        } ?? 0
    }
    return count
  }

  private static let outboxes = ["delivery", "salesforce_delivery"]

  // MARK: Letting go

  /// Where it is written down that what is held is let go, until the last of it is.
  static let releaseKey = "releasing"

  /// Decides that what the cycles up to `cycle` hold goes to either side; ``releaseNext()`` lets it.
  ///
  /// From this transaction on all of it goes, whatever becomes of the process, and nothing that is held
  /// later. Few rows go at once.
  package func release(upTo cycle: Int64, except other: Int64?) throws(SQLError) {
    try set(Self.releaseKey, "\(cycle) \(other ?? -1)")
    _ = try releaseNext()
  }

  /// Lets a slice of what was decided go; false when none was left.
  package func releaseNext() throws(SQLError) -> Bool {
    let parts = try get(Self.releaseKey)?.split(separator: " ").compactMap { Int64($0) }
    guard let parts, parts.count == 2 else { return false }
    var left = releasedMax
    for table in Self.outboxes {
      for range in ["cycle < min(?2, ?1 + 1)", "cycle > ?2 AND cycle <= ?1"] where left > 0 {
        left -= try release(table, range, parts[0], parts[1], limit: left)
      }
    }
    if left > 0 { try set(Self.releaseKey, nil) }
    return left == 0
  }

  private func release(
    _ table: String, _ range: String, _ cycle: Int64, _ other: Int64, limit: Int64
  ) throws(SQLError) -> Int64 {
    try database.statement(
      """
      UPDATE \(table) SET state = 1
      WHERE id IN (SELECT id FROM \(table) WHERE state = 0 AND \(range) LIMIT ?3)
      """
    ).run {
      $0.bind(1, cycle)
      $0.bind(2, other)
      $0.bind(3, limit)
    }
    return database.changes
  }

  /// Whether something that was decided to go is held still.
  package func isReleasing() throws(SQLError) -> Bool { try get(Self.releaseKey) != nil }

  /// Lets some of the held deliveries of `cycle` go; false when none was left.
  package func releaseSlice(cycle: Int64) throws(SQLError) -> Bool {
    for table in Self.outboxes {
      try database.statement(
        """
        UPDATE \(table) SET state = 1
        WHERE id IN (SELECT id FROM \(table) WHERE state = 0 AND cycle = ?1 LIMIT ?2)
        """
      ).run {
        $0.bind(1, cycle)
        $0.bind(2, releasedMax)
      }
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
