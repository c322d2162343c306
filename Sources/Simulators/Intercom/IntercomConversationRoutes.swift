import HTTP

extension IntercomSimulator {
  func listConversations(_ call: Call) throws(Refusal) -> Answer {
    let size = try Self.pageSize(call.query["per_page"].map { .string($0) }, default: 20)
    let rows = livePlaces.map { Row(key: Int64($0), place: $0) }
    return try conversationPage(
      rows.reversed(), ascending: false, size: size,
      cursor: call.query["starting_after"].map { .string($0) }, call)
  }

  /// Dates are compared to the second here, the bound included.
  func searchConversations(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    let size = try Self.pageSize(body["pagination"]?["per_page"], default: 20)
    let grammar = SearchGrammar(
      kind: Self.conversationField, days: nil, has216: call.has216)
    let filter = try Self.parse(body["query"], grammar)
    let byUpdate = body["sort"]?["field"]?.string == "updated_at"
    let ascending = body["sort"]?["order"]?.string == "ascending"
    var rows = livePlaces.filter { place in
      filter.matches { self.value($0, conversations[place]) }
    }.map { place in
      let found = conversations[place]
      return Row(key: byUpdate ? found.updatedAt : found.createdAt, place: place)
    }
    rows.sort { $0.precedes($1) }
    if !ascending { rows.reverse() }
    return try conversationPage(
      rows, ascending: ascending, size: size, cursor: body["pagination"]?["starting_after"], call)
  }

  private var livePlaces: [Int] {
    conversations.indices.filter { conversationPlaces[conversations[$0].id] != nil }
  }

  private struct Row {
    var key: Int64
    var place: Int

    func precedes(_ other: Row) -> Bool { (key, place) < (other.key, other.place) }
  }

  /// Lists carry no parts; the cursor is the place after the last row by its key, so that rows
  /// that moved meanwhile neither hide nor refuse others.
  private func conversationPage(
    _ rows: [Row], ascending: Bool, size: Int, cursor: JSON?, _ call: Call
  ) throws(Refusal) -> Answer {
    var start = 0
    var page = 1
    if let cursor, cursor != .null {
      let parts = (cursor.string?.split(separator: ":") ?? []).compactMap { Int64($0) }
      guard parts.count == 3, parts[2] >= 1, let place = Int(exactly: parts[1]) else {
        throw Refusal(400, "client_error", "bad 'starting_after' parameter")
      }
      let last = Row(key: parts[0], place: place)
      start =
        rows.firstIndex { ascending ? last.precedes($0) : $0.precedes(last) } ?? rows.count
      page = Int(clamping: parts[2])
    }
    let shown = rows[start..<min(start + size, rows.count)]
    var writer = Writer(reserving: shown.count * 1500 + 256)
    writer.raw("{\"type\":\"conversation.list\",\"conversations\":")
    writer.json(
      .array(
        shown.map { json(conversations[$0.place], has216: call.has216, withParts: false) }))
    writer.raw(",\"total_count\":")
    writer.int(rows.count)
    let next =
      start + size < rows.count
      ? shown.last.map { "\($0.key):\($0.place):\(page + 1)" } : nil
    Self.pages(page: page, size: size, total: rows.count, next: next, into: &writer)
    writer.raw("}")
    return Answer(writer)
  }

  func getConversation(_ call: Call) throws(Refusal) -> Answer {
    guard let place = conversationPlaces[call.path[1]] else { throw .resourceNotFound }
    return Answer(json(conversations[place], has216: call.has216, withParts: true))
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
    case "ai_agent.resolution_state", "ai_agent.last_answer_type": (.text, .max)
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
    case "ai_agent_participated": .truth(conversation.agent != nil)
    case "ai_agent.resolution_state":
      conversation.agent?.resolution.map { .text($0) } ?? .null
    case "ai_agent.last_answer_type":
      conversation.agent?.lastAnswer.map { .text($0) } ?? .null
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
    case "contact_ids": .list(conversation.contacts.map { people.id($0) })
    case "tag_ids": .list(shownTags(conversation).map { String($0.tag) })
    case "teammate_ids":
      .list(conversation.parts.filter { $0.author.type == "admin" }.map(\.author.id))
    default: .null
    }
  }
}
