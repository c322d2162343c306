import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore

/// Makes the tasks that are owed, up to 200 a call, each once whatever happens (T1 to T4).
@EventLoop final class TaskWriter: SalesforceWriter {
  let kind = SalesforceDeliveryKind.task
  let batchMax = 200
  let desk: SalesforceDesk
  let planner: TaskPlanner
  let absorption: Absorption
  var facts = TaskFacts()
  /// Conversations that were read again a moment ago, nil for one that is gone, and when (uptime).
  var readAgain: [String: (conversation: Conversation?, at: Int64)] = [:]
  /// Conversations that could not be read, without one in between that could.
  var failuresInRow = 0
  /// How often a row is changed and sent again within one batch: for its owner, its status and its
  /// record.
  private static let roundsMax = 4

  var store: Store { desk.store }

  init(_ desk: SalesforceDesk, planner: Planner) {
    self.desk = desk
    self.planner = TaskPlanner(desk.parts)
    absorption = Absorption(desk.parts, planner: planner)
  }

  /// One delivery on its way.
  struct Item {
    var delivery: SalesforceDelivery
    var payload: TaskPayload
    /// The record at the time of the intent, which names the task.
    var recordID: String
    /// Where it goes now.
    var whoID: String
    /// Its owner refused to be one; the integration user takes it.
    var isOwnerless = false
    var ownerID: String?
    /// What has been tried to mend a refusal.
    var mended: Set<Mending> = []
  }

  enum Mending: Hashable { case owner, status, record }

  // MARK: One batch

  func deliver(_ batch: [SalesforceDelivery]) async throws {
    do {
      try await work(on: batch)
    } catch let failure as Failure where Self.ofTasksAlone.contains(failure.meaning) {
      try await putOff(batch, failure)
    }
  }

  /// What may be missing for tasks alone: nothing else waits for it (S8).
  private static let ofTasksAlone = [
    SalesforceMeaning.object, SalesforceMeaning.permission, SalesforceMeaning.field,
  ]
  static let accessMilliseconds: Int64 = 900_000

  private func putOff(_ batch: [SalesforceDelivery], _ failure: Failure) async throws {
    try await desk.settlements.commit { [desk] in
      let now = desk.clock.now
      for delivery in batch {
        try desk.store.postpone(delivery, failedAt: now, until: now + Self.accessMilliseconds)
      }
      try desk.store.enter(
        Report(
          EngineMeaning.taskAccess, what: failure.attempt, answer: failure.answer,
          subjectKey: Self.statusKey, status: failure.status, requestID: failure.requestID),
        now: now)
    }
  }

  private func work(on batch: [SalesforceDelivery]) async throws {
    var unknown: [Item] = []
    var items: [Item] = []
    for delivery in batch {
      guard let item = item(delivery) else {
        try await desk.settlements.commit { [store] in try store.remove(delivery) }
        continue
      }
      if delivery.state == .sending { unknown.append(item) } else { items.append(item) }
    }
    if !unknown.isEmpty { items += try await absent(unknown) }
    items = try await notThereBefore(items)
    items = try await reread(items)
    items = try await aimed(items)
    for _ in 0..<Self.roundsMax where !items.isEmpty {
      items = try await send(items)
    }
  }

  private func item(_ delivery: SalesforceDelivery) -> Item? {
    guard let payload = delivery.payload.flatMap(TaskPayload.init(json:)),
      let recordID = delivery.recordID
    else { return nil }
    return Item(delivery: delivery, payload: payload, recordID: recordID, whoID: recordID)
  }

  // MARK: Where it goes

  /// The items with the record that takes them now; those whose record is gone, or which the record
  /// has already, end without a word (T4).
  func aimed(_ items: [Item]) async throws -> [Item] {
    var aimed: [Item] = []
    var gone: [Item] = []
    for var item in items {
      guard let whoID = try successor(of: item.recordID), try !isDouble(item, whoID) else {
        gone.append(item)
        continue
      }
      item.whoID = whoID
      aimed.append(item)
    }
    if !gone.isEmpty {
      try await desk.settlements.commit { [self] in for item in gone { try end(item) } }
    }
    return aimed
  }

  /// Where conversions and merges have led; nil when that is nowhere.
  func successor(of recordID: String) throws -> String? {
    var current = recordID
    for _ in 0..<Succession.hopsMax {
      // What the snapshot does not hold yet is Salesforce's to judge.
      guard let record = try store.record(current), !record.isLive else { return current }
      let next = record.isDeleted ? record.masterRecordID : record.convertedContactID
      guard let next else { return nil }
      current = next
    }
    return nil
  }

  /// Whether the successor has a task for the same message in its own right.
  private func isDouble(_ item: Item, _ whoID: String) throws -> Bool {
    guard whoID != item.recordID else { return false }
    return try store.isLogged(part: item.payload.keyPart, record: whoID)
  }
}
