extension IntercomSimulator {
  /// A conversation with its parts.
  struct Conversation {
    struct Part {
      var id: Int
      var type: String
      var body: String?
      var at: Int64
      var changedAt: Int64
      var author: Author
      var assignee: Int?
      var tags: [Applied] = []
      var redacted = false
      /// The names of files.
      var attachments: [String] = []

      /// A teammate's message to the person.
      var isAnswer: Bool { type == "comment" && author.type == "admin" }
    }

    /// A tag and how it came there.
    struct Applied {
      var tag: Int
      var at: Int64
      var by: Int
    }

    /// What the AI agent says of its part.
    struct Agent {
      var resolution: String?
      var lastAnswer: String?
      var at: Int64
      var changedAt: Int64

      var json: JSON {
        .of(
          ("source_type", .string("workflow")), ("source_title", .string("Answers first")),
          ("last_answer_type", .text(lastAnswer)), ("resolution_state", .text(resolution)),
          ("rating", .null), ("rating_remark", .null), ("created_at", .int(at)),
          ("updated_at", .int(changedAt)),
          (
            "content_sources",
            .of(
              ("type", .string("content_source.list")), ("total_count", .int(0)),
              ("content_sources", .array([])))
          ))
      }
    }

    struct Author {
      var type: String
      var id: String
      var name: String
      var email: String

      var json: JSON {
        .of(
          ("type", .string(type)), ("id", .string(id)), ("name", .string(name)),
          ("email", .string(email)), ("from_ai_agent", .bool(type == "bot" && id != "0")),
          ("is_ai_answer", .bool(type == "bot" && id != "0")))
      }
    }

    var id: String
    var contact: UInt32
    /// Who came in later: a group conversation has several.
    var others: [UInt32] = []
    var createdAt: Int64
    var updatedAt: Int64
    var sourceID: Int
    var sourceBody: String
    var source: Author
    var state = "open"
    var read = false
    var admin = 0
    var team = 0
    var tags: [Applied] = []
    var parts: [Part] = []
    var snoozedUntil: Int64 = 0
    var title: String?
    var sourceRedacted = false
    /// Some conversations have a null `source` (recorded).
    var hasSource = true
    /// nil where no AI agent took part.
    var agent: Agent?

    var contacts: [UInt32] { [contact] + others }
  }

  /// Its own tags and those of its messages, one entry a tag: the inbox lists both alike.
  func shownTags(_ conversation: Conversation) -> [Conversation.Applied] {
    guard settings.messageTagsShowOnConversation else { return conversation.tags }
    var shown: [Conversation.Applied] = []
    for tag in conversation.tags + conversation.parts.flatMap(\.tags) {
      if let place = shown.firstIndex(where: { $0.tag == tag.tag }) {
        if tag.at > shown[place].at { shown[place] = tag }
      } else {
        shown.append(tag)
      }
    }
    return shown
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
    add(
      "tags",
      .of(
        ("type", .string("tag.list")),
        ("tags", .array(shownTags(conversation).compactMap { appliedJSON($0) }))))
    add("priority", .string(has216 ? "none" : "not_priority"))
    add("sla_applied", .null)
    add("statistics", statisticsJSON(conversation))
    add("conversation_rating", .null)
    add("teammates", teammatesJSON(conversation))
    add("title", .text(conversation.title))
    add("custom_attributes", .object([]))
    add("topics", .object([]))
    add("ticket", .null)
    add(
      "linked_objects",
      .of(
        ("type", .string("list")), ("data", .array([])), ("total_count", .int(0)),
        ("has_more", .bool(false))))
    add("ai_agent", conversation.agent?.json ?? .null)
    add("ai_agent_participated", .bool(conversation.agent != nil))
    if withParts { add("conversation_parts", partsJSON(conversation)) }
    return .object(members)
  }

  private func sourceJSON(_ conversation: Conversation) -> JSON {
    guard conversation.hasSource else { return .null }
    return .of(
      ("type", .string("conversation")), ("id", .string(String(conversation.sourceID))),
      (
        "delivered_as",
        .string(conversation.source.type == "admin" ? "admin_initiated" : "customer_initiated")
      ),
      ("subject", .string("")),
      (
        "body",
        .string(
          conversation.sourceRedacted ? Self.deleted : Self.paragraph(conversation.sourceBody))
      ),
      ("author", conversation.source.json), ("attachments", .array([])), ("url", .null),
      ("redacted", .bool(conversation.sourceRedacted)))
  }

