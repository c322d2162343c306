import Engine
import EventLoop
import Foundation
import Intercom
import Salesforce
import Simulators
import Store
import SyncCore
import TestSupport

/// The daemon's line over the simulated world: engine and store, started, stopped and killed.
@EventLoop final class Simulation {
  let world: SimulatedWorld
  var settings: EngineSettings
  var preference = Preference.contact
  var flow = Salesforce.Flow.clientCredentials
  private(set) var engine: Engine?
  private(set) var store: Store?
  /// What was reported, newest last, while nobody was killed.
  private(set) var occurrences: [Occurrence] = []
  private(set) var storeFailures: [String] = []

  private var transport: SimulatedTransport?
  private var task: Task<Void, Never>?
  private var isRunning = false
  private let directory: String
  private var generation = 0
  private let secrets = SimulatedSecrets()

  init(_ world: SimulatedWorld) throws {
    self.world = world
    settings = Simulation.standard
    let base =
      FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    directory = base + "/sfsync-test-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  nonisolated static var standard: EngineSettings {
    EngineSettings(
      attributeNames: Dictionary(
        uniqueKeysWithValues: zip(Attribute.allCases, SimulatedWorld.attributeNames)),
      eventNames: [
        .owner: "sf-owner", .status: "sf-status", .title: "sf-title",
        .converted: "sf-converted",
      ],
      recordBaseURL: SimulatedWorld.baseURL, reconcileEvery: 2 * 3_600_000)
  }

  /// The directory goes away with everything in it.
  func remove() { try? FileManager.default.removeItem(atPath: directory) }

  private var path: String { "\(directory)/store-\(generation).db" }

  // MARK: Running

  func start() throws {
    let opened = try Store.open(path: path, settings: Store.Settings(preference: preference))
    let transport = SimulatedTransport(world)
    let clock = world.clock
    let now: () -> Int64 = { EventLoop.assumeIsolated { clock.now } }
    let world = world
    let mine = generation
    let parts = EngineParts(
      store: opened.store,
      salesforce: Salesforce(
        settings: .init(
          loginURL: SimulatedWorld.baseURL, clientID: world.salesforce.settings.clientID,
          flow: flow),
        secrets: secrets, transport: transport, now: now),
      intercom: Intercom(
        settings: .init(
          attributeNames: settings.attributeNames, watched: settings.watchedAttributes,
          readsCompanies: settings.readsCompanies, readsTeammates: settings.assign.assignsPeople),
        accessToken: { "simulated-token" }, transport: transport, now: now),
      clock: clock, settings: settings, random: { world.random.unit },
      report: { [weak self] occurrence in
        guard let self, self.generation == mine else { return }
        self.occurrences.append(occurrence)
        world.note("· \(occurrence.sentence)")
      })
    let engine = try Engine(parts)
    engine.onStoreFailure = { [weak self] in self?.storeFailures.append("\($0)") }
    self.engine = engine
    self.store = opened.store
    self.transport = transport
    isRunning = true
    world.note("=== start")
    task = Task { @EventLoop in
      await engine.run()
      if self.generation == mine { self.isRunning = false }
    }
  }

  /// As kill -9: what the files hold at this moment is all that the next start will find.
  func kill() throws {
    world.note("=== kill")
    let old = path
    generation += 1
    for suffix in ["", "-wal"] {
      if FileManager.default.fileExists(atPath: old + suffix) {
        try FileManager.default.copyItem(atPath: old + suffix, toPath: path + suffix)
      }
    }
    transport?.isDead = true
    task?.cancel()
    engine = nil
    store = nil
  }

  /// The first that SIGTERM does: nothing new is begun.
  ///
  /// ``stop()`` then waits for the rest.
  func cancel() { task?.cancel() }

  /// As SIGTERM: what is in flight is settled.
  func stop() async throws {
    world.note("=== stop")
    guard let engine, let store else { return }
    task?.cancel()
    var isDrained = false
    let task = task
    Task { @EventLoop in
      await task?.value
      await engine.drain()
      isDrained = true
    }
    guard await world.clock.run(until: { isDrained }) else { throw StuckError.stop }
    try store.close()
    self.engine = nil
    self.store = nil
  }

  /// Loses the store: the next start begins anew.
  func loseStore() {
    generation += 1
  }

  /// As `sfsyncctl backup`: the file's path.
  func backUp() async throws -> String {
    guard let store else { throw StuckError.sync }
    let path = "\(directory)/backup-\(generation).db"
    try await store.backUp(to: path, at: world.clock.now) {}
    return path
  }

  /// As `sfsyncd restore`: the next start finds that backup in the place of the store.
  func restore(_ backup: String) throws {
    generation += 1
    try FileManager.default.copyItem(atPath: backup, toPath: path)
  }

  // MARK: Time

  func advance(minutes: Double) async {
    await world.clock.advance(milliseconds: Int64(minutes * 60_000))
  }

  func advance(seconds: Double) async {
    await world.clock.advance(milliseconds: Int64(seconds * 1_000))
  }

  enum StuckError: Error { case stop, sync }

  /// As `sfsyncctl sync`; returns when the cycle is over, before its deliveries.
  @discardableResult
  func sync(isFull: Bool = false, isForced: Bool = false) async throws -> Engine.SyncOutcome {
    guard let engine else { throw StuckError.sync }
    var outcome: Engine.SyncOutcome?
    Task { @EventLoop in
      outcome = await engine.sync(isFull: isFull, isForced: isForced)
    }
    guard await world.clock.run(until: { outcome != nil }), let outcome else {
      throw StuckError.sync
    }
    return outcome
  }

  /// Asks something of the engine as a job of the loop, so that what it wakes stays there.
  func ask(_ body: @escaping @EventLoop (Engine) throws -> Void) async throws {
    guard let engine else { throw StuckError.sync }
    var result: Result<Void, any Error>?
    Task { @EventLoop in result = Result { try body(engine) } }
    _ = await world.clock.run(until: { result != nil })
    try result?.get()
  }

  /// Lets deliveries out until none waits; false when they do not end within that many minutes.
  func drainOutbox(minutes: Double = 30) async throws -> Bool {
    guard let store, let engine else { return false }
    let end = world.clock.uptime + Int64(minutes * 60_000)
    while world.clock.uptime < end {
      let counts = try store.outboxCounts()
      let isIdle = engine.deliverer.isIdle && engine.salesforceDeliverer.isIdle
      if counts.pending == 0, counts.held == 0, isIdle { return true }
      await advance(seconds: 5)
    }
    return false
  }
}

private final class SimulatedSecrets: SalesforceSecrets {
  struct Missing: Error {}
  var token = "5Aep861.initial"
  func clientSecret() throws -> String? { "client-secret" }
  func privateKeyPEM() throws -> String { throw Missing() }
  func refreshToken() throws -> String { token }
  func keep(refreshToken: String) throws { token = refreshToken }
}
