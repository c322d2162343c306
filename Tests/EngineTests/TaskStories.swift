import Engine
import EventLoop
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct TaskStories {
    @EventLoop
    @Test("T1 T2: a tag on a conversation logs it, completed, on every record that matches")
    func tagged() async throws {
      let story = try Story.withTasks(salesforce: { $0.timeZone = "Pacific/Kiritimati" })
      let lead = story.lead("a@example.com")
      let contact = story.contact("a@example.com")
      let other = story.lead("b@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "Do you ship to <Mars> & beyond?")
      _ = story.part(conversation, "Yes", admin: story.teammate("Ann"))
      _ = story.part(conversation, "A note", admin: story.teammate("Bob"), type: "note")
      try await story.sync()
      #expect(story.tasks.isEmpty)
      story.tag(conversation)
      try await story.sync()
      #expect(story.tasks(on: lead).count == 1)
      #expect(story.tasks(on: contact).count == 1)
      #expect(story.tasks(on: other).isEmpty)
      let task = try #require(story.tasks(on: contact).first)
      #expect(story.task(task, "Subject") == "Intercom: Do you ship to <Mars> & beyond?")
      #expect(story.task(task, "Status") == "Completed")
      // It is past midnight there.
      #expect(story.task(task, "ActivityDate") == "2026-11-23")
      let text = try #require(story.task(task, "Description"))
      #expect(text.contains("Somebody, ") && text.contains("Ann, ") && text.contains("A note"))
      #expect(text.contains("/inbox/conversation/\(conversation)"))
      #expect(try story.open() == [])
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 2)
    }

    @EventLoop
    @Test("T4: a tag on a message logs that message, a tag on the conversation the rest of it")
    func taggedMessage() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let second = story.part(conversation, "Second")
      _ = story.part(conversation, "Third")
      story.tag(conversation, part: second)
      try await story.sync()
      #expect(story.tasks(on: lead).map { story.task($0, "Subject") } == ["Intercom: Second"])
      story.tag(conversation)
      try await story.sync()
      let texts = story.tasks(on: lead).compactMap { story.task($0, "Description") }
      #expect(texts.count == 2)
      #expect(texts.filter { $0.contains("Second") }.count == 1)
      #expect(texts.filter { $0.contains("First") && $0.contains("Third") }.count == 1)
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("T1 T4: on_close logs what is not logged yet, at every closing; nothing tells nothing")
    func closing() async throws {
      let story = try Story.withTasks(onClose: true)
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      #expect(story.tasks(on: lead).count == 1)
      await story.simulation.advance(minutes: 3)
      _ = story.part(conversation, "Again")
      try await story.sync()
      #expect(story.tasks(on: lead).count == 1)
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      let texts = story.tasks(on: lead).compactMap { story.task($0, "Description") }
      #expect(texts.count == 2 && texts.filter { $0.contains("First") }.count == 1)
      await story.simulation.advance(minutes: 3)
      story.edit { _, intercom in
        intercom.openConversation(conversation)
        intercom.closeConversation(conversation)
      }
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 2)
    }

    @EventLoop
    @Test("T3: the owner is the active standard user with the teammate's address, else ourselves")
    func owner() async throws {
      let story = try Story.withTasks()
      let ann = story.user("Ann")
      _ = story.user("Bob")
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      let stranger = story.teammate("Zoe")
      try await story.begin()
      let conversations = (0..<3).map { story.conversation(person, "Number \($0)") }
      story.edit { _, intercom in
        intercom.assignConversation(conversations[0], admin: teammate)
        intercom.assignConversation(conversations[1], admin: stranger)
      }
      for conversation in conversations { story.tag(conversation) }
      try await story.sync()
      let owners = Dictionary(
        uniqueKeysWithValues: story.tasks(on: lead).map {
          (story.task($0, "Subject") ?? "", story.task($0, "OwnerId") ?? "")
        })
      let integration = story.salesforce.runningUserID
      #expect(
        owners == [
          "Intercom: Number 0": ann, "Intercom: Number 1": integration,
          "Intercom: Number 2": integration,
        ])
    }

    @EventLoop
    @Test("T3: an owner who was deactivated since gives way to the integration user")
    func inactiveOwner() async throws {
      let story = try Story.withTasks()
      let ann = story.user("Ann")
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let teammate = story.teammate("Ann")
      try await story.begin()
      for number in 0..<2 {
        let conversation = story.conversation(person, "Number \(number)")
        story.edit { salesforce, intercom in
          intercom.assignConversation(conversation, admin: teammate)
          if number == 1 { salesforce.deactivateUser(ann) }
        }
        story.tag(conversation)
        try await story.sync()
      }
      let owners = Set(story.tasks(on: lead).map { story.task($0, "OwnerId") ?? "" })
      #expect(owners == [ann, story.salesforce.runningUserID])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("T2: the closed status is the org's own, and is looked up again when it is refused")
    func status() async throws {
      let story = try Story.withTasks(salesforce: {
        $0.taskStatuses = [
          OrgTaskStatus("Offen", isDefault: true), OrgTaskStatus("Erledigt", isClosed: true),
          OrgTaskStatus("Abgelehnt", isClosed: true),
        ]
      })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.tag(story.conversation(person, "One"))
      try await story.sync()
      story.edit { salesforce, _ in
        salesforce.setTaskStatuses([
          OrgTaskStatus("Offen", isDefault: true), OrgTaskStatus("Fertig", isClosed: true),
        ])
        salesforce.changeField("Status", of: "Task") { $0.traits.insert(.restricted) }
      }
      story.tag(story.conversation(person, "Two"))
      try await story.sync()
      #expect(
        Set(story.tasks(on: lead).compactMap { story.task($0, "Status") }) == [
          "Erledigt", "Fertig",
        ])
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("T4: a converted lead's task goes to its contact, a merged one's to the survivor")
    func moved() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let victim = story.lead("b@example.com")
      let survivor = story.lead("other@example.com")
      let gone = story.lead("c@example.com")
      let people = ["a", "b", "c"].map { story.person("\($0)@example.com") }
      try await story.begin()
      let conversations = people.map { story.conversation($0, "From \($0)") }
      for conversation in conversations { story.tag(conversation) }
      // The task is owed to the record as it was; Salesforce does not answer for a while.
      story.world.faultAt = { request, _ in request.makesTasks ? .status(503) : nil }
      try await story.sync()
      #expect(story.tasks.isEmpty)
      var contact: String?
      story.edit { salesforce, _ in
        contact = salesforce.convert(lead: lead)
        salesforce.merge(into: survivor, from: [victim])
        salesforce.delete(gone)
      }
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 20)
      #expect(story.tasks(on: try #require(contact)).count == 1)
      #expect(story.tasks(on: survivor).count == 1)
      #expect(story.tasks.count == 2)
      #expect(try story.open() == [])
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test("T4: redacted text is not sent, not even when it was redacted while the task waited")
    func redacted() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let secret = story.part(conversation, "My card is 4111")
      let later = story.part(conversation, "My pin is 1234")
      story.edit { _, intercom in intercom.redact(secret, in: conversation) }
      story.tag(conversation)
      story.world.faultAt = { request, _ in request.makesTasks ? .status(503) : nil }
      try await story.sync()
      story.edit { _, intercom in intercom.redact(later, in: conversation) }
      await story.simulation.advance(minutes: 30)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 20)
      let text = try #require(story.tasks(on: lead).first.flatMap { story.task($0, "Description") })
      #expect(text.contains("First") && !text.contains("4111") && !text.contains("1234"))
      #expect(story.tasks.count == 1)
    }

    @EventLoop
    @Test("T1: what was tagged or closed before the first run is no task; people without a record")
    func base() async throws {
      let story = try Story.withTasks(onClose: true)
      _ = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let nobody = story.person("nobody@example.com")
      story.world.past(1_800_000) {
        let old = story.intercom.startConversation(from: person, "Old") ?? ""
        story.intercom.tagConversation(old, Story.taskTag)
        story.intercom.closeConversation(old)
      }
      try await story.begin()
      story.tag(story.conversation(nobody))
      try await story.sync()
      #expect(story.tasks.isEmpty)
      #expect(try await story.isAtRest())
      #expect(story.tasks.isEmpty)
    }

    @EventLoop
    @Test("T1: 'task create' logs now, tells what is there already, and says what is missing")
    func asked() async throws {
      let story = try Story.withTasks(settings: { $0.tasks.tag = nil })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let nobody = story.person("nobody@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let second = story.part(conversation, "Second")
      let empty = story.conversation(nobody)
      await story.simulation.advance(minutes: 6)
      let one = try await story.createTask(conversation, part: second)
      #expect(one == .created(story.tasks(on: lead)))
      #expect(try await story.createTask(conversation, part: second) == .exists(story.tasks))
      let before = story.tasks
      let rest = try await story.createTask(conversation)
      #expect(rest == .created(story.tasks.filter { !before.contains($0) }))
      #expect(story.tasks.count == 2)
      #expect(try await story.createTask(conversation) == .exists(story.tasks.sorted()))
      guard case .refused(let none) = try await story.createTask(empty) else {
        Issue.record("logged on nobody")
        return
      }
      #expect(none.code == "TASK-NO-RECORD")
      guard case .refused(let unknown) = try await story.createTask("4711") else {
        Issue.record("logged what is not there")
        return
      }
      #expect(unknown.code == "IC-CONVERSATION-GONE")
      guard case .refused(let nothing) = try await story.createTask(conversation, part: 4711) else {
        Issue.record("logged a message that is not there")
        return
      }
      #expect(nothing.code == "TASK-NOTHING-TO-LOG")
      #expect(try story.open() == [])
      let history = try story.store.history(ofPerson: person, limit: 100)
      #expect(history.filter { $0.what == "task" }.count == 2)
    }

    @EventLoop
    @Test("T4: a record that is converted or deleted at the very moment of logging")
    func raced() async throws {
      for isDeleted in [false, true] {
        let story = try Story.withTasks()
        let lead = story.lead("a@example.com")
        let other = story.lead("b@example.com")
        let people = ["a", "b"].map { story.person("\($0)@example.com") }
        try await story.begin()
        for person in people { story.tag(story.conversation(person)) }
        var contact: String?
        var isDone = false
        story.world.faultAt = { request, _ in
          guard request.makesTasks, !isDone else { return nil }
          isDone = true
          if isDeleted {
            story.salesforce.delete(lead)
          } else {
            contact = story.salesforce.convert(lead: lead)
          }
          return nil
        }
        try await story.sync()
        #expect(isDone && story.tasks(on: other).count == 1)
        let onContact = contact.map { story.tasks(on: $0).count }
        #expect(onContact == (isDeleted ? nil : 1))
        #expect(try story.open() == [])
        #expect(try await story.isAtRest())
        #expect(story.tasks.count == (isDeleted ? 1 : 2))
      }
    }
  }
}
