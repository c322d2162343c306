import EventLoop
import Salesforce
import Store
import SyncCore

/// What has to hold before anything is read or written, and what makes us look again.
@EventLoop extension Engine {
  /// Org, workspace and attributes, once; again after an attribute vanished.
  ///
  /// What is owed to Intercom goes out as soon as Intercom is ready, whatever Salesforce says (S8).
  func prepare() async throws {
    guard !isPrepared else { return }
    if preparation.workspace == nil { try await preparation.checkWorkspace() }
    try await preparation.prepareAttributes()
    if !isReadRefused {
      try parts.store.transaction { try deliverer.succeeded(deliverer.health, isWrite: true) }
    }
    deliverer.pause(isPaused)
    if preparation.organization == nil {
      try await preparation.checkOrganization()
      try recovered()
    }
    try noteFirstRun()
    try await prepareLeads()
    isPrepared = true
    // Nothing is written to an org that is not known to be the right one (G2).
    salesforceDeliverer.pause(isPaused)
  }

  /// What is still owed from before the start is written by the present rules and fields; at the
  /// very first start the reading comes before them (L1a).
  private func prepareLeads() async throws {
    guard let salesforce = planner.salesforce, try parts.store.get("initial") != nil else { return }
    try parts.store.transaction {
      try salesforce.takeRules(now: parts.salesforce.serverTime ?? parts.clock.now)
    }
    try await salesforce.leadFields.refreshIfWanted()
  }

  /// Polls now, and people over the whole overlap.
  func pollSoon() {
    nextDeepAt = parts.clock.uptime
    wantPoll(at: parts.clock.uptime)
  }

  /// Somebody changed meanwhile, as the answer to a write has told, and what else they are owed waits
  /// for the plan: at once for whoever asked, else soon; a first read writes to thousands.
  func pollForNews(isAsked: Bool) {
    let soon: Int64 = isInitialOpen ? 30_000 : 10_000
    wantPoll(at: isAsked ? parts.clock.uptime : max(parts.clock.uptime, lastPollUptime + soon))
  }

  /// Nothing is delivered until Intercom is looked at again: at once the first time, later and
  /// later while no write succeeds.
  func prepareAgain(withNewToken: Bool = false) {
    let wasPrepared = isPrepared
    isPrepared = false
    deliverer.pause(true)
    if withNewToken {
      preparation.forgetWorkspace()
      parts.forgetAccessToken()
    }
    // The others that were in flight failed for the same reason.
    guard wasPrepared else { return }
    if deliverer.writtenCount > writtenBefore { preparedInVain = 0 }
    writtenBefore = deliverer.writtenCount
    let wait = preparedInVain == 0 ? 0 : min(900_000, Int64(5_000) << min(preparedInVain, 8))
    preparedInVain += 1
    nextPollAt = parts.clock.uptime + wait
    wantPoll(at: parts.clock.uptime + wait)
  }
}
