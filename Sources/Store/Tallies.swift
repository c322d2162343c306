package import SyncCore

/// One line of the queue in figures.
package struct QueueTally: Sendable, Equatable {
  package var side: Side
  package var lane: Lane
  /// Waiting or being sent.
  package var pending: Int64 = 0
  /// Planned by a cycle that has not passed the guard.
  package var held: Int64 = 0
  package var parked: Int64 = 0
}

/// How many entries of the register are alike.
package struct ErrorTally: Sendable, Equatable {
  package var code: String
  package var kind: Meaning.Kind
  package var state: RegisterEntry.State
  package var count: Int64
}

/// Figures that are read as they stand, whatever the size of what they count.
extension Store {
  /// One entry a side and lane, empty ones too.
  package func queueTallies() throws(SQLError) -> [QueueTally] {
    try queueTallies("delivery_tally", of: .intercom)
      + queueTallies("salesforce_delivery_tally", of: .salesforce)
  }

  private func queueTallies(
    _ table: String, of side: Side
  ) throws(SQLError) -> [QueueTally] {
    var tallies = Lane.allCases.map { QueueTally(side: side, lane: $0) }
    try database.statement("SELECT lane, state, count FROM \(table)").rows(each: { row in
      let lane = Int(row.integer(0))
      guard tallies.indices.contains(lane) else { return }
      switch SalesforceDeliveryState(rawValue: row.integer(1)) {
      case .held: tallies[lane].held += row.integer(2)
      case .parked: tallies[lane].parked += row.integer(2)
      case .waiting, .sending: tallies[lane].pending += row.integer(2)
      case nil: break
      }
    })
    return tallies
  }

  // MARK: Errors

  /// The entries that are not closed, by code and state.
  package func errorTallies() throws(SQLError) -> [ErrorTally] {
    var tallies: [ErrorTally] = []
    try database.statement(
      "SELECT code, kind, state, count FROM error_tally WHERE count > 0 ORDER BY code, kind, state"
    ).rows(each: {
      tallies.append(
        ErrorTally(
          code: $0.text(0), kind: Meaning.Kind(rawValue: $0.text(1)) ?? .refused,
          state: RegisterEntry.State(rawValue: $0.text(2)) ?? .open, count: $0.integer(3)))
    })
    return tallies
  }

  /// Counts the register once, and from then on as it changes.
  ///
  /// The tally belongs to this connection, which is the only one that writes: nothing of it is in
  /// the file.
  func beginErrorTally() throws(SQLError) {
    try database.execute(
      """
      CREATE TEMP TABLE error_tally(
        code TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY(code, kind, state)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO error_tally
        SELECT code, kind, state, count(*) FROM error WHERE closed_at IS NULL GROUP BY 1, 2, 3;
      CREATE TEMP TRIGGER error_added AFTER INSERT ON main.error
      WHEN new.closed_at IS NULL BEGIN \(Self.countNew) END;
      CREATE TEMP TRIGGER error_removed AFTER DELETE ON main.error
      WHEN old.closed_at IS NULL BEGIN \(Self.uncountOld) END;
      CREATE TEMP TRIGGER error_closed AFTER UPDATE OF closed_at ON main.error
      WHEN old.closed_at IS NULL AND new.closed_at IS NOT NULL BEGIN \(Self.uncountOld) END;
      CREATE TEMP TRIGGER error_moved AFTER UPDATE OF state, kind ON main.error
      WHEN new.closed_at IS NULL AND (new.state <> old.state OR new.kind <> old.kind)
      BEGIN \(Self.uncountOld) \(Self.countNew) END;
      """)
  }

  private static let countNew = """
    INSERT INTO error_tally VALUES(new.code, new.kind, new.state, 1)
      ON CONFLICT(code, kind, state) DO UPDATE SET count = count + 1;
    """

  private static let uncountOld = """
    UPDATE error_tally SET count = count - 1
      WHERE code = old.code AND kind = old.kind AND state = old.state;
    """
}
