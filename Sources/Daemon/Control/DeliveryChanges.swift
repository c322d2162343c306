import Control
import Engine
import EventLoop
import FoundationEssentials
import Store
import SyncCore

/// What each delivery would change, as far as the store knows; never what a customer wrote.
@EventLoop struct DeliveryChanges {
  let store: SyncStore
  let settings: EngineSettings
  /// Of Lead; nil where they are not known yet.
  let leadFields: [FieldDescription]?

  func of(_ delivery: Delivery) throws -> [String: Change] {
    switch delivery.kind {
    case .event:
      guard let event = PlannedEvent(delivery) else { return [:] }
      return [event.name: Change(from: JSONValue(event.from), to: JSONValue(event.to))]
    case .attributes: return try attributes(of: delivery.personID)
    case .owner: return try owner(of: delivery)
    case .assign:
      return ["assignee": Change(from: .null, to: try ownerEmail(delivery.recordID, of: delivery))]
    }
  }

  func of(_ delivery: SalesforceDelivery) throws -> [String: Change] {
    switch delivery.kind {
    case .lead: try lead(delivery)
    case .fields: try fields(delivery)
    case .task: task(delivery)
    }
  }

  // MARK: Intercom

  /// What Intercom holds and what it will.
  private func attributes(of personID: String) throws -> [String: Change] {
    guard let person = try store.person(personID) else { return [:] }
    let desired = try Planner(store, settings: settings).desiredValues(of: person)
    var changes: [String: Change] = [:]
    for attribute in desired.differing(from: person.observed, in: settings.attributes) {
      guard let name = settings.attributeNames[attribute] else { continue }
      changes[name] = Change(
        from: JSONValue(person.observed[attribute]), to: JSONValue(desired[attribute]))
    }
    return changes
  }

  /// Teammates are known by id on their side and by e-mail address on the other.
  private func owner(of delivery: Delivery) throws -> [String: Change] {
    let person = try store.person(delivery.personID)
    return [
      "owner": Change(
        from: JSONValue(person?.teammateID), to: try ownerEmail(delivery.recordID, of: delivery))
    ]
  }

  private func ownerEmail(_ recordID: String?, of delivery: Delivery) throws -> JSONValue {
    let linked = try store.link(of: delivery.personID)?.recordID
    guard let record = try (linked ?? recordID).flatMap({ try store.record($0) }),
      let owner = try record.ownerID.flatMap({ try store.owner($0) })
    else { return .null }
    return JSONValue(owner.email)
  }

  // MARK: Salesforce

  /// What was sent, or before that the mapped values and what the asker edited: the rest is drafted
  /// from fresh data when it goes.
  private func lead(_ delivery: SalesforceDelivery) throws -> [String: Change] {
    let intent = LeadIntent(json: delivery.payload)
    if let sent = intent.sent { return Self.written(sent) }
    let person = try delivery.personID.flatMap { try store.person($0) }
    var fields: Values = ["LeadSource": .text(settings.leads.source)]
    if let email = person?.email { fields["Email"] = .text(email) }
    let values = try person.map { try store.values(of: $0) } ?? [:]
    for (attribute, field) in settings.mapping {
      if let value = values[attribute], !value.isBlank { fields[field] = value }
    }
    return Self.written(fields.merging(intent.edits) { $1 })
  }

  /// By the code that plans them: Intercom's values that differ from those last compared with this
  /// lead (Q1).
  private func fields(_ delivery: SalesforceDelivery) throws -> [String: Change] {
    guard let personID = delivery.personID, let recordID = delivery.recordID, let leadFields,
      let person = try store.person(personID)
    else { return [:] }
    let known = try store.fieldBase(person: personID, record: recordID)
    let plan = FieldPlan.make(
      values: try store.values(of: person), base: known?.base ?? [:],
      refused: known?.refused ?? [:], mapping: settings.mapping, fields: leadFields)
    var changes: [String: Change] = [:]
    for (attribute, value) in plan.fitted {
      guard let field = plan.fields[attribute] else { continue }
      changes[field] = Change(
        from: known?.base[attribute].map(JSONValue.init) ?? .null, to: JSONValue(value))
    }
    return changes
  }

  /// Only its day: the rest is what people wrote.
  private func task(_ delivery: SalesforceDelivery) -> [String: Change] {
    guard let day = Self.members(delivery.payload)["activityDate"] else { return [:] }
    return ["ActivityDate": Change(from: .null, to: day)]
  }

  private static func written(_ values: Values) -> [String: Change] {
    values.mapValues { Change(from: .null, to: JSONValue($0)) }
  }

  private static func members(_ json: String?) -> [String: JSONValue] {
    guard let json,
      case .object(let members)? = try? JSONDecoder().decode(
        JSONValue.self, from: Data(json.utf8))
    else { return [:] }
    return members
  }
}

extension JSONValue {
  /// A number keeps its digits where they fit one of JSON's usual kinds.
  init(_ value: Value) {
    switch value {
    case .null: self = .null
    case .text(let text): self = .string(text)
    case .number(let digits):
      self =
        Int64(digits).map(JSONValue.integer) ?? Double(digits).map(JSONValue.number)
        ?? .string(digits)
    case .flag(let flag): self = .bool(flag)
    case .list(let values): self = .array(values.map(JSONValue.init))
    }
  }
}
