import Intercom
package import Store
import SyncCore

/// An event as the outbox keeps it until it is sent: everything but the person.
struct EventPayload: Payload, Equatable {
  var kind: EventKind
  var name: String
  /// Seconds UTC.
  var second: Int64
  var from: String?
  var to: String?
  var recordID: String
  var objectType: String
  var recordName: String?

  init(_ event: RecordEvent, name: String, second: Int64) {
    kind = event.kind
    self.name = name
    self.second = second
    from = event.from
    to = event.to
    recordID = event.record.id
    objectType = event.record.object.rawValue
    recordName = event.record.name
  }

  /// The event with its metadata in the order of S6.
  func event(for personID: String, recordURL: String) -> Event {
    Event(
      name: name, personID: personID, createdAtSecond: second,
      metadata: [
        Event.Entry("from", .text(from ?? "")),
        Event.Entry("to", .text(to ?? "")),
        Event.Entry("salesforce_id", .text(recordID)),
        Event.Entry("object_type", .text(objectType)),
        Event.Entry("record", .link(url: recordURL, text: recordName ?? recordID)),
      ])
  }
}

/// What a planned event says, for the lists.
package struct PlannedEvent: Sendable, Equatable {
  package var name: String
  package var from: String?
  package var to: String?

  /// Nil for a delivery that is no event.
  package init?(_ delivery: Delivery) {
    guard delivery.kind == .event, let payload = delivery.payload.flatMap(EventPayload.init(json:))
    else { return nil }
    name = payload.name
    from = payload.from
    to = payload.to
  }
}
