import EventLoop
import Store
package import SyncCore

/// The way back: what goes from Intercom to Salesforce.
@EventLoop extension Engine {
  /// Every breaker of the two sides.
  package var healths: [SideHealth] {
    [salesforceHealth, salesforceDeliverer.health, deliverer.health, deliverer.eventHealth]
  }

  func wireSalesforce(_ desk: SalesforceDesk) {
    let deliverer = deliverer
    let leadWriter = leadWriter
    desk.onPersonGone = { try deliverer.drop($0, survivor: $1) }
    desk.onReleased = { [weak self] in self?.stirDelivery() }
    salesforceDeliverer.isShareUsed = { [weak self] in
      guard let self else { return true }
      return self.budget.isExhausted(now: self.parts.clock.now)
    }
    salesforceDeliverer.onStoreFailure = { [weak self] in self?.onStoreFailure?($0) }
    salesforceDeliverer.onSettled = { [weak self] in
      do {
        try self?.countCalls()
        try self?.closeInitial()
      } catch {
        self?.onStoreFailure?(error)
      }
      leadWriter.tellSettled()
    }
  }

  func pauseDelivery(_ isPaused: Bool) {
    deliverer.pause(isPaused)
    salesforceDeliverer.pause(isPaused)
  }

  func stirDelivery() {
    deliverer.stir()
    salesforceDeliverer.stir()
  }

  // MARK: Asked (L1)

  /// Makes a lead of a person now, or says what stands in its way.
  ///
  /// `edits` are by `name`, `email`, `phone`, `company` or the API name of a field, and win over
  /// what Intercom has. A person who is linked already has what was asked for.
  package func createLead(person personID: String, edits: Values) async throws -> LeadOutcome {
    let store = parts.store
    if let link = try leadWriter.linked(personID, isAsked: true) {
      return .exists([link])
    }
    guard let person = try store.person(personID) else {
      return .waiting("The person is not known yet.")
    }
    guard !isStopped else { return .waiting("The daemon is stopping.") }
    try store.transaction {
      var intent = LeadIntent(cause: LeadIntent.asked)
      intent.edits = edits
      try store.owe(
        .lead(
          for: personID, email: person.email, lane: .asked, cycle: try store.next("cycle"),
          payload: intent.json, cause: intent.cause, isHeld: false), now: parts.clock.now)
    }
    guard !isPaused else { return .waiting("Writing is paused.") }
    salesforceDeliverer.health.probe()
    salesforceDeliverer.stir()
    return await leadWriter.outcome(of: personID)
  }
}
