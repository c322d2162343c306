package import EventLoop
import HTTP
package import Intercom
package import Store
package import SyncCore
import Wire

/// Drains the outbox: many people at once, each in its own order, paced and behind a breaker (S8).
@EventLoop package final class Deliverer {
  /// Calls under way at once; at 100 ms an answer that is what 10,000 calls a minute need.
  package static let callsMax = 24
  /// Rows looked at a lane in one go; people in flight may hide some of them.
  private static let lookahead = 96

  let store: Store
  let intercom: Intercom
  let settings: EngineSettings
  private let planner: Planner
  let clock: any Clock
  private let random: () -> Double
  let report: (Occurrence) -> Void
  package let health: SideHealth
  /// Events have a breaker of their own: a workspace with 120 event names refuses only them.
  package let eventHealth: SideHealth
  package let pace: Pace
  let teammates: TeammateBook
  /// Whether something may wait for a teammate who is not there.
  var teammatesAreMissing = true

  private var inFlight: Set<String> = []
  /// People who were not there once, and whose survivor a poll is looking for.
  var missing: Set<String> = []
  /// What the next commit settles.
  private var settled: [() throws -> Void] = []
  private var isSettling = false
  private var isPaused = false
  private let wake = Signal()
  /// Raised whenever something was settled, for those who wait for a cycle to be delivered.
  private var watchers: [CheckedContinuation<Void, Never>] = []
  /// A failure of the store itself: the engine stops on it.
  package var onStoreFailure: ((any Error) -> Void)?
  /// Called when Intercom says that an attribute is not there (S4).
  package var onAttributeMissing: (() -> Void)?
  /// Called when a person is missing whose survivor is not known: a poll may bring it (M5).
  package var onPersonMissing: (() -> Void)?
  /// Called when an answer brought news of a person, who waits for a plan now; true where somebody
  /// asked for the write.
  package var onNews: ((Bool) -> Void)?
  /// Called when Intercom refuses the access token: another one may be another workspace's (G2).
  package var onTokenRefused: (() -> Void)?
  /// PUTs that succeeded since the start.
  package private(set) var writtenCount: Int64 = 0
  /// Called after every commit of settlements.
  package var onSettled: (() -> Void)?
  /// Deliveries settled since the start, for rates.
  package private(set) var deliveredCount: Int64 = 0

  package init(
    store: Store, intercom: Intercom, settings: EngineSettings, clock: any Clock, pace: Pace,
    teammates: TeammateBook, random: @escaping () -> Double, report: @escaping (Occurrence) -> Void
  ) {
    self.store = store
    self.intercom = intercom
    self.settings = settings
    planner = Planner(store, settings: settings)
    self.clock = clock
    self.pace = pace
    self.teammates = teammates
    self.random = random
    self.report = report
    health = SideHealth("intercom", clock: clock, random: random)
    eventHealth = SideHealth("intercom-events", clock: clock, random: random)
  }

  // MARK: Running

  /// Delivers until the task is cancelled; what is in flight then is settled all the same (O3).
  package func run() async {
    while !Task.isCancelled {
      var wait: Int64?
      do {
        wait = try fill()
      } catch {
        onStoreFailure?(error)
        wait = 1_000
      }
      await wake.wait(milliseconds: wait, clock: clock)
    }
    // Whoever waits for deliveries asks the engine that follows, if one does.
    for watcher in watchers { watcher.resume() }
    watchers = []
  }

  /// Something was released, or a side is well again.
  package func stir() { wake.raise() }

  package func pause(_ isPaused: Bool) {
    self.isPaused = isPaused
    stir()
  }

  package var isIdle: Bool { inFlight.isEmpty && settled.isEmpty }

  func isSending(to people: Set<String>) -> Bool { !inFlight.isDisjoint(with: people) }

  /// Returns when the next deliveries are settled.
  package func nextSettlement() async {
    await withCheckedContinuation { watchers.append($0) }
  }

  // MARK: Choosing

  /// Starts as many calls as may be; milliseconds until it makes sense to look again.
  private func fill() throws -> Int64? {
    guard !isPaused else { return nil }
    if health.delay > 0 { return health.delay }
    let now = clock.now
    for lane in Lane.allCases {
      var last: Delivery?
      // Deliveries that have to wait must not hide those behind them (S8).
      while true {
        let due = try store.due(lane: lane, now: now, after: last, limit: Self.lookahead)
        for delivery in due {
          // While a side is ill, one call at a time is enough to find out.
          guard inFlight.count < (health.state == .well ? Self.callsMax : 1) else { return nil }
          guard let head = try eligible(delivery, now: now) else { continue }
          let delay = pace.delay(isAsked: head.lane == .asked)
          if delay > 0 { return delay }
          start(head)
        }
        guard due.count == Self.lookahead else { break }
        last = due.last
      }
    }
    return try nextLook(now)
  }

  private func nextLook(_ now: Int64) throws -> Int64? {
    guard let next = try store.nextTryAt() else { return nil }
    if next > now { return next - now }
    // What is due already waits for a call in flight, a plan or a breaker, and each of these stirs
    // us; but for the breaker, whose time simply comes, as does that of a later try.
    let wait = eventHealth.delay > 0 ? eventHealth.delay : 60_000
    guard let later = try store.nextTryAt(after: now) else { return wait }
    return min(wait, later - now)
  }

  /// The delivery of this person that may go now; nil when it has to wait.
  private func eligible(_ delivery: Delivery, now: Int64) throws -> Delivery? {
    guard !inFlight.contains(delivery.personID),
      let head = try sendable(of: delivery.personID),
      head.state == .waiting, head.nextTryAt <= now
    else { return nil }
    let record = try store.link(of: head.personID)?.recordID
    if try store.hasDifference(person: head.personID, record: record) { return nil }
    return head
  }

  /// The first in the person's order; its attributes do not wait for events that nobody may send.
  private func sendable(of personID: String) throws -> Delivery? {
    let head = try store.head(of: personID)
    guard head?.kind == .event, eventHealth.delay > 0 else { return head }
    return try store.headBesideEvents(of: personID)
  }

  private func start(_ delivery: Delivery) {
    inFlight.insert(delivery.personID)
    pace.sent(isAsked: delivery.lane == .asked)
    Task { @EventLoop in
      await self.attempt(delivery)
    }
  }

  // MARK: One attempt

  private func attempt(_ delivery: Delivery) async {
    do {
      switch delivery.kind {
      case .attributes: try await sendAttributes(delivery)
      case .event: try await sendEvent(delivery)
      case .owner: try await sendOwner(delivery)
      case .assign: try await sendAssignment(delivery)
      }
    } catch let error as IntercomError {
      pace.failed(error.failure)
      settle(delivery) { try self.failed(delivery, error) }
    } catch {
      onStoreFailure?(error)
      inFlight.remove(delivery.personID)
    }
  }

  private func sendAttributes(_ delivery: Delivery) async throws {
    guard let person = try store.person(delivery.personID) else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    let desired = try planner.desiredValues(of: person)
    guard Enrichment.owes(desired, to: person, in: settings.attributes) else {
      pace.notSent()
      return settle(delivery) { try self.store.settle(delivery) }
    }
    let values = Attribute.allCases.filter(settings.attributes.contains).map { ($0, desired[$0]) }
    do throws(IntercomError) {
      let answer = try await intercom.update(person.id, attributes: values)
      settle(delivery) { try self.delivered(delivery, desired, answer) }
    } catch {
      pace.failed(error.failure)
      // What was sent is what was refused: the snapshot may have moved on meanwhile (E2).
      settle(delivery) { try self.failed(delivery, error, sent: desired.encoded ?? "") }
    }
  }

  private func sendEvent(_ delivery: Delivery) async throws {
    guard let payload = delivery.payload.flatMap(EventPayload.init(json:)) else {
      pace.notSent()
      return settle(delivery) { try self.store.remove(delivery) }
    }
    let url = settings.recordURL(payload.recordID)
    try await intercom.send(payload.event(for: delivery.personID, recordURL: url))
    settle(delivery) {
      try self.succeeded(self.eventHealth, isWrite: true)
      try self.succeeded(self.health, isWrite: true)
      try self.store.settle(delivery)
      try self.enterEvent(delivery, payload)
      try self.store.closeErrorsUnlessParked(ofPerson: delivery.personID, at: self.clock.now)
    }
  }

  // MARK: Settling

  /// Puts one settlement with the others that are ready; a commit costs about 3 ms.
  func settle(_ delivery: Delivery, _ body: @escaping () throws -> Void) {
    settled.append {
      try body()
      self.deliveredCount += 1
    }
    settled.append { self.inFlight.remove(delivery.personID) }
    guard !isSettling else { return }
    isSettling = true
    Task { @EventLoop in
      // Answers that came in the same turn of the loop are settled with this one.
      await EventLoop.nextTurn()
      self.flush()
    }
  }

  private func flush() {
    let batch = settled
    settled = []
    isSettling = false
    do {
      try store.transaction { for body in batch { try body() } }
    } catch {
      // Nothing is lost: the rows are still in the outbox, and each write can be repeated.
      inFlight.removeAll()
      onStoreFailure?(error)
    }
    for watcher in watchers { watcher.resume() }
    watchers = []
    onSettled?()
    stir()
  }

  private func delivered(
    _ delivery: Delivery, _ sent: AttributeValues, _ answer: PersonAnswer
  ) throws {
    try succeeded(health, isWrite: true)
    writtenCount += 1
    guard answer.id == delivery.personID, !answer.isArchived, !answer.isDeleted,
      !answer.isBlocked
    else {
      let survivor = answer.id == delivery.personID ? nil : answer.id
      return try drop(delivery.personID, survivor: survivor)
    }
    guard let person = try store.person(delivery.personID) else { return }
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    answer.fill(&row)
    let isNews = try PersonComparison(store, kind: .poll, cycle: 0, sweep: 0).settle(row)
    if isNews { onNews?(delivery.lane == .asked) }
    let outcome = try store.recordSent(
      sent, returned: AttributeValues(row), to: person, configured: settings.attributes)
    try note(outcome.accepted, of: person, sent)
    if outcome.altered.count > outcome.accepted.count {
      try repeatAltered(delivery)
    } else if try !store.settle(delivery) {
      try lookAgain(person.id)
    }
    try store.closeErrorsUnlessParked(ofPerson: person.id, at: clock.now)
    try enterAttributes(delivery, sent, person)
    report(
      Occurrence(
        .delivered, "Wrote the attributes of \(person.id).", personID: person.id,
        recordID: sent[.recordID]))
  }

  /// The person came to be owed nothing while its write was on its way: what has got there now may
  /// be out of date, and the next cycle mends it.
  private func lookAgain(_ personID: String) throws {
    guard let person = try store.person(personID),
      Enrichment.owes(try planner.desiredValues(of: person), to: person, in: settings.attributes)
    else { return }
    try store.noteDifference(ofPerson: personID, cycle: 0)
    onNews?(false)
  }

  /// Once more: an alteration is believed when it comes back the second time (S10); one that is
  /// another each time is no reason to hurry.
  private func repeatAltered(_ delivery: Delivery) throws {
    let now = clock.now
    let wait =
      delivery.attempts == 0
      ? 0 : Backoff().wait(firstFailure: delivery.firstFailedAt ?? now, now: now, random: random())
    try store.postpone(delivery, failedAt: now, until: now + wait)
  }

  private func note(
    _ accepted: [Attribute], of person: Person, _ sent: AttributeValues
  ) throws {
    let key = "altered:\(person.id)"
    guard !accepted.isEmpty else {
      try store.closeErrors(subjectKey: key, at: clock.now)
      return
    }
    let names = accepted.compactMap { settings.attributeNames[$0] }.joined(separator: ", ")
    try store.enter(
      Report(
        EngineMeaning.valueAltered, what: "keep \(names) of the person as written",
        answer: "Intercom gave back something else twice", personID: person.id,
        recordID: sent[.recordID], subjectKey: key), now: clock.now)
  }

  func failed(
    _ delivery: Delivery, _ error: IntercomError, sent payload: String? = nil
  ) throws {
    let failure = error.failure
    if error.isPersonGone {
      try succeeded(health, isWrite: true)
      return try gone(delivery, survivor: error.survivor)
    }
    switch failure.meaning.kind {
    case .passing:
      let now = clock.now
      let first = delivery.firstFailedAt ?? now
      let wait = Backoff().wait(firstFailure: first, now: now, random: random())
      try store.postpone(
        delivery, failedAt: now, until: now + max(wait, failure.waitMilliseconds ?? 0))
      try illness(of: health, failure, isWrite: true)
    case .refused:
      try succeeded(health, isWrite: true)
      try store.park(delivery, payload: payload)
      try enterRefusal(delivery, failure)
      try store.enter(
        Report(failure, personID: delivery.personID, recordID: delivery.recordID),
        now: clock.now)
      report(
        Occurrence(
          .deliveryParked,
          "Parked a delivery: Intercom refused to \(failure.attempt).",
          personID: delivery.personID, recordID: delivery.recordID, failure: failure,
          attempt: delivery.attempts + 1))
    case .broken:
      if failure.meaning == IntercomMeaning.attributeMissing { onAttributeMissing?() }
      if failure.status == 401 { onTokenRefused?() }
      try illness(of: isOfEvents(failure) ? eventHealth : health, failure, isWrite: true)
    }
  }

  private func isOfEvents(_ failure: Failure) -> Bool {
    failure.meaning == IntercomMeaning.eventNames
  }

  // MARK: Health

  /// Takes a failure of the side as a whole; `subject` names its entry where it is not the side's.
  ///
  /// True where it is news, which the journal is told then.
  @discardableResult
  package func illness(
    of health: SideHealth, _ failure: Failure, isWrite: Bool, subject: String? = nil
  ) throws -> Bool {
    guard health.failed(failure, isWrite: isWrite) else { return false }
    try store.enter(Report(failure, subjectKey: subject ?? health.subjectKey), now: clock.now)
    report(
      Occurrence(
        .sideBroken, "Intercom is in trouble. \(failure.sentence) \(failure.meaning.remedy)",
        failure: failure))
    return true
  }

  package func succeeded(_ health: SideHealth, isWrite: Bool) throws {
    guard health.succeeded(isWrite: isWrite) else { return }
    guard try store.closeErrors(subjectKey: health.subjectKey, at: clock.now) > 0 else { return }
    report(Occurrence(.sideRecovered, "Intercom answers again.", side: .intercom))
  }
}
