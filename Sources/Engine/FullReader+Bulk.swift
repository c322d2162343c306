import EventLoop
import Salesforce
import Store
import SyncCore
import Wire

/// Exports of whole streams by Bulk API 2.0 (I1).
@EventLoop extension FullReader {
  private static let bulkPollMilliseconds: ClosedRange<Int64> = 500...10_000
  /// Few calls for a million rows, and little to repeat after a broken connection.
  private static let bulkRowsMax = 50_000

  func readByBulk(_ stream: Stream) async throws {
    let job = try await bulkJob(for: stream)
    let rows = try await finished(job)
    var isLast = false
    while !isLast {
      // From the first page on, even where an earlier reading of it was counted already.
      let before = state.bulkLocator == nil ? 0 : state.read[stream.rawValue] ?? 0
      let sink = bulkSink(stream)
      let page = try await parts.salesforce.bulkPage(
        job, locator: state.bulkLocator, maxRecords: Self.bulkRowsMax, into: sink)
      isLast = page.next == nil
      try parts.store.transaction {
        try save {
          $0.bulkLocator = page.next
          $0.read[stream.rawValue] = before + page.rows
        }
      }
      try await between(state)
    }
    guard state.read[stream.rawValue] ?? 0 >= rows else {
      try forgetJob()
      throw Failure(
        .salesforce, SalesforceMeaning.bulkFailed, attempt: "read the export of \(stream.rawValue)",
        answer: "the pages held fewer rows than the job")
    }
    // The results would be kept for a week; failing to delete them harms nobody.
    try? await parts.salesforce.deleteBulk(job)
  }

  private func bulkJob(for stream: Stream) async throws -> BulkJob {
    if let job = state.bulkJob, job.stream == stream { return job }
    let job = try await parts.salesforce.startBulk(stream, changedSince: nil)
    try parts.store.transaction {
      try save {
        $0.bulkJob = job
        $0.bulkLocator = nil
        $0.read[stream.rawValue] = 0
      }
    }
    return job
  }

  private func finished(_ job: BulkJob) async throws -> Int {
    var wait = Self.bulkPollMilliseconds.lowerBound
    while true {
      switch try await stateOf(job) {
      case .complete(let rows): return rows
      case .failed(let message):
        try forgetJob()
        throw Failure(
          .salesforce, SalesforceMeaning.bulkFailed,
          attempt: "export \(job.stream.rawValue)", answer: message)
      case .running:
        try await between(state)
        try await parts.clock.sleep(milliseconds: wait)
        wait = min(wait * 2, Self.bulkPollMilliseconds.upperBound)
      }
    }
  }

  private func stateOf(_ job: BulkJob) async throws -> BulkState {
    do throws(Failure) {
      return try await parts.salesforce.bulkState(job)
    } catch {
      guard error.meaning == SalesforceMeaning.deleted else { throw error }
      // Kept for seven days only: a read that slept longer begins this stream anew.
      try forgetJob()
      throw Failure(
        .salesforce, SalesforceMeaning.bulkFailed, attempt: error.attempt, answer: error.answer,
        status: error.status)
    }
  }

  private func forgetJob() throws {
    try parts.store.transaction {
      try save {
        $0.bulkJob = nil
        $0.bulkLocator = nil
      }
    }
  }

  private func bulkSink(_ stream: Stream) -> PageSink {
    let store = parts.store
    let state = state
    let kind = kind
    return PageSink(columns: StreamComparison.columns(of: stream)) { batch in
      try store.lazyTransaction {
        let comparison = try StreamComparison(
          store, stream, kind: kind, cycle: state.cycle, sweep: state.sweep,
          startedAt: state.startedAt)
        try batch.forEach { try comparison.compare($0) }
      }
    }
  }
}
