import Control
import CurlTransport
import EventLoop
import HTTP
import Intercom
import Salesforce

/// The clients of both sides as the configuration wants them, with their secrets from files.
struct Clients {
  let salesforce: SalesforceClient
  let intercom: IntercomClient

  /// `now` gives milliseconds UTC.
  init(
    _ configuration: Configuration, credentials: Credentials, environment: [String: String],
    transport: any Transport, log: Log, now: @escaping () -> Int64
  ) {
    let rotated = RotatedToken(
      directory: RotatedToken.directory(
        environment: environment, store: configuration.store.path),
      credentials: credentials)
    salesforce = SalesforceClient(
      settings: configuration.salesforceSettings,
      secrets: SecretFiles(credentials: credentials, rotated: rotated, log: log),
      transport: transport, now: now)
    intercom = IntercomClient(
      settings: configuration.intercomSettings,
      accessToken: { try credentials.secret(.intercomAccessToken).reveal() },
      transport: transport, now: now)
  }

  /// Reaches the configured hosts and no other.
  @EventLoop static func transport(_ configuration: Configuration) throws -> CurlTransport {
    try CurlTransport(
      policy: try HostPolicy(origins: [
        configuration.salesforce.loginURL.description, configuration.intercom.apiURL.description,
      ]),
      userAgent: "sfsync/\(Product.version) (+\(Product.url))", caFile: configuration.tls.caFile)
  }
}
