extension IntercomSimulator {
  /// A conversation with its parts.
  struct Conversation {
    struct Part {
      var id: Int
      var type: String
      var body: String?
      var at: Int64
      var author: Author
      var assignee: Int?
      var tags: [Int] = []
      var redacted = false
    }

    struct Author {
      var type: String
      var id: String
      var name: String
      var email: String

      var json: JSON {
        .of(
          ("type", .string(type)), ("id", .string(id)), ("name", .string(name)),
          ("email", .string(email)))
      }
    }

    var id: String
    var contact: UInt32
    var createdAt: Int64
    var updatedAt: Int64
    var sourceID: Int
    var sourceBody: String
    var source: Author
    var state = "open"
    var read = false
    var admin = 0
    var team = 0
    var tags: [Int] = []
    var parts: [Part] = []
    var snoozedUntil: Int64 = 0
    var withAIAgent = false
  }

  func json(_ conversation: Conversation, has216: Bool, withParts: Bool) -> JSON {
    let none: JSON = has216 ? .int(0) : .null
    func assignee(_ id: Int) -> JSON { id == 0 ? none : .int(Int64(id)) }
    var members: [JSON.Member] = []
    func add(_ key: String, _ value: JSON) { members.append(.init(key: key, value: value)) }
    add("type", .string("conversation"))
    add("id", .string(conversation.id))
    add("created_at", .int(conversation.createdAt))
    add("updated_at", .int(conversation.updatedAt))
    add("waiting_since", .null)
    add("snoozed_until", conversation.snoozedUntil == 0 ? .null : .int(conversation.snoozedUntil))
    add("source", sourceJSON(conversation))
    add("contacts", contactsJSON(conversation))
    add("first_contact_reply", .null)
    add("admin_assignee_id", assignee(conversation.admin))
    add("team_assignee_id", assignee(conversation.team))
    add("open", .bool(conversation.state != "closed"))
    add("state", .string(conversation.state))
    add("read", .bool(conversation.read))
    add("tags", .of(("type", .string("tag.list")), ("tags", tagsJSON(conversation.tags))))
    add("priority", .string(has216 ? "none" : "not_priority"))
    add("sla_applied", .null)
    add(
      "statistics",
      .of(
        ("type", .string("conversation_statistics")),
        ("count_conversation_parts", .int(Int64(conversation.parts.count)))))
    add("conversation_rating", .null)
    add("teammates", teammatesJSON(conversation))
    add("title", .null)
    add("custom_attributes", .object([]))
    add("topics", .object([]))
    add("ticket", .null)
    add(
      "linked_objects",
      .of(
        ("type", .string("list")), ("data", .array([])), ("total_count", .int(0)),
        ("has_more", .bool(false))))
    add("ai_agent", .null)
    add("ai_agent_participated", .bool(conversation.withAIAgent))
    if withParts { add("conversation_parts", partsJSON(conversation)) }
    return .object(members)
  }

  private func sourceJSON(_ conversation: Conversation) -> JSON {
    .of(
      ("type", .string("conversation")), ("id", .string(String(conversation.sourceID))),
      (
        "delivered_as",
        .string(conversation.source.type == "admin" ? "admin_initiated" : "customer_initiated")
      ),
      ("subject", .string("")), ("body", .string("<p>\(Self.html(conversation.sourceBody))</p>")),
      ("author", conversation.source.json), ("attachments", .array([])), ("url", .null),
      ("redacted", .bool(false)))
  }

  private func contactsJSON(_ conversation: Conversation) -> JSON {
    let entry = JSON.of(
      ("type", .string("contact")), ("id", .string(people.id(conversation.contact))),
      ("external_id", .text(people.externalID(conversation.contact))))
    return .of(("type", .string("contact.list")), ("contacts", .array([entry])))
  }

  private func teammatesJSON(_ conversation: Conversation) -> JSON {
    let ids = Set(conversation.parts.filter { $0.author.type == "admin" }.map(\.author.id))
    return .of(
      ("type", .string("admin.list")),
      (
        "admins",
        .array(ids.sorted().map { .of(("type", .string("admin")), ("id", .string($0))) })
      ))
  }

  private func tagsJSON(_ ids: [Int]) -> JSON {
    .array(tags.filter { ids.contains($0.id) }.map(\.json))
  }