  private func contactsJSON(_ conversation: Conversation) -> JSON {
    let entries = conversation.contacts.map { index in
      JSON.of(
        ("type", .string("contact")), ("id", .string(people.id(index))),
        ("external_id", .text(people.externalID(index))))
    }
    return .of(("type", .string("contact.list")), ("contacts", .array(entries)))
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

  /// nil for a tag that was deleted meanwhile.
  func appliedJSON(_ applied: Conversation.Applied) -> JSON? {
    guard let tag = tags.first(where: { $0.id == applied.tag }) else { return nil }
    return .of(
      ("type", .string("tag")), ("id", .string(String(tag.id))), ("name", .string(tag.name)),
      ("applied_at", .int(applied.at)),
      ("applied_by", .of(("type", .string("admin")), ("id", .string(String(applied.by))))))
  }

  private func tagsJSON(_ applied: [Conversation.Applied]) -> JSON {
    .array(applied.compactMap { one in tags.first { $0.id == one.tag }?.json })
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
            ? .string(Self.deleted) : .text(part.body.map { Self.paragraph($0) })
        ),
        ("created_at", .int(part.at)), ("updated_at", .int(part.changedAt)),
        ("notified_at", .int(part.at)),
        (
          "assigned_to",
          part.assignee.map { id in
            .of(
              ("type", .string(teams.contains { $0.id == id } ? "team" : "admin")),
              ("id", .string(String(id))))
          } ?? .null
        ),
        ("author", part.author.json),
        (
          "attachments",
          .array(part.redacted ? [] : part.attachments.map { Self.attachment($0, part.id) })
        ), ("external_id", .null),
        ("redacted", .bool(part.redacted)), ("email_message_metadata", .null),
        ("state", .string(conversation.state)), ("tags", tagsJSON(part.tags)),
        ("event_details", .null), ("app_package_code", .null))
    }
    return .of(
      ("type", .string("conversation_part.list")), ("conversation_parts", .array(rows)),
      ("total_count", .int(Int64(rows.count))))
  }

  private static func attachment(_ name: String, _ part: Int) -> JSON {
    .of(
      ("type", .string("upload")), ("name", .string(name)),
      ("url", .string("https://downloads.example/\(part)/\(name)")),
      ("content_type", .string("application/octet-stream")), ("filesize", .int(1024)),
      ("width", .int(0)), ("height", .int(0)))
  }

  /// Seconds in REST answers (the webhooks write text); what did not happen has no key.
  private func statisticsJSON(_ conversation: Conversation) -> JSON {
    guard settings.tellsStatistics else { return .null }
    let parts = conversation.parts
    let times: [(String, Conversation.Part?)] = [
      ("first_assignment_at", parts.first { $0.type == "assignment" }),
      ("first_admin_reply_at", parts.first { $0.isAnswer }),
      ("first_close_at", parts.first { $0.type == "close" }),
      ("last_assignment_at", parts.last { $0.type == "assignment" }),
      ("last_contact_reply_at", parts.last { ["user", "lead"].contains($0.author.type) }),
      ("last_admin_reply_at", parts.last { $0.isAnswer }),
      ("last_close_at", parts.last { $0.type == "close" }),
    ]
    let counts: [(String, Int)] = [
      ("count_reopens", parts.count { $0.type == "open" }),
      ("count_assignments", parts.count { $0.type == "assignment" }),
      ("count_conversation_parts", parts.count),
    ]
    return .object(
      [.init(key: "type", value: .string("conversation_statistics"))]
        + times.compactMap { key, part in part.map { .init(key: key, value: .int($0.at)) } }
        + counts.map { .init(key: $0, value: .int(Int64($1))) })
  }

  /// The body of what was redacted, in the words of the description's example.
  static let deleted = "<p><i>This message was deleted</i></p>"

  /// Text as the inbox's editor leaves it; what begins with a tag is taken for HTML.
  static func paragraph(_ text: String) -> String {
    text.hasPrefix("<") && text.hasSuffix(">") ? text : "<p>\(html(text))</p>"
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
}
