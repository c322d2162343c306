/// What a delivery writes.
package enum DeliveryKind: String, Codable, Sendable, Hashable, CaseIterable {
  case attributes, event, owner, assign, lead, fields, task
}

/// Which side a delivery goes to.
package enum DeliveryTarget: String, Codable, Sendable, Hashable, CaseIterable {
  case intercom, salesforce
}

/// In which order deliveries leave.
package enum DeliveryLane: String, Codable, Sendable, Hashable, CaseIterable {
  case asked, fresh, backfill
}

/// Where a delivery of the outbox stands.
package enum DeliveryState: String, Codable, Sendable, Hashable, CaseIterable {
  case waiting, sending, parked
}

/// One value that a delivery changes; null is no value.
package struct Change: Codable, Sendable, Hashable {
  package var from: JSONValue
  package var to: JSONValue

  package init(from: JSONValue, to: JSONValue) {
    self.from = from
    self.to = to
  }
}

/// What a cycle would write: one entry of `plan`.
package struct PlannedDelivery: Codable, Sendable, Hashable {
  package var to: DeliveryTarget
  package var kind: DeliveryKind
  @Nullable package var contact: String?
  @Nullable package var record: String?
  /// Of a task or an assignment: Intercom's id of the conversation.
  @Nullable package var conversation: String?
  package var changes: [String: Change]

  package init(
    to: DeliveryTarget, kind: DeliveryKind, contact: String? = nil, record: String? = nil,
    conversation: String? = nil, changes: [String: Change]
  ) {
    self.to = to
    self.kind = kind
    self.contact = contact
    self.record = record
    self.conversation = conversation
    self.changes = changes
  }
}

/// One delivery of the outbox: an entry of `queue`.
package struct QueuedDelivery: Codable, Sendable, Hashable {
  /// Unique among the deliveries to one side.
  package var id: Int64
  package var to: DeliveryTarget
  package var kind: DeliveryKind
  @Nullable package var contact: String?
  @Nullable package var record: String?
  /// Of a task or an assignment: Intercom's id of the conversation.
  @Nullable package var conversation: String?
  package var changes: [String: Change]
  package var lane: DeliveryLane
  package var state: DeliveryState
  package var attempts: Int64
  /// Seconds.
  package var age: Int64
  /// Null when parked, or when it is due now.
  @Nullable package var nextTryAt: Timestamp?

  package init(
    id: Int64, to: DeliveryTarget, kind: DeliveryKind, contact: String? = nil,
    record: String? = nil, conversation: String? = nil, changes: [String: Change],
    lane: DeliveryLane, state: DeliveryState, attempts: Int64, age: Int64,
    nextTryAt: Timestamp? = nil
  ) {
    self.id = id
    self.to = to
    self.kind = kind
    self.contact = contact
    self.record = record
    self.conversation = conversation
    self.changes = changes
    self.lane = lane
    self.state = state
    self.attempts = attempts
    self.age = age
    self.nextTryAt = nextTryAt
  }

  private enum CodingKeys: String, CodingKey {
    case id, to, kind, contact, record, conversation, changes, lane, state, attempts
    case age = "age_s"
    case nextTryAt = "next_try_at"
  }
}
