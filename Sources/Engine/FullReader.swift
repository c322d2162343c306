import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore
import Wire

/// Reads both sides whole and compares them: the initial sync, the reconciliation, `sync --full`.
///
/// Where it stands is kept with every page, so that it goes on after a kill (I3).
@EventLoop final class FullReader {
  let parts: EngineParts
  private(set) var state: FullRead
  /// Called between pages: polls go on meanwhile, and progress is shown.
  let between: (FullRead) async throws -> Void

  init(
    _ parts: EngineParts, state: FullRead, between: @escaping (FullRead) async throws -> Void
  ) {
    self.parts = parts
    self.state = state
    self.between = between
  }

  var kind: ReadKind { state.isInitial ? .initial : .full }

  /// Changes the state and writes it down, within a transaction of the caller's.
  func save(_ change: (inout FullRead) -> Void) throws {
    var next = state
    change(&next)
    try next.save(parts.store)
    state = next
  }

  // MARK: Salesforce

  func readSalesforce() async throws {
    guard state.phase == .salesforce else { return }
    if state.counts.isEmpty { try await count() }
    while let stream = state.stream {
      try await read(stream)
      if stream.object != nil, !state.isInitial { try await sweep(stream) }
      let next = Stream.allCases.firstIndex(of: stream).map { $0 + 1 } ?? Stream.allCases.count
      try parts.store.transaction {
        try save {
          $0.stream = next < Stream.allCases.count ? Stream.allCases[next] : nil
          $0.afterID = nil
          $0.bulkJob = nil
          $0.bulkLocator = nil
          $0.sweepAfter = nil
        }
      }
    }
    try parts.store.transaction {
      // Polls go on from the moment at which this read began.
      for stream in Stream.allCases where try parts.store.cursor(stream.rawValue) == nil {
        try parts.store.setCursor(stream.rawValue, Cursor(since: state.startedAt))
      }
      try save { $0.phase = .intercom }
    }
  }

  /// One call: what there is, so that progress has a total and a short read is noticed.
  private func count() async throws {
    let counts = try await parts.salesforce.counts([.lead, .contact, .user, .group])
    try parts.store.transaction {
      try save { state in
        for (stream, count) in counts { state.counts[stream.rawValue] = count }
      }
    }
  }

  private func read(_ stream: Stream) async throws {
    let isMany = state.counts[stream.rawValue] ?? 0 > parts.settings.bulkAbove
    if isMany, !state.isBulkRefused {
      do {
        return try await readByBulk(stream)
      } catch let failure as Failure where failure.refusesBulk {
        // Out of quota, switched off, or not for this object: the same rows by REST (I1).
        try parts.store.transaction {
          try save {
            $0.isBulkRefused = true
            $0.bulkJob = nil
            $0.bulkLocator = nil
            $0.read[stream.rawValue] = 0
          }
        }
      }
    }
    try await readByREST(stream)
  }

  private func readByREST(_ stream: Stream) async throws {
    do {
      var page = try await parts.salesforce.page(
        of: stream, from: .everything(afterID: state.afterID))
      while true {
        try await commit(page)
        guard page.next != nil else { return }
        try await between(state)
        page = try await next(of: page)
      }
    } catch let failure as Failure where stream == .role && failure.meaning.kind != .passing {
      // UserRole wants a permission of its own; without it the owner's title stands in.
      return
    }
  }

  private func next(of page: Page) async throws -> Page {
    do throws(Failure) {
      return try await parts.salesforce.nextPage(of: page)
    } catch {
      guard error.meaning == SalesforceMeaning.locator else { throw error }
      return try await parts.salesforce.page(
        of: page.stream, from: .everything(afterID: state.afterID))
    }
  }

  private func commit(_ page: Page) async throws {
    let store = parts.store
    let comparison = try StreamComparison(
      store, page.stream, kind: kind, cycle: state.cycle, sweep: state.sweep,
      startedAt: state.startedAt)
    let slices = PageSlices(parts.clock, transaction: store.lazyTransaction)
    try await slices.compare(page, by: comparison) {
      try save {
        $0.afterID = page.lastKey?.id ?? $0.afterID
        $0.read[page.stream.rawValue, default: 0] += page.rows
      }
    }
  }

