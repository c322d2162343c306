import CSQLite

/// The store in figures, for whoever helps.
extension Store {
  /// SQLite's version.
  package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  /// The schema that this release makes and reads.
  package static var schemaVersion: Int { Schema.migrations.count }

  /// Every table that grows, by the columns of its key.
  private static let keys: [(table: String, columns: [String])] = [
    ("record", ["id"]), ("owner", ["id"]), ("person", ["id"]), ("company", ["id"]),
    ("link", ["person_id"]), ("pin", ["person_id"]), ("ambiguous", ["person_id"]),
    ("made_lead", ["person_id"]), ("rule_hold", ["person_id", "rule"]),
    ("field_base", ["person_id", "record_id"]), ("conversation", ["id"]),
    ("conversation_again", ["conversation_id", "person_id"]),
    ("logged_part", ["part_id", "record_id"]), ("event_second", ["person_id", "kind"]),
    ("record_difference", ["record_id"]), ("person_difference", ["person_id"]),
    ("owner_difference", ["owner_id"]), ("delivery", ["id"]), ("salesforce_delivery", ["id"]),
    ("error", ["id"]), ("history", ["id"]),
  ]

  private static let countedRows = 2_000

  /// How many rows each table has, counted slice by slice with `pause` between.
  package func tableCounts(pause: () async -> Void) async throws -> [(table: String, rows: Int)] {
    var counts: [(table: String, rows: Int)] = []
    for (table, columns) in Self.keys {
      var rows = 0
      // Sorts before every id of either side and every number of ours.
      var last = columns.map { _ in "-1" }
      while let slice = try count(table, columns, after: last) {
        rows += slice.rows
        last = slice.last
        await pause()
      }
      counts.append((table, rows))
    }
    return counts
  }

  private func count(
    _ table: String, _ columns: [String], after: [String]
  ) throws(SQLError) -> (rows: Int, last: [String])? {
    let names = columns.joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    var rows = 0
    var last = after
    try database.prepare(
      """
      SELECT \(names) FROM \(table) WHERE (\(names)) > (\(marks)) ORDER BY \(names)
      LIMIT \(Self.countedRows)
      """
    ).rows {
      for (index, value) in after.enumerated() { $0.bind(Int32(index + 1), value) }
    } each: { row in
      rows += 1
      last = columns.indices.map { row.text(Int32($0)) }
    }
    return rows == 0 ? nil : (rows, last)
  }

  /// Deliveries by outbox, kind and state, all as the schema numbers them; slice by slice.
  package func outboxKinds(
    pause: () async -> Void
  ) async throws -> [(isToSalesforce: Bool, kind: Int64, state: Int64, rows: Int)] {
    var found: [(isToSalesforce: Bool, kind: Int64, state: Int64, rows: Int)] = []
    for (table, isToSalesforce) in [("delivery", false), ("salesforce_delivery", true)] {
      var counts: [Int64: Int] = [:]
      var last: Int64 = -1
      while let end = try tally(table, after: last, into: &counts) {
        last = end
        await pause()
      }
      for (key, rows) in counts.sorted(by: { $0.key < $1.key }) {
        found.append((isToSalesforce, key / 16, key % 16, rows))
      }
    }
    return found
  }

  private func tally(
    _ table: String, after id: Int64, into counts: inout [Int64: Int]
  ) throws(SQLError) -> Int64? {
    var last: Int64?
    var slice: [Int64: Int] = [:]
    try database.prepare(
      "SELECT id, kind * 16 + state FROM \(table) WHERE id > ? ORDER BY id LIMIT \(Self.countedRows)"
    ).rows {
      $0.bind(1, id)
    } each: {
      last = $0.integer(0)
      slice[$0.integer(1), default: 0] += 1
    }
    counts.merge(slice, uniquingKeysWith: +)
    return last
  }
}
