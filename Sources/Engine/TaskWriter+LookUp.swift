import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore

/// Finding out whether a task is there: after an answer that was lost, and for a store that was
/// built anew (T4, O4).
@EventLoop extension TaskWriter {
  /// A transaction may become visible that long after its call ended (L6).
  private static let lateMilliseconds: Int64 = 660_000
  /// What Salesforce's clock may differ by, and what its answers cut off.
  private static let marginMilliseconds: Int64 = 60_000
  /// Salesforce's and Intercom's clocks are not one.
  private static let skewMilliseconds: Int64 = 3_600_000

  // MARK: Unknown outcomes

  /// Those of `items` that were surely not made; the others are settled, or looked up again later.
  func absent(_ items: [Item]) async throws -> [Item] {
    // Asked before the look-up: what is committed by then, the look-up sees.
    let covered = try await coveredTime(items)
    let found = try await found(items)
    let absent = items.filter { found[$0.delivery.id] == nil }
    let ready = absent.filter { isSurelyNotMade($0, covered) }
    let waiting = absent.filter { !isSurelyNotMade($0, covered) }
    try await desk.settlements.commit { [self] in
      try desk.answered()
      for var item in items {
        guard let taskID = found[item.delivery.id] else { continue }
        item.whoID = try successor(of: item.recordID) ?? item.recordID
        try made(item, taskID, isNew: true)
      }
      for item in waiting {
        try store.postpone(
          item.delivery, failedAt: desk.clock.now, until: desk.nextTry(of: item.delivery))
      }
    }
    return ready
  }

  /// The tasks that are there, by delivery: through the field where they were sent with it.
  private func found(_ items: [Item]) async throws -> [Int64: String] {
    var found: [Int64: String] = [:]
    let named = items.filter(isNamed)
    if let field = desk.settings.tasks.externalIDField, !named.isEmpty {
      found = try await tasks(of: named, field: field)
    }
    let others = items.filter { !isNamed($0) }
    guard !others.isEmpty else { return found }
    // Tasks move with conversions and merges that are not read yet.
    try await absorption.read(Array(Set(others.map(\.recordID))), confirmsMissing: true)
    let marked = try await tasks(
      of: others, since: others.compactMap(\.delivery.sentAfter).min() ?? 0)
    return found.merging(marked) { named, _ in named }
  }

  /// Whether it was sent with the field that is configured now.
  private func isNamed(_ item: Item) -> Bool {
    guard let field = desk.settings.tasks.externalIDField else { return false }
    return item.payload.sentField == field
  }

  /// How far Salesforce's answers can be believed.
  private struct Covered {
    /// Everything that was begun before is visible.
    var until: Int64
    var now: Int64
    /// The external id's field itself refuses a second one, whatever commits late.
    var isUnique = false
  }

  /// What Salesforce says about late commits, where it can matter already.
  private func coveredTime(_ items: [Item]) async throws -> Covered {
    let salesforce = desk.parts.salesforce
    var isUnique = false
    if let field = desk.settings.tasks.externalIDField, items.contains(where: isNamed) {
      isUnique = try await salesforce.describe(.task).field(field)?.isUnique == true
    }
    let items = isUnique ? items.filter { !isNamed($0) } : items
    let now = desk.parts.salesforceNow ?? 0
    guard let first = items.compactMap(\.delivery.sentUntil).min(),
      now > first + Self.marginMilliseconds
    else { return Covered(until: .min, now: now, isUnique: isUnique) }
    let from = items.compactMap(\.delivery.sentAfter).min() ?? first
    do throws(Failure) {
      let until = try await salesforce.latestDateCovered(.task, from: from, to: now)
      return Covered(until: until, now: now, isUnique: isUnique)
    } catch {
      // Without it time alone tells.
      guard error.meaning.kind == .refused else { throw error }
      return Covered(until: .min, now: now, isUnique: isUnique)
    }
  }

  private func isSurelyNotMade(_ item: Item, _ covered: Covered) -> Bool {
    if covered.isUnique, isNamed(item) { return true }
    guard let sentUntil = item.delivery.sentUntil else { return false }
    return covered.until > sentUntil + Self.marginMilliseconds
      || covered.now > sentUntil + Self.lateMilliseconds
  }

  // MARK: Looking up

  /// The tasks that are there, by delivery, through the external id.
  private func tasks(of items: [Item], field: String) async throws -> [Int64: String] {
    let found = try await desk.parts.salesforce.findTasks(
      externalIDField: field, values: items.map { externalID(of: $0) })
    var tasks: [Int64: String] = [:]
    for item in items { tasks[item.delivery.id] = found[externalID(of: item)] }
    return tasks
  }

  /// The tasks that are there, by delivery, through the marker in the description.
  private func tasks(of items: [Item], since: Int64) async throws -> [Int64: String] {
    let found = try await foundTasks(of: items, since: since - Self.marginMilliseconds)
    var tasks: [Int64: String] = [:]
    for item in items {
      let records = try Set(chain(of: item))
      tasks[item.delivery.id] =
        found.first { task in
          task.whoID.map(records.contains) == true
            && TaskText.hasMarker(task.description ?? "", part: item.payload.keyPart)
        }?.id
    }
    return tasks
  }

  private func foundTasks(of items: [Item], since: Int64) async throws -> [FoundTask] {
    var records = try Array(Set(items.flatMap { try chain(of: $0) }))
    var found: [FoundTask] = []
    while !records.isEmpty {
      let some = Array(records.prefix(batchMax))
      records.removeFirst(some.count)
      found += try await desk.parts.salesforce.findTasks(of: some, createdSince: since)
    }
    return found
  }

