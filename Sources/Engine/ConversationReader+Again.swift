import EventLoop
import Intercom
import Store
import SyncCore

/// Conversations that are read again by their ids: no cursor waits for them.
@EventLoop extension ConversationReader {
  /// Conversations read so in one poll.
  private static let againMax = 50
  /// How long a conversation may fail before the register tells of it.
  private static let quietMilliseconds: Int64 = 3_600_000

  // MARK: Reading them

  /// Reads what could not be read before, and what waited for a record that is there now.
  func readAgain() async throws {
    var seen: Set<String> = []
    for again in try store.conversationsAgain(now: parts.clock.now, limit: Self.againMax)
    where !seen.contains(again.id) {
      if let person = again.personID, try planner.targets(of: [person]).isEmpty {
        try store.transaction { try store.putOff(again) }
        continue
      }
      seen.insert(again.id)
      do {
        guard let conversation = try await read(again.id) else { continue }
        try await owe(conversation)
      } catch let error as IntercomError where error.failure.meaning.kind == .passing {
        // What changed since is tried all the same.
        return
      }
    }
  }

  // MARK: Waiting for a record

  /// Nobody of the conversation has a record: it is read again when one of them does, if it bears
  /// anything that counts.
  ///
  /// Inside a transaction.
  func waitForRecord(_ conversation: Conversation) throws {
    try readable(conversation.id)
    if try isMarked(conversation) || wantsAssignment(conversation) {
      try store.remember(conversation: conversation.id, until: conversation.people)
    }
    // What a list does not show is looked at again while the overlap lasts: whoever is new may just
    // be about to become a lead.
    if isRecent(conversation), !conversation.people.isEmpty { return }
    try note(conversation, isHandled: false)
  }

  /// Whether it shows a tag or a closing that was not dealt with.
  private func isMarked(_ conversation: Conversation) throws -> Bool {
    let edges = try planner.handled(conversation)
    let known = try store.conversation(conversation.id)
    return edges.taggedAt ?? .min > known?.taggedAt ?? .min
      || edges.closedAt ?? .min > known?.closedAt ?? .min
  }

  // MARK: Failing

  /// One conversation could be read: what the register says of that is over.
  ///
  /// Inside a transaction.
  func readable(_ id: String) throws {
    try store.forgetAgain(conversation: id)
    // A refused assignment has its entry there as well.
    guard try store.assignment(of: id)?.state != .parked else { return }
    try store.closeErrors(subjectKey: Deliverer.conversationKey(id), at: parts.clock.now)
  }

  /// One conversation that could not be read; throws what is not its own affair.
  ///
  /// It counts as looked at, but for its tag and its closing: the next change, the time, or somebody
  /// who asks has it read again.
  func missed(_ id: String, _ listed: Conversation?, _ error: IntercomError) throws {
    let failure = error.failure
    if error.isConversationGone {
      return try store.transaction {
        if let listed { try note(listed) }
        try readable(id)
      }
    }
    guard failure.meaning.kind != .broken, failure.waitMilliseconds == nil else { throw error }
    let now = parts.clock.now
    let isPassing = failure.meaning.kind == .passing
    try store.transaction {
      if let listed { try note(listed, isHandled: false) }
      let first = try store.firstFailure(ofConversation: id) ?? now
      let isLong = now - first >= Self.quietMilliseconds
      let wait = Backoff(most: isLong ? 900_000 : 300_000)
        .wait(firstFailure: first, now: now, random: parts.random())
      try store.retry(conversation: id, failedAt: now, until: isPassing ? now + wait : nil)
      guard isLong || !isPassing else { return }
      try store.enter(
        Report(failure, subjectKey: Deliverer.conversationKey(id)), now: now)
    }
    guard isPassing else { return failuresInRow = 0 }
    failuresInRow += 1
    if failuresInRow >= Self.failuresInRowMax { throw error }
  }
}
