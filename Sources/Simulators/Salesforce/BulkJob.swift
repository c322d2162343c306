extension SalesforceSimulator {
  /// One Bulk API 2.0 query job with the rows as they were when it was made.
  struct BulkJob {
    enum Ending: Equatable {
      case aborted
      case failed(String)
    }

    var id: String
    var operation: String
    var object: String
    var version: String
    var lineEnding: String
    var delimiter: String
    var createdAt: Int64
    var createdBy: String
    var plan: SOQLPlan
    /// The rows of the whole table then; those that answer are named by `found`.
    var rows: [OrgRow]
    var found: [UInt32]
    var startsAt: Int64
    var endsAt: Int64
    var ending: Ending?
    var isDeleted = false

    func state(at now: Int64) -> String {
      switch ending {
      case .aborted: return "Aborted"
      case .failed where now >= endsAt: return "Failed"
      default: break
      }
      if now >= endsAt { return "JobComplete" }
      return now >= startsAt ? "InProgress" : "UploadComplete"
    }

    func isOver(at now: Int64) -> Bool {
      ["JobComplete", "Failed", "Aborted"].contains(state(at: now))
    }
  }
}
