import Control
import Engine
import EventLoop
import Store
import SyncCore

/// The deliveries to both sides as the control socket lists them, Intercom's first.
@EventLoop struct DeliveryLists {
  let store: SyncStore
  let settings: EngineSettings
  /// Of Lead; nil where they are not known yet.
  let leadFields: [FieldDescription]?
  let now: Int64

  /// One delivery of either side's outbox.
  private enum Row {
    case intercom(Delivery)
    case salesforce(SalesforceDelivery)

    /// Cursors from here on are of deliveries to Salesforce.
    static let salesforceStart: Int64 = 1 << 62

    /// What a list is gone on with after this row.
    var cursor: Int64 {
      switch self {
      case .intercom(let delivery): delivery.id
      case .salesforce(let delivery): Self.salesforceStart + delivery.id
      }
    }
  }

  private var changes: DeliveryChanges {
    DeliveryChanges(store: store, settings: settings, leadFields: leadFields)
  }

  func queued(_ page: PageRequest) throws -> ListPage<QueuedDelivery> {
    let rows = try rows(page)
    return ListPage(
      entries: try rows.map {
        switch $0 {
        case .intercom(let delivery): try queued(delivery)
        case .salesforce(let delivery): try queued(delivery)
        }
      }, next: rows.count == page.limit ? rows.last?.cursor : nil)
  }

  func planned(_ page: PageRequest) throws -> ListPage<PlannedDelivery> {
    let rows = try rows(page)
    return ListPage(
      entries: try rows.compactMap {
        switch $0 {
        case .intercom(let delivery):
          delivery.state == .parked ? nil : try planned(delivery)
        case .salesforce(let delivery):
          delivery.state == .parked ? nil : try planned(delivery)
        }
      }, next: rows.count == page.limit ? rows.last?.cursor : nil)
  }

  /// What one person is owed on both sides.
  func queued(ofPerson id: String) throws -> [QueuedDelivery] {
    try store.deliveries(of: id).map(queued) + store.salesforceDeliveries(of: id).map(queued)
  }

  private func rows(_ page: PageRequest) throws -> [Row] {
    let after = max(0, page.after ?? 0)
    var rows: [Row] = []
    if after < Row.salesforceStart {
      rows = try store.deliveries(after: after, limit: page.limit).map(Row.intercom)
    }
    if rows.count < page.limit {
      let found = try store.salesforceDeliveries(
        after: max(0, after - Row.salesforceStart), limit: page.limit - rows.count)
      rows += found.map(Row.salesforce)
    }
    return rows
  }

  // MARK: Intercom

  private func queued(_ delivery: Delivery) throws -> QueuedDelivery {
    QueuedDelivery(
      id: delivery.id, to: .intercom, kind: kind(delivery), contact: delivery.personID,
      record: delivery.recordID, conversation: delivery.conversationID,
      changes: try changes.of(delivery), lane: lane(delivery.lane),
      state: delivery.state == .parked ? .parked : .waiting, attempts: delivery.attempts,
      age: age(delivery.queuedAt),
      nextTryAt: delivery.state == .waiting ? moment(delivery.nextTryAt) : nil)
  }

  private func planned(_ delivery: Delivery) throws -> PlannedDelivery {
    PlannedDelivery(
      to: .intercom, kind: kind(delivery), contact: delivery.personID,
      record: delivery.recordID, conversation: delivery.conversationID,
      changes: try changes.of(delivery))
  }

  private func kind(_ delivery: Delivery) -> Control.DeliveryKind {
    switch delivery.kind {
    case .attributes: .attributes
    case .event: .event
    case .owner: .owner
    case .assign: .assign
    }
  }

  // MARK: Salesforce

  private func queued(_ delivery: SalesforceDelivery) throws -> QueuedDelivery {
    QueuedDelivery(
      id: delivery.id, to: .salesforce, kind: kind(delivery), contact: delivery.personID,
      record: delivery.recordID, conversation: delivery.conversationID,
      changes: try changes.of(delivery), lane: lane(delivery.lane), state: state(delivery.state),
      attempts: delivery.attempts, age: age(delivery.queuedAt),
      nextTryAt: delivery.state == .waiting || delivery.state == .sending
        ? moment(delivery.nextTryAt) : nil)
  }

  private func planned(_ delivery: SalesforceDelivery) throws -> PlannedDelivery {
    PlannedDelivery(
      to: .salesforce, kind: kind(delivery), contact: delivery.personID,
      record: delivery.recordID, conversation: delivery.conversationID,
      changes: try changes.of(delivery))
  }

  private func kind(_ delivery: SalesforceDelivery) -> Control.DeliveryKind {
    switch delivery.kind {
    case .lead: .lead
    case .fields: .fields
    case .task: .task
    }
  }

  private func state(_ state: SalesforceDeliveryState) -> Control.DeliveryState {
    switch state {
    case .held, .waiting: .waiting
    case .parked: .parked
    case .sending: .sending
    }
  }

  // MARK: Both

  private func lane(_ lane: Lane) -> DeliveryLane {
    switch lane {
    case .asked: .asked
    case .fresh: .fresh
    case .backfill: .backfill
    }
  }

  private func age(_ queuedAt: Int64) -> Int64 { max(0, now - queuedAt) / 1000 }

  private func moment(_ milliseconds: Int64) -> Timestamp? {
    milliseconds > 0 ? Timestamp(milliseconds: milliseconds) : nil
  }
}
