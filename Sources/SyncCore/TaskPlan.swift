/// One task that is owed: messages that become one, and the message that it is known by.
package struct LogItem: Sendable, Equatable {
  /// The id of the newest of `messages`; with the record's id it is the task's identity (T4).
  package var keyPart: String
  /// Oldest first, never empty, all with something to say.
  package var messages: [Message]

  package init?(_ messages: [Message]) {
    guard let newest = messages.last else { return nil }
    keyPart = newest.id
    self.messages = messages
  }
}

/// What of a conversation becomes tasks on one record: the pure heart of T1 and T4.
package enum TaskPlan {
  /// The tasks that are owed now.
  ///
  /// A tag on the conversation, its closing, or asking for it logs every message not yet logged as
  /// one task; a tag on a message, or asking for one, logs that message. What was tagged or closed
  /// before the daemon first ran is the base. Redacted messages, and those that say nothing, are
  /// passed over.
  ///
  /// - `conversation`: with its messages, oldest first.
  /// - `taggedAt`: the ``handled(_:settings:firstRunAt:)`` of before; nil for none.
  /// - `closedAt`: the same for its closing.
  /// - `isAsked`: somebody asked for it by hand.
  /// - `part`: the message that was asked for; nil for all.
  /// - `firstRunAt`: milliseconds UTC.
  /// - `logged`: whether the message of this id is on the record already, or owed to it.
  package static func owed(
    conversation: Conversation, settings: TaskSettings, taggedAt: Int64?, closedAt: Int64?,
    isAsked: Bool = false, part: String? = nil, firstRunAt: Int64,
    logged: (String) throws -> Bool
  ) rethrows -> [LogItem] {
    let left = try (conversation.messages ?? []).filter { try isLoggable($0) && !logged($0.id) }
    if isAsked, let part { return left.filter { $0.id == part }.compactMap { LogItem([$0]) } }
    let tagged = tagging(conversation, settings, firstRunAt)
    let closed = closing(conversation, settings, firstRunAt)
    let marked = left.filter { isTagged($0, settings, firstRunAt) }
    let isWhole =
      isNewer(tagged, than: taggedAt)
      && !isOfMessages(
        tagged, conversation, settings, isKnown: taggedAt != nil && marked.isEmpty)
    if isAsked || isWhole { return LogItem(left).map { [$0] } ?? [] }
    if let closed, isNewer(closed, than: closedAt) {
      // What was written since it was opened again waits for the next closing.
      let told = left.filter { conversation.state == .closed || $0.createdAt <= closed }
      let rest = marked.filter { !told.contains($0) }
      return ([told] + rest.map { [$0] }).compactMap { LogItem($0) }
    }
    return marked.compactMap { LogItem([$0]) }
  }

  /// Whether the tag that the conversation lists is that of its messages, which it lists as its own,
  /// one entry a tag.
  ///
  /// Where Intercom gives the times of both they tell. Else a newer time is the conversation's own
  /// tag only if every message that bears it was dealt with before (`isKnown`).
  private static func isOfMessages(
    _ tagged: Int64?, _ conversation: Conversation, _ settings: TaskSettings, isKnown: Bool
  ) -> Bool {
    guard let tagged, let name = settings.tag?.lowercased() else { return false }
    let tags = (conversation.messages ?? []).flatMap(\.tags).filter {
      $0.name.lowercased() == name
    }
    guard !tags.isEmpty, !isKnown else { return false }
    guard tags.allSatisfy({ $0.appliedAt != nil }) else { return true }
    return tags.contains { $0.appliedAt == tagged }
  }

  /// What is to be remembered of a conversation once what it owed is written down; nil where there
  /// is no tag, or no closing, that counts.
  package static func handled(
    _ conversation: Conversation, settings: TaskSettings, firstRunAt: Int64
  ) -> (taggedAt: Int64?, closedAt: Int64?) {
    (
      tagging(conversation, settings, firstRunAt), closing(conversation, settings, firstRunAt)
    )
  }

  /// Whether anything about a conversation of a list asks for its messages to be read.
  ///
  /// A list carries no messages, so a tag on one of them cannot be seen: where `tasks.tag` is set
  /// every conversation that changed is read.
  package static func wantsMessages(
    _ conversation: Conversation, settings: TaskSettings, closedAt: Int64?, firstRunAt: Int64
  ) -> Bool {
    if settings.tag != nil { return true }
    let isClosed = conversation.state == .closed
    guard settings.logsOnClose, isClosed || conversation.closedAt != nil else { return false }
    let time = conversation.closedAt ?? conversation.updatedAt
    return time >= firstRunAt && time > closedAt ?? .min
  }

  /// Has a body or a file, and was not redacted.
  package static func isLoggable(_ message: Message) -> Bool {
    guard !message.isRedacted else { return false }
    return !message.attachments.isEmpty
      || message.body.map { !PlainText.of(html: $0).isEmpty } ?? false
  }

  // MARK: Edges

  /// An edge bears its time: a later one is another edge.
  private static func isNewer(_ edge: Int64?, than handled: Int64?) -> Bool {
    guard let edge else { return false }
    return handled.map { edge > $0 } ?? true
  }

  private static func tagging(
    _ conversation: Conversation, _ settings: TaskSettings, _ firstRunAt: Int64
  ) -> Int64? {
    edge(of: conversation.tags, settings, of: conversation.createdAt, firstRunAt)
  }

  private static func isTagged(
    _ message: Message, _ settings: TaskSettings, _ firstRunAt: Int64
  ) -> Bool {
    edge(of: message.tags, settings, of: message.createdAt, firstRunAt) != nil
  }

  /// Where Intercom does not say when a tag was applied, it counts once for as long as it is there.
  ///
  /// What was written before the daemon first ran counts as tagged then: better no task than one
  /// that was made before (O4).
  private static func edge(
    of tags: [Conversation.Tag], _ settings: TaskSettings, of createdAt: Int64,
    _ firstRunAt: Int64
  ) -> Int64? {
    guard let name = settings.tag?.lowercased() else { return nil }
    return tags.filter { $0.name.lowercased() == name }.map { $0.appliedAt ?? createdAt }
      .filter { $0 >= firstRunAt }.max()
  }

  /// By Intercom's statistics, else by the part that records it, else as for tags.
  ///
  /// A conversation that was opened again since was closed all the same.
  private static func closing(
    _ conversation: Conversation, _ settings: TaskSettings, _ firstRunAt: Int64
  ) -> Int64? {
    guard settings.logsOnClose else { return nil }
    let part = conversation.messages?.last { $0.kind == "close" }
    let created = conversation.state == .closed ? conversation.createdAt : nil
    guard let time = conversation.closedAt ?? part?.createdAt ?? created, time >= firstRunAt
    else { return nil }
    return time
  }
}
