import Engine
import EventLoop
import Simulators
import Store
import SyncCore

/// What stories of the way back need.
@EventLoop extension Story {
  nonisolated static let sizeRule = LeadRule(
    name: "Big",
    conditions: [
      Condition(
        attribute: "custom_attributes.company_size", comparison: .greater, value: .number("500"))
    ])

  /// A story whose one rule is that a person's company has more than 500 heads.
  static func withRule(
    _ rule: LeadRule = sizeRule, preference: Preference = .contact,
    salesforce: (inout SalesforceSimulator.Settings) -> Void = { _ in },
    settings: (inout EngineSettings) -> Void = { _ in }
  ) throws -> Story {
    let story = try Story(preference: preference, salesforce: salesforce)
    story.simulation.settings.leads.rules = [rule]
    settings(&story.simulation.settings)
    return story
  }

  /// Every lead that was ever made in the org, deleted ones included.
  var leads: [String] { salesforce.ids(of: "Lead") }

  /// A person of that name, an hour before the beginning or now.
  func person(_ email: String?, name: String) -> String {
    let id = person(email)
    intercom.update(id, "name", .string(name))
    return id
  }

  /// Makes the rule hold for a person.
  func grow(_ person: String, to size: Int = 900) {
    edit { _, intercom in intercom.setAttribute(person, "company_size", .int(Int64(size))) }
  }
}