  /// The record of the intent, and everything that it became or that became what it is: tasks move
  /// with conversions and merges.
  private func chain(of item: Item) throws -> [String] {
    guard let end = try successor(of: item.recordID) else { return [item.recordID] }
    let chain = try store.predecessors(of: end)
    return chain.contains(item.recordID) ? chain : chain + [item.recordID]
  }

  // MARK: A store that was built anew (O4)

  /// Those of `items` whose messages, or some of them, are in no task yet.
  ///
  /// Only conversations from before the store's first run are looked up. The newest message that has
  /// a task tells how far they were logged.
  func notThereBefore(_ items: [Item]) async throws -> [Item] {
    let old = items.filter(\.payload.isLookedUp)
    guard !old.isEmpty else { return items }
    let logged = try await loggedBefore(old)
    var left = items.filter { !$0.payload.isLookedUp }
    for var item in old {
      let parts = item.payload.parts
      guard let task = logged[item.delivery.id] else {
        left.append(item)
        continue
      }
      let rest = try await remainder(of: item, Array(parts[(task.place + 1)...]))
      switch rest {
      case .later: continue
      case .nothing:
        item.whoID = try successor(of: item.recordID) ?? item.recordID
        let done = item
        try await desk.settlements.commit { [self] in try made(done, task.id, isNew: false) }
      case .rest(let payload):
        try await desk.settlements.commit { [self] in
          try store.noteLogged(
            parts: Array(parts[...task.place]), record: item.recordID, task: task.id,
            at: desk.clock.now)
        }
        item.payload = payload
        left.append(item)
      }
    }
    return left
  }

  private enum Remainder {
    case rest(TaskPayload)
    /// Everything is logged already.
    case nothing
    /// The conversation could not be read.
    case later
  }

  private func remainder(of item: Item, _ parts: [String]) async throws -> Remainder {
    guard !parts.isEmpty else { return .nothing }
    switch try await conversation(item.payload.conversationID) {
    case .success(let conversation):
      let payload = try conversation.flatMap {
        try planner.rewritten(item.payload, from: $0, parts: parts)
      }
      return payload.map { .rest($0) } ?? .nothing
    case .failure(let error):
      try await desk.settlements.commit { [self] in try unread(item, error.failure) }
      return .later
    }
  }

  /// The newest message of each item that is in a task, by the delivery: under whichever record it
  /// was made, with or without the field.
  private func loggedBefore(
    _ items: [Item]
  ) async throws -> [Int64: (place: Int, id: String)] {
    var logged = try await markedBefore(items)
    guard let field = desk.settings.tasks.externalIDField else { return logged }
    for item in items {
      var values: [String: Int] = [:]
      for record in try chain(of: item) {
        for (place, part) in item.payload.parts.enumerated() {
          values[TaskPlanner.externalID(part: part, record: record)] = place
        }
      }
      var left = Array(values.keys)
      while !left.isEmpty {
        let some = Array(left.prefix(batchMax))
        left.removeFirst(some.count)
        let found = try await desk.parts.salesforce.findTasks(externalIDField: field, values: some)
        for (value, id) in found {
          guard let place = values[value], place > logged[item.delivery.id]?.place ?? -1 else {
            continue
          }
          logged[item.delivery.id] = (place, id)
        }
      }
    }
    return logged
  }

  private func markedBefore(
    _ items: [Item]
  ) async throws -> [Int64: (place: Int, id: String)] {
    var logged: [Int64: (place: Int, id: String)] = [:]
    let since = items.map(\.payload.messageAt).min() ?? 0
    let found = try await foundTasks(of: items, since: since - Self.skewMilliseconds)
    for item in items {
      let records = try Set(chain(of: item))
      let own = found.filter { $0.whoID.map(records.contains) == true }
      for (place, part) in item.payload.parts.enumerated() {
        let task = own.first { TaskText.hasMarker($0.description ?? "", part: part) }
        if let task { logged[item.delivery.id] = (place, task.id) }
      }
    }
    return logged
  }

  // MARK: Refusals that a look mends

  /// The field says that there is one already: which one.
  func settle(doubles: [(Item, Failure)]) async throws {
    guard !doubles.isEmpty, let field = desk.settings.tasks.externalIDField else { return }
    let found: [Int64: String]
    do {
      found = try await tasks(of: doubles.map(\.0), field: field)
    } catch let failure as Failure {
      return try await desk.settlements.commit { [self] in
        for (item, _) in doubles { try desk.later(item.delivery, failure) }
        try desk.failed(failure)
      }
    }
    try await desk.settlements.commit { [self] in
      for (item, failure) in doubles {
        if let taskID = found[item.delivery.id] {
          try made(item, taskID, isNew: true)
        } else {
          try refused(item, failure)
        }
      }
    }
  }

  /// Items whose record was converted, merged or deleted since it was read: with the record that took
  /// its place; they end where there is none.
  func followed(_ items: [Item]) async throws -> [Item] {
    guard !items.isEmpty else { return [] }
    do {
      try await absorption.read(Array(Set(items.map(\.whoID))), confirmsMissing: true)
    } catch let failure as Failure {
      try await desk.settlements.commit { [self] in
        for item in items { try desk.later(item.delivery, failure) }
        try desk.failed(failure)
      }
      return []
    }
    return try await aimed(items)
  }

  /// There is nothing left to log on: the delivery ends without a word.
  ///
  /// Inside a transaction.
  func end(_ item: Item) throws {
    try store.remove(item.delivery)
    try store.closeErrors(subjectKey: Self.subjectKey(item.delivery), at: desk.clock.now)
  }
}
