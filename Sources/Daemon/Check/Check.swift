import HTTP
import Salesforce
import SyncCore

/// Everything that `sfsyncd check` looks at, in order; it changes nothing on either side.
///
/// What a failed check makes pointless is skipped and says so.
struct Check {
  let list: CheckList
  let credentials: Credentials
  let environment: [String: String]
  let log: Log
  /// Milliseconds UTC.
  let now: () -> Int64
  /// Takes what the probes find out; nil asks for no probes.
  var findings: FindingList?
  /// Waits for a bulk export of the probes.
  var sleep: (_ milliseconds: Int64) async -> Void = { _ in }

  /// All checks of a configuration that was read; `transport` carries the calls.
  func run(_ configuration: Configuration, transport: any Transport) async {
    let local = LocalChecks(credentials: credentials, environment: environment)
    let secrets = local.secrets(configuration)
    list.add(secrets)
    list.add(LocalChecks.certificates(configuration))
    let (store, state) = LocalChecks.store(configuration)
    list.add(store)
    list.add(LocalChecks.socket(configuration, isRunning: state.isHeld))
    list.add(LocalChecks.adminGroup(configuration))
    let clients = Clients(
      configuration, credentials: credentials, environment: environment, transport: transport,
      log: log, now: now)
    let intercomSecret = "credential \(Credentials.Name.intercomAccessToken.rawValue)"
    func isLost(_ result: CheckResult) -> Bool { result.mark == .failed }
    let records = await salesforce(
      clients.salesforce, configuration, state,
      hasSecret: !secrets.contains { $0.name != intercomSecret && isLost($0) })
    let people = await intercom(
      clients.intercom, configuration, state,
      hasSecret: !secrets.contains { $0.name == intercomSecret && isLost($0) })
    if state.pins[LocalChecks.initialKey] == "done" {
      list.add(.good(Self.initialName, "is done"))
    } else {
      estimate(configuration, clients.salesforce, records, people)
    }
    guard let findings else { return }
    if records != nil {
      await SalesforceProbe(
        salesforce: clients.salesforce, list: findings, overlap: configuration.poll.overlap,
        sleep: sleep
      ).run()
    }
    if people.count != nil {
      await IntercomProbe(clients.intercom, configuration, list: findings, now: now()).run()
    }
  }

  // MARK: Salesforce

  private static let afterToken =
    [
      "salesforce organization", "salesforce daily calls", "clock", "salesforce Lead",
      "salesforce Contact", "salesforce User", "salesforce Group", "salesforce UserRole",
      "salesforce records",
    ] + LeadChecks.names

  /// The rows of Lead and Contact; nil when they could not be counted.
  private func salesforce(
    _ client: SalesforceClient, _ configuration: Configuration, _ state: LocalChecks.StoreState,
    hasSecret: Bool
  ) async -> [Int]? {
    let checks = SalesforceChecks(client, configuration)
    let host = await checks.host()
    list.add(host.results)
    if host.results.count == 1 {
      list.skip([SalesforceChecks.versionName], because: "the host does not answer as it should")
    }
    if let reason = reasonAgainstToken(configuration, state, hasSecret: hasSecret, host.isGood) {
      list.skip(["salesforce token"] + Self.afterToken, because: reason)
      return nil
    }
    let token = await checks.token()
    list.add(token)
    guard token.mark == .good else {
      list.skip(Self.afterToken, because: "there is no token")
      return nil
    }
    let organization = await checks.organization(pinned: state.pins[LocalChecks.orgKey])
    list.add(organization)
    guard organization.mark != .failed else {
      list.skip(Array(Self.afterToken.dropFirst()), because: "this org cannot be used")
      return nil
    }
    list.add(checks.dailyCalls(pollMilliseconds: configuration.poll.every))
    list.add(checks.clock(now: now()))
    let counts = await objects(checks)
    list.add(await LeadChecks(client, configuration).run())
    return counts
  }

  private func objects(_ checks: SalesforceChecks) async -> [Int]? {
    for object in [RecordObject.lead, .contact] {
      list.add(await checks.fields(of: object).results)
    }
    list.add(await checks.owners(now: now()))
    let records = await checks.records()
    list.add(records.result)
    return records.counts.isEmpty ? nil : records.counts
  }

  /// Why no token is asked for; nil when it may be.
  private func reasonAgainstToken(
    _ configuration: Configuration, _ state: LocalChecks.StoreState, hasSecret: Bool,
    _ isHostGood: Bool
  ) -> String? {
    if !isHostGood { return "the host does not answer as it should" }
    if !hasSecret { return "a credential is missing" }
    guard configuration.salesforce.flow == .refreshToken else { return nil }
    // Where the app rotates, two programs that refresh at once revoke the grant, and a new token
    // that lands in another user's file, or in none, is lost to the daemon.
    if state.isHeld {
      return "the refresh token is the running daemon's; ask 'sfsyncctl status'"
    }
    let directory = RotatedToken.directory(
      environment: environment, store: configuration.store.path)
    guard StateDirectory.isOurs(directory) else {
      return "a new refresh token has to be kept in \(directory): check as the daemon's user"
    }
    return nil
  }

  // MARK: Intercom

  private func intercom(
    _ client: IntercomClient, _ configuration: Configuration, _ state: LocalChecks.StoreState,
    hasSecret: Bool
  ) async -> (count: Int?, rate: RateLimit?) {
    let later =
      ["intercom rate limit", "intercom attributes", "intercom people"] + ConversationChecks.names
    let checks = IntercomChecks(client, configuration)
    guard hasSecret else {
      list.skip(
        [IntercomChecks.tokenName, IntercomChecks.versionName, IntercomChecks.workspaceName]
          + later, because: "a credential is missing")
      return (nil, nil)
    }
    let workspace = await checks.workspace(pinned: state.pins[LocalChecks.workspaceKey])
    list.add(workspace.results)
    guard workspace.isGood else {
      list.skip(later, because: "this workspace cannot be used")
      return (nil, nil)
    }
    list.add(checks.rateLimit())
    list.add(await checks.attributes())
    let people = await checks.people()
    list.add(people.result)
    list.add(await ConversationChecks(client, configuration, now: now()).run())
    return (people.count, checks.rate)
  }

  // MARK: Together

  static let initialName = "initial sync"

  private func estimate(
    _ configuration: Configuration, _ client: SalesforceClient, _ records: [Int]?,
    _ people: (count: Int?, rate: RateLimit?)
  ) {
    guard let records, let count = people.count else {
      return list.skip([Self.initialName], because: "one of the sides could not be counted")
    }
    let rate = people.rate.map { Double($0.limit) / 10 * configuration.intercom.rateShare }
    let share = configuration.salesforce.dailyShare
    let left = client.usage.map { usage in
      min(Int(Double(usage.limit) * share), usage.limit - usage.used)
    }
    list.add(
      InitialEstimate(
        records: records, people: count, bulkAbove: configuration.poll.bulkAbove,
        callsPerSecond: rate
      ).result(callsLeft: left))
  }
}
