package import EventLoop
package import Intercom
package import Salesforce
package import Store
import SyncCore

/// What every step of the line works with.
@EventLoop package final class EngineParts {
  package let store: Store
  package let salesforce: Salesforce
  package let intercom: Intercom
  package let clock: any Clock
  package let settings: EngineSettings
  package let pace: Pace
  package let random: () -> Double
  package let report: (Occurrence) -> Void
  /// Has the next call to Intercom read its token anew.
  package var forgetAccessToken: () -> Void = {}
  /// Intercom's teammates.
  package let teammates: TeammateBook
  private let salesforceTime: ServerClock

  package init(
    store: Store, salesforce: Salesforce, intercom: Intercom, clock: any Clock,
    settings: EngineSettings, random: @escaping () -> Double,
    report: @escaping (Occurrence) -> Void
  ) {
    self.store = store
    self.salesforce = salesforce
    self.intercom = intercom
    self.clock = clock
    self.settings = settings
    self.random = random
    self.report = report
    pace = Pace(share: settings.intercomShare, clock: clock, random: random)
    let pace = pace
    intercom.onAnswer = { response in
      EventLoop.assumeIsolated { pace.answered(response) }
    }
    teammates = TeammateBook(
      intercom: intercom, pace: pace, clock: clock, actingAdmin: settings.assign.actingAdmin)
    let salesforceTime = ServerClock(clock)
    self.salesforceTime = salesforceTime
    salesforce.onAnswer = { [unowned salesforce] in
      let time = salesforce.serverTime
      EventLoop.assumeIsolated { salesforceTime.heard(time) }
    }
  }

  /// The same clients and pace over another store; for a plan on a copy.
  package func with(store: Store) throws -> EngineParts {
    EngineParts(copying: self, store: store)
  }

  private init(copying other: EngineParts, store: Store) {
    self.store = store
    salesforce = other.salesforce
    intercom = other.intercom
    clock = other.clock
    settings = other.settings
    pace = other.pace
    teammates = other.teammates
    salesforceTime = other.salesforceTime
    random = other.random
    report = { _ in }
  }

  /// What Salesforce's clock shows now, in milliseconds UTC: never ahead of it, and behind by no
  /// more than a second and its answer's way back; nil before its first answer.
  var salesforceNow: Int64? { salesforceTime.now }
}
