import SyncCore
import Testing

@Suite("T1, T4: what of a conversation becomes tasks")
struct TaskPlanTests {
  static let start: Int64 = 1_000
  static let settings = TaskSettings(tag: "salesforce-task", logsOnClose: true)

  private static func message(
    _ id: String, at time: Int64 = 2_000, kind: String = "comment", body: String? = "text",
    isRedacted: Bool = false, tags: [Conversation.Tag] = [], attachments: [String] = []
  ) -> Message {
    Message(
      id: id, createdAt: time, kind: kind, author: Message.Author(kind: "user", id: "u"),
      body: body, isRedacted: isRedacted, tags: tags, attachments: attachments)
  }

  private static func tag(_ time: Int64?, _ name: String = "Salesforce-Task") -> Conversation.Tag {
    Conversation.Tag(id: "t", name: name, appliedAt: time)
  }

  private static let three = [message("1"), message("2"), message("3")]

  private func conversation(
    _ messages: [Message]? = three, tags: [Conversation.Tag] = [],
    state: Conversation.State = .open,
    closedAt: Int64? = nil, createdAt: Int64 = 1_500, updatedAt: Int64 = 5_000
  ) -> Conversation {
    Conversation(
      id: "c", createdAt: createdAt, updatedAt: updatedAt, state: state, closedAt: closedAt,
      tags: tags, messages: messages)
  }

  private func owed(
    _ conversation: Conversation, settings: TaskSettings = settings, taggedAt: Int64? = nil,
    closedAt: Int64? = nil, isAsked: Bool = false, part: String? = nil, logged: Set<String> = []
  ) -> [[String]] {
    let items = TaskPlan.owed(
      conversation: conversation, settings: settings, taggedAt: taggedAt, closedAt: closedAt,
      isAsked: isAsked, part: part, firstRunAt: Self.start, logged: logged.contains)
    for item in items { #expect(item.keyPart == item.messages.last?.id) }
    return items.map { $0.messages.map(\.id) }
  }

  @Test("T1: without a tag, a closing or somebody's asking nothing is logged")
  func nothing() {
    #expect(owed(conversation()).isEmpty)
    #expect(owed(conversation(tags: [Self.tag(2_000, "other")])).isEmpty)
    #expect(owed(conversation(nil, tags: [Self.tag(2_000)])).isEmpty)
  }

  @Test("T1: a tag on the conversation logs the messages not yet logged, as one task")
  func taggedConversation() {
    let tagged = conversation(tags: [Self.tag(2_000)])
    #expect(owed(tagged) == [["1", "2", "3"]])
    #expect(owed(tagged, logged: ["1", "2"]) == [["3"]])
    #expect(owed(tagged, logged: ["1", "2", "3"]).isEmpty)
  }

  @Test("T1: a tag on a message logs that message, each as a task of its own")
  func taggedMessage() {
    let messages = [
      Self.message("1", tags: [Self.tag(2_000)]), Self.message("2"),
      Self.message("3", kind: "note", tags: [Self.tag(2_100)]),
    ]
    #expect(owed(conversation(messages)) == [["1"], ["3"]])
    #expect(owed(conversation(messages), logged: ["1"]) == [["3"]])
    // The conversation's own tag takes them along.
    #expect(owed(conversation(messages, tags: [Self.tag(2_500)])) == [["1", "2", "3"]])
  }

  @Test("T4: a tag on a message that the conversation lists as its own is no tag on it")
  func listedTag() {
    let timeless = [
      Self.message("1"), Self.message("2", tags: [Self.tag(nil)]), Self.message("3"),
    ]
    let listed = conversation(timeless, tags: [Self.tag(3_000)])
    #expect(owed(listed) == [["2"]])
    #expect(owed(listed, taggedAt: 3_000, logged: ["2"]) == [])
    // Tagged once more when the message was dealt with: now it is the conversation.
    let again = conversation(timeless, tags: [Self.tag(4_000)])
    #expect(owed(again, taggedAt: 3_000, logged: ["2"]) == [["1", "3"]])
    // Logged by hand before: its tag brings nothing along.
    #expect(owed(listed, logged: ["2"]) == [])
    let timed = [Self.message("1"), Self.message("2", tags: [Self.tag(3_000)])]
    #expect(owed(conversation(timed, tags: [Self.tag(3_000)])) == [["2"]])
    #expect(owed(conversation(timed, tags: [Self.tag(4_000)])) == [["1", "2"]])
  }

  @Test("T1: a tag is an edge: it counts once, and again when it is applied anew")
  func edge() {
    let tagged = conversation(tags: [Self.tag(2_000)])
    let handled = TaskPlan.handled(tagged, settings: Self.settings, firstRunAt: Self.start)
    #expect(handled.taggedAt == 2_000)
    // A reply after the tag is not logged.
    let later = conversation(Self.three + [Self.message("4")], tags: [Self.tag(2_000)])
    #expect(owed(later, taggedAt: handled.taggedAt, logged: ["1", "2", "3"]).isEmpty)
    let again = conversation(Self.three + [Self.message("4")], tags: [Self.tag(6_000)])
    #expect(owed(again, taggedAt: handled.taggedAt, logged: ["1", "2", "3"]) == [["4"]])
    let untagged = TaskPlan.handled(
      conversation(), settings: Self.settings, firstRunAt: Self.start)
    #expect(untagged.taggedAt == nil)
  }

  @Test("T1: where Intercom gives no time, a tag counts once for as long as it is there")
  func timelessTag() {
    let tagged = conversation(tags: [Self.tag(nil)])
    #expect(owed(tagged) == [["1", "2", "3"]])
    let handled = TaskPlan.handled(tagged, settings: Self.settings, firstRunAt: Self.start)
    #expect(handled.taggedAt != nil)
    var later = conversation(Self.three + [Self.message("4")], tags: [Self.tag(nil)])
    later.updatedAt = 9_000
    #expect(owed(later, taggedAt: handled.taggedAt, logged: ["1", "2", "3"]).isEmpty)
  }

  @Test("O4: what was tagged or closed before the daemon first ran is the base")
  func baseline() {
    #expect(owed(conversation(tags: [Self.tag(999)])).isEmpty)
    #expect(owed(conversation(tags: [Self.tag(1_000)])).count == 1)
    #expect(owed(conversation(state: .closed, closedAt: 999)).isEmpty)
    #expect(owed(conversation(state: .closed, closedAt: 1_000)).count == 1)
    let early = Self.message("1", at: 999, tags: [Self.tag(nil)])
    let lately = Self.message("2", at: 999, tags: [Self.tag(1_000)])
    #expect(owed(conversation([early, lately])) == [["2"]])
    // Without a time, a later reply must not make an old tag or closing a new one.
    #expect(owed(conversation(tags: [Self.tag(nil)], createdAt: 999)).isEmpty)
    #expect(owed(conversation(state: .closed, createdAt: 999)).isEmpty)
  }

  @Test("T1: a closing logs what is not yet logged, when on_close says so, and once each")
  func closing() {
    let closed = conversation(state: .closed, closedAt: 4_000)
    #expect(owed(closed) == [["1", "2", "3"]])
    #expect(owed(closed, closedAt: 4_000).isEmpty)
    #expect(owed(closed, closedAt: 3_999, logged: ["1"]) == [["2", "3"]])
    #expect(owed(closed, settings: TaskSettings(tag: "salesforce-task")).isEmpty)
    // Opened again before anybody looked: it was closed all the same, and what was written since
    // waits for the next closing.
    let late = Self.message("4", at: 4_500)
    let reopened = conversation(Self.three + [late], closedAt: 4_000)
    #expect(owed(reopened) == [["1", "2", "3"]])
    #expect(owed(reopened, closedAt: 4_000, logged: ["1", "2", "3"]).isEmpty)
    #expect(
      TaskPlan.handled(reopened, settings: Self.settings, firstRunAt: Self.start).closedAt == 4_000)
  }

