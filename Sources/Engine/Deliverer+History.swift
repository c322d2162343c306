import EventLoop
import Store
import SyncCore

/// What the timeline of a person tells of the writes to Intercom.
@EventLoop extension Deliverer {
  /// A first enrichment of everybody is no story of anybody: it is left out.
  func enterAttributes(_ delivery: Delivery, _ sent: AttributeValues, _ person: Person) throws {
    guard delivery.lane != .backfill else { return }
    let before = person.sent ?? AttributeValues()
    let changes = Attribute.allCases.compactMap { attribute in
      settings.attributeNames[attribute].map { ($0, before[attribute], sent[attribute]) }
    }
    try enter(
      "attributes", delivery, record: sent[.recordID], HistoryChanges.json(changes), "written")
  }

  func enterEvent(_ delivery: Delivery, _ payload: EventPayload) throws {
    try enter(
      "event", delivery, record: payload.recordID,
      HistoryChanges.json([(payload.name, payload.from, payload.to)]), "sent")
  }

  func enterRefusal(_ delivery: Delivery, _ failure: Failure) throws {
    let what =
      switch delivery.kind {
      case .attributes: "attributes"
      case .event: "event"
      case .owner: "owner"
      case .assign: "assign"
      }
    try enter(
      what, delivery, record: delivery.recordID, nil, "refused: \(failure.meaning.code)")
  }

  private func enter(
    _ what: String, _ delivery: Delivery, record: String?, _ changes: String?, _ result: String
  ) throws {
    try store.enterHistory(
      HistoryEntry(
        at: clock.now, personID: delivery.personID, recordID: record, side: .intercom,
        what: what, changes: changes, result: result))
  }
}
