/// Which conversations go to the record's owner (A1).
package enum Assignment {
  /// Whether `conversation` is open, nobody's, not in the AI agent's hands, and younger than the
  /// daemon's first run (milliseconds UTC).
  ///
  /// That it was not assigned by us before is the caller's to know.
  package static func wants(conversation: Conversation, firstRunAt: Int64) -> Bool {
    conversation.state == .open && conversation.teammateID == nil && conversation.teamID == nil
      && !conversation.isWithAIAgent && conversation.createdAt >= firstRunAt
  }
}