  @Test("T1: without Intercom's statistics the part that records the closing tells its time")
  func closingPart() {
    let parts = [
      Self.message("1"), Self.message("2", at: 3_000, kind: "close", body: nil),
      Self.message("3", at: 3_500),
    ]
    let closed = conversation(parts, state: .closed, createdAt: 900)
    #expect(owed(closed) == [["1", "3"]])
    let handled = TaskPlan.handled(closed, settings: Self.settings, firstRunAt: Self.start)
    #expect(handled.closedAt == 3_000)
    #expect(owed(closed, closedAt: handled.closedAt).isEmpty)
  }

  @Test("T1: asked for by hand it is logged, tagged or not, old or new")
  func asked() {
    let old = conversation(
      Self.three.map {
        var old = $0
        old.createdAt = 1
        return old
      }, createdAt: 1)
    #expect(owed(old, isAsked: true) == [["1", "2", "3"]])
    #expect(owed(old, isAsked: true, part: "2") == [["2"]])
    #expect(owed(old, isAsked: true, part: "2", logged: ["2"]).isEmpty)
    #expect(owed(old, isAsked: true, part: "9").isEmpty)
    #expect(owed(old, isAsked: true, logged: ["1", "3"]) == [["2"]])
    #expect(owed(old, part: "2").isEmpty)
  }