  /// At most the 500 newest parts come back.
  private func partsJSON(_ conversation: Conversation) -> JSON {
    let rows: [JSON] = conversation.parts.suffix(500).map { part in
      .of(
        ("type", .string("conversation_part")), ("id", .string(String(part.id))),
        ("part_type", .string(part.type)),
        (
          "body",
          part.redacted
            ? .string("<p>This message was deleted</p>")
            : .text(part.body.map { "<p>\(Self.html($0))</p>" })
        ),
        ("created_at", .int(part.at)), ("updated_at", .int(part.at)),
        ("notified_at", .int(part.at)),
        (
          "assigned_to",
          part.assignee.map { id in
            .of(
              ("type", .string(teams.contains { $0.id == id } ? "team" : "admin")),
              ("id", .string(String(id))))
          } ?? .null
        ),
        ("author", part.author.json), ("attachments", .array([])), ("external_id", .null),
        ("redacted", .bool(part.redacted)), ("email_message_metadata", .null),
        ("state", .string(conversation.state)), ("tags", tagsJSON(part.tags)),
        ("event_details", .null), ("app_package_code", .null))
    }
    return .of(
      ("type", .string("conversation_part.list")), ("conversation_parts", .array(rows)),
      ("total_count", .int(Int64(rows.count))))
  }

  static func html(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.append(character)
      }
    }
    return out
  }

  // MARK: By hand

  /// A person writes; the id of the new conversation.
  @discardableResult
  package func startConversation(
    from contactID: String, _ text: String, withAIAgent: Bool = false
  ) -> String? {
    guard let index = people.index(id: contactID), people.contact(index)?.isLive == true else {
      return nil
    }
    nextID += 2
    let id = String(100_000_000_000_000 + nextID)
    conversationPlaces[id] = conversations.count
    conversations.append(
      Conversation(
        id: id, contact: index, createdAt: people.second, updatedAt: people.second,
        sourceID: nextID - 1, sourceBody: text, source: author(of: index),
        withAIAgent: withAIAgent))
    return id
  }

  /// Adds a part by hand and returns its id.
  ///
  /// Without `admin` it is the person's own message.
  @discardableResult
  package func addPart(
    to conversationID: String, type: String = "comment", _ text: String?, admin: Int? = nil
  ) -> Int? {
    guard let place = conversationPlaces[conversationID] else { return nil }
    let teammate = admin.flatMap { author(admin: $0) }
    return addPart(place, type, text, teammate ?? author(of: conversations[place].contact))
  }

  @discardableResult
  package func closeConversation(_ id: String) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    conversations[place].state = "closed"
    _ = addPart(place, "close", nil, author(admin: admins[0].id))
    return true
  }

  /// Tags a conversation, or one part of it.
  @discardableResult
  package func tagConversation(_ id: String, part: Int? = nil, _ name: String) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    let tag = addTag(name)
    if let part {
      guard let row = conversations[place].parts.firstIndex(where: { $0.id == part }) else {
        return false
      }
      conversations[place].parts[row].tags.append(tag)
    } else {
      conversations[place].tags.append(tag)
    }
    conversations[place].updatedAt = people.second
    return true
  }

  @discardableResult
  package func redact(_ part: Int, in id: String) -> Bool {
    guard let place = conversationPlaces[id],
      let row = conversations[place].parts.firstIndex(where: { $0.id == part })
    else { return false }
    conversations[place].parts[row].redacted = true
    conversations[place].updatedAt = people.second
    return true
  }

  func addPart(
    _ place: Int, _ type: String, _ text: String?, _ author: Conversation.Author?,
    assignee: Int? = nil
  ) -> Int {
    nextID += 1
    let unknown = Conversation.Author(type: "bot", id: "0", name: "Operator", email: "")
    conversations[place].parts.append(
      Conversation.Part(
        id: nextID, type: type, body: text, at: people.second, author: author ?? unknown,
        assignee: assignee))
    conversations[place].updatedAt = people.second
    return nextID
  }

  func author(of index: UInt32) -> Conversation.Author {
    let contact = people.contact(index)
    return Conversation.Author(
      type: contact?.isUser == true ? "user" : "lead", id: people.id(index),
      name: contact?.name ?? "", email: contact?.email ?? "")
  }

  func author(admin id: Int) -> Conversation.Author? {
    admins.first { $0.id == id }.map {
      Conversation.Author(
        type: $0.isBot ? "bot" : "admin", id: String($0.id), name: $0.name, email: $0.email)
    }
  }

  func closeConversations(of index: UInt32) {
    for place in conversations.indices where conversations[place].contact == index {
      conversations[place].state = "closed"
      conversations[place].updatedAt = people.second
    }
  }
}
