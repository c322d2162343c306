import SyncCore

/// Reading Intercom's conversations: the shapes of 2.15, of 2.16, and those recorded of webhooks.
extension Conversation {
  /// Nil for what is no conversation; `messages` stays nil unless the answer is meant to have all
  /// its parts.
  init?(_ tree: JSONTree, hasParts: Bool) {
    guard let id = tree["id"]?.id, tree["type"]?.text != "error.list" else { return nil }
    let createdAt = tree["created_at"]?.milliseconds ?? 0
    let parts = tree["conversation_parts"]?.elements("conversation_parts") ?? []
    let teammateID = tree["admin_assignee_id"]?.assigneeID
    self.init(
      id: id, createdAt: createdAt, updatedAt: tree["updated_at"]?.milliseconds ?? createdAt,
      state: Self.state(tree), closedAt: Self.closedAt(tree, parts), teammateID: teammateID,
      teamID: tree["team_assignee_id"]?.assigneeID,
      isWithAIAgent: teammateID == nil && Self.isInAIHands(tree), title: tree["title"]?.name,
      people: Self.people(tree), tags: Tag.all(tree["tags"]),
      messages: hasParts ? Message.all(tree, parts, of: id, createdAt) : nil)
  }

  private static func state(_ tree: JSONTree) -> State {
    if let state = tree["state"]?.text.flatMap(State.init(rawValue:)) { return state }
    return tree["open"]?.flag == false ? .closed : .open
  }

  /// The statistics may be null; the parts then tell, as far as they are there.
  private static func closedAt(_ tree: JSONTree, _ parts: [JSONTree]) -> Int64? {
    tree["statistics"]?["last_close_at"]?.milliseconds
      ?? parts.filter { $0["part_type"]?.text == "close" }
      .compactMap { $0["created_at"]?.milliseconds }.max()
  }

  /// Whether the AI agent (Fin) answers and no teammate need come in; asked of conversations that
  /// no teammate has.
  ///
  /// `ai_agent_participated` stays true for good, so `ai_agent.resolution_state` decides (OpenAPI
  /// 2.15 and 2.16, `ai_agent`). Null is before its first answer. `assumed_resolution` is the one
  /// state of an answered conversation in which the customer has asked for nothing more: when the
  /// customer comes back the agent answers again, unless a teammate has it by then, so it counts
  /// as the agent's. `escalated`, `negative_feedback` and `procedure_handoff` hand it to people,
  /// `confirmed_resolution` ends it in the customer's own words; so would, to be sure that no
  /// conversation waits for ever, whatever a later version adds.
  private static func isInAIHands(_ tree: JSONTree) -> Bool {
    guard tree["ai_agent_participated"]?.flag == true else { return false }
    let state = tree["ai_agent"]?["resolution_state"]?.text
    return state == nil || state == "assumed_resolution"
  }

  private static func people(_ tree: JSONTree) -> [String] {
    var people: [String] = []
    for contact in tree["contacts"]?.elements("contacts") ?? [] {
      guard let id = contact["id"]?.id, !people.contains(id) else { continue }
      people.append(id)
    }
    return people
  }
}

extension Conversation.Tag {
  /// The tags of a conversation (`{"tags":[…]}`) or of a part (the list itself).
  static func all(_ tree: JSONTree?) -> [Conversation.Tag] {
    (tree?.elements("tags") ?? []).compactMap { tag in
      guard let id = tag["id"]?.id else { return nil }
      return Conversation.Tag(
        id: id, name: tag["name"]?.name ?? "", appliedAt: tag["applied_at"]?.milliseconds)
    }
  }
}

extension Message {
  /// The first message and the parts, oldest first; of the parts Intercom gives the newest 500.
  static func all(
    _ tree: JSONTree, _ parts: [JSONTree], of conversation: String, _ createdAt: Int64
  ) -> [Message] {
    let first = tree["source"].flatMap { source(of: conversation, $0, createdAt) }
    let others = parts.enumerated().compactMap { index, part in
      Message(part, createdAt: createdAt).map { (index, $0) }
    }
    let sorted = others.sorted { ($0.1.createdAt, $0.0) < ($1.1.createdAt, $1.0) }
    return (first.map { [$0] } ?? []) + sorted.map(\.1)
  }

  /// `source` may be null, and may lack its id.
  private static func source(
    of conversation: String, _ tree: JSONTree, _ createdAt: Int64
  ) -> Message? {
    guard !tree.members.isEmpty else { return nil }
    return Message(
      tree, id: tree["id"]?.id ?? conversation + "-source", kind: "source", createdAt: createdAt)
  }

  private init?(_ part: JSONTree, createdAt: Int64) {
    guard let id = part["id"]?.id else { return nil }
    self.init(
      part, id: id, kind: part["part_type"]?.text ?? "",
      createdAt: part["created_at"]?.milliseconds ?? createdAt)
  }

  private init(_ tree: JSONTree, id: String, kind: String, createdAt: Int64) {
    let author = tree["author"]
    self.init(
      id: id, createdAt: createdAt, kind: kind,
      author: Author(
        kind: author?["type"]?.text ?? "", id: author?["id"]?.id ?? "",
        name: author?["name"]?.name, email: author?["email"]?.name),
      body: tree["body"]?.text, isRedacted: tree["redacted"]?.flag ?? false,
      tags: Conversation.Tag.all(tree["tags"]),
      attachments: (tree["attachments"]?.items ?? []).compactMap { $0["name"]?.name })
  }
}
