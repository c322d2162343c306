import FoundationEssentials
import HTTP
import Simulators

/// Both simulators on one clock, used by one task at a time.
actor Stage {
  enum Side: String, Sendable { case salesforce, intercom }

  let world: World
  private let started = ContinuousClock.now
  private let origin: Int64
  private let scale: Double
  /// What Salesforce had counted at the last reset.
  var baseline = (apiCalls: 0, writes: 0)

  /// The world begins at the present; `scale` says how many simulated seconds pass in a real one.
  init(_ population: World.Population, scale: Double) {
    origin = Self.present
    world = World(population, now: Self.present)
    self.scale = scale
  }

  private static var present: Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
  }

  /// Moves the simulated clock to the present.
  func tick() {
    let passed = ContinuousClock.now - started
    let milliseconds =
      Double(passed.components.seconds) * 1000 + Double(passed.components.attoseconds) / 1e15
    world.clock.now = origin + Int64(milliseconds * scale)
  }

  func handle(_ request: Request, _ side: Side) -> Exchange {
    tick()
    switch side {
    case .intercom: return world.intercom.handle(request)
    case .salesforce: return world.salesforce.handle(request)
    }
  }

  func setInstanceURL(_ url: String) { world.salesforce.settings.instanceURL = url }

  /// What a client needs to come in, for the line that is printed at the start.
  var tokens: [(String, String)] {
    let settings = world.salesforce.settings
    return [
      ("intercom_token", world.intercom.settings.accessToken),
      ("salesforce_client_id", settings.clientID),
      ("salesforce_client_secret", settings.clientSecret),
      ("salesforce_refresh_token", settings.refreshToken),
      ("salesforce_username", settings.username),
    ]
  }
}
