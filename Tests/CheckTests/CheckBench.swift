import Glibc
import HTTP
import Logging
import Simulators
import SyncCore

@testable import Daemon

/// Both simulated sides, the files that the configuration wants, and the checks over them.
final class CheckBench {
  static let start: Int64 = 1_795_341_600_000

  let directory: String
  let clock = SimulatorClock(now: CheckBench.start)
  let salesforce: SalesforceSimulator
  let intercom: IntercomSimulator
  /// Every request that was made, as `POST /services/oauth2/token`.
  private(set) var requests: [String] = []
  /// Tables that are added to the configuration.
  var changes = ""
  var flow = "client-credentials"
  /// Changes the body of an answer of Intercom's, by the request's path.
  var rewrite: ((_ path: String, _ body: String) -> String)?
  var credentials: [String: String] = [
    "salesforce-client-secret": "client-secret", "intercom-access-token": "simulated-token",
  ]

  init(
    salesforce adjust: (inout SalesforceSimulator.Settings) -> Void = { _ in },
    intercom adjustIntercom: (inout IntercomSimulator.Settings) -> Void = { _ in }
  ) throws {
    var template = Array("/tmp/sfsync-check-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Trouble() }
    directory = String(cString: made)
    var org = SalesforceSimulator.Settings()
    adjust(&org)
    salesforce = SalesforceSimulator(clock: clock, settings: org)
    var workspace = IntercomSimulator.Settings()
    adjustIntercom(&workspace)
    intercom = IntercomSimulator(clock: clock, settings: workspace)
    for number in 0..<3 {
      salesforce.createLead(email: "p\(number)@example.com", lastName: "P\(number)")
      _ = intercom.createContact(.init(email: "p\(number)@example.com"))
    }
    salesforce.createContact(email: "c@example.com", lastName: "C")
  }

  struct Trouble: Error {}

  deinit { Self.remove(directory) }

  /// The configuration's tables with `changes` after them.
  var file: String {
    """
    [salesforce]
    login_url = "https://example.my.salesforce.com"
    client_id = "3MVG9.client"
    flow = "\(flow)"

    [store]
    path = "\(directory)/sfsync.db"

    [control]
    socket = "\(directory)/control.sock"
    admin_group = "root"

    \(changes)
    """
  }

  // MARK: Running

  /// All checks, as the program does them.
  ///
  /// `findings` takes what the probes find out; virtual time passes while they wait.
  func run(findings: FindingList? = nil) async throws -> CheckList {
    let list = CheckList()
    try write("sfsyncd.toml", file)
    mkdir("\(directory)/credentials", 0o700)
    for (name, secret) in credentials { try write("credentials/\(name)", secret) }
    let (results, configuration) = LocalChecks.configuration(file: "\(directory)/sfsyncd.toml")
    list.add(results)
    if let configuration {
      let check = Check(
        list: list,
        credentials: Credentials(directory: "\(directory)/credentials", isFromSystemd: false),
        environment: [:], log: Log(level: .critical, environment: [:]),
        now: { [clock] in clock.now }, findings: findings,
        sleep: { [clock] in clock.now += $0 })
      await check.run(configuration, transport: self)
    }
    return list
  }

  /// What is printed, with the test's own directory as DIR.
  static func text(_ list: CheckList, _ bench: CheckBench) -> String {
    let lines = list.results.map { CheckText.lines($0) } + [CheckText.summary(list.results)]
    return lines.joined(separator: "\n").replacing(bench.directory, with: "DIR")
  }

  // MARK: Files

  func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
    try write(name, Array(text.utf8), mode: mode)
  }

  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
    let path = "\(directory)/\(name)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Trouble() }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0
    else { throw Trouble() }
  }

  /// Every file below the bench's directory.
  var files: [String] { Self.files(directory).sorted() }

  private static func files(_ path: String) -> [String] {
    names(path).flatMap { name -> [String] in
      let inner = files("\(path)/\(name)")
      return inner.isEmpty ? [name] : inner.map { "\(name)/\($0)" }
    }
  }

  private static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    for name in names(path) where unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
    rmdir(path)
  }
}

extension CheckBench: Transport {
  func send(_ request: Request) async throws(TransportError) -> Response {
    let rest = request.url.drop { $0 != ":" }.dropFirst(3)
    let path = rest.drop { $0 != "/" }
    requests.append("\(request.method.rawValue.uppercased()) \(path.prefix { $0 != "?" })")
    let isSalesforce = path.hasPrefix("/services")
    switch isSalesforce ? salesforce.handle(request) : intercom.handle(request) {
    case .answer(var response):
      if let rewrite, !isSalesforce {
        let body = String(decoding: response.body, as: UTF8.self)
        response.body = Array(rewrite(String(path), body).utf8)
      }
      return response
    case .refused: throw TransportError(.notSent, "refused")
    case .reset, .truncated: throw TransportError(.answerLost, "broken off")
    }
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    var response = try await send(request)
    guard (200...299).contains(response.status) else { return response }
    let isWanted = response.body.withUnsafeBytes { sink.take($0) }
    response.body = []
    guard isWanted else { throw TransportError(.answerLost, "the sink ended the transfer") }
    return response
  }
}

/// The first result of that name.
func result(_ list: CheckList, _ name: String) -> CheckResult? {
  list.results.first { $0.name == name }
}

/// What failed, each with its code.
func failures(_ list: CheckList) -> [String] {
  list.results.filter { $0.mark == .failed }.map { "\($0.name): \($0.code ?? "")" }
}
