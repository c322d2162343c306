import HTTP

extension SalesforceSimulator {
  /// `/limits` and `/limits/recordCount`.
  func limits(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response {
    if rest.first == "recordCount" { return recordCount(call) }
    guard rest.isEmpty else { throw .notFound }
    func entry(_ most: Int, _ used: Int = 0) -> OrgJSON {
      ["Max": OrgJSON(most), "Remaining": OrgJSON(max(0, most - used))]
    }
    return .json([
      "ConcurrentAsyncGetReportInstances": entry(200),
      "DailyApiRequests": entry(settings.dailyLimit, usage.used(at: clock.now)),
      "DailyAsyncApexExecutions": entry(250_000), "DailyBulkApiBatches": entry(15_000),
      "DailyBulkV2QueryFileStorageMB": entry(976_562),
      "DailyBulkV2QueryJobs": entry(settings.bulk.jobsPerDay, jobsToday),
      "DataStorageMB": entry(10_240, 512), "FileStorageMB": entry(10_240),
      "HourlyTimeBasedWorkflow": entry(1000), "SingleEmail": entry(5000),
    ])
  }

  private func recordCount(_ call: OrgCall) -> Response {
    let wanted = call.query["sObjects"]?.split(separator: ",").map(String.init)
    let counts = org.tables.filter {
      wanted?.contains($0.schema.name) ?? true && scope.table($0.schema.name) != nil
    }.map { table -> OrgJSON in
      [
        "count": OrgJSON(table.rows.count { !$0.isDeleted && !$0.isPurged }),
        "name": .string(table.schema.name),
      ]
    }
    return .json(["sObjects": .array(counts)])
  }
}
