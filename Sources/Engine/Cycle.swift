package import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore

/// What one pass came to.
package struct CycleReport: Sendable, Equatable {
  package var cycle: Int64
  package var isFull: Bool
  /// Rows that differed.
  package var changed: Int
  package var salesforceCalls: Int
  package var intercomCalls: Int
  /// Deliveries that the guard held back.
  package var guarded: Int64
}

/// The straight line: poll, compare, plan, guard, and the outbox has what is owed (O1).
///
/// Reading and comparing go page by page, each in one transaction with its cursor; what differs is
/// durable until it is planned; what is planned is held until the whole cycle has passed the guard.
@EventLoop package struct Cycle {
  let parts: EngineParts
  let planner: Planner
  /// Compute only: everything stays held, for `plan` on a copy of the store (O2).
  let isDry: Bool
  /// Called when deliveries were let go.
  let released: () -> Void

  package init(
    _ parts: EngineParts, planner: Planner, isDry: Bool = false,
    released: @escaping () -> Void = {}
  ) {
    self.parts = parts
    self.planner = planner
    self.isDry = isDry
    self.released = released
  }

  /// People planned in one slice of the loop, if the time for it is not over sooner.
  static let planPeople = 200
  /// No try is put off for longer than this, unless the clock was set back.
  static let tryMillisecondsMax: Int64 = 20 * 60_000

  // MARK: Poll

  /// One poll of both sides.
  package func poll(isAsked: Bool, isDeep: Bool) async throws -> CycleReport {
    let before = calls
    let cycle = try await begin(adopting: true)
    let reader = PollReader(parts, cycle: cycle, isAsked: isAsked, isDeep: isDeep)
    try await reader.readSalesforce()
    try await reader.readPeople()
    try reader.noteFailures()
    try await prepareSalesforce()
    try await CompanyReader(parts, cycle: cycle, isAsked: isAsked).readOfDifferences()
    try await tags(cycle, isAsked: isAsked)?.read(isDeep: isDeep)
    if reader.changed > 0 { try await readTeammates() }
    try await plan(cycle, lane: isAsked ? .asked : .fresh)
    // What changed elsewhere does not wait until conversations are read (S9).
    var guarded = try await release(force: false)
    try await ConversationReader(parts, cycle: cycle, isAsked: isAsked, isDeep: isDeep).read()
    if isDry || guarded == 0 { guarded = try await release(force: false) }
    return CycleReport(
      cycle: cycle, isFull: false, changed: reader.changed,
      salesforceCalls: calls.salesforce - before.salesforce,
      intercomCalls: calls.intercom - before.intercom, guarded: guarded)
  }

  /// Who is planned by the list of teammates finds it there; without one everybody is owed a look.
  private func readTeammates() async throws {
    guard parts.settings.assign.assignsPeople else { return }
    do {
      try await parts.teammates.refresh()
    } catch let error as IntercomError where error.failure.status != 401 {
    }
  }

  private var calls: (salesforce: Int, intercom: Int) {
    (parts.salesforce.calls, parts.pace.reads)
  }

  private func begin(adopting: Bool) async throws -> Int64 {
    let store = parts.store
    let cycle = try store.transaction {
      let now = parts.clock.now
      try store.recallTries(after: now + Self.tryMillisecondsMax, to: now)
      return try store.next("cycle")
    }
    guard adopting else { return cycle }
    // What an interrupted cycle compared is planned by this one.
    let other = try FullRead.load(store)?.cycle
    while try store.transaction({ try store.adoptDifferences(into: cycle, except: other) }) {
      await EventLoop.nextTurn()
    }
    return cycle
  }

  private func plan(_ cycle: Int64, lane: Lane) async throws {
    repeat {
      while try planner.planSlice(
        cycle: cycle, lane: lane, limit: Self.planPeople, clock: parts.clock)
      {
        await EventLoop.nextTurn()
      }
    } while try await nameTags(cycle, isAsked: lane == .asked)
  }

  // MARK: What the plan for Salesforce looks at

  /// The rules and the fields of Lead.
  private func prepareSalesforce() async throws {
    guard let salesforce = planner.salesforce else { return }
    try parts.store.transaction {
      try salesforce.takeRules(now: parts.salesforce.serverTime ?? parts.clock.now)
    }
    try await salesforce.leadFields.refreshIfWanted()
  }

  private func tags(_ cycle: Int64, isAsked: Bool) -> TagReader? {
    planner.salesforce.map { TagReader(parts, planner: $0, cycle: cycle, isAsked: isAsked) }
  }

  /// Asks for the names of tags that a rule needs; true when people have to be planned again.
  private func nameTags(_ cycle: Int64, isAsked: Bool) async throws -> Bool {
    guard let salesforce = planner.salesforce, !salesforce.unnamed.isEmpty else { return false }
    let tags = try await parts.pace.call(isAsked: isAsked) { try await parts.intercom.tags() }
    return try parts.store.transaction { try salesforce.name(tags, cycle: cycle) }
  }

  // MARK: Full

  /// The initial sync or a reconciliation, from where it stands.
  package func full(
    isInitial: Bool, between: @escaping (FullRead) async throws -> Void = { _ in }
  ) async throws -> CycleReport {
    let before = calls
    var state = try FullRead.load(parts.store)
    if state == nil { state = try await beginFull(isInitial: isInitial) }
    guard let state else { throw CancellationError() }
    let reader = FullReader(parts, state: state, between: between)
    planner.isInitial = isInitial
    defer { planner.isInitial = false }
    try await reader.readSalesforce()
    try await reader.readPeople()
    try await prepareSalesforce()
    try await reader.readCompanies()
    try await reader.rebase()
    try await tags(state.cycle, isAsked: false)?.read(isDeep: true)
    try await readTeammates()
    repeat { try await reader.match(planner) } while try await nameTags(state.cycle, isAsked: false)
    let guarded = try await finish(reader.state)
    return CycleReport(
      cycle: state.cycle, isFull: true, changed: 0,
      salesforceCalls: calls.salesforce - before.salesforce,
      intercomCalls: calls.intercom - before.intercom, guarded: guarded)
  }

  private func beginFull(isInitial: Bool) async throws -> FullRead {
    let cycle = try await begin(adopting: false)
    return try parts.store.transaction {
      var state = FullRead(
        isInitial: isInitial, cycle: cycle, sweep: try parts.store.next("sweep"),
        startedAt: parts.salesforce.serverTime ?? parts.clock.now)
      if try parts.store.isUnbased() {
        state.isRestored = true
        try parts.store.holdAll(for: cycle)
      }
      try state.save(parts.store)
      return state
    }
  }

  private func finish(_ state: FullRead) async throws -> Int64 {
    if state.isInitial, !isDry { try await releaseInitial(state) }
    let guarded = try parts.store.transaction {
      try FullRead.remove(parts.store)
      if state.isRestored == true { try parts.store.endUnbased() }
      let guarded = try decideRelease(force: state.isInitial)
      try parts.store.set("full_at", String(parts.clock.now))
      if state.isInitial {
        try parts.store.set("initial", "delivering")
        try parts.store.set("initial_started", String(state.startedAt))
      }
      return guarded
    }
    try await releaseDecided()
    return guarded
  }

  /// Lets a first read's deliveries go slice by slice, so that the socket is answered meanwhile;
  /// there are no links yet that the guard could protect.
  private func releaseInitial(_ state: FullRead) async throws {
    let store = parts.store
    try store.transaction {
      guard try store.get("initial_total") == nil else { return }
      let counts = try store.outboxCounts()
      try store.set("initial_total", String(counts.backfill + counts.held))
    }
    while try store.transaction({ try store.releaseSlice(cycle: state.cycle) }) {
      await EventLoop.nextTurn()
    }
  }

  // MARK: The guard (G1)

  /// Lets the cycle's deliveries go, unless they would end or move too many links at once.
  func release(force: Bool) async throws -> Int64 {
    let guarded = try parts.store.transaction { try decideRelease(force: force) }
    try await releaseDecided()
    return guarded
  }

  /// Lets the rest of what the guard has let go go, slice by slice; also what an earlier process had
  /// begun with (O1).
  func releaseDecided() async throws {
    let store = parts.store
    guard !isDry else { return }
    while try store.isReleasing() {
      // The rest goes with the next start.
      try Task.checkCancellation()
      await EventLoop.nextTurn()
      _ = try store.transaction { try store.releaseNext() }
    }
    released()
  }

  /// How many were held back: all of them, or none.
  private func decideRelease(force: Bool) throws -> Int64 {
    let store = parts.store
    // What a full read has planned so far stays its own until it is through.
    let other = try FullRead.load(store)?.cycle
    let held = try store.heldCount(except: other)
    guard !isDry else { return held }
    let moves = try store.heldMoves(except: other)
    let links = try store.linkCounts().people + store.heldEnds(except: other)
    let isTooMuch =
      moves >= EngineSettings.guardLinksMin
      && Double(moves) > parts.settings.guardShare * Double(links)
    guard isTooMuch, !force else {
      try store.release(upTo: store.integer("cycle") ?? 0, except: other)
      try opened(held)
      return 0
    }
    try stopped(held, moves: moves, links: links)
    return held
  }

  private func opened(_ held: Int64) throws {
    guard try parts.store.get("guarded") != nil else { return }
    try parts.store.set("guarded", nil)
    try parts.store.closeErrors(code: EngineMeaning.guardStopped.code, at: parts.clock.now)
    parts.report(
      Occurrence(.guardReleased, "The \(held) changes that were held back are being written."))
  }

  private func stopped(_ held: Int64, moves: Int64, links: Int64) throws {
    let isNews = try parts.store.get("guarded") == nil
    try parts.store.set("guarded", String(moves))
    try parts.store.enter(
      Report(
        EngineMeaning.guardStopped, what: "write \(held) changes at once",
        answer: "\(moves) of \(links) links would end or move", subjectKey: "guard"),
      now: parts.clock.now)
    guard isNews else { return }
    parts.report(
      Occurrence(
        .guardStopped,
        "sfsync stopped before writing: \(moves) of \(links) links would end or move. "
          + "See 'sfsyncctl plan'; 'sfsyncctl sync --yes' lets the changes through."))
  }
}
