import HTTP
import Simulators

/// What the control interface shows.
extension Stage {
  func time() -> JSON { .of(("milliseconds", .int(world.clock.now))) }

  func counters() -> JSON {
    let intercom = world.intercom
    let salesforce = world.salesforce
    func counts(_ pairs: [(String, Int)]) -> JSON {
      .object(
        pairs.sorted { $0.0 < $1.0 }.map { .init(key: $0.0, value: .int(Int64($0.1))) })
    }
    return .of(
      (
        "intercom",
        .of(
          ("calls", counts(intercom.calls.map { ($0.key.rawValue, $0.value) })),
          ("answers", counts(intercom.answers.map { (String($0.key), $0.value) })),
          ("writes", .int(Int64(intercom.writes))),
          ("events", .int(Int64(intercom.events.count))),
          ("duplicate_events", .int(Int64(intercom.duplicateEvents))),
          ("people", .int(Int64(intercom.contactCount))))
      ),
      (
        "salesforce",
        .of(
          ("calls", counts(salesforce.counts.map { ($0.key.rawValue, $0.value) })),
          ("api_calls", .int(Int64(salesforce.apiCalls - baseline.apiCalls))),
          ("writes", .int(Int64(salesforce.writes - baseline.writes))))
      ))
  }

  /// At most ten thousand writes at a time; `last` is where to go on.
  func received(since sequence: Int) -> JSON {
    let rows = world.intercom.received(since: sequence).prefix(10_000)
    return .of(
      ("last", .int(Int64(rows.last?.sequence ?? sequence))),
      (
        "rows",
        .array(
          rows.map { row in
            .of(
              ("sequence", .int(Int64(row.sequence))), ("kind", .string(row.kind.rawValue)),
              ("contact", .string(row.contactID)), ("at", .int(row.at)),
              ("path", .string(row.path)),
              ("body", JSON.parse(row.body) ?? .null))
          })
      ))
  }

  func events(of contact: String?) -> JSON {
    let rows = world.intercom.events.filter { contact == nil || $0.contactID == contact }
    return .of(
      (
        "events",
        .array(
          rows.suffix(10_000).map { event in
            .of(
              ("contact", .string(event.contactID)), ("name", .string(event.name)),
              ("created_at", .int(event.createdAt)), ("received_at", .int(event.receivedAt)),
              ("metadata", .object(event.metadata)))
          })
      ))
  }

  func people(from first: Int, limit: Int) -> JSON {
    .of(
      (
        "people",
        .array(
          world.intercom.contactIDs(from: first, limit: min(max(limit, 0), 100_000))
            .map { .string($0) })
      ))
  }

  /// The live records of an object, or those whose field has that value; `fields` shows theirs.
  func records(_ query: [String: String]) throws -> JSON {
    let org = world.salesforce
    let object = query["object"] ?? "Lead"
    let ids =
      query["field"] != nil || query["value"] != nil
      ? org.ids(object, where: query["field"] ?? "Email", is: query["value"])
      : org.ids(of: object)
    var members: [JSON.Member] = [
      .init(key: "records", value: .array(ids.map { .string($0) }))
    ]
    if let fields = query["fields"] {
      members.append(
        .init(key: "rows", value: .array(try ids.map { try record($0, fields: "Id," + fields) })))
    }
    return .object(members)
  }

  /// The conversations that exist, oldest first; `contact` chooses those of a person.
  func conversations(of contact: String?) -> JSON {
    let all = world.intercom.conversationIDs.compactMap { world.intercom.conversation($0) }
    let rows = all.filter { row in
      contact == nil
        || row["contacts"]?["contacts"]?.array?.contains { $0["id"]?.string == contact } == true
    }
    return .of(
      (
        "conversations",
        .array(
          rows.map { row in
            .object((row.members ?? []).filter { $0.key != "conversation_parts" })
          })
      ))
  }

  func conversation(_ id: String?) throws -> JSON {
    guard let id, let found = world.intercom.conversation(id) else {
      throw ControlError("There is no conversation with that id", status: 404)
    }
    return found
  }

  func company(_ id: String) throws -> JSON {
    guard let found = world.intercom.company(id) else {
      throw ControlError("There is no company with that id", status: 404)
    }
    return found
  }

  /// The calls that Salesforce got after the N-th, at most ten thousand.
  func calls(since ordinal: Int) -> JSON {
    .of(
      (
        "calls",
        .array(
          world.salesforce.calls.filter { $0.ordinal > ordinal }.map { call in
            .of(
              ("ordinal", .int(Int64(call.ordinal))), ("at", .int(call.at)),
              ("kind", .string(call.kind.rawValue)), ("method", .string(call.method.rawValue)),
              ("path", .string(call.path)),
              ("status", call.status.map { .int(Int64($0)) } ?? .null))
          })
      ))
  }

  func person(_ id: String) throws -> JSON {
    guard let person = world.intercom.contact(id) else {
      throw ControlError("There is no person with that id", status: 404)
    }
    return person
  }

  /// Some fields of a record as the org has them now.
  func record(_ id: String, fields: String?) throws -> JSON {
    let usual =
      "Id,Email,FirstName,LastName,Title,Status,OwnerId,Company,Phone,AccountId,IsConverted,"
      + "ConvertedContactId,MasterRecordId,LeadSource,CreatedDate,SystemModstamp,Name,UserRoleId,"
      + "Subject,Description,WhoId,WhatId,ActivityDate,Priority,TaskSubtype,IsClosed,IsArchived,"
      + "CompletedDateTime,Industry,NumberOfEmployees"
    guard world.salesforce.value(id, "Id") != nil else {
      throw ControlError("There is no record with that id", status: 404)
    }
    var members: [JSON.Member] = []
    for field in (fields ?? usual).split(separator: ",").map(String.init) {
      guard let value = world.salesforce.value(id, field) else { continue }
      members.append(.init(key: field, value: .string(value)))
    }
    members.append(.init(key: "alive", value: .bool(world.salesforce.isAlive(id))))
    members.append(.init(key: "committed", value: .bool(world.salesforce.isCommitted(id))))
    return .object(members)
  }

  func resetCounters() {
    world.intercom.resetCounters()
    baseline = (world.salesforce.apiCalls, world.salesforce.writes)
  }
}
