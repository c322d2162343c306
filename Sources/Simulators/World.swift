/// A Salesforce org and an Intercom workspace on one clock, filled with people who match.
package final class World {
  package let clock: SimulatorClock
  package let salesforce: SalesforceSimulator
  package let intercom: IntercomSimulator
  package let names: WorldNames

  /// How much there is, and how the two sides behave.
  package struct Population: Sendable {
    package var leads = 20_000
    package var contacts = 5_000
    package var people = 30_000
    /// Salesforce users who own records.
    package var owners = 20
    package var seed: UInt64 = 1
    /// Intercom calls in ten seconds; nil is without a limit.
    package var callsPerWindow: Int?
    package var dailyLimit = 1_000_000
    /// From a Bulk job's creation to its end, in milliseconds; a fifth of it is the queue's.
    package var bulkMilliseconds: Int64 = 5_000
    package var searchLagMilliseconds: Int64 = 0
    package var timezone = "America/Los_Angeles"
    /// A unique external id field of that name on Lead, Contact and Task.
    package var externalIDField: String?
    package var instanceURL: String?
    package var isSandbox = false
    /// The id that the workspace says it has; nil for the usual one.
    package var workspaceID: String?

    package init() {}
  }

  /// Builds the world as it is at `now` (milliseconds UTC); everything in it is older.
  package init(_ population: Population, now: Int64) {
    clock = SimulatorClock(now: now)
    names = WorldNames(seed: population.seed)
    salesforce = SalesforceSimulator(clock: clock, settings: Self.salesforce(population))
    intercom = IntercomSimulator(clock: clock, settings: Self.intercom(population))
    salesforce.populate(population, names: names, now: now)
    intercom.populate(
      people: population.people, identities: population.leads + population.contacts, names: names)
    clock.now = now
  }

  private static func salesforce(_ population: Population) -> SalesforceSimulator.Settings {
    var settings = SalesforceSimulator.Settings()
    settings.seed = population.seed
    settings.dailyLimit = population.dailyLimit
    settings.isSandbox = population.isSandbox
    settings.bulk.queueTime = population.bulkMilliseconds / 5
    settings.bulk.runTime = population.bulkMilliseconds - settings.bulk.queueTime
    if let url = population.instanceURL { settings.instanceURL = url }
    if let field = population.externalIDField {
      settings.customFields = [
        "Lead": [.externalID(field)], "Contact": [.externalID(field)],
        "Task": [.externalID(field)],
      ]
    }
    return settings
  }

  private static func intercom(_ population: Population) -> IntercomSimulator.Settings {
    var settings = IntercomSimulator.Settings()
    settings.seed = population.seed
    settings.callsPerWindow = population.callsPerWindow
    settings.searchLagMilliseconds = population.searchLagMilliseconds
    settings.timezone = population.timezone
    if let id = population.workspaceID { settings.workspaceID = id }
    return settings
  }
}

extension SalesforceSimulator {
  /// Fills the org: owners with roles, a queue, leads, contacts at accounts.
  ///
  /// Every twentieth record bears the address of the one before it, so that several match a
  /// person. Everything was made over the two years before `now`.
  func populate(_ population: World.Population, names: WorldNames, now: Int64) {
    let span: Int64 = 2 * 365 * 86_400_000
    clock.now = now - span - 86_400_000
    let owners = makeOwners(population.owners, names)
    let total = population.leads + population.contacts
    let statuses = ["Open - Not Contacted", "Working - Contacted", "Closed - Not Converted"]
    var account: String?
    for number in 0..<total {
      clock.now = now - span + span / Int64(max(1, total)) * Int64(number)
      var identity = names.identity(number)
      if names.happens(oneIn: 20, number, 3), number > 0 {
        identity.email = names.identity(number - 1).email
      } else if names.happens(oneIn: 25, number, 5) {
        identity.email = names.recased(identity.email)
      }
      let bits = names.bits(number, 9)
      var fields: Fields = [
        "FirstName": identity.first, "Title": identity.title, "Phone": identity.phone,
        "OwnerId": owners[Int(bits % UInt64(owners.count))],
      ]
      if number < population.leads {
        fields["Status"] = statuses[Int((bits >> 16) % 3)]
        createLead(
          email: identity.email, lastName: identity.last, company: identity.company,
          fields: fields)
      } else {
        if account == nil || number % 5 == 0 {
          account = create(
            "Account", ["Name": identity.company, "OwnerId": fields["OwnerId"] ?? nil])
        }
        fields["AccountId"] = account
        createContact(email: identity.email, lastName: identity.last, fields: fields)
      }
    }
  }

  private func makeOwners(_ count: Int, _ names: WorldNames) -> [String] {
    let roles = ["Sales EMEA", "Sales & Partners", "Inside Sales"].map { createRole(name: $0) }
    var owners = [createQueue(name: "Inbound <Queue>", email: "queue@example.com")]
    for number in 0..<max(1, count) {
      let identity = names.identity(1_000_000 + number)
      owners.append(
        createUser(
          firstName: identity.first, lastName: identity.last,
          email: "owner\(number)@example.com",
          role: number % 4 == 3 ? nil : roles[number % roles.count], title: identity.title))
    }
    return owners
  }
}
