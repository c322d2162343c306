import Control
import CurlTransport
import Engine
package import EventLoop
import FoundationEssentials
import Glibc
import Intercom
import Logging
import Salesforce
import Store
import SyncCore

/// The running daemon: its parts, started in order and stopped in reverse.
@EventLoop package final class Daemon {
  private let configurationFile: String
  let credentials: Credentials
  let environment: [String: String]
  let log: Log
  let clock: SystemClock
  private let notify: Notify

  private(set) var configuration: Configuration
  private let lock: InstanceLock
  let store: SyncStore
  let meters: Meters
  private let transport: CurlTransport
  private(set) var engine: Engine
  let mailer: Mailer
  private var mailing: Task<Void, Never>?
  private let maker: EngineMaker
  private var engineTask: Task<Void, Never>?
  private var server: ControlServer?
  private var signals: Signals?
  private var ticking: Task<Void, Never>?
  private var stopped: CheckedContinuation<ExitCode, Never>?
  private var exitCode: ExitCode?
  private var isReloading = false
  /// The journal has the reason for which the last reload was refused.
  private var isToldOfConfiguration = false
  private let registerWatch: RegisterWatch
  private var initialProgress = InitialProgress()
  /// Nothing may be asked of the engine meanwhile, and no resume either.
  private(set) var isUninstalling = false
  let startedAt: Int64

  /// How long what is in flight may take when the daemon is told to stop (O3).
  static let stopMilliseconds: Int64 = 8_000

  /// Reads and opens everything that the daemon cannot run without.
  ///
  /// With `isPaused` it begins as after `sfsyncctl pause`, so that a first plan can be looked at.
  package init(
    configurationFile: String, credentials option: String?, environment: [String: String],
    log: Log, isPaused: Bool = false
  ) throws {
    self.configurationFile = configurationFile
    self.environment = environment
    self.log = log
    clock = SystemClock()
    startedAt = clock.uptime
    notify = Notify(log: log)
    credentials = Credentials(
      option: option, environment: environment,
      instance: Instance(configurationFile: configurationFile))
    let loaded = try Configuration.load(file: configurationFile, environment: environment)
    configuration = loaded.configuration
    Self.warn(loaded, log)
    // Read once now, so that a missing or readable secret stops the start, not the first poll.
    for name in Credentials.needed(for: configuration.salesforce.flow) {
      if name != .salesforceRefreshToken { _ = try credentials.secret(name) }
    }
    try Mailer.checkPassword(configuration.mail, credentials)
    try CertificateError.check(configuration)
    lock = try InstanceLock(store: configuration.store.path)
    BackupFile.removeLeft(ofStore: configuration.store.path)
    let opened = try SyncStore.open(
      path: configuration.store.path, settings: configuration.storeSettings)
    store = opened.store
    let notify = notify
    opened.store.onLongWork = { notify.working() }
    // Somebody was forgotten, and the end came before the last byte was gone (O6). The mark stays
    // where that fails.
    _ = try? opened.store.scrubRest()
    registerWatch = try RegisterWatch(store: opened.store, clock: clock, log: log)
    if isPaused { try opened.store.transaction { try opened.store.set("paused", "1") } }
    transport = try Clients.transport(configuration)
    let clock = clock
    meters = Meters(uptime: { EventLoop.assumeIsolated { clock.uptime } })
    mailer = Mailer.make(
      configuration, store: opened.store, clock: clock, credentials: credentials, log: log)
    maker = EngineMaker(
      store: opened.store, transport: transport, clock: clock, credentials: credentials,
      environment: environment, journalist: Journalist(log: log, register: registerWatch),
      mailer: mailer, meters: meters)
    engine = try maker.make(configuration)
    if case .rebuilt(let file) = opened.opening { try noteRebuilt(file) }
    if let migration = opened.store.migration { note(migration) }
  }

  private static func warn(_ loaded: Configuration.Loaded, _ log: Log) {
    for warning in loaded.warnings + loaded.configuration.notYet {
      log.event(.configurationWarning, warning)
    }
  }

  // MARK: Running

  /// Runs until a signal or a failure of the store ends it.
  package func run() async -> ExitCode {
    signals = await Signals.watch { [unowned self] number in
      if number == SIGHUP { self.hangUp() } else { self.stop(.done) }
    }
    do {
      try listen()
    } catch {
      log.event(.serviceFailed, "\(error)".sentence)
      return .configuration
    }
    startMail()
    startEngine()
    ticking = Task { @EventLoop in await self.tick() }
    log.event(
      .serviceReady,
      engine.isPaused
        ? "Ready, and paused: nothing is read or written until 'sfsyncctl resume'."
        : "Ready: polls Salesforce\(sandboxNotice) and Intercom every \(pollText).")
    notify.ready(StatusLine.of(self))
    let code = await withCheckedContinuation { continuation in
      if let exitCode { continuation.resume(returning: exitCode) } else { stopped = continuation }
    }
    await end()
    return code
  }

  private var sandboxNotice: String {
    configuration.salesforce.environment == .sandbox ? " (a sandbox)" : ""
  }

  private var pollText: String { TimeSpan.text(configuration.poll.every) }

  private func listen() throws {
    let server = ControlServer(
      handler: EngineHandler(self), clock: clock,
      access: ControlAccess(adminGroup: configuration.control.adminGroup))
    server.onChange = { [unowned self] in
      self.note($1, by: $0)
      // The timer comes round seldom while idle.
      self.notify.status(StatusLine.of(self))
    }
    if let passed = Notify.passedSocket() {
      try server.listen(passed: passed)
    } else {
      try server.listen(path: configuration.control.socket)
    }
    self.server = server
  }

  private func startMail() {
    mailer.onStoreFailure = { [unowned self] in self.storeFailed($0) }
    mailer.post.onStoreFailure = mailer.onStoreFailure
    do { try mailer.begin() } catch { storeFailed(error) }
    let mailer = mailer
    mailing = Task { @EventLoop in await mailer.run() }
  }

  private func startEngine() {
    let engine = engine
    engine.onStoreFailure = { [unowned self] in self.storeFailed($0) }
    engine.onWrongAccount = { [unowned self] in self.wrongAccount($0) }
    engine.onRead = { [unowned self, unowned engine] in
      self.meters.read($0, last: engine.lastPoll.map { ($0.at, $0.milliseconds) })
    }
    engineTask = Task { @EventLoop in await engine.run() }
  }

  /// A store that cannot be written stops the daemon cleanly; what it owes is still there (O4).
  private func storeFailed(_ error: any Error) {
    log.event(
      .serviceFailed,
      "The store cannot be used: \(error). Mend the disk or its permissions and start again.")
    stop(.disk)
  }

  /// Nothing may be written to an account that is not the pinned one (G2).
  private func wrongAccount(_ failure: Failure) {
    log.event(
      .serviceFailed,
      "\(failure.sentence) \(failure.meaning.remedy)",
      [.code: failure.meaning.code])
    stop(.configuration)
  }

  /// Ends the run; the first reason counts.
  package func stop(_ code: ExitCode) {
    guard exitCode == nil else { return }
    exitCode = code
    stopped?.resume(returning: code)
    stopped = nil
  }

  /// In the reverse order of the start.
  private func end() async {
    notify.stopping()
    log.event(.serviceStopping, "sfsyncd is stopping.")
    ticking?.cancel()
    mailer.stop()
    let cutOff = clock.uptime + Self.stopMilliseconds
    await stopEngine()
    await endMail(by: cutOff)
    transport.shutdown()
    await server?.stop()
    signals?.cancel()
    do {
      try store.close()
    } catch {
      log.event(.serviceFailed, "The store could not be closed cleanly: \(error).")
    }
  }

  /// Ends the running engine; what is in flight has eight seconds, and is cut off then.
  private func stopEngine() async {
    engineTask?.cancel()
    await engineTask?.value
    let deadline = clock.uptime + Self.stopMilliseconds
    let engine = engine
    let clock = clock
    let limit = Task { @EventLoop in
      try? await clock.sleep(milliseconds: max(0, deadline - clock.uptime))
      if !Task.isCancelled { self.transport.cancelAll() }
    }
    await engine.drain()
    limit.cancel()
  }

  /// A mail whose text is out waits for its answer as long as the engine's calls may.
  private func endMail(by deadline: Int64) async {
    let clock = clock
    let mailer = mailer
    let limit = Task { @EventLoop in
      try? await clock.sleep(milliseconds: max(0, deadline - clock.uptime))
      if !Task.isCancelled { mailer.cutOff() }
    }
    await mailing?.value
    limit.cancel()
  }

  /// Feeds the watchdog and systemd's status line from the loop itself; seldom while idle, when
  /// the line stays as it is.
  private func tick() async {
    let interval = notify.watchdogInterval() ?? 60_000
    while !Task.isCancelled {
      notify.watchdog()
      let line = StatusLine.of(self)
      notify.status(line)
      registerWatch.look()
      let isInitial = (try? engine.state()) == .initialSync
      if initialProgress.isDue(isInitial, at: clock.uptime) {
        log.event(.initialSyncProgress, "\(line).")
      }
      let isIdle = (try? engine.state()) == .idle
      // Of what a full read needs, nothing is needed between two polls.
      if isIdle { store.releaseMemory() }
      try? await clock.sleep(milliseconds: isIdle ? interval : min(interval, 5_000))
    }
  }

  // MARK: Reloading

  private func hangUp() {
    Task { @EventLoop in
      do throws(ControlError) { _ = try await self.reload() } catch {
        // Nobody waits for the answer; the old configuration goes on.
        if !isToldOfConfiguration { log.event(.configurationRefused, error.sentence) }
      }
    }
  }

  /// Reads the configuration again; a bad one changes nothing and says why.
  func reload() async throws(ControlError) -> [String] {
    // One at a time: each one ends an engine and starts the next.
    guard !isReloading else { throw .busy(reason: "Another reload is under way.") }
    guard !isUninstalling else { throw .busy(reason: "An uninstall is under way.") }
    guard exitCode == nil else { throw .stopping }
    isReloading = true
    isToldOfConfiguration = false
    notify.reloading()
    defer {
      isReloading = false
      if exitCode == nil { notify.ready(StatusLine.of(self)) }
    }
    let loaded: Configuration
    do {
      let file = try Configuration.load(file: configurationFile, environment: environment)
      Self.warn(file, log)
      loaded = file.configuration
    } catch {
      log.event(.configurationRefused, "Kept the old configuration: \(error)".sentence)
      isToldOfConfiguration = true
      throw .refused(
        reason: "The configuration is not good, and the old one goes on: \(error).",
        remedy: "Mend the file and reload again.")
    }
    let changes = loaded.differences(from: configuration)
    let fixed = loaded.store != configuration.store || loaded.control != configuration.control
    guard !fixed, loaded.tls == configuration.tls else {
      let reason =
        "[store], [control] and [tls] cannot change while the daemon runs, and the old "
        + "configuration goes on. The file says: \(changes.joined(separator: "; "))."
      log.event(.configurationRefused, reason)
      isToldOfConfiguration = true
      throw .refused(reason: reason, remedy: "Restart it: 'systemctl restart sfsyncd'.")
    }
    guard loaded != configuration else { return [] }
    do {
      try await adopt(loaded)
    } catch {
      throw .refused(
        reason: "The new configuration could not be used: \(error).",
        remedy: "The old one goes on.")
    }
    log.event(
      .configurationReloaded,
      "The new configuration is in use: \(changes.joined(separator: "; ")).")
    return changes
  }

  private func adopt(_ loaded: Configuration) async throws {
    let changesHosts =
      loaded.salesforce.loginURL != configuration.salesforce.loginURL
      || loaded.intercom.apiURL != configuration.intercom.apiURL
    if changesHosts { throw ReloadRefusal.hosts }
    try Mailer.checkPassword(loaded.mail, credentials)
    let next = try maker.make(loaded)
    await stopEngine()
    // Told to stop meanwhile: the old engine was the last one.
    guard exitCode == nil else { return }
    store.settings = loaded.storeSettings
    configuration = loaded
    engine = next
    do {
      try mailer.adopt(loaded.mail)
      // Somebody may have paused the old one while it came to its end.
      next.isPaused = try store.get("paused") != nil
      // What was refused under the old configuration may be right under the new one (E2).
      _ = try engine.retryParked(person: nil)
    } catch {
      // The old engine has ended: there is nothing to go on with.
      storeFailed(error)
      throw error
    }
    startEngine()
  }

  // MARK: Uninstalling

  /// Calls `body` with the engine that ran until then and whose work has ended, and goes on with a
  /// new one, as the store says then (O6).
  func withoutEngine(_ body: (Engine) async -> Void) async throws(ControlError) {
    guard !isReloading else { throw .busy(reason: "A reload is under way.") }
    guard !isUninstalling else { throw .busy(reason: "An uninstall is under way already.") }
    isUninstalling = true
    defer { isUninstalling = false }
    await stopEngine()
    guard exitCode == nil else { throw .stopping }
    await body(engine)
    guard exitCode == nil else { throw .stopping }
    do {
      engine = try maker.make(configuration)
    } catch {
      storeFailed(error)
      throw .stopping
    }
    startEngine()
  }

  private enum ReloadRefusal: Error, CustomStringConvertible {
    case hosts
    var description: String { "the servers' addresses change; restart the daemon for that" }
  }
}