  // MARK: Vanished rows

  private static let sweepRows = 2000

  /// Takes for gone what a complete read did not see, once Salesforce confirms it by name (M6).
  private func sweep(_ stream: Stream) async throws {
    guard let object = stream.object else { return }
    guard state.isComplete(stream) else {
      try parts.store.transaction {
        _ = try parts.store.enter(
          Report(
            EngineMeaning.readIncomplete, what: "find the deleted rows of \(stream.rawValue)",
            subjectKey: "read:\(stream.rawValue)"), now: parts.clock.now)
      }
      return
    }
    while true {
      let unseen = try await unseen(object)
      guard !unseen.ids.isEmpty else { break }
      let answer = try await parts.salesforce.rows(of: object, ids: unseen.ids)
      try parts.store.transaction {
        let comparison = try RecordComparison(
          parts.store, kind: .full, cycle: state.cycle, sweep: state.sweep,
          startedAt: state.startedAt)
        let sink = PageSink(columns: RecordColumn.allCases.count) { batch in
          try batch.forEach { try comparison.compare($0) }
        }
        try answer.page.forEachRow(sink)
        for id in answer.missing {
          try parts.store.markDeleted(record: id, cycle: state.cycle)
        }
        try save { $0.sweepAfter = unseen.reached }
      }
      try await between(state)
      guard unseen.reached != nil else { break }
    }
    try parts.store.transaction {
      _ = try parts.store.closeErrors(subjectKey: "read:\(stream.rawValue)", at: parts.clock.now)
    }
  }

  /// The next of them, as many as one call takes; most records were seen, and are stepped over.
  private func unseen(_ object: RecordObject) async throws -> Unseen {
    var unseen = Unseen(ids: [], reached: state.sweepAfter ?? "")
    while let after = unseen.reached, unseen.ids.count < Self.sweepRows {
      let more = try parts.store.unseenRecords(
        object, sweep: state.sweep, before: state.startedAt, after: after,
        limit: Self.sweepRows - unseen.ids.count)
      unseen.ids += more.ids
      unseen.reached = more.reached
      await EventLoop.nextTurn()
    }
    return unseen
  }

  // MARK: A store from a backup

  private static let rebasePeople = 300

  /// Takes what both sides say as the base, once, before anybody is planned (O4).
  func rebase() async throws {
    guard state.isRestored == true, state.isRebased != true else { return }
    let store = parts.store
    var after = ""
    while let last = try store.lazyTransaction({
      try store.rebase(after: after, limit: Self.rebasePeople)
    }) {
      after = last
      try await between(state)
      await EventLoop.nextTurn()
    }
    try store.transaction { try save { $0.isRebased = true } }
  }

  // MARK: Walk

  /// People planned in one slice, if the time for it is not over sooner.
  private static let walkPeople = 300

  /// Plans what differs, then everybody: what drifted without a stamp is put right too.
  func match(_ planner: Planner) async throws {
    guard state.phase == .match else { return }
    let store = parts.store
    let lane = state.isInitial ? Lane.backfill : .fresh
    while try planner.planSlice(
      cycle: state.cycle, lane: lane, limit: Self.walkPeople, clock: parts.clock)
    {
      try await between(state)
      await EventLoop.nextTurn()
    }
    while true {
      let ids = try store.personIDs(after: state.walkedTo ?? "", limit: Self.walkPeople)
      guard !ids.isEmpty else { break }
      try store.lazyTransaction { try walk(ids, planner) }
      try await between(state)
      await EventLoop.nextTurn()
    }
  }

  /// Plans the first of them, as many as the loop has time for.
  private func walk(_ ids: [String], _ planner: Planner) throws {
    let budget = TurnBudget(parts.clock)
    var walked = 0
    for id in ids {
      try planner.plan(
        id, cycle: state.cycle, lane: .backfill, now: parts.clock.now, isWhole: true)
      walked += 1
      if budget.isSpent { break }
    }
    try save {
      $0.walkedTo = ids[walked - 1]
      $0.walked += walked
    }
  }
}
