package import HTTP
package import SyncCore

/// The Salesforce side: tokens, queries, bulk exports and what their refusals mean.
///
/// A plain class that runs wherever it is called; many calls may be under way at once in one
/// isolation domain. Every method fails with a ``Failure`` whose meaning is in
/// ``SalesforceMeaning``. Nothing is retried in here but one call after a refreshed token, and one
/// query after a fresh describe: when to try again is the caller's business (E2).
package final class Salesforce {
  /// The grant by which access tokens are got.
  package enum Flow: Sendable, Equatable {
    case clientCredentials
    /// `audience` is independent of the host posted to: often login.salesforce.com.
    case jwtBearer(username: String, audience: String)
    case refreshToken
  }

  package struct Settings: Sendable {
    /// The org's My Domain; `http` for a loopback host only.
    package var loginURL: String
    package var clientID: String
    package var flow: Flow
    /// As it stands in paths: `62.0`.
    package var apiVersion: String
    /// The Lead and Contact field to match by, nil for the e-mail address.
    package var matchField: String?

    package init(
      loginURL: String, clientID: String, flow: Flow, apiVersion: String = "62.0",
      matchField: String? = nil
    ) {
      self.loginURL = loginURL
      self.clientID = clientID
      self.flow = flow
      self.apiVersion = apiVersion
      self.matchField = matchField
    }
  }

  /// Calls used and allowed in the org's last 24 hours, by whomever, as the last answer told.
  package private(set) var usage: (used: Int, limit: Int)?
  /// Our calls that count against the daily limit, since the start of this process.
  package private(set) var calls = 0

  /// Salesforce's clock as the last answer gave it (its Date header), milliseconds UTC.
  package private(set) var serverTime: Int64?

  /// Called with every answer, after ``serverTime`` was taken from it.
  package var onAnswer: (() -> Void)?

  let settings: Settings
  let transport: any Transport
  let now: () -> Int64
  let tokens: TokenKeeper
  /// By the API name of the object.
  var descriptions: [String: ObjectDescription] = [:]
  /// When a query was last refused for the account's fields, milliseconds UTC of our own clock.
  var accountRefusedAt: Int64?

  /// A client that has not called anybody yet.
  ///
  /// `secrets` are read when a token is needed, and never kept. `now` gives milliseconds UTC, for
  /// the JWT's expiry and the age of descriptions only.
  package init(
    settings: Settings, secrets: any SalesforceSecrets, transport: any Transport,
    now: @escaping () -> Int64
  ) {
    self.settings = settings
    self.transport = transport
    self.now = now
    tokens = TokenKeeper(settings: settings, secrets: secrets, transport: transport, now: now)
  }

  /// `/services/data/v62.0` and `path`.
  func path(_ path: String) -> String { "/services/data/v\(settings.apiVersion)\(path)" }

  /// Forgets the access token and has Salesforce forget it, and the refresh token where there is one.
  package func revoke() async throws(Failure) { try await tokens.revoke() }

  func count(_ response: Response) {
    calls += 1
    serverTime = response.headers["Date"].flatMap { HTTPDate.parse($0) } ?? serverTime
    if let info = LimitInfo(response.headers) { usage = (Int(info.used), Int(info.limit)) }
    onAnswer?()
  }

  func countLost() { calls += 1 }
}

/// Where the credentials are kept; each throws an error whose description says which one and why.
package protocol SalesforceSecrets {
  /// Nil when the app needs none.
  func clientSecret() throws -> String?
  /// PEM, without a passphrase.
  func privateKeyPEM() throws -> String
  /// The newest one: what ``keep(refreshToken:)`` was given last, else the configured one.
  func refreshToken() throws -> String
  /// Durable (fsynced) before it returns: the old token is worthless from now on.
  func keep(refreshToken: String) throws
}
