import Engine
import EventLoop
import Simulators
import Store
import SyncCore
import TestSupport

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
    settings: (inout EngineSettings) -> Void = { _ in },
    salesforce: (inout SalesforceSimulator.Settings) -> Void = { _ in }
  ) throws -> Story {
    let story = try Story(preference: preference, salesforce: salesforce)
    story.simulation.settings.leads.rules = [rule]
    settings(&story.simulation.settings)
    return story
  }

  /// Every lead that is there, whether or not others see it yet.
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

  /// As `sfsyncctl lead create`: what it answers.
  @discardableResult
  func createLead(_ person: String, edits: Values = [:]) async throws -> LeadOutcome {
    let engine = try engine
    var result: Result<LeadOutcome, any Error>?
    Task { @EventLoop in
      do {
        result = .success(try await engine.createLead(person: person, edits: edits))
      } catch {
        result = .failure(error)
      }
    }
    guard await world.clock.run(until: { result != nil }), let result else {
      throw Simulation.StuckError.sync
    }
    await simulation.advance(seconds: 20)
    return try result.get()
  }

  /// Stops the daemon and starts it again, with other settings if these are changed.
  func restart(_ settings: (inout EngineSettings) -> Void = { _ in }) async throws {
    try await simulation.stop()
    settings(&simulation.settings)
    try simulation.start()
    await simulation.advance(minutes: 1)
  }

  /// What was written on either side so far.
  var writes: [Int] { [salesforce.writes, intercom.writes] }

  /// A field of a lead.
  func field(_ lead: String?, _ name: String) -> String? {
    lead.flatMap { salesforce.value($0, name) }
  }

  /// The leads of an address.
  func leads(of email: String) -> [String] {
    leads.filter { salesforce.value($0, "Email")?.emailKey == email.emailKey }
  }
}
