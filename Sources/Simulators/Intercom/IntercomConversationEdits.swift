/// What people do with conversations by hand; none of it counts as a call.
///
/// Everything here moves the conversation's `updated_at`. That tagging, untagging and redacting do
/// so too is a belief (the descriptions say only "the time when the conversation was updated"): the
/// opposite would hide a tag from everybody who reads by `updated_at`.
extension IntercomSimulator {
  /// A person writes; the id of the new conversation.
  @discardableResult
  package func startConversation(
    from contactID: String, _ text: String, withAIAgent: Bool = false
  ) -> String? {
    guard let index = people.index(id: contactID), people.contact(index)?.isLive == true else {
      return nil
    }
    return startConversation(index, text, author(of: index), withAIAgent: withAIAgent)
  }

  /// A teammate writes first, as in an outbound message.
  @discardableResult
  package func startConversation(with contactID: String, _ text: String, admin: Int) -> String? {
    guard let index = people.index(id: contactID), people.contact(index)?.isLive == true,
      let admin = author(admin: admin)
    else { return nil }
    return startConversation(index, text, admin, withAIAgent: false)
  }

  private func startConversation(
    _ index: UInt32, _ text: String, _ source: Conversation.Author, withAIAgent: Bool
  ) -> String {
    nextID += 2
    let id = String(100_000_000_000_000 + nextID)
    conversationPlaces[id] = conversations.count
    conversations.append(
      Conversation(
        id: id, contact: index, createdAt: people.second, updatedAt: people.second,
        sourceID: nextID - 1, sourceBody: text, source: source))
    if withAIAgent {
      conversations[conversations.count - 1].agent = Conversation.Agent(
        at: people.second, changedAt: people.second)
    }
    return id
  }

  /// Adds a part by hand and returns its id.
  ///
  /// Without `admin` it is the person's own message. A person's message opens what was closed.
  @discardableResult
  package func addPart(
    to conversationID: String, type: String = "comment", _ text: String?, admin: Int? = nil,
    attachments: [String] = []
  ) -> Int? {
    guard let place = conversationPlaces[conversationID] else { return nil }
    let teammate = admin.flatMap { author(admin: $0) }
    if teammate == nil, type == "comment" { conversations[place].state = "open" }
    let part = addPart(place, type, text, teammate ?? author(of: conversations[place].contact))
    conversations[place].parts[conversations[place].parts.count - 1].attachments = attachments
    return part
  }

  @discardableResult
  package func closeConversation(_ id: String, admin: Int? = nil) -> Bool {
    setState(id, "closed", part: "close", admin)
  }

  @discardableResult
  package func openConversation(_ id: String, admin: Int? = nil) -> Bool {
    setState(id, "open", part: "open", admin)
  }

