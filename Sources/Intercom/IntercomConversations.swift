import HTTP
package import SyncCore

/// One page of changed conversations, newest first.
package struct ConversationPage: Sendable {
  /// Without their messages.
  package var conversations: [Conversation]
  /// The cursor of the page after this one; nil on the last.
  package var next: String?
}

/// Reading and assigning conversations (T1, A1).
extension Intercom {
  /// One page of the conversations that changed, newest first (`POST /conversations/search`).
  ///
  /// `updatedSince` is in milliseconds UTC. Intercom searches conversations by the second, and
  /// says of `>` both "greater" and "greater (or equal)": asking from one second before includes
  /// the bound either way, so the caller meets some conversations again and stops at its cursor.
  package func conversations(
    updatedSince: Int64, startingAfter: String?
  ) async throws(IntercomError) -> ConversationPage {
    let answered = try await call(
      .conversations, "search the changed conversations", .post, "/conversations/search",
      body: Self.search(
        .object([
          ("field", .text("updated_at")), ("operator", .text(">")),
          ("value", .number(max(0, updatedSince / 1000 - 1))),
        ]), sortedBy: "updated_at", "descending", startingAfter))
    let tree = try tree(answered)
    guard case .list(let items) = tree["conversations"] ?? tree["data"] else {
      throw answered.judge.unreadable(
        answered.response, "the answer has no list of conversations")
    }
    let conversations = items.compactMap { Conversation($0, hasParts: false) }
    guard conversations.count == items.count else {
      throw answered.judge.unreadable(
        answered.response, "the answer has a conversation without an id")
    }
    return ConversationPage(conversations: conversations, next: try cursor(tree, answered))
  }

  /// One conversation with its first message and its 500 newest parts, bodies in HTML
  /// (`GET /conversations/{id}`); ``IntercomError/isConversationGone`` when it is not there.
  package func conversation(_ id: String) async throws(IntercomError) -> Conversation {
    try conversation(
      await call(
        .conversation, "read the conversation \(id)", .get,
        "/conversations/" + id.percentEncoded), hasParts: true)
  }

  /// Assigns a conversation to a teammate, in the name of another, who needs a seat in the inbox
  /// (`POST /conversations/{id}/parts`, A1).
  ///
  /// The answer has the new part only, so the conversation comes without its messages.
  package func assign(
    _ conversationID: String, to teammateID: String, actingAdmin: String
  ) async throws(IntercomError) -> Conversation {
    try conversation(
      await call(
        .conversation,
        "assign the conversation \(conversationID) to the teammate \(teammateID)", .post,
        "/conversations/\(conversationID.percentEncoded)/parts",
        body: .object([
          ("message_type", .text("assignment")), ("type", .text("admin")),
          ("admin_id", .text(actingAdmin)), ("assignee_id", .text(teammateID)),
        ])), hasParts: false)
  }

  private func conversation(
    _ answered: (response: Response, judge: Judge), hasParts: Bool
  ) throws(IntercomError) -> Conversation {
    guard let conversation = Conversation(try tree(answered), hasParts: hasParts) else {
      throw answered.judge.unreadable(answered.response, "the answer is no conversation")
    }
    return conversation
  }
}
