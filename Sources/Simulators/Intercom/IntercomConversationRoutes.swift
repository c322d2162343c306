import HTTP

extension IntercomSimulator {
  func listConversations(_ call: Call) throws(Refusal) -> Answer {
    let size = try Self.pageSize(call.query["per_page"].map { .string($0) }, default: 20)
    let rows = Array(conversations.indices.reversed())
    return try conversationPage(
      rows, size: size, cursor: call.query["starting_after"].map { .string($0) }, call)
  }

  /// Dates are compared to the second here, the bound included.
  func searchConversations(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    let size = try Self.pageSize(body["pagination"]?["per_page"], default: 20)
    let grammar = SearchGrammar(
      kind: Self.conversationField, days: nil, has216: call.has216)
    let filter = try Self.parse(body["query"], grammar)
    var rows = conversations.indices.filter { place in
      filter.matches { self.value($0, conversations[place]) }
    }
    let byUpdate = body["sort"]?["field"]?.string == "updated_at"
    let ascending = body["sort"]?["order"]?.string == "ascending"
    rows.sort { a, b in
      let left = byUpdate ? conversations[a].updatedAt : conversations[a].createdAt
      let right = byUpdate ? conversations[b].updatedAt : conversations[b].createdAt
      return (left, a) < (right, b)
    }
    if !ascending { rows.reverse() }
    return try conversationPage(
      rows, size: size, cursor: body["pagination"]?["starting_after"], call)
  }

  /// Lists carry no parts; the cursor is the last conversation's id.
  private func conversationPage(
    _ rows: [Int], size: Int, cursor: JSON?, _ call: Call
  ) throws(Refusal) -> Answer {
    var start = 0
    var page = 1
    if let cursor, cursor != .null {
      let parts = cursor.string?.split(separator: ":") ?? []
      guard parts.count == 2, let number = Int(parts[1]), number >= 1,
        let place = rows.firstIndex(where: { conversations[$0].id == parts[0] })
      else { throw Refusal(400, "client_error", "bad 'starting_after' parameter") }
      (start, page) = (place + 1, number)
    }
    let shown = rows[start..<min(start + size, rows.count)]
    var writer = Writer(reserving: shown.count * 1500 + 256)
    writer.raw("{\"type\":\"conversation.list\",\"conversations\":")
    writer.json(
      .array(
        shown.map { json(conversations[$0], has216: call.has216, withParts: false) }))
    writer.raw(",\"total_count\":")
    writer.int(rows.count)
    let next =
      start + size < rows.count
      ? shown.last.map { "\(conversations[$0].id):\(page + 1)" } : nil
    Self.pages(page: page, size: size, total: rows.count, next: next, into: &writer)
    writer.raw("}")
    return Answer(writer)
  }

  func getConversation(_ call: Call) throws(Refusal) -> Answer {
    guard let place = conversationPlaces[call.path[1]] else { throw .resourceNotFound }
    return Answer(json(conversations[place], has216: call.has216, withParts: true))
  }

  func writeConversation(_ call: Call) throws(Refusal) -> Answer {
    guard call.path.count >= 2, let place = place(call) else { throw .resourceNotFound }
    let verb = call.path.count > 2 ? call.path[2] : ""
    switch (call.method, verb) {
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
    return conversations.lastIndex { $0.contact == index }
  }

  private func updateConversation(_ place: Int, _ body: JSON) throws(Refusal) {
    if let read = body["read"]?.bool { conversations[place].read = read }
    conversations[place].updatedAt = people.second
  }

  private func acting(_ body: JSON) throws(Refusal) -> Admin {
    guard let id = body["admin_id"]?.integer, let admin = admins.first(where: { $0.id == id })
    else { throw Refusal(404, "admin_not_found", "Admin not found") }
    return admin
  }

  private func managePart(_ place: Int, _ body: JSON) throws(Refusal) {
    let admin = try acting(body)
    guard admin.hasSeat else {
      throw Refusal(403, "action_forbidden", "The admin needs an inbox seat")
    }
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
      guard admins.contains(where: { $0.id == id && !$0.isBot }) else {
        throw Refusal(404, "assignee_not_found", "Assignee not found")
      }
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
    let asked =
      call.method == .post ? try call.object()["id"]?.scalarText : call.path.dropFirst(3).first
    guard let asked, let tag = tags.first(where: { String($0.id) == asked }) else {
      throw Refusal(404, "tag_not_found", "Tag not found")
    }
    conversations[place].tags.removeAll { $0 == tag.id }
    if call.method == .post { conversations[place].tags.append(tag.id) }
    conversations[place].updatedAt = people.second
    writes += 1
    return Answer(tag.json)
  }

  // MARK: Search fields

  private static func conversationField(
    _ field: String
  ) -> (SearchGrammar.FieldKind, UInt16)? {
    switch field {
    case "created_at", "updated_at", "waiting_since", "snoozed_until": (.date, .max)
    case "open", "read", "ai_agent_participated": (.truth, .max)
    case "id", "state", "priority", "admin_assignee_id", "team_assignee_id", "source.type",
      "source.id", "source.body", "source.author.type", "source.author.email",
      "source.author.name", "source.author.id", "source.delivered_as", "source.subject":
      (.text, .max)
    case "contact_ids", "teammate_ids", "tag_ids": (.list, .max)
    default: nil
    }
  }

  private func value(_ leaf: Filter.Leaf, _ conversation: Conversation) -> Filter.Operand {
    switch leaf.field {
    case "created_at": .number(Double(conversation.createdAt))
    case "updated_at": .number(Double(conversation.updatedAt))
    case "snoozed_until":
      conversation.snoozedUntil == 0 ? .null : .number(Double(conversation.snoozedUntil))
    case "open": .truth(conversation.state != "closed")
    case "read": .truth(conversation.read)
    case "ai_agent_participated": .truth(conversation.withAIAgent)
    case "id": .text(conversation.id)
    case "state": .text(conversation.state)
    case "admin_assignee_id": conversation.admin == 0 ? .null : .text(String(conversation.admin))
    case "team_assignee_id": conversation.team == 0 ? .null : .text(String(conversation.team))
    case "source.body": .text(conversation.sourceBody)
    case "source.type": .text("conversation")
    case "source.id": .text(String(conversation.sourceID))
    case "source.author.type": .text(conversation.source.type)
    case "source.author.email": .text(conversation.source.email)
    case "source.author.name": .text(conversation.source.name)
    case "source.author.id": .text(conversation.source.id)
    case "contact_ids": .list([people.id(conversation.contact)])
    case "tag_ids": .list(conversation.tags.map(String.init))
    case "teammate_ids":
      .list(conversation.parts.filter { $0.author.type == "admin" }.map(\.author.id))
    default: .null
    }
  }
}