  /// `until` is in seconds since 1970.
  @discardableResult
  package func snoozeConversation(_ id: String, until: Int64, admin: Int? = nil) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    conversations[place].snoozedUntil = until
    return setState(id, "snoozed", part: "snoozed", admin)
  }

  private func setState(_ id: String, _ state: String, part: String, _ admin: Int?) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    conversations[place].state = state
    _ = addPart(place, part, nil, author(admin: admin ?? admins[0].id))
    return true
  }

  /// Assigns by hand; 0 leaves it to nobody.
  ///
  /// False for an unknown conversation or assignee.
  @discardableResult
  package func assignConversation(
    _ id: String, admin: Int? = nil, team: Int? = nil, by actor: Int? = nil
  ) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    if let admin {
      guard admin == 0 || admins.contains(where: { $0.id == admin }) else { return false }
      conversations[place].admin = admin
    }
    if let team {
      guard team == 0 || teams.contains(where: { $0.id == team }) else { return false }
      conversations[place].team = team
    }
    _ = addPart(
      place, "assignment", nil, author(admin: actor ?? admins[0].id), assignee: admin ?? team)
    return true
  }

  /// Tags a conversation, or one part of it.
  @discardableResult
  package func tagConversation(_ id: String, part: Int? = nil, _ name: String) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    let applied = Conversation.Applied(tag: addTag(name), at: people.second, by: admins[0].id)
    return changeTags(place, part) { tags in
      tags.removeAll { $0.tag == applied.tag }
      tags.append(applied)
    }
  }

  @discardableResult
  package func untagConversation(_ id: String, part: Int? = nil, _ name: String) -> Bool {
    guard let place = conversationPlaces[id], let tag = tags.first(where: { $0.name == name })
    else { return false }
    return changeTags(place, part) { $0.removeAll { $0.tag == tag.id } }
  }

  /// The first message has no part of its own: its tags are the conversation's.
  private func changeTags(
    _ place: Int, _ part: Int?, _ edit: (inout [Conversation.Applied]) -> Void
  ) -> Bool {
    if let part, part != conversations[place].sourceID {
      guard let row = conversations[place].parts.firstIndex(where: { $0.id == part }) else {
        return false
      }
      edit(&conversations[place].parts[row].tags)
      conversations[place].parts[row].changedAt = people.second
    } else {
      edit(&conversations[place].tags)
    }
    conversations[place].updatedAt = people.second
    return true
  }

  /// Redacts a part, or the first message by its own id.
  @discardableResult
  package func redact(_ part: Int, in id: String) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    if part == conversations[place].sourceID {
      conversations[place].sourceRedacted = true
    } else {
      guard let row = conversations[place].parts.firstIndex(where: { $0.id == part }) else {
        return false
      }
      conversations[place].parts[row].redacted = true
      conversations[place].parts[row].changedAt = people.second
    }
    conversations[place].updatedAt = people.second
    return true
  }

  @discardableResult
  package func deleteConversation(_ id: String) -> Bool {
    conversationPlaces.removeValue(forKey: id) != nil
  }

  /// What the AI agent came to.
  ///
  /// `escalated` hands over, an `…_resolution` ends it, nil is under way.
  @discardableResult
  package func setAgent(of id: String, resolution: String?, answered: Bool = true) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    var agent =
      conversations[place].agent
      ?? Conversation.Agent(at: people.second, changedAt: people.second)
    agent.resolution = resolution
    agent.lastAnswer = answered ? "ai_answer" : nil
    agent.changedAt = people.second
    conversations[place].agent = agent
    conversations[place].updatedAt = people.second
    return true
  }

  /// Takes the first message away from the answers: `source` is null from then on.
  @discardableResult
  package func hideSource(of id: String) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    conversations[place].hasSource = false
    return true
  }

  @discardableResult
  package func setTitle(of id: String, _ title: String?) -> Bool {
    guard let place = conversationPlaces[id] else { return false }
    conversations[place].title = title
    conversations[place].updatedAt = people.second
    return true
  }

  /// Another person comes into a conversation.
  @discardableResult
  package func addContact(_ contactID: String, to id: String) -> Bool {
    guard let place = conversationPlaces[id], let index = people.index(id: contactID),
      !conversations[place].contacts.contains(index)
    else { return false }
    conversations[place].others.append(index)
    conversations[place].updatedAt = people.second
    return true
  }

  // MARK: Looking

  /// The ids of the conversations that exist, oldest first.
  package var conversationIDs: [String] {
    conversations.map(\.id).filter { conversationPlaces[$0] != nil }
  }

  /// One conversation with its parts, as the API shows it (2.15).
  package func conversation(_ id: String) -> JSON? {
    conversationPlaces[id].map {
      json(conversations[$0], has216: false, withParts: true)
    }
  }

  // MARK: Parts and authors

  func addPart(
    _ place: Int, _ type: String, _ text: String?, _ author: Conversation.Author?,
    assignee: Int? = nil
  ) -> Int {
    nextID += 1
    let unknown = Conversation.Author(type: "bot", id: "0", name: "Operator", email: "")
    conversations[place].parts.append(
      Conversation.Part(
        id: nextID, type: type, body: text, at: people.second, changedAt: people.second,
        author: author ?? unknown, assignee: assignee == 0 ? nil : assignee))
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

  /// The survivor of a merge has the conversations of both.
  func moveConversations(from old: UInt32, to new: UInt32) {
    for place in conversations.indices {
      if conversations[place].contact == old { conversations[place].contact = new }
      conversations[place].others = conversations[place].others.map { $0 == old ? new : $0 }
        .filter { $0 != conversations[place].contact }
    }
  }
}
