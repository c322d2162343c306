import Control
import Engine
import EventLoop
import Store
import SyncCore

/// Deliveries as the control socket shows them: what each would change.
@EventLoop struct DeliveryLists {
  let store: SyncStore
  let settings: EngineSettings
  let now: Int64

  func queued(_ page: PageRequest) throws -> ListPage<QueuedDelivery> {
    let found = try store.deliveries(after: page.after ?? 0, limit: page.limit)
    return ListPage(
      entries: try found.map(queued), next: found.count == page.limit ? found.last?.id : nil)
  }

  func planned(_ page: PageRequest) throws -> ListPage<PlannedDelivery> {
    let found = try store.deliveries(after: page.after ?? 0, limit: page.limit)
    return ListPage(
      entries: try found.filter { $0.state != .parked }.map {
        PlannedDelivery(
          to: .intercom, kind: kind($0), contact: $0.personID, record: $0.recordID,
          changes: try changes($0))
      }, next: found.count == page.limit ? found.last?.id : nil)
  }

  func queued(_ delivery: Delivery) throws -> QueuedDelivery {
    QueuedDelivery(
      id: delivery.id, to: .intercom, kind: kind(delivery), contact: delivery.personID,
      record: delivery.recordID, changes: try changes(delivery), lane: lane(delivery.lane),
      state: delivery.state == .parked ? .parked : .waiting, attempts: delivery.attempts,
      age: max(0, now - delivery.queuedAt) / 1000,
      nextTryAt: delivery.state == .waiting && delivery.nextTryAt > 0
        ? Timestamp(milliseconds: delivery.nextTryAt) : nil)
  }

  private func kind(_ delivery: Delivery) -> Control.DeliveryKind {
    delivery.kind == .event ? .event : .attributes
  }

  private func lane(_ lane: Lane) -> DeliveryLane {
    switch lane {
    case .asked: .asked
    case .fresh: .fresh
    case .backfill: .backfill
    }
  }

  /// For attributes what Intercom holds and what it will; for an event its name and values.
  private func changes(_ delivery: Delivery) throws -> [String: Change] {
    if let event = PlannedEvent(delivery) {
      return [event.name: Change(from: text(event.from), to: text(event.to))]
    }
    guard let person = try store.person(delivery.personID) else { return [:] }
    let desired = try Planner(store, settings: settings).desiredValues(of: person)
    var changes: [String: Change] = [:]
    for attribute in desired.differing(from: person.observed, in: settings.attributes) {
      guard let name = settings.attributeNames[attribute] else { continue }
      changes[name] = Change(
        from: text(person.observed[attribute]), to: text(desired[attribute]))
    }
    return changes
  }

  private func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
