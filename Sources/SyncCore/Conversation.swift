/// An Intercom conversation as far as tasks and assignment need it (T1, A1).
package struct Conversation: Sendable, Equatable {
  package enum State: String, Sendable { case open, closed, snoozed }

  package struct Tag: Sendable, Equatable {
    package var id: String
    package var name: String
    /// Milliseconds UTC; nil where Intercom does not say.
    package var appliedAt: Int64?

    package init(id: String, name: String, appliedAt: Int64? = nil) {
      self.id = id
      self.name = name
      self.appliedAt = appliedAt
    }
  }

  /// Digits, unique within one workspace.
  package var id: String
  /// Milliseconds UTC; Intercom gives whole seconds.
  package var createdAt: Int64
  package var updatedAt: Int64
  package var state: State
  /// When it was last closed, where Intercom says so.
  package var closedAt: Int64?
  /// The teammate whom it is assigned to; nil for nobody (`null`, or `0` from 2.16 on).
  package var teammateID: String?
  package var teamID: String?
  /// The AI agent answers it and has neither resolved it nor handed it on.
  package var isWithAIAgent: Bool
  package var title: String?
  /// Intercom contact ids of those who take part.
  package var people: [String]
  package var tags: [Tag]
  /// The first message and the parts, oldest first; nil where only a list was read.
  package var messages: [Message]?

  package init(
    id: String, createdAt: Int64, updatedAt: Int64, state: State = .open, closedAt: Int64? = nil,
    teammateID: String? = nil, teamID: String? = nil, isWithAIAgent: Bool = false,
    title: String? = nil, people: [String] = [], tags: [Tag] = [], messages: [Message]? = nil
  ) {
    self.id = id
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.state = state
    self.closedAt = closedAt
    self.teammateID = teammateID
    self.teamID = teamID
    self.isWithAIAgent = isWithAIAgent
    self.title = title
    self.people = people
    self.tags = tags
    self.messages = messages
  }
}

/// What somebody wrote in a conversation: its first message, a reply or a note.
package struct Message: Sendable, Equatable {
  package struct Author: Sendable, Equatable {
    /// `user`, `lead`, `contact`, `admin`, `bot`, `team`, or what a later version calls it.
    package var kind: String
    package var id: String
    package var name: String?
    package var email: String?

    package init(kind: String, id: String, name: String? = nil, email: String? = nil) {
      self.kind = kind
      self.id = id
      self.name = name
      self.email = email
    }
  }

  /// The part's id; for the first message the id of the conversation's `source`.
  package var id: String
  /// Milliseconds UTC.
  package var createdAt: Int64
  /// Intercom's `part_type`: `comment`, `note`, `assignment`, …; `source` for the first message.
  package var kind: String
  package var author: Author
  /// HTML as Intercom gives it; nil or blank for parts that only record an act.
  package var body: String?
  package var isRedacted: Bool
  package var tags: [Conversation.Tag]
  /// Names of attached files.
  package var attachments: [String]

  package init(
    id: String, createdAt: Int64, kind: String, author: Author, body: String? = nil,
    isRedacted: Bool = false, tags: [Conversation.Tag] = [], attachments: [String] = []
  ) {
    self.id = id
    self.createdAt = createdAt
    self.kind = kind
    self.author = author
    self.body = body
    self.isRedacted = isRedacted
    self.tags = tags
    self.attachments = attachments
  }
}
