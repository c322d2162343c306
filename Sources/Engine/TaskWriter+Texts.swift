import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore

/// What a task says when it is sent: nothing that was redacted since (T4).
@EventLoop extension TaskWriter {
  private static let readAgainMax = 200
  /// Texts older than this are read again before they are sent: they may have been redacted.
  static let freshMilliseconds: Int64 = 600_000
  /// So many that cannot be read one after the other are Intercom's trouble: the rest waits.
  private static let failuresInRowMax = 3
  /// How long a conversation may fail before the register tells of it.
  private static let quietMilliseconds: Int64 = 3_600_000

  /// Reads the conversations of old texts again and leaves out what was redacted since (T4).
  func reread(_ items: [Item]) async throws -> [Item] {
    let now = desk.clock.now
    var conversations: [String: Result<Conversation?, IntercomError>] = [:]
    var read: [Item] = []
    var last: Result<Conversation?, IntercomError>?
    failuresInRow = 0
    for item in items {
      guard abs(now - item.delivery.queuedAt) > Self.freshMilliseconds else {
        read.append(item)
        continue
      }
      let id = item.payload.conversationID
      if conversations[id] == nil {
        if desk.isStopping { continue }
        if failuresInRow < Self.failuresInRowMax {
          conversations[id] = try await recent(id)
        } else {
          conversations[id] = last
        }
        if case .failure = conversations[id] { last = conversations[id] }
      }
      switch conversations[id] {
      case .success(let conversation?):
        if let item = try await unredacted(item, conversation) { read.append(item) }
      case .failure(let error):
        try await desk.settlements.commit { [self] in try unread(item, error.failure) }
      case nil: continue
      case .success:
        // The conversation is deleted: nothing of it is to be told any more.
        try await desk.settlements.commit { [self] in try end(item) }
      }
    }
    return read
  }

  /// While Salesforce is away every try would read the same conversations.
  private func recent(_ id: String) async throws -> Result<Conversation?, IntercomError> {
    let now = desk.clock.uptime
    readAgain = readAgain.filter { now - $0.value.at < Self.freshMilliseconds }
    if let known = readAgain[id] { return .success(known.conversation) }
    let result = try await conversation(id)
    switch result {
    case .success(let conversation):
      failuresInRow = 0
      if readAgain.count < Self.readAgainMax { readAgain[id] = (conversation, now) }
    case .failure(let error):
      if error.failure.meaning.kind == .passing { failuresInRow += 1 }
    }
    return result
  }

  /// A text that cannot be compared with its conversation is not sent.
  ///
  /// Inside a transaction. A refusal is its own; what is missing for all conversations is told once;
  /// what passes is told of when it has lasted.
  func unread(_ item: Item, _ failure: Failure) throws {
    let now = desk.clock.now
    switch failure.meaning.kind {
    case .refused: return try refused(item, failure)
    case .broken:
      try store.postpone(
        item.delivery, failedAt: now, until: now + Self.accessMilliseconds)
      guard failure.status != 401 else { return }
      try store.enter(Report(failure, subjectKey: ConversationReader.subjectKey), now: now)
    case .passing:
      try desk.later(item.delivery, failure)
      guard let first = item.delivery.firstFailedAt, now - first >= Self.quietMilliseconds else {
        return
      }
      try enter(item, failure)
    }
  }

  func conversation(_ id: String) async throws -> Result<Conversation?, IntercomError> {
    do {
      return .success(
        try await desk.parts.pace.call(isAsked: false) {
          try await desk.parts.intercom.conversation(id)
        })
    } catch let error as IntercomError {
      return error.isConversationGone ? .success(nil) : .failure(error)
    }
  }

  private func unredacted(_ item: Item, _ conversation: Conversation) async throws -> Item? {
    // What is no longer among the newest messages may have been redacted as well.
    let shown = Set((conversation.messages ?? []).filter { !$0.isRedacted }.map(\.id))
    let left = item.payload.parts.filter(shown.contains)
    guard left.count < item.payload.parts.count else { return item }
    guard let payload = try planner.rewritten(item.payload, from: conversation, parts: left) else {
      try await desk.settlements.commit { [self] in try end(item) }
      return nil
    }
    var item = item
    item.payload = payload
    return item
  }
}
