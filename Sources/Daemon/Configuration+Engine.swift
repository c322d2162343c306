import Engine
import Intercom
import Salesforce
import Store
import SyncCore

/// What the rooms below take from the configuration.
extension Configuration {
  var engineSettings: EngineSettings {
    var settings = EngineSettings(
      attributeNames: attributeNames, eventNames: eventNames,
      recordBaseURL: salesforce.loginURL.description, pollEvery: poll.every,
      pollAtMost: poll.atMost, overlap: poll.overlap, reconcileEvery: poll.reconcile,
      bulkAbove: poll.bulkAbove, guardShare: `guard`.maxChange,
      salesforceShare: salesforce.dailyShare, intercomShare: intercom.rateShare,
      isSandbox: salesforce.environment == .sandbox)
    settings.leads = leadSettings
    settings.mapping = fieldMapping
    settings.tasks = taskSettings
    settings.assign = assignSettings
    if case .externalID(_, let field) = match.by { settings.matchField = field }
    settings.intercomAppURL = intercom.appURL.description
    return settings
  }

  var storeSettings: SyncStoreSettings {
    SyncStoreSettings(
      matchesByExternalID: match.by != .email,
      preference: Preference(rawValue: match.prefer.rawValue) ?? .contact)
  }

  var salesforceSettings: SalesforceClient.Settings {
    let flow: SalesforceClient.Flow =
      switch salesforce.flow {
      case .clientCredentials: .clientCredentials
      case .jwtBearer:
        .jwtBearer(username: salesforce.username ?? "", audience: salesforce.audience)
      case .refreshToken: .refreshToken
      }
    return SalesforceClient.Settings(
      loginURL: salesforce.loginURL.description, clientID: salesforce.clientID, flow: flow,
      apiVersion: salesforce.apiVersion, matchField: engineSettings.matchField)
  }

  var intercomSettings: IntercomClient.Settings {
    IntercomClient.Settings(
      apiURL: intercom.apiURL.description, version: intercom.apiVersion,
      attributeNames: attributeNames, matchByExternalID: match.by != .email,
      watched: engineSettings.watchedAttributes, readsCompanies: engineSettings.readsCompanies,
      readsTeammates: assign.contacts)
  }

  private var attributeNames: [Attribute: String] {
    var names: [Attribute: String] = [:]
    for attribute in Attribute.allCases { names[attribute] = attributes[attribute] }
    return names
  }

  private var eventNames: [EventKind: String] {
    var names: [EventKind: String] = [:]
    names[.owner] = events.owner
    names[.status] = events.status
    names[.title] = events.title
    names[.converted] = events.converted
    return names
  }
}

// `Configuration` has tables of the same names.
typealias SalesforceClient = Salesforce
typealias IntercomClient = Intercom
typealias SyncStore = Store
typealias SyncStoreSettings = Store.Settings
