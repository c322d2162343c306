/// The kinds of change that send an event (S6, M4).
package enum EventKind: String, Sendable, CaseIterable, Codable {
  case owner, status, title, converted
}

/// One event owed to a person, ready to be sent except for its second (S7).
package struct RecordEvent: Sendable, Equatable {
  package var kind: EventKind
  package var record: Record
  package var from: String?
  package var to: String?
  /// The time of the Salesforce change, in seconds UTC.
  package var createdAt: Int64

  package init(kind: EventKind, record: Record, from: String?, to: String?, createdAt: Int64) {
    self.kind = kind
    self.record = record
    self.from = from
    self.to = to
    self.createdAt = createdAt
  }

  /// The events of a record that stays linked and was `before` (S6).
  ///
  /// `ownerName` gives an owner's name by id; the id stands where it is unknown.
  package static func changes(
    from before: Record, to now: Record, ownerName: (String) throws -> String?
  ) rethrows -> [RecordEvent] {
    let second = now.modifiedAt / 1000
    var events: [RecordEvent] = []
    if before.ownerID != now.ownerID {
      let from = try before.ownerID.map { try ownerName($0) ?? $0 }
      let to = try now.ownerID.map { try ownerName($0) ?? $0 }
      events.append(
        RecordEvent(kind: .owner, record: now, from: from, to: to, createdAt: second))
    }
    if now.object == .lead, before.status != now.status {
      events.append(
        RecordEvent(
          kind: .status, record: now, from: before.status, to: now.status, createdAt: second))
    }
    if before.title != now.title {
      events.append(
        RecordEvent(
          kind: .title, record: now, from: before.title, to: now.title, createdAt: second))
    }
    return events
  }

  /// The one event of a conversion (M4).
  package static func conversion(from lead: Record, to contact: Record) -> RecordEvent {
    RecordEvent(
      kind: .converted, record: contact, from: lead.id, to: contact.id,
      createdAt: lead.modifiedAt / 1000)
  }
}
