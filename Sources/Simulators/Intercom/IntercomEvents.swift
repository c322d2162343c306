extension IntercomSimulator {
  /// One event that the workspace took.
  package struct Event: Sendable, Equatable {
    package var contactID: String
    package var name: String
    /// Seconds since 1970.
    package var createdAt: Int64
    /// The first ten keys, in the order sent.
    package var metadata: [JSON.Member]
    /// Milliseconds of the simulated clock.
    package var receivedAt: Int64
  }

  /// Every event that was kept, in the order of arrival; duplicates are not among them.
  package var events: [Event] { eventLog }

  func takeEvent(_ call: Call) throws(Refusal) -> Answer {
    guard call.path.count == 1 else {
      guard call.path == ["events", "summaries"] else { throw .resourceNotFound }
      return Answer(status: 200)
    }
    let body = try call.object()
    guard let name = body["event_name"]?.string, !name.isEmpty else {
      throw Refusal(400, "parameter_missing", "event_name is required")
    }
    guard let second = body["created_at"]?.integer else {
      throw Refusal(400, "parameter_missing", "created_at is required")
    }
    let index = try eventContact(body)
    let metadata = try Self.metadata(body["metadata"])
    guard eventNames.contains(name) || eventNames.count < settings.eventNameLimit else {
      throw Refusal(
        422, "422",
        "Cannot have more than \(settings.eventNameLimit) active event names. "
          + "Archive an existing event name to create a new one.")
    }
    eventNames.insert(name)
    let contactID = people.id(index)
    guard eventKeys.insert("\(contactID) \(second) \(name)").inserted else {
      duplicateEvents += 1
      return Answer(status: 202)
    }
    eventLog.append(
      Event(
        contactID: contactID, name: name, createdAt: second, metadata: metadata,
        receivedAt: clock.now))
    writes += 1
    keep(.event, index, call.bytes)
    return Answer(status: 202)
  }

  /// Leads are found by their Intercom id only.
  private func eventContact(_ body: JSON) throws(Refusal) -> UInt32 {
    if let id = body["id"]?.string {
      guard let index = people.index(id: id), people.contact(index)?.isLive == true else {
        throw .userNotFound
      }
      return index
    }
    if let external = body["user_id"]?.scalarText {
      guard let index = people.index(externalID: external), let found = people.contact(index),
        found.isLive, found.isUser
      else { throw .userNotFound }
      return index
    }
    if let email = body["email"]?.string {
      let users = people.indexes(email: email).filter {
        people.contact($0).map { $0.isLive && $0.isUser } ?? false
      }
      guard let index = users.first else { throw .userNotFound }
      return index
    }
    throw Refusal(400, "parameter_missing", "One of id, user_id or email is required")
  }

  private static func metadata(_ value: JSON?) throws(Refusal) -> [JSON.Member] {
    guard let value, value != .null else { return [] }
    guard let members = value.members else { throw .invalid("metadata has to be an object") }
    var kept: [JSON.Member] = []
    for var member in members.prefix(10) {
      switch member.value {
      case .string(let text): member.value = .string(String(text.prefix(255)))
      case .array: throw .invalid("Nested metadata is not supported")
      case .object(let parts):
        let keys = Set(parts.map(\.key))
        guard keys == ["url", "value"] || keys == ["amount", "currency"],
          parts.allSatisfy({ $0.value.scalarText != nil })
        else { throw .invalid("Nested metadata is not supported") }
      default: break
      }
      kept.append(member)
    }
    return kept
  }

  /// `GET /events?type=user&…`: the newest first, of the last ninety days.
  func listEvents(_ call: Call) throws(Refusal) -> Answer {
    guard call.query["type"] == "user" else { throw .invalid("type has to be user") }
    var members: [(String, JSON)] = []
    if let id = call.query["intercom_user_id"] { members.append(("id", .string(id))) }
    if let id = call.query["user_id"] { members.append(("user_id", .string(id))) }
    if let email = call.query["email"] { members.append(("email", .string(email))) }
    let index = try eventContact(.object(members.map { .init(key: $0.0, value: $0.1) }))
    let id = people.id(index)
    let oldest = people.second - 90 * 86_400
    let size = try Self.pageSize(call.query["per_page"].map { .string($0) }, default: 50)
    let rows = eventLog.filter { $0.contactID == id && $0.createdAt >= oldest }
      .sorted { $0.createdAt > $1.createdAt }
    let email = people.contact(index)?.email
    let external = people.externalID(index)
    let shown: [JSON] = rows.prefix(size).map { event in
      .of(
        ("type", .string("event")), ("id", .string("\(event.contactID)-\(event.createdAt)")),
        ("created_at", .int(event.createdAt)), ("event_name", .string(event.name)),
        ("user_id", .text(external)), ("email", .text(email)),
        ("intercom_user_id", .string(id)), ("metadata", .object(event.metadata)))
    }
    return Answer(
      .of(
        ("type", .string("event.list")), ("events", .array(shown)),
        ("pages", .of(("next", .null))), ("email", .text(email)),
        ("intercom_user_id", .string(id)), ("user_id", .text(external))))
  }
}
