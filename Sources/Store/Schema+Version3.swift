extension Schema {
  /// What is held is counted and let go by its cycle; `state` is in the index for SQLite's sake, which
  /// looks into the row for it otherwise.
  static let version3 = """
    -- moves: 1 the link goes to another record or owner, 2 it ends.
    DROP INDEX delivery_held;
    CREATE INDEX delivery_held ON delivery(cycle, moves, state) WHERE state = 0;
    """
}
