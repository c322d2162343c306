import CSQLite

/// Makes the store as if nothing had ever been in it (O6).
extension Store {
  /// Removes every row but the single values that `keys` name, in one transaction, and gives the
  /// room in the file back.
  ///
  /// Throws ``SQLError`` when another program reads the store: the rows are gone then, and their
  /// bytes are when this is called again.
  package func empty(keeping keys: Set<String>) throws {
    // What is freed goes with its pages, so that zeros need not be written over all of it.
    try database.execute("PRAGMA secure_delete = OFF")
    defer { try? database.execute("PRAGMA secure_delete = ON") }
    try transaction {
      var kept: [String: String] = [:]
      for key in keys { kept[key] = try get(key) }
      // Without them a table is emptied page by page, and not row by row.
      let triggers = try schema("trigger")
      for trigger in triggers { try database.execute("DROP TRIGGER main.\(trigger.name)") }
      for table in try schema("table") { try database.execute("DELETE FROM main.\(table.name)") }
      try database.execute("DELETE FROM sqlite_sequence")
      for trigger in triggers { try database.execute(trigger.sql) }
      for (key, value) in kept { try set(key, value) }
    }
    watchEpoch = 0
    try loadMapping()
    try database.vacuum(alive: onLongWork)
    guard try truncateLog() else {
      throw SQLError(
        code: SQLITE_BUSY, message: "another program is reading the store", statement: "checkpoint")
    }
  }

  /// Our tables or triggers, with the statements that make them.
  private func schema(_ type: String) throws(SQLError) -> [(name: String, sql: String)] {
    var found: [(name: String, sql: String)] = []
    try database.prepare(
      """
      SELECT name, sql FROM main.sqlite_schema
      WHERE type = ? AND name NOT GLOB 'sqlite_*' ORDER BY name
      """
    ).rows {
      $0.bind(1, type)
    } each: {
      found.append(($0.text(0), $0.text(1)))
    }
    return found
  }
}
