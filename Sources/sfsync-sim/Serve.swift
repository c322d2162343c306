import ArgumentParser
import HTTP
import Simulators

#if canImport(Glibc)
  import Glibc
#endif

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve both sides and a control interface on loopback.",
    discussion: """
      Prints one line of JSON when all three ports listen. Ends on SIGTERM or SIGINT, after \
      --seconds, or when its standard input closes (--until-stdin-closes).
      """)

  @Option(help: "Salesforce leads.") var leads = 20_000
  @Option(help: "Salesforce contacts.") var contacts = 5_000
  @Option(help: "Intercom people.") var people = 30_000
  @Option(help: "The same seed makes the same world.") var seed: UInt64 = 1
  @Option(help: "0 takes a free port.") var salesforcePort = 0
  @Option(help: "0 takes a free port.") var intercomPort = 0
  @Option(help: "0 takes a free port.") var controlPort = 0
  @Option(help: "Intercom calls in ten seconds; without it there is no limit.") var rate: Int?
  @Option(help: "Salesforce API calls in 24 hours.") var dailyLimit = 1_000_000
  @Option(help: "How long a Bulk job takes, in milliseconds.") var bulkTime: Int64 = 5_000
  @Option(help: "'real', or how many simulated seconds pass in a real one.")
  var timeScale = "real"
  @Option(help: "How long a change stays invisible to contact search, in milliseconds.")
  var searchLag: Int64 = 0
  @Option(help: "The workspace's time zone.") var timezone = "America/Los_Angeles"
  @Option(help: "A unique external id field on Lead and Task.") var externalIdField: String?
  @Option(help: "instance_url of Salesforce's token answers; its own port when not given.")
  var instanceURL: String?
  @Option(help: "The workspace's id; another one than usual.") var workspaceId: String?
  @Flag(help: "The org says that it is a sandbox.") var sandbox = false
  @Option(help: "End after that many seconds.") var seconds: Int?
  @Flag(help: "End when standard input closes.") var untilStdinCloses = false

  private var scale: Double { timeScale == "real" ? 1 : Double(timeScale) ?? 0 }

  func validate() throws {
    guard scale > 0, scale <= 100_000 else {
      throw ValidationError("--time-scale is 'real' or a number above 0 and up to 100000")
    }
    guard (0...5_000_000).contains(leads), (0...5_000_000).contains(contacts),
      (0...5_000_000).contains(people)
    else { throw ValidationError("at most five million of each kind") }
    guard [salesforcePort, intercomPort, controlPort].allSatisfy((0...65_535).contains) else {
      throw ValidationError("a port lies between 0 and 65535")
    }
    guard (0...86_400_000).contains(bulkTime) else {
      throw ValidationError("--bulk-time lies between 0 and a day")
    }
    guard (seconds ?? 1) > 0, (rate ?? 1) > 0 else {
      throw ValidationError("--seconds and --rate are above 0")
    }
  }

  func run() async throws {
    ending(after: seconds, withStdin: untilStdinCloses)
    let stage = Stage(population(), scale: scale)
    let ports = Ports()
    let control = ControlAPI(stage: stage)
    let listeners = [
      try listener(.salesforce, salesforcePort, stage, ports) {
        await stage.handle($0, .salesforce)
      },
      try listener(.intercom, intercomPort, stage, ports) { await stage.handle($0, .intercom) },
      try listener(.control, controlPort, stage, ports) { .answer(await control.answer($0)) },
    ]
    try await withThrowingTaskGroup { group in
      for listener in listeners { group.addTask { try await listener.run() } }
      try await group.waitForAll()
    }
  }

  private func population() -> World.Population {
    var population = World.Population()
    population.leads = leads
    population.contacts = contacts
    population.people = people
    population.seed = seed
    population.callsPerWindow = rate
    population.dailyLimit = dailyLimit
    population.bulkMilliseconds = bulkTime
    population.searchLagMilliseconds = searchLag
    population.timezone = timezone
    population.externalIDField = externalIdField
    population.instanceURL = instanceURL
    population.isSandbox = sandbox
    population.workspaceID = workspaceId
    return population
  }

  private func listener(
    _ name: Ports.Name, _ port: Int, _ stage: Stage, _ ports: Ports,
    _ answerer: @escaping Listener.Answerer
  ) throws -> Listener {
    let ownURL = instanceURL == nil
    return try Listener(
      port: port,
      ready: { port in
        if name == .salesforce, ownURL { await stage.setInstanceURL("http://127.0.0.1:\(port)") }
        if let line = await ports.add(name, port, stage.tokens) { print(line) }
        fflush(nil)
      }, answerer: answerer)
  }
}

/// The ports, as they come to listen.
actor Ports {
  enum Name: String { case salesforce, intercom, control }

  private var ports: [String: Int] = [:]

  /// The line to print once all three are known.
  func add(_ name: Name, _ port: Int, _ tokens: [(String, String)]) -> String? {
    ports[name.rawValue] = port
    guard ports.count == 3 else { return nil }
    var members = ports.sorted { $0.key < $1.key }.map { "\"\($0.key)_port\":\($0.value)" }
    members += tokens.map { "\"\($0.0)\":\"\($0.1)\"" }
    members.append("\"pid\":\(getpid())")
    return "{" + members.joined(separator: ",") + "}"
  }
}