  @Test("T4: redacted messages, and those that say nothing, are passed over")
  func passedOver() {
    let messages = [
      Self.message("1", body: nil), Self.message("2", body: ""),
      Self.message("3", body: "<p> </p>"),
      Self.message("4", isRedacted: true), Self.message("5", body: "<p>text</p>"),
      Self.message("6", kind: "assignment", body: "<p>and assigned</p>"),
      Self.message("7", body: nil, attachments: ["a.pdf"]), Self.message("8", body: "<img src=x>"),
      Self.message("9", kind: "close", body: nil, isRedacted: true, attachments: ["b.pdf"]),
    ]
    #expect(owed(conversation(messages), isAsked: true) == [["5", "6", "7", "8"]])
    for id in ["1", "4", "9"] {
      #expect(owed(conversation(messages), isAsked: true, part: id).isEmpty)
    }
  }

  @Test("T4: whatever happens in whatever order, no message is logged twice on a record")
  func once() {
    var random = Seeded(7)
    for _ in 0..<2_000 {
      var now: Int64 = 500
      var live = conversation([], createdAt: 600)
      var logged: Set<String> = []
      var known: (taggedAt: Int64?, closedAt: Int64?) = (nil, nil)
      for step in 0..<12 {
        now += Int64(random.below(3)) * 200
        switch random.below(7) {
        case 0: live.tags = [Self.tag(random.below(2) == 0 ? now : nil)]
        case 1: live.tags = []
        case 2:
          live.state = .closed
          live.closedAt = random.below(3) == 0 ? nil : now
        case 3: live.state = .open
        case 4:
          if let count = live.messages?.count, count > 0 {
            live.messages?[random.below(count)].tags = [Self.tag(now)]
          }
        default: live.messages?.append(Self.message("\(step)", at: now))
        }
        live.updatedAt = now
        let items = TaskPlan.owed(
          conversation: live, settings: Self.settings, taggedAt: known.taggedAt,
          closedAt: known.closedAt, firstRunAt: Self.start, logged: logged.contains)
        let ids = items.flatMap { $0.messages.map(\.id) }
        #expect(Set(ids).count == ids.count)
        #expect(logged.isDisjoint(with: ids))
        #expect(now >= Self.start || ids.isEmpty)
        logged.formUnion(ids)
        known = TaskPlan.handled(live, settings: Self.settings, firstRunAt: Self.start)
        // Looked at again, nothing is owed.
        #expect(
          TaskPlan.owed(
            conversation: live, settings: Self.settings, taggedAt: known.taggedAt,
            closedAt: known.closedAt, firstRunAt: Self.start, logged: logged.contains
          ).isEmpty)
      }
    }
  }

  @Test("S1: messages are read only where they may be owed")
  func wantsMessages() {
    func wants(
      _ conversation: Conversation, _ settings: TaskSettings, closedAt: Int64? = nil
    ) -> Bool {
      TaskPlan.wantsMessages(
        conversation, settings: settings, closedAt: closedAt, firstRunAt: Self.start)
    }
    let onClose = TaskSettings(logsOnClose: true)
    let closed = conversation(nil, state: .closed, closedAt: 4_000)
    #expect(wants(conversation(nil), TaskSettings(tag: "t")))
    #expect(!wants(closed, TaskSettings()))
    #expect(wants(closed, onClose))
    #expect(!wants(closed, onClose, closedAt: 4_000))
    #expect(wants(conversation(nil, closedAt: 4_000), onClose))
    #expect(!wants(conversation(nil, closedAt: 4_000), onClose, closedAt: 4_000))
    #expect(!wants(conversation(nil), onClose))
    #expect(!wants(conversation(nil, state: .closed, closedAt: 999), onClose))
    let timeless = conversation(nil, state: .closed)
    #expect(wants(timeless, onClose))
    #expect(wants(timeless, onClose, closedAt: 4_000))
    #expect(!wants(timeless, onClose, closedAt: 5_000))
  }
}

@Suite("A1: which conversations go to the record's owner")
struct AssignmentTests {
  /// An open one of nobody's, but for the bits that are set.
  private func conversation(_ bits: Int) -> Conversation {
    Conversation(
      id: "c", createdAt: bits & 1 == 0 ? 1_000 : 999, updatedAt: 2_000,
      state: bits & 2 == 0 ? .open : bits & 32 == 0 ? .closed : .snoozed,
      teammateID: bits & 4 == 0 ? nil : "5", teamID: bits & 8 == 0 ? nil : "6",
      isWithAIAgent: bits & 16 != 0)
  }

  @Test("A1: open, nobody's, not the AI agent's, and younger than the daemon")
  func wants() {
    for bits in 0..<64 {
      let wants = Assignment.wants(conversation: conversation(bits), firstRunAt: 1_000)
      #expect(wants == (bits & 31 == 0), "\(bits)")
    }
  }
}
