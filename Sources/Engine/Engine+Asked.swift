import EventLoop
import Intercom
package import Store
import SyncCore

/// What people ask of the running engine.
@EventLoop extension Engine {
  /// Runs a cycle now and tells what it came to.
  package func sync(isFull: Bool, isForced: Bool) async -> SyncOutcome {
    let request = Asked(isFull: isFull, isForced: isForced)
    guard !isStopped else { return .stopped }
    probe()
    return await withCheckedContinuation { continuation in
      request.continuation = continuation
      asked.append(request)
      wake.raise()
    }
  }

  package func pause(_ isPaused: Bool, also: () throws -> Void = {}) throws {
    try parts.store.transaction {
      try also()
      try parts.store.set("paused", isPaused ? "1" : nil)
      // Begun anew, or gone on with, whatever an uninstall had done (O6).
      if !isPaused { try parts.store.set(Self.goneKey, nil) }
    }
    self.isPaused = isPaused
    pauseDelivery(isPaused || !isPrepared)
    if !isPaused { nextPollAt = parts.clock.uptime }
    wake.raise()
  }

  /// Lets the next call to either side through at once.
  package func probeSides() {
    // Perhaps a teammate came, or got an inbox seat.
    parts.teammates.doubt()
    probe()
    wantPoll(at: parts.clock.uptime)
    stirDelivery()
  }

  /// Asks which accounts these are, where that is not known yet: a plan against another org would
  /// say anything (G2).
  package func checkAccounts() async throws {
    if preparation.organization == nil { try await preparation.checkOrganization() }
    do {
      if preparation.workspace == nil { try await preparation.checkWorkspace() }
    } catch let error as IntercomError {
      throw error.failure
    }
  }

  /// What waits after a failure need not wait any longer once somebody has asked.
  private func probe() {
    for health in healths { health.probe() }
    do {
      try parts.store.transaction { try parts.store.hurry() }
    } catch {
      onStoreFailure?(error)
    }
    stirDelivery()
  }

  /// Pins a person to a record, or ends that, and plans it at once (M2).
  package func pin(_ personID: String, to recordID: String?) throws {
    let store = parts.store
    try store.transaction {
      try store.setPin(of: personID, to: recordID)
      let cycle = try store.next("cycle")
      try planner.plan(personID, cycle: cycle, lane: .asked, now: parts.clock.now)
      // By hand, for one person: the guard has no say.
      try store.releaseHeld(cycle: cycle)
    }
    stirDelivery()
  }

  /// Tries again what an entry of the register tells of.
  package func retry(_ entry: RegisterEntry) throws {
    if let person = entry.personID {
      _ = try retryParked(person: person)
      return
    }
    let store = parts.store
    try store.transaction {
      let key = try store.subjectKey(ofError: entry.id) ?? ""
      if let id = Deliverer.conversation(ofKey: key) { try store.wakeUnreadConversations(id) }
      if key == TaskWriter.statusKey { try store.unparkTasks() }
    }
    probeSides()
  }

  /// Puts what is parked back in the queue.
  package func retryParked(person: String?) throws -> Int64 {
    let store = parts.store
    // Perhaps a picklist got its value, or a permission was granted.
    planner.salesforce?.leadFields.forget()
    parts.teammates.doubt()
    let (count, refused) = try store.transaction {
      let parked =
        try store.unpark(person: person, lane: .asked)
        + store.unparkSalesforce(person: person, lane: .asked)
      // Values that were refused are owed again once their people are planned.
      let people = try store.clearRefusedFields(person: person)
      for id in people { try store.noteDifference(ofPerson: id, cycle: 0) }
      if person == nil { try store.wakeUnreadConversations() }
      return (parked, Int64(people.count))
    }
    if refused > 0 {
      wantPoll(at: parts.clock.uptime)
    }
    stirDelivery()
    return count + refused
  }
}
