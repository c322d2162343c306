import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore
import Wire

/// Reads what changed on both sides since the last poll and compares it (S1).
@EventLoop final class PollReader {
  private let parts: EngineParts
  private let cycle: Int64
  private let isAsked: Bool
  private let isDeep: Bool
  private(set) var changed = 0
  /// Streams that did not answer although the poll did: UserRole wants a permission of its own.
  private(set) var failures: [Stream: Failure] = [:]

  /// Makes a reader; with `isDeep` people are read back to the cursor less the overlap, whatever
  /// is known.
  init(_ parts: EngineParts, cycle: Int64, isAsked: Bool, isDeep: Bool) {
    self.parts = parts
    self.cycle = cycle
    self.isAsked = isAsked
    self.isDeep = isDeep
  }

  // MARK: Salesforce

  /// One composite call, then the further pages of what changed more.
  func readSalesforce() async throws {
    var starts: [Stream: StreamStart] = [:]
    for stream in Stream.allCases {
      starts[stream] = .changes(since: try since(stream), after: nil)
    }
    let answer = try await parts.salesforce.poll(starts)
    failures = answer.failures
    for stream in Stream.allCases {
      guard let page = answer.pages[stream] else { continue }
      try await read(stream, from: page, serverTime: answer.serverTime)
      await EventLoop.nextTurn()
    }
  }

  /// The server's time up to which a stream is known, less the overlap: rows become visible late
  /// and bear an old stamp.
  private func since(_ stream: Stream) throws -> Int64 {
    guard let cursor = try parts.store.cursor(stream.rawValue) else { return 0 }
    let reached = min(cursor.since, cursor.after?.modifiedAt ?? cursor.since)
    return max(0, reached - parts.settings.overlap)
  }

  private func read(_ stream: Stream, from first: Page, serverTime: Int64) async throws {
    let before = try parts.store.cursor(stream.rawValue)?.since ?? 0
    var page = first
    while true {
      let isLast = page.next == nil
      // While pages are left, the cursor says only how far they were read.
      let cursor =
        isLast
        ? Cursor(since: serverTime)
        : Cursor(since: max(before, page.lastKey?.modifiedAt ?? before), after: page.lastKey)
      try await compare(page, then: cursor)
      if isLast { return }
      page = try await next(of: page, stream)
      await EventLoop.nextTurn()
    }
  }

  private func next(of page: Page, _ stream: Stream) async throws -> Page {
    do throws(Failure) {
      return try await parts.salesforce.nextPage(of: page)
    } catch {
      // Cursors die with their session: go on from the last committed key.
      guard error.meaning == SalesforceMeaning.locator, let key = page.lastKey else { throw error }
      return try await parts.salesforce.page(
        of: stream, from: .changes(since: key.modifiedAt, after: key))
    }
  }

  /// The rows, and with the last of them the cursor that says that they were read (O1).
  private func compare(_ page: Page, then cursor: Cursor) async throws {
    let store = parts.store
    let comparison = try StreamComparison(store, page.stream, kind: .poll, cycle: cycle, sweep: 0)
    defer { changed += comparison.changed }
    try await PageSlices(parts.clock, transaction: store.transaction).compare(page, by: comparison)
    {
      try store.setCursor(page.stream.rawValue, cursor)
    }
  }

  /// Says in the register which streams do not answer, and closes what it said of the others.
  func noteFailures() throws {
    let store = parts.store
    try store.transaction {
      for stream in Stream.allCases {
        let subject = "stream:\(stream.rawValue)"
        if let failure = failures[stream] {
          guard failure.meaning.kind != .passing else { continue }
          try store.enter(Report(failure, subjectKey: subject), now: parts.clock.now)
        } else {
          try store.closeErrors(subjectKey: subject, at: parts.clock.now)
        }
      }
    }
  }

  // MARK: Intercom

  /// The name of the people's cursor.
  static let people = "people"

  /// Newest first, until the cursor less the overlap is reached.
  ///
  /// Our own writes come back here, by the thousand after an initial sync, so a shallow read stops
  /// at the first page on which everything is known. The index lags, so what changed earlier may
  /// appear below such a page: a deep read, which alone moves the cursor, finds it.
  func readPeople() async throws {
    let store = parts.store
    let cursor = try store.cursor(Self.people)?.since ?? 0
    let until = max(0, cursor - parts.settings.overlap)
    var newest = cursor
    var next: String?
    let parked = try store.peopleParkedForSalesforce()
    repeat {
      let page = try await parts.pace.call(isAsked: isAsked) {
        try await parts.intercom.search(updatedSince: until, startingAfter: next)
      }
      let isNews = try store.transaction {
        let comparison = try PersonComparison(store, kind: .poll, cycle: cycle, sweep: 0)
        var isNews = false
        let sink = PageSink(columns: PersonColumn.allCases.count) { batch in
          try batch.forEach { row in
            let isLater = try !parked.isEmpty && self.isLater(row, of: parked)
            newest = max(newest, row.integer(PersonColumn.updatedAt.rawValue) ?? 0)
            let isOther = try comparison.compare(row) != .same
            if isOther { isNews = true }
            if isLater || isOther, !parked.isEmpty { try self.unpark(row, of: parked) }
          }
        }
        try page.forEachRow(sink)
        changed += comparison.changed
        return isNews
      }
      next = page.next
      if let oldest = page.oldestUpdatedAt, oldest < until { break }
      if !isDeep, !isNews { return }
      await EventLoop.nextTurn()
    } while next != nil
    if isDeep { try store.transaction { try store.setCursor(Self.people, Cursor(since: newest)) } }
  }

  /// Whether a person of whom something was refused has changed, watched or not; seconds are all
  /// that Intercom tells.
  private func isLater(_ row: borrowing RowBuffer, of parked: Set<String>) throws -> Bool {
    guard let id = row.string(PersonColumn.id.rawValue), parked.contains(id),
      let stamp = row.integer(PersonColumn.updatedAt.rawValue),
      let known = try parts.store.person(id)
    else { return false }
    return known.updatedAt < stamp
  }

  /// What Salesforce refused of a person may do once the person has changed (E2).
  private func unpark(_ row: borrowing RowBuffer, of parked: Set<String>) throws {
    guard let id = row.string(PersonColumn.id.rawValue), parked.contains(id) else { return }
    try parts.store.unparkSalesforce(person: id, lane: isAsked ? .asked : .fresh)
  }
}
