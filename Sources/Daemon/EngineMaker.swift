import CurlTransport
import Engine
import EventLoop

/// Makes an engine from a configuration and what outlives every reload.
@EventLoop struct EngineMaker {
  let store: SyncStore
  let transport: CurlTransport
  let clock: SystemClock
  let credentials: Credentials
  let environment: [String: String]
  let journalist: Journalist
  let mailer: Mailer
  let meters: Meters

  func make(_ configuration: Configuration) throws -> Engine {
    let clock = clock
    let clients = Clients(
      configuration, credentials: credentials, environment: environment, transport: transport,
      log: journalist.log, now: { EventLoop.assumeIsolated { clock.now } }, meters: meters)
    let (journalist, mailer) = (journalist, mailer)
    let parts = EngineParts(
      store: store, salesforce: clients.salesforce, intercom: clients.intercom, clock: clock,
      settings: configuration.engineSettings, random: { Double.random(in: 0..<1) },
      report: {
        journalist.note($0)
        mailer.note($0.kind)
      })
    parts.forgetAccessToken = clients.forgetAccessToken
    return try Engine(parts)
  }
}
