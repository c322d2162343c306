import HTTP

/// `getUpdated` and `getDeleted`: ids of a window, and how far it is safe to go on from.
extension SalesforceSimulator {
  private struct Window {
    var start: Int64
    var end: Int64
    /// Held back to the start of the oldest open transaction.
    var covered: Int64
  }

  private func window(_ call: OrgCall, days: Int64, _ table: OrgTable) throws(OrgError) -> Window {
    guard table.schema.isReplicateable else {
      throw OrgError("INVALID_TYPE", "Cannot replicate entity \(table.schema.name)")
    }
    guard let start = call.query["start"].flatMap(OrgTime.parse),
      let end = call.query["end"].flatMap(OrgTime.parse)
    else {
      throw OrgError("INVALID_REPLICATION_DATE", "start and end are required ISO 8601 dates")
    }
    // Seconds are ignored.
    let (first, last) = (start / 60_000 * 60_000, end / 60_000 * 60_000)
    guard first < last else {
      throw OrgError("INVALID_REPLICATION_DATE", "startDate should be before endDate")
    }
    guard first >= clock.now - days * OrgTime.day else {
      throw OrgError(
        "INVALID_REPLICATION_DATE", "startDate cannot be more than \(days) days ago")
    }
    let covered = min(last, org.coveredUntil / 60_000 * 60_000)
    return Window(start: first, end: last, covered: covered)
  }

  func updated(_ call: OrgCall, _ table: OrgTable) throws(OrgError) -> Response {
    let window = try window(call, days: 30, table)
    let ids = rows(table, window) { !$0.isDeleted }.map { OrgJSON.string(table.id($0)) }
    guard ids.count <= 600_000 else {
      throw OrgError("EXCEEDED_ID_LIMIT", "too many ids for one window")
    }
    return .json([
      "ids": .array(ids), "latestDateCovered": .string(OrgTime.string(window.covered)),
    ])
  }

  func deleted(_ call: OrgCall, _ table: OrgTable) throws(OrgError) -> Response {
    let window = try window(call, days: 15, table)
    guard window.end - window.start > 60_000 else {
      throw OrgError(
        "INVALID_REPLICATION_DATE", "The endDate must be more than one minute after startDate")
    }
    let deleted = rows(table, window) { $0.isDeleted }.map { row -> OrgJSON in
      [
        "id": .string(table.id(row)), "deletedDate": .string(OrgTime.string(row.stamp)),
      ]
    }
    let earliest = (clock.now - 15 * OrgTime.day) / 60_000 * 60_000
    return .json([
      "deletedRecords": .array(deleted),
      "earliestDateAvailable": .string(OrgTime.string(earliest)),
      "latestDateCovered": .string(OrgTime.string(window.covered)),
    ])
  }

  private func rows(
    _ table: OrgTable, _ window: Window, _ isWanted: (OrgRow) -> Bool
  ) -> [OrgRow] {
    table.rows.indices.compactMap { index in
      guard let row = table.visible(index, now: clock.now), isWanted(row),
        row.stamp >= window.start, row.stamp < window.end
      else { return nil }
      return row
    }
  }
}
