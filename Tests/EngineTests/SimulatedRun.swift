import Engine
import EventLoop
import Salesforce
import Simulators
import Store
import SyncCore
import TestSupport

/// One seed: its world, its weather, and what has to hold in the end.
@EventLoop struct SimulatedRun {
  let seed: UInt64
  let isTraced: Bool

  struct Result {
    var problems: [String]
    var trace: [String]
  }

  /// Runs the seed; what is wrong afterwards, in words.
  func run() async throws -> Result {
    let random = SeededRandom(seed &* 7919)
    let world = SimulatedWorld(
      seed: seed, isTraced: isTraced, salesforce: orgSettings(random),
      intercom: workspaceSettings(random))
    let simulation = try Simulation(world)
    defer { simulation.remove() }
    simulation.preference =
      random.pick([Preference.contact, .contact, .contact, .lead, .newest, .oldest]) ?? .contact
    simulation.settings.bulkAbove = random.happens(oneIn: 2) ? 5 : 10_000
    simulation.settings.guardShare = 1
    simulation.settings.reconcileEvery = 3_600_000
    if random.happens(oneIn: 3) { simulation.flow = .refreshToken }
    let ledger = Ledger(world)
    let edits = Edits(ledger: ledger)
    let leads = random.happens(oneIn: 2) ? LeadEdits(ledger) : nil
    if leads != nil { wayBack(random, simulation) }
    leads?.isBegun = { [simulation] in try simulation.store?.get("initial") != nil }
    edits.build(people: 4 + random.below(24), records: 4 + random.below(24))
    var problems = try await weather(random, simulation, edits, leads)
    if problems.isEmpty { problems = try await calm(simulation, ledger, leads) }
    return Result(problems: problems, trace: world.trace ?? [])
  }

  /// Leads by a rule and by a tag, and a mapped attribute.
  private func wayBack(_ random: SeededRandom, _ simulation: Simulation) {
    let world = simulation.world
    simulation.settings.leads.rules = [Story.sizeRule]
    simulation.settings.mapping = ["custom_attributes.plan": "Plan__c"]
    world.salesforce.defineField(.custom("Plan__c", .string, length: 80), on: "Lead")
    if random.happens(oneIn: 2) { simulation.settings.leads.tag = LeadEdits.tag }
    guard random.happens(oneIn: 2) else { return }
    simulation.settings.leads.externalIDField = "Intercom_ID__c"
    world.salesforce.defineField(.externalID("Intercom_ID__c"), on: "Lead")
  }

  private func orgSettings(_ random: SeededRandom) -> SalesforceSimulator.Settings {
    var settings = SalesforceSimulator.Settings()
    settings.seed = seed
    settings.sessionLifetime = random.happens(oneIn: 3) ? 200_000 : 7_200_000
    settings.pageSize = random.happens(oneIn: 2) ? 200 : 2000
    settings.shortPages = random.happens(oneIn: 3)
    settings.locatorsDieWithSession = random.happens(oneIn: 2)
    if random.happens(oneIn: 4) { settings.bulk.jobsPerDay = random.below(3) }
    settings.clockSkew = random.happens(oneIn: 3) ? random.within(-3_000...3_000) : 0
    return settings
  }

  private func workspaceSettings(_ random: SeededRandom) -> IntercomSimulator.Settings {
    var settings = IntercomSimulator.Settings()
    settings.seed = seed
    settings.searchLagMilliseconds = random.happens(oneIn: 2) ? random.within(0...180_000) : 0
    settings.listsUnsetAttributes = random.happens(oneIn: 2)
    if random.happens(oneIn: 4) { settings.callsPerWindow = 20 }
    return settings
  }

  // MARK: The bad hours

