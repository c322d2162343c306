package import SyncCore

/// A call that Intercom did not do; the one error that the client throws.
package struct IntercomError: Error, Sendable {
  package var failure: Failure
  /// The person that the missing one was merged into, where Intercom names it (410 with a `Link`
  /// header, from version 2.16 on; M5).
  package var survivor: String?

  package init(_ failure: Failure, survivor: String? = nil) {
    self.failure = failure
    self.survivor = survivor
  }

  /// Whether the person is archived, deleted, blocked, merged away or was never there (M5, M8):
  /// Intercom's answer is the same for all of these.
  package var isPersonGone: Bool { failure.meaning == IntercomMeaning.personGone }

  /// Whether the conversation is deleted or was never there (T1).
  package var isConversationGone: Bool {
    failure.meaning == IntercomMeaning.conversationGone
  }
}
