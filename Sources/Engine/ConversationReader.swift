import EventLoop
import Intercom
import Store
import SyncCore

/// Reads the conversations that changed, and owes the tasks and assignments that follow (T1, A1).
@EventLoop final class ConversationReader {
  let parts: EngineParts
  let planner: TaskPlanner
  private let cycle: Int64
  private let isAsked: Bool
  private let isDeep: Bool
  var store: Store { parts.store }
  private var readCount = 0
  /// Conversations that could not be read, without one in between that could.
  var failuresInRow = 0

  /// The name of the cursor.
  static let stream = "conversations"
  static let subjectKey = "stream:conversations"
  static let teammatesKey = "stream:teammates"
  /// Conversations read whole in one poll; the others are left for the next, so that no flood of
  /// them holds up what changed elsewhere.
  private static let readsMax = 300
  /// Of what changed this lately, more may change within the same second.
  private static let settledMilliseconds: Int64 = 2_000
  /// So many that cannot be read one after the other are Intercom's trouble, not their own.
  static let failuresInRowMax = 3

  init(_ parts: EngineParts, cycle: Int64, isAsked: Bool, isDeep: Bool) {
    self.parts = parts
    planner = TaskPlanner(parts)
    self.cycle = cycle
    self.isAsked = isAsked
    self.isDeep = isDeep
  }

  private var wantsTasks: Bool {
    parts.settings.tasks.tag != nil || parts.settings.tasks.logsOnClose
  }

  private var isWanted: Bool { wantsTasks || parts.settings.assign.assignsConversations }

  // MARK: The poll

  /// Reads what changed; a trouble of the conversations' own holds up nothing else.
  ///
  /// Throws only what concerns the whole of Intercom, or the store.
  func read() async throws {
    guard isWanted else { return try close(isWanted: false) }
    do {
      try await readAgain()
      try await readChanges()
      try close(isWanted: true)
    } catch let error as IntercomError {
      guard error.failure.status != 401 else { throw error }
      if error.failure.meaning.kind != .passing { try enter(error.failure) }
    }
  }

  private func enter(_ failure: Failure, _ subjectKey: String = subjectKey) throws {
    try store.transaction {
      _ = try store.enter(Report(failure, subjectKey: subjectKey), now: parts.clock.now)
    }
  }

  /// What nobody reads any more is no trouble either.
  private func close(isWanted: Bool) throws {
    try store.transaction {
      try store.closeErrors(subjectKey: Self.subjectKey, at: parts.clock.now)
      if parts.teammates.isRead || !isWanted {
        try store.closeErrors(subjectKey: Self.teammatesKey, at: parts.clock.now)
      }
    }
  }

  /// Newest first, until the cursor less the overlap.
  ///
  /// As with people, only a deep read moves the cursor, and no further than to the oldest
  /// conversation that was left for the next poll; a shallow one stops at a page on which
  /// everything is known.
  private func readChanges() async throws {
    guard let firstRun = try store.integer(TaskPlanner.firstRunKey) else { return }
    let cursor = try store.cursor(Self.stream)?.since ?? firstRun
    // Intercom has whole seconds.
    let until = max(cursor - parts.settings.overlap, firstRun / 1000 * 1000)
    var newest = cursor
    var oldestLeft = Int64.max
    var next: String?
    repeat {
      let page = try await parts.pace.call(isAsked: isAsked) {
        try await parts.intercom.conversations(updatedSince: until, startingAfter: next)
      }
      var isNews = false
      for conversation in page.conversations where conversation.updatedAt >= until {
        newest = max(newest, conversation.updatedAt)
        if try isKnown(conversation) { continue }
        isNews = true
        if try await !deal(with: conversation) {
          oldestLeft = min(oldestLeft, conversation.updatedAt)
        }
      }
      next = page.next
      if let oldest = page.conversations.last?.updatedAt, oldest < until { break }
      if !isDeep, !isNews { return }
      await EventLoop.nextTurn()
    } while next != nil
    guard isDeep else { return }
    try store.transaction {
      try store.setCursor(Self.stream, Cursor(since: min(newest, oldestLeft)))
    }
  }

  private func isKnown(_ conversation: Conversation) throws -> Bool {
    guard let known = try store.conversation(conversation.id) else { return false }
    return known.updatedAt >= conversation.updatedAt
  }

  // MARK: One conversation

  /// What `conversation` of a list owes; false when it is left for the next poll.
  private func deal(with conversation: Conversation) async throws -> Bool {
    let targets = try planner.targets(of: conversation.people)
    guard !targets.isEmpty else {
      try store.transaction { try waitForRecord(conversation) }
      return true
    }
    var whole: Conversation?
    if try wantsMessages(conversation) {
      guard readCount < Self.readsMax else { return false }
      readCount += 1
      whole = try await read(conversation.id, listed: conversation)
      guard whole != nil else { return true }
    }
    try await owe(whole ?? conversation)
    return true
  }