  private func weather(
    _ random: SeededRandom, _ simulation: Simulation, _ edits: Edits, _ leads: LeadEdits?
  ) async throws -> [String] {
    let world = simulation.world
    let isCalm = random.happens(oneIn: 2)
    let share = random.pick([nil, 40, 15, 6])
    world.faultsOneIn = share ?? nil
    try simulation.start()
    for _ in 0..<(5 + random.below(25)) {
      await world.clock.advance(milliseconds: random.within(2_000...420_000))
      // Before anybody's address is edited: a lead was made of the one that the person had (M7).
      leads?.adopt()
      edits.any(isCalm: isCalm)
      if random.happens(oneIn: 2) { leads?.any() }
      switch random.below(40) {
      case 0, 1:
        try simulation.kill()
        await world.clock.advance(milliseconds: random.within(0...300_000))
        try simulation.start()
      case 2:
        try await simulation.stop()
        await world.clock.advance(milliseconds: random.within(0...900_000))
        try simulation.start()
      case 3: world.salesforce.expireSessions()
      case 4: world.salesforce.expireLocators()
      case 5: world.clock.jump(wall: random.within(-7_200_000...7_200_000))
      case 6:
        world.note("=== outage")
        world.faultsOneIn = 1
        await world.clock.advance(milliseconds: random.within(60_000...1_200_000))
        world.faultsOneIn = share ?? nil
      default: break
      }
    }
    world.faultsOneIn = nil
    return simulation.storeFailures
  }

  // MARK: The calm after it

  private func calm(
    _ simulation: Simulation, _ ledger: Ledger, _ leads: LeadEdits?
  ) async throws -> [String] {
    let world = simulation.world
    world.note("=== calm")
    await simulation.advance(minutes: 80)
    try await simulation.ask { _ = try $0.retryParked(person: nil) }
    guard try await simulation.drainOutbox() else {
      return [
        "the outbox does not empty: \(String(describing: try simulation.store?.outboxCounts()))"
      ]
    }
    world.tick()
    leads?.adopt()
    var problems = Oracle(ledger: ledger, preference: simulation.preference).problems()
    problems += EventOracle(ledger: ledger).problems()
    problems += leads?.judge() ?? []
    problems += try await rest(simulation)
    problems += simulation.storeFailures
    return problems
  }

  /// Both sides agree: nothing is written any more, and looking costs what it may (S1).
  private func rest(_ simulation: Simulation) async throws -> [String] {
    let world = simulation.world
    guard let store = simulation.store else { return ["not running"] }
    await simulation.advance(minutes: 12)
    // The next reconciliation is far off then.
    try await simulation.sync(isFull: true)
    await simulation.advance(minutes: 1)
    var problems: [String] = []
    let before = (world.salesforce.writes, world.intercom.writes)
    let calls = (world.salesforce.apiCalls, world.intercom.calls.values.reduce(0, +))
    try await simulation.sync()
    let used = (
      world.salesforce.apiCalls - calls.0, world.intercom.calls.values.reduce(0, +) - calls.1
    )
    let isTagged = simulation.settings.leads.tag != nil
    if used.0 != 1 || used.1 > (isTagged ? 3 : 2) {
      problems.append("an idle poll cost \(used) calls")
    }
    try await simulation.sync(isFull: true)
    guard try await simulation.drainOutbox() else { return ["the outbox fills again"] }
    let after = (world.salesforce.writes, world.intercom.writes)
    if before != after { problems.append("a further sync wrote: \(before) to \(after)") }
    for entry in try store.errors(all: true, after: 0, limit: 20) {
      // Whoever has no address waits for one (L2).
      if entry.code == "LEAD-NO-EMAIL" { continue }
      problems.append("still open: \(entry.code) \(entry.what) \(entry.answer)")
    }
    let counts = try store.outboxCounts()
    let noEmail = try store.errors(all: true, after: 0, limit: 200).count {
      $0.code == "LEAD-NO-EMAIL"
    }
    if counts.pending + counts.held + counts.parked > Int64(noEmail) {
      problems.append("owed: \(counts)")
    }
    if try store.get("initial") != "done" { problems.append("the initial sync is not done") }
    return problems
  }
}
