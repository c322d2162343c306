import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import Testing

extension EngineTests {
  @Suite struct TaskTroubleStories {
    private static func refusal(_ status: Int, _ code: String) -> Exchange {
      .answer(
        Response(
          status: status, headers: ["Content-Type": "application/json"],
          body: Array("[{\"errorCode\":\"\(code)\",\"message\":\"simulated\"}]".utf8)))
    }

    private static func isOfStatuses(_ request: Request) -> Bool {
      let body = String(decoding: request.body ?? [], as: UTF8.self)
      return (request.url + body).contains("TaskStatus")
    }

    @EventLoop
    @Test("O4 T4: a rebuilt store finds tasks that were made on the lead before it was converted")
    func rebuiltAfterConversion() async throws {
      let story = try Story.withTasks(field: true, onClose: true)
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      #expect(story.tasks(on: lead).count == 1)
      var contact: String?
      story.edit { salesforce, _ in contact = salesforce.convert(lead: lead) }
      try await story.sync()
      try await story.simulation.stop()
      story.simulation.loseStore()
      await story.simulation.advance(minutes: 3)
      try story.simulation.start()
      await story.simulation.advance(minutes: 12)
      _ = story.part(conversation, "Second")
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      await story.simulation.advance(minutes: 2)
      let texts = story.tasks(on: try #require(contact)).compactMap {
        story.task($0, "Description")
      }
      #expect(texts.count == 2)
      #expect(texts.filter { $0.contains("First") }.count == 1)
    }

    @EventLoop
    @Test("T4: what was sent before the external id's field was configured is looked up without it")
    func fieldLater() async throws {
      let story = try Story.withTasks(
        field: true, settings: { $0.tasks.externalIDField = nil })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.tag(story.conversation(person))
      var isOut = false
      story.world.faultAt = { request, _ in
        guard request.makesTasks, !isOut else { return nil }
        isOut = true
        story.salesforce.faults.schedule(lateBy: 300_000) { _ in true }
        return nil
      }
      try await story.sync()
      #expect(isOut)
      try await story.simulation.stop()
      story.simulation.settings.tasks.externalIDField = Story.taskField
      try story.simulation.start()
      await story.simulation.advance(minutes: 30)
      #expect(story.tasks.count == 1 && story.tasks(on: lead).count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("S8 E1: what only tasks need is no illness of Salesforce's, and heals by itself")
    func noAccess() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.world.answer = { request in
        Self.isOfStatuses(request) ? Self.refusal(400, "INVALID_TYPE") : nil
      }
      story.tag(story.conversation(person))
      try await story.sync()
      #expect(try story.open() == ["SF-TASK-ACCESS"])
      #expect(try story.engine.salesforceDeliverer.health.state == .well)
      await story.simulation.advance(minutes: 20)
      #expect(try story.open() == ["SF-TASK-ACCESS"])
      story.world.answer = nil
      await story.simulation.advance(minutes: 20)
      #expect(story.tasks(on: lead).count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: 'task create' tries a refused task again")
    func askedAgain() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.salesforce.settings.validationRule = { object, _ in
        object == "Task" ? "No tasks on Mondays" : nil
      }
      let conversation = story.conversation(person, "First")
      _ = story.part(conversation, "Second")
      story.tag(conversation)
      try await story.sync()
      #expect(try story.open() == ["SF-VALIDATION"])
      guard case .refused(let entry) = try await story.createTask(conversation) else {
        Issue.record("not refused")
        return
      }
      #expect(entry.count == 2)
      story.salesforce.settings.validationRule = nil
      #expect(try await story.createTask(conversation) == .created(story.tasks(on: lead)))
      #expect(story.tasks.count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("E1: an entry of the org's statuses is retried by itself")
    func statusRetried() async throws {
      let story = try Story.withTasks(salesforce: {
        $0.taskStatuses = [OrgTaskStatus("Offen", isDefault: true)]
      })
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.tag(story.conversation(person))
      try await story.sync()
      let entry = try #require(try story.store.errors(all: true, after: 0, limit: 1).first)
      #expect(entry.code == "SF-NO-CLOSED-STATUS")
      story.edit { salesforce, _ in
        salesforce.setTaskStatuses([
          OrgTaskStatus("Offen", isDefault: true), OrgTaskStatus("Fertig", isClosed: true),
        ])
      }
      try await story.ask { try $0.retry(entry) }
      #expect(story.tasks(on: lead).count == 1)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("M8 T1: the task of somebody who is archived and comes back is owed again")
    func archived() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let other = story.person("a@example.com", role: .lead)
      try await story.begin()
      let conversation = story.conversation(person)
      story.edit { _, intercom in intercom.addContact(other, to: conversation) }
      story.tag(conversation)
      story.world.faultAt = { request, _ in request.makesTasks ? .status(503) : nil }
      try await story.sync()
      story.edit { salesforce, intercom in
        intercom.archive(person)
        salesforce.update(lead, ["Title": "Boss"])
      }
      // Intercom answers the write with 404.
      try await story.sync()
      try await story.sync(isFull: true)
      story.world.faultAt = nil
      #expect(try await story.createTask(conversation) == .created(story.tasks(on: lead)))
      #expect(story.tasks.count == 1)
    }

    @EventLoop
    @Test("T2 O1: a status that is refused while the next one cannot be read is no dead end")
    func statusUnread() async throws {
      let story = try Story.withTasks(salesforce: {
        $0.taskStatuses = [
          OrgTaskStatus("Offen", isDefault: true), OrgTaskStatus("Erledigt", isClosed: true),
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
      story.world.answer = { request in
        Self.isOfStatuses(request) ? Self.refusal(403, "API_DISABLED_FOR_ORG") : nil
      }
      story.tag(story.conversation(person, "Two"))
      try await story.sync()
      story.world.answer = nil
      await story.simulation.advance(minutes: 40)
      #expect(story.tasks(on: lead).count == 2)
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("T4: a message that is redacted and no longer among the newest is not sent either")
    func redactedLongAgo() async throws {
      let story = try Story.withTasks()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let secret = story.part(conversation, "My card is 4111")
      _ = story.part(conversation, "Last")
      story.tag(conversation)
      story.world.faultAt = { request, _ in request.makesTasks ? .status(503) : nil }
      try await story.sync()
      story.edit { _, intercom in
        for number in 0..<499 { intercom.addPart(to: conversation, "More \(number)") }
        intercom.redact(secret, in: conversation)
      }
      await story.simulation.advance(minutes: 30)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 20)
      let text = try #require(story.tasks(on: lead).first.flatMap { story.task($0, "Description") })
      #expect(text.contains("Last") && !text.contains("4111"))
      let history = try story.store.history(ofPerson: person, limit: 100)
      let entry = try #require(history.first { $0.what == "task" })
      #expect(entry.changes?.contains(conversation) == true)
      #expect(entry.changes?.contains("First") == false)
    }
  }
}
