import Intercom

/// What the first reading of everything will take, at most.
struct InitialEstimate {
  /// Leads and contacts.
  var records: [Int]
  var people: Int
  var bulkAbove: Int
  /// Intercom calls a second that are ours; nil when not known.
  var callsPerSecond: Double?

  /// REST reads 2,000 rows a call; Bulk 50,000, and some calls around its job.
  private var salesforceCalls: Int {
    let records = records.reduce(0) { sum, rows in
      sum + (rows > bulkAbove ? 10 + Self.pages(rows, 50_000) : Self.pages(rows, 2_000))
    }
    // Users, queues, roles, and the count.
    return records + 4
  }

  /// Every person may be linked, and gets one write then.
  private var intercomCalls: Int { Self.pages(people, IntercomClient.pageSize) + people }

  func result(callsLeft: Int?) -> CheckResult {
    let name = Check.initialName
    var text =
      "about \(CheckText.number(salesforceCalls)) Salesforce calls and at most "
      + "\(CheckText.number(intercomCalls)) Intercom calls"
    if let callsPerSecond, callsPerSecond > 0 {
      let minutes = max(1, Int((Double(intercomCalls) / callsPerSecond / 60).rounded(.up)))
      text += ", at most \(CheckText.number(minutes)) min"
    }
    guard let callsLeft, callsLeft < salesforceCalls else { return .good(name, text) }
    return .warning(
      name, "\(text); sfsync's share has \(CheckText.number(max(0, callsLeft))) calls left today",
      remedy: "Raise salesforce.daily_share for the first day, or begin when calls are free.")
  }

  private static func pages(_ rows: Int, _ size: Int) -> Int {
    max(1, rows / size + (rows.isMultiple(of: size) ? 0 : 1))
  }
}
