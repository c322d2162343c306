import HTTP

/// What a caller does with conversations.
extension IntercomSimulator {
  func writeConversation(_ call: Call) throws(Refusal) -> Answer {
    if call.path.count == 1 { return try createConversation(call) }
    if call.path[1] == "redact" { return try redact(call) }
    let verb = call.path.count > 2 ? call.path[2] : ""
    guard let place = place(call) else {
      if verb == "tags" { throw Refusal(404, "not_found", "Conversation not found") }
      throw .resourceNotFound
    }
    switch (call.method, verb) {
    case (.delete, ""): return delete(place, call)
    case (.put, ""): try updateConversation(place, call.object())
    case (.post, "parts"): try managePart(place, call.object())
    case (.post, "reply"): try reply(place, call.object())
    case (.post, "tags"), (.delete, "tags"): return try tagConversation(place, call)
    default: throw .resourceNotFound
    }
    writes += 1
    keep(.conversationWrite, conversations[place].contact, call.bytes)
    return Answer(json(conversations[place], has216: call.has216, withParts: true))
  }

  /// `last` names the newest conversation of the contact that the body names.
  private func place(_ call: Call) -> Int? {
    guard call.path[1] == "last" else { return conversationPlaces[call.path[1]] }
    guard let id = JSON.parse(call.bytes)?["intercom_user_id"]?.string,
      let index = people.index(id: id)
    else { return nil }
    return conversations.lastIndex {
      $0.contact == index && conversationPlaces[$0.id] != nil
    }
  }

  /// A person writes by the API; the answer is the message, not the conversation.
  private func createConversation(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    guard let from = body["from"]?["id"]?.string, let text = body["body"]?.string else {
      throw Refusal(400, "parameter_missing", "from and body are required")
    }
    _ = try live(from, call)
    guard let id = startConversation(from: from, text), let place = conversationPlaces[id] else {
      throw .userNotFound
    }
    let made = conversations[place]
    writes += 1
    keep(.conversationWrite, made.contact, call.bytes)
    return Answer(
      .of(
        ("type", .string("user_message")), ("id", .string(String(made.sourceID))),
        ("created_at", .int(made.createdAt)), ("body", .string(text)),
        ("message_type", .string("inapp")), ("conversation_id", .string(id))))
  }

  private func delete(_ place: Int, _ call: Call) -> Answer {
    let id = conversations[place].id
    deleteConversation(id)
    writes += 1
    keep(.conversationWrite, conversations[place].contact, call.bytes)
    return Answer(
      .of(("id", .string(id)), ("object", .string("conversation")), ("deleted", .bool(true))))
  }

  private func redact(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    let id = body["conversation_id"]?.scalarText ?? ""
    let part = (body["conversation_part_id"] ?? body["source_id"])?.integer
    guard call.method == .post, let place = conversationPlaces[id],
      let part = part.flatMap({ Int(exactly: $0) }), redact(part, in: id)
    else {
      throw Refusal(
        404, "conversation_part_or_message_not_found", "Conversation part or message not found")
    }
    writes += 1
    keep(.conversationWrite, conversations[place].contact, call.bytes)
    return Answer(json(conversations[place], has216: call.has216, withParts: true))
  }

  private func updateConversation(_ place: Int, _ body: JSON) throws(Refusal) {
    if let read = body["read"]?.bool { conversations[place].read = read }
    if let title = body["title"]?.string { conversations[place].title = title }
    conversations[place].updatedAt = people.second
  }

  private func acting(_ body: JSON) throws(Refusal) -> Admin {
    guard let id = body["admin_id"]?.integer, let admin = admins.first(where: { $0.id == id })
    else { throw Refusal(404, "admin_not_found", "Admin not found") }
    return admin
  }

  private func managePart(_ place: Int, _ body: JSON) throws(Refusal) {
    let admin = try acting(body)
    guard admin.hasSeat else { throw Self.seatNeeded }
    let by = author(admin: admin.id)
    switch body["message_type"]?.string {
    case "assignment": try assign(place, body, by)
    case "close":
      conversations[place].state = "closed"
      _ = addPart(place, "close", body["body"]?.string, by)
    case "open":
      conversations[place].state = "open"
      _ = addPart(place, "open", nil, by)
    case "snoozed":
      conversations[place].state = "snoozed"
      conversations[place].snoozedUntil = body["snoozed_until"]?.integer ?? 0
      _ = addPart(place, "snoozed", nil, by)
    default: throw .invalid("message_type is invalid")
    }
  }

  /// Both who assigns and who is assigned to need a seat; what the vendor says to the second is
  /// recorded nowhere, so ``Settings/seatlessAssigneeIsUnknown`` chooses.
  private static let seatNeeded = Refusal(
    403, "action_forbidden", "The admin needs an inbox seat")

  private func assign(
    _ place: Int, _ body: JSON, _ by: Conversation.Author?
  ) throws(Refusal) {
    guard let id = body["assignee_id"]?.integer.flatMap({ Int(exactly: $0) }) else {
      throw Refusal(400, "parameter_missing", "assignee_id is required")
    }
    if id == 0 {
      (conversations[place].admin, conversations[place].team) = (0, 0)
    } else if body["type"]?.string == "team" {
      guard teams.contains(where: { $0.id == id }) else {
        throw Refusal(404, "team_not_found", "Team not found")
      }
      conversations[place].team = id
    } else {
      guard let target = admins.first(where: { $0.id == id && !$0.isBot }),
        target.hasSeat || !settings.seatlessAssigneeIsUnknown
      else { throw Refusal(404, "assignee_not_found", "Assignee not found") }
      guard target.hasSeat else { throw Self.seatNeeded }
      conversations[place].admin = id
    }
    _ = addPart(place, "assignment", body["body"]?.string, by, assignee: id)
  }

  private func reply(_ place: Int, _ body: JSON) throws(Refusal) {
    guard let type = body["message_type"]?.string,
      ["comment", "note", "quick_reply"].contains(type)
    else { throw .invalid("message_type is invalid") }
    guard let text = body["body"]?.string else {
      throw Refusal(400, "parameter_missing", "body is required")
    }
    let by =
      body["type"]?.string == "admin"
      ? author(admin: try acting(body).id) : author(of: conversations[place].contact)
    _ = addPart(place, type, text, by)
  }

  private func tagConversation(_ place: Int, _ call: Call) throws(Refusal) -> Answer {
    let actor = try acting(call.object())
    let asked =
      call.method == .post ? try call.object()["id"]?.scalarText : call.path.dropFirst(3).first
    guard let asked, let tag = tags.first(where: { String($0.id) == asked }) else {
      throw Refusal(404, "tag_not_found", "Tag not found")
    }
    let known = conversations[place].tags.first { $0.tag == tag.id }
    guard call.method == .post || known != nil else {
      throw Refusal(404, "tag_not_found", "Tag not found")
    }
    let applied = Conversation.Applied(tag: tag.id, at: people.second, by: actor.id)
    conversations[place].tags.removeAll { $0.tag == tag.id }
    if call.method == .post { conversations[place].tags.append(applied) }
    conversations[place].updatedAt = people.second
    writes += 1
    keep(.conversationWrite, conversations[place].contact, call.bytes)
    return Answer(
      appliedJSON(known.flatMap { call.method == .post ? nil : $0 } ?? applied) ?? tag.json)
  }
}
