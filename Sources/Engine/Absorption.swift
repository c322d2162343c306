import EventLoop
import Salesforce
import Store
import SyncCore
import Wire

/// Takes rows that were looked up into the snapshot, and plans whom they concern (L3, L8).
@EventLoop struct Absorption {
  private let parts: EngineParts
  private let planner: Planner

  init(_ parts: EngineParts, planner: Planner) {
    self.parts = parts
    self.planner = planner
  }

  /// People planned in one slice of the loop.
  private static let slice = 100

  /// Compares the pages with the snapshot; the ids of their rows.
  ///
  /// Inside a transaction. What differs is a difference of `cycle`.
  func compare(_ pages: [Page], cycle: Int64) throws -> [String] {
    var ids: [String] = []
    for page in pages {
      let comparison = try StreamComparison(
        parts.store, page.stream, kind: .poll, cycle: cycle, sweep: 0)
      let sink = PageSink(columns: StreamComparison.columns(of: page.stream)) { batch in
        try batch.forEach { row in
          if let id = row.string(RecordColumn.id.rawValue) { ids.append(id) }
          try comparison.compare(row)
        }
      }
      try page.forEachRow(sink)
    }
    return ids
  }

  /// Plans what the cycle has compared, and lets it go at once: it is the affair of one address.
  ///
  /// While the guard has stopped a cycle, nobody is planned behind its back: what differs waits.
  func plan(_ cycle: Int64) async throws {
    let store = parts.store
    guard try store.get("guarded") == nil else { return }
    while try planner.planSlice(
      cycle: cycle, lane: .asked, limit: Self.slice, clock: parts.clock)
    {
      await EventLoop.nextTurn()
    }
    try store.transaction { try store.releaseHeld(cycle: cycle) }
  }

  /// Reads records by id and takes them in, with whatever they were merged or converted into; the
  /// live ones at the ends of these chains.
  ///
  /// With `confirmsMissing` an id that Salesforce does not know any more is taken for deleted (M6).
  @discardableResult
  func read(_ ids: [String], confirmsMissing: Bool = false) async throws -> [Record] {
    let store = parts.store
    var wanted = ids
    var live: [String: Record] = [:]
    let cycle = try store.transaction { try store.next("cycle") }
    for _ in 0..<4 where !wanted.isEmpty {
      let asked = wanted
      let pages = try await parts.salesforce.records(asked)
      try store.transaction {
        let found = Set(try compare(pages, cycle: cycle))
        for id in asked where confirmsMissing && !found.contains(id) {
          try store.markDeleted(record: id, cycle: cycle)
        }
      }
      wanted = []
      for id in ids {
        guard let record = try store.record(id) else { continue }
        let end = try Succession.follow(record) { try store.record($0) }
        if let record = end.record { live[record.id] = record }
        if end.isOpen, let next = try missing(after: record) { wanted.append(next) }
      }
    }
    try await plan(cycle)
    return live.values.sorted { $0.id < $1.id }
  }

  /// The first record of a chain that the snapshot does not hold.
  private func missing(after record: Record) throws -> String? {
    var current = record
    for _ in 0..<Succession.hopsMax {
      let next = current.isDeleted ? current.masterRecordID : current.convertedContactID
      guard let next else { return nil }
      guard let found = try parts.store.record(next) else { return next }
      current = found
    }
    return nil
  }
}
