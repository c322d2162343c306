import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport

/// One plain story: a handful of people whose fate a test follows by name.
@EventLoop final class Story {
  let world: SimulatedWorld
  let simulation: Simulation
  let ledger: Ledger
  var salesforce: SalesforceSimulator { world.salesforce }
  var intercom: IntercomSimulator { world.intercom }

  init(
    preference: Preference = .contact,
    salesforce: (inout SalesforceSimulator.Settings) -> Void = { _ in },
    intercom: (inout IntercomSimulator.Settings) -> Void = { _ in }
  ) throws {
    var org = SalesforceSimulator.Settings()
    salesforce(&org)
    var workspace = IntercomSimulator.Settings()
    intercom(&workspace)
    world = SimulatedWorld(seed: 1, salesforce: org, intercom: workspace)
    world.latencies = 5...20
    world.slowOneIn = nil
    simulation = try Simulation(world)
    simulation.preference = preference
    ledger = Ledger(world)
  }

  deinit {
    let simulation = simulation
    Task { @EventLoop in simulation.remove() }
  }

  var store: Store {
    get throws {
      guard let store = simulation.store else { throw Simulation.StuckError.sync }
      return store
    }
  }

  var engine: Engine {
    get throws {
      guard let engine = simulation.engine else { throw Simulation.StuckError.sync }
      return engine
    }
  }

  // MARK: Making

  /// A Salesforce user, an hour before the beginning or now.
  func user(_ name: String, role: String? = nil, title: String? = nil) -> String {
    var id = ""
    past {
      id = salesforce.createUser(
        lastName: name, email: "\(name.lowercased())@example.com", role: role, title: title)
    }
    return id
  }

  func lead(
    _ email: String?, owner: String? = nil, _ fields: SalesforceSimulator.Fields = [:]
  ) -> String {
    var all: SalesforceSimulator.Fields = ["Status": "Open - Not Contacted", "Title": "CEO"]
    if let owner { all["OwnerId"] = owner }
    all.merge(fields) { $1 }
    var id = ""
    past { id = salesforce.createLead(email: email, fields: all) }
    ledger.records.append(id)
    return id
  }

  func contact(
    _ email: String?, owner: String? = nil, _ fields: SalesforceSimulator.Fields = [:]
  ) -> String {
    var all: SalesforceSimulator.Fields = ["Title": "CEO"]
    if let owner { all["OwnerId"] = owner }
    all.merge(fields) { $1 }
    var id = ""
    past { id = salesforce.createContact(email: email, fields: all) }
    ledger.records.append(id)
    return id
  }

  func person(_ email: String?, role: IntercomSimulator.NewContact.Role = .user) -> String {
    var id = ""
    past {
      id = intercom.createContact(
        .init(
          role: role, email: email, name: "Somebody",
          externalID: role == .user ? "u\(ledger.number())" : nil))
    }
    ledger.people.append(id)
    return id
  }

  /// An hour before the beginning while nothing has begun, else now.
  private func past(_ body: () -> Void) {
    if simulation.engine == nil, world.clock.uptime == 0 {
      world.past(3_600_000 - Int64(ledger.number()) * 1000, body)
    } else {
      world.tick()
      body()
    }
  }

  // MARK: Going on

  /// Starts the engine and lets the initial sync end.
  func begin() async throws {
    try simulation.start()
    await simulation.advance(minutes: 2)
  }

  func edit(_ body: (SalesforceSimulator, IntercomSimulator) -> Void) {
    world.tick()
    body(salesforce, intercom)
  }

  /// Does what somebody asks of the running engine, and lets it be delivered.
  func ask(_ body: @escaping @EventLoop (Engine) throws -> Void) async throws {
    try await simulation.ask(body)
    await simulation.advance(seconds: 20)
  }

  /// One cycle and its deliveries.
  @discardableResult
  func sync(isFull: Bool = false, isForced: Bool = false) async throws -> Engine.SyncOutcome {
    await simulation.advance(seconds: 2)
    let outcome = try await simulation.sync(isFull: isFull, isForced: isForced)
    await simulation.advance(seconds: 20)
    return outcome
  }

  // MARK: Looking

  /// What a person carries under the short name: `TITLE`, `OWNER_ID`, `ID`.
  func value(_ person: String, _ name: String) -> String? {
    let escapes = intercom.settings.escapesHTML
    intercom.settings.escapesHTML = false
    defer { intercom.settings.escapesHTML = escapes }
    return intercom.contact(person)?["custom_attributes"]?["SALESFORCE_" + name]?.string
  }

  func record(of person: String) -> String? { value(person, "ID") }

  func events(of person: String, _ name: String? = nil) -> [IntercomSimulator.Event] {
    intercom.events.filter { $0.contactID == person && (name == nil || $0.name == name) }
  }

  /// `from>to` of each event.
  func changes(of person: String, _ name: String? = nil) -> [String] {
    events(of: person, name).map { event in
      func text(_ key: String) -> String {
        event.metadata.last { $0.key == key }?.value.string ?? ""
      }
      return text("from") + ">" + text("to")
    }
  }

  var puts: Int { ledger.people.reduce(0) { $0 + intercom.putCount(of: $1) } }

  /// The codes of the open entries, sorted.
  func open() throws -> [String] {
    try store.errors(all: true, after: 0, limit: 1000).map(\.code).sorted()
  }

  /// How often the journal was told that.
  func told(_ kind: Occurrence.Kind) -> Int {
    simulation.occurrences.count { $0.kind == kind && !$0.isRepeated }
  }
}

extension Request {
  var isPut: Bool { method == .put && url.contains("/contacts/") }
  func concerns(_ id: String) -> Bool { url.hasSuffix("/" + id) }
}
