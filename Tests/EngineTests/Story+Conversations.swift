import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport

/// What stories of conversations need: their tasks, their teammates.
@EventLoop extension Story {
  nonisolated static let taskTag = "salesforce-task"
  nonisolated static let taskField = "Intercom_Part__c"

  /// A story in which a tag logs; with `field` the org has a unique external id on Activity.
  static func withTasks(
    field: Bool = false, onClose: Bool = false, preference: Preference = .contact,
    salesforce: (inout SalesforceSimulator.Settings) -> Void = { _ in },
    settings: (inout EngineSettings) -> Void = { _ in }
  ) throws -> Story {
    let story = try Story(preference: preference) { org in
      if field {
        org.customFields["Task"] = [
          OrgField(
            taskField, .string, 80,
            traits: [
              .createable, .updateable, .nillable, .filterable, .custom, .externalID, .unique,
            ])
        ]
      }
      salesforce(&org)
    }
    story.simulation.settings.tasks = TaskSettings(
      tag: taskTag, logsOnClose: onClose, externalIDField: field ? taskField : nil)
    settings(&story.simulation.settings)
    return story
  }

  // MARK: By hand

  /// A person writes; the conversation's id.
  func conversation(_ person: String, _ text: String = "Hello there") -> String {
    var id = ""
    edit { _, intercom in id = intercom.startConversation(from: person, text) ?? "" }
    return id
  }

  func part(_ conversation: String, _ text: String, admin: Int? = nil, type: String = "comment")
    -> Int
  {
    var id = 0
    edit { _, intercom in
      id = intercom.addPart(to: conversation, type: type, text, admin: admin) ?? 0
    }
    return id
  }

  func tag(_ conversation: String, part: Int? = nil) {
    edit { _, intercom in intercom.tagConversation(conversation, part: part, Self.taskTag) }
  }

  func teammate(_ name: String, hasSeat: Bool = true) -> Int {
    intercom.addAdmin(
      name: name, email: "\(name.lowercased())@example.com", hasSeat: hasSeat)
  }

  // MARK: Looking

  /// Every task that was ever made in the org.
  var tasks: [String] { salesforce.ids(of: "Task") }

  /// The tasks that stand on a record now.
  func tasks(on record: String) -> [String] {
    salesforce.ids("Task", where: "WhoId", is: record)
  }

  func task(_ id: String, _ field: String) -> String? { salesforce.value(id, field) }

  func assignee(of conversation: String) -> Int? {
    intercom.conversation(conversation)?["admin_assignee_id"]?.integer.map { Int($0) }
  }

  /// The teammate who owns a person.
  func teammate(of person: String) -> String? {
    let owner = intercom.contact(person)?["owner_id"]
    return owner?.string ?? owner?.integer.map { String($0) }
  }

  /// What asking for a task came to.
  func createTask(_ conversation: String, part: Int? = nil) async throws -> TaskOutcome? {
    let engine = try engine
    var outcome: TaskOutcome?
    Task { @EventLoop in
      outcome = try? await engine.createTask(
        conversation: conversation, part: part.map(String.init))
    }
    _ = await world.clock.run(until: { outcome != nil })
    return outcome
  }

  func assign(_ conversation: String) async throws -> AssignOutcome? {
    let engine = try engine
    var outcome: AssignOutcome?
    Task { @EventLoop in outcome = try? await engine.assignConversation(conversation) }
    _ = await world.clock.run(until: { outcome != nil })
    return outcome
  }

  /// Further cycles write nothing on either side.
  func isAtRest() async throws -> Bool {
    await simulation.advance(minutes: 12)
    let before = (salesforce.writes, intercom.writes)
    for isFull in [false, true, false] { try await sync(isFull: isFull) }
    return before == (salesforce.writes, intercom.writes)
  }
}

extension Request {
  /// A call that makes tasks.
  var makesTasks: Bool { method == .post && url.hasSuffix("/composite/sobjects") }
}