  /// The conversation with its messages; nil, with what comes next written down, for one that cannot
  /// be read.
  func read(_ id: String, listed: Conversation? = nil) async throws -> Conversation? {
    do {
      let conversation = try await parts.pace.call(isAsked: isAsked) {
        try await parts.intercom.conversation(id)
      }
      failuresInRow = 0
      return conversation
    } catch let error as IntercomError {
      try missed(id, listed, error)
      return nil
    }
  }

  /// Owes what follows from a conversation as it is now.
  func owe(_ conversation: Conversation) async throws {
    let email = try await teammateEmail(of: conversation.messages == nil ? nil : conversation)
    try store.transaction {
      let targets = try planner.targets(of: conversation.people)
      guard !targets.isEmpty else { return try waitForRecord(conversation) }
      try owe(conversation, to: targets, teammateEmail: email)
    }
  }

  private func wantsMessages(_ conversation: Conversation) throws -> Bool {
    guard wantsTasks else { return false }
    return TaskPlan.wantsMessages(
      conversation, settings: parts.settings.tasks,
      closedAt: try store.conversation(conversation.id)?.closedAt,
      firstRunAt: try store.integer(TaskPlanner.firstRunKey) ?? 0)
  }

  /// Nobody is asked for who is not needed: most conversations have no task.
  private func teammateEmail(of conversation: Conversation?) async throws -> String? {
    guard let conversation, let id = conversation.teammateID else { return nil }
    do {
      return try await parts.teammates.teammate(id, isAsked: isAsked)?.email
    } catch let error as IntercomError
      where error.failure.meaning.kind != .passing && error.failure.status != 401
    {
      // The integration user owns the task then (T3).
      try enter(error.failure, Self.teammatesKey)
      return nil
    }
  }

  /// One transaction: what it owes, and that it was looked at (O1).
  private func owe(
    _ conversation: Conversation, to targets: [TaskTarget], teammateEmail: String?
  ) throws {
    let now = parts.clock.now
    if wantsTasks, conversation.messages != nil {
      try planner.owe(
        conversation, to: targets, teammateEmail: teammateEmail, cycle: cycle, now: now)
    }
    let isOwed = try oweAssignment(of: conversation)
    try readable(conversation.id)
    if !isOwed { try store.remember(conversation: conversation.id, until: conversation.people) }
    // One that nobody linked yet may be in a moment: a lead is on its way.
    try note(conversation, isDone: try isOwed || !isUndecided(conversation))
  }

  /// Whether what the conversation wants is settled, one way or the other.
  private func oweAssignment(of conversation: Conversation) throws -> Bool {
    guard try wantsAssignment(conversation) else { return true }
    for person in conversation.people {
      guard let link = try store.link(of: person) else { continue }
      try store.oweAssignment(
        of: conversation.id, person: person, record: link.recordID, cycle: cycle,
        now: parts.clock.now)
      return true
    }
    return false
  }

  func wantsAssignment(_ conversation: Conversation) throws -> Bool {
    guard parts.settings.assign.assignsConversations,
      try store.conversation(conversation.id)?.assignedAt == nil
    else { return false }
    return Assignment.wants(conversation: conversation, firstRunAt: try assignsSince())
  }

  /// Of older ones this store does not know whether somebody has reassigned them: it began later, or
  /// comes from a backup.
  private func assignsSince() throws -> Int64 {
    max(try store.integer(TaskPlanner.firstRunKey) ?? 0, try store.restored()?.farAt ?? 0)
  }

  private func isUndecided(_ conversation: Conversation) throws -> Bool {
    try isRecent(conversation) && wantsAssignment(conversation)
  }

  func isRecent(_ conversation: Conversation) -> Bool {
    let now = parts.pace.intercomNow ?? 0
    return conversation.updatedAt > now - parts.settings.overlap
  }

  /// Writes down that a conversation was dealt with as it is, or only what was; `isHandled` says that
  /// its tag and its closing count as dealt with.
  ///
  /// Inside a transaction.
  func note(_ conversation: Conversation, isDone: Bool = true, isHandled: Bool = true) throws {
    let handled = try isHandled ? planner.handled(conversation) : (taggedAt: nil, closedAt: nil)
    let settled = (parts.pace.intercomNow ?? 0) - Self.settledMilliseconds
    let updatedAt =
      conversation.updatedAt < settled ? conversation.updatedAt : conversation.updatedAt - 1
    let isAssigned = try store.assignment(of: conversation.id) != nil
    try store.note(
      KnownConversation(
        id: conversation.id, updatedAt: isDone ? updatedAt : 0,
        taggedAt: handled.taggedAt, closedAt: handled.closedAt,
        assignedAt: isAssigned ? parts.clock.now : nil))
  }
}
