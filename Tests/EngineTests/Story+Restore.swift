import Engine
import EventLoop
import Simulators
import SyncCore
import TestSupport

/// What stories of backups need.
@EventLoop extension Story {
  private nonisolated static let plan = "custom_attributes.plan"

  /// A story in which everything is written that can be, in both directions.
  static func toBeRestored(
    _ settings: (inout EngineSettings) -> Void = { _ in }
  ) throws -> Story {
    let story = try Story.withRule {
      $0.mapping = [plan: "Plan__c", "custom_attributes.seats": "Seats__c"]
      $0.leads.tag = "to-sales"
      $0.tasks = TaskSettings(tag: Story.taskTag, logsOnClose: true, externalIDField: nil)
      $0.assign = AssignSettings(assignsConversations: true)
      settings(&$0)
    }
    for name in ["Plan__c", "Seats__c"] {
      story.salesforce.defineField(.custom(name, .string, length: 40), on: "Lead")
    }
    return story
  }

  /// Puts the backup back, and lets the daemon find its way.
  func restore(_ backup: String) async throws {
    try await simulation.stop()
    try simulation.restore(backup)
    await simulation.advance(minutes: 3)
    try simulation.start()
    await simulation.advance(minutes: 3)
  }

  func setPlan(_ person: String, _ text: String) {
    edit { _, intercom in intercom.setAttribute(person, "plan", .string(text)) }
  }
}
