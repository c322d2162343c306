import Control
import CurlTransport
import EventLoop
import HTTP
import Intercom
import Salesforce
import SyncCore

/// The clients of both sides as the configuration wants them, with their secrets from files.
struct Clients {
  let salesforce: SalesforceClient
  let intercom: IntercomClient
  /// Has the next call to Intercom read the token's file again.
  let forgetAccessToken: () -> Void

  /// `now` gives milliseconds UTC; `meters` count the calls.
  init(
    _ configuration: Configuration, credentials: Credentials, environment: [String: String],
    transport: any Transport, log: Log, now: @escaping () -> Int64,
    meters: Meters? = nil
  ) {
    func counted(_ side: Side) -> any Transport {
      meters.map { $0.counted(transport, to: side) } ?? transport
    }
    let rotated = RotatedToken(
      directory: RotatedToken.directory(
        environment: environment, store: configuration.store.path),
      credentials: credentials)
    salesforce = SalesforceClient(
      settings: configuration.salesforceSettings,
      secrets: SecretFiles(credentials: credentials, rotated: rotated, log: log),
      transport: counted(.salesforce), now: now)
    let held = HeldToken()
    forgetAccessToken = { held.text = nil }
    intercom = IntercomClient(
      settings: configuration.intercomSettings,
      accessToken: {
        let text = try held.text ?? credentials.secret(.intercomAccessToken).reveal()
        held.text = text
        return text
      },
      transport: counted(.intercom), now: now)
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

/// The token in use: a new one in the file may be another workspace's, so it is taken up only where
/// the workspace is looked at again before anything is written (G2).
private final class HeldToken {
  var text: String?
}
