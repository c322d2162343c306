import HTTP
import Simulators
import Store
import Testing

@testable import Daemon

@Suite struct CheckTests {
  private func result(_ list: CheckList, _ name: String) -> CheckResult? {
    list.results.first { $0.name == name }
  }

  private func failures(_ list: CheckList) -> [String] {
    list.results.filter { $0.mark == .failed }.map { "\($0.name): \($0.code ?? "")" }
  }

  @Test("sfsyncd check: all good is 0, line by line")
  func good() async throws {
    let bench = try CheckBench()
    let list = try await bench.run()
    #expect(list.exitCode == 0)
    #expect(CheckBench.text(list, bench) == Snapshots.good)
  }

  @Test("sfsyncd check changes nothing: no write on either side, no file beside ours")
  func readOnly() async throws {
    let bench = try CheckBench()
    let writes = (bench.salesforce.writes, bench.intercom.writes)
    _ = try await bench.run()
    #expect(bench.salesforce.writes == writes.0)
    #expect(bench.intercom.writes == writes.1)
    #expect(
      bench.files == [
        "credentials/intercom-access-token", "credentials/salesforce-client-secret",
        "sfsyncd.toml",
      ])
    let posts = bench.requests.filter { !$0.hasPrefix("GET ") }
    #expect(Set(posts) == ["POST /services/oauth2/token", "POST /services/data/v62.0/composite"])
  }

  @Test("sfsyncd check costs few calls")
  func cost() async throws {
    let bench = try CheckBench()
    _ = try await bench.run()
    #expect(bench.salesforce.apiCalls <= 6)
    #expect(bench.intercom.calls.values.reduce(0, +) <= 4)
  }

  // MARK: Configuration and files

  @Test("no configuration file is 66, a bad one 78, and nobody is called")
  func configuration() async throws {
    let (missing, none) = LocalChecks.configuration(file: "/nonexistent/sfsyncd.toml")
    let list = CheckList()
    list.add(missing)
    #expect(none == nil)
    #expect(list.exitCode == 66)
    let bench = try CheckBench()
    bench.changes = "[poll]\nevery = \"0s\""
    let bad = try await bench.run()
    #expect(bad.exitCode == 78)
    #expect(bad.results.count == 1)
    #expect(bad.results.first?.found.contains("poll.every") == true)
    #expect(bench.requests.isEmpty)
  }

  @Test("a configuration that works but deserves a thought is a warning and 0")
  func warning() async throws {
    let bench = try CheckBench()
    bench.changes = "[poll]\nevery = \"1m\""
    let list = try await bench.run()
    #expect(list.exitCode == 0)
    #expect(list.results.contains { $0.name == "configuration" && $0.mark == .warning })
  }

  @Test("a missing credential is 66; its side is skipped and the other one is checked")
  func missingCredential() async throws {
    let bench = try CheckBench()
    bench.credentials["salesforce-client-secret"] = nil
    let list = try await bench.run()
    #expect(list.exitCode == 66)
    #expect(failures(list) == ["credential salesforce-client-secret: "])
    #expect(result(list, "salesforce token")?.mark == .skipped)
    #expect(result(list, "intercom workspace")?.mark == .good)
    #expect(!bench.requests.contains("POST /services/oauth2/token"))
  }

  @Test("a credential that others can read is 77")
  func exposedCredential() async throws {
    let bench = try CheckBench()
    bench.credentials["intercom-access-token"] = nil
    _ = try await bench.run()
    try bench.write("credentials/intercom-access-token", "simulated-token", mode: 0o644)
    let list = try await bench.run()
    #expect(list.exitCode == 77)
    #expect(result(list, "credential intercom-access-token")?.remedy?.contains("chmod") == true)
    #expect(result(list, "intercom token")?.mark == .skipped)
    #expect(result(list, "salesforce organization")?.mark == .good)
  }

  @Test("a store held by a running daemon is fine and says so; a missing directory is a warning")
  func store() async throws {
    let bench = try CheckBench()
    let lock = try InstanceLock(store: "\(bench.directory)/sfsync.db")
    let list = try await bench.run()
    withExtendedLifetime(lock) {}
    #expect(list.exitCode == 0)
    #expect(result(list, "store")?.found.contains("held by the running daemon (process") == true)
    var configuration = try Configuration.parse(bench.file, file: "x").configuration
    configuration.store.path = "/nonexistent/x/s.db"
    let (missing, _) = LocalChecks.store(configuration)
    #expect(missing.mark == .warning)
    #expect(missing.remedy?.contains("store.path") == true)
  }

  @Test("G2: an existing store pins org and workspace; others are refused with 78")
  func pins() async throws {
    let bench = try CheckBench()
    let path = "\(bench.directory)/sfsync.db"
    let store = try SyncStore.open(path: path, settings: SyncStoreSettings()).store
    try store.transaction {
      try store.set(LocalChecks.orgKey, "00D000000000000AAA")
      try store.set(LocalChecks.workspaceKey, "another")
    }
    try store.close()
    let list = try await bench.run()
    #expect(list.exitCode == 78)
    #expect(
      failures(list) == [
        "salesforce organization: SF-OTHER-ORG", "intercom workspace: IC-OTHER-WORKSPACE",
      ])
    #expect(result(list, "salesforce Lead")?.mark == .skipped)
    #expect(result(list, "intercom attributes")?.mark == .skipped)
  }

  @Test("an initial sync that is done is not estimated again")
  func initialDone() async throws {
    let bench = try CheckBench()
    let path = "\(bench.directory)/sfsync.db"
    let store = try SyncStore.open(path: path, settings: SyncStoreSettings()).store
    try store.transaction { try store.set(LocalChecks.initialKey, "done") }
    try store.close()
    #expect(result(try await bench.run(), "initial sync")?.found == "is done")
  }

  @Test("a store of another program is refused with 78, a damaged one is a warning")
  func foreignStore() async throws {
    let bench = try CheckBench()
    let path = "\(bench.directory)/sfsync.db"
    try SyncStore.open(path: path, settings: SyncStoreSettings()).store.close()
    var bytes = try SecureFile.read(path, limit: 1 << 24)
    // The application id of the file's header (sqlite.org/fileformat2.html).
    bytes[68] = 1
    try bench.write("sfsync.db", bytes)
    #expect(ExitCode(StoreError.foreignFile) == .configuration)
    let foreign = try await bench.run()
    #expect(foreign.exitCode == 78)
    #expect(failures(foreign) == ["store: "])
    try bench.write("sfsync.db", String(repeating: "no database ", count: 1000))
    let damaged = try await bench.run()
    #expect(damaged.exitCode == 0)
    #expect(result(damaged, "store")?.mark == .warning)
    try bench.write("sfsync.db", "")
    #expect(try await bench.run().results.first { $0.name == "store" }?.mark == .good)
  }

  @Test("a certificate file that is missing is 66, one without a certificate 78")
  func certificates() async throws {
    let bench = try CheckBench()
    bench.changes = "[tls]\nca_file = \"\(bench.directory)/ca.pem\""
    #expect(try await bench.run().exitCode == 66)
    try bench.write("ca.pem", "nothing")
    #expect(try await bench.run().exitCode == 78)
    try bench.write("ca.pem", "-----BEGIN CERTIFICATE-----\n")
    #expect(try await bench.run().exitCode == 0)
  }

  @Test("a file in the socket's place is refused with 78")
  func socket() async throws {
    let bench = try CheckBench()
    try bench.write("control.sock", "not a socket")
    let list = try await bench.run()
    #expect(list.exitCode == 78)
    #expect(failures(list) == ["control socket: "])
  }

  @Test("tables that nothing acts upon yet are named")
  func unusedTables() async throws {
    let bench = try CheckBench()
    bench.changes = """
      [tasks]
      on_close = true
      [mapping]
      "utm_campaign" = "Campaign__c"
      """
    let list = try await bench.run()
    #expect(list.exitCode == 0)
    let found = list.results.filter { $0.mark == .warning }.map(\.found)
    #expect(found.map { $0.prefix(9) } == ["[mapping]", "[tasks] i"])
  }

  // MARK: Salesforce

  @Test("a wrong client secret is 77 and stops Salesforce's checks only")
  func wrongSecret() async throws {
    let bench = try CheckBench()
    bench.credentials["salesforce-client-secret"] = "wrong"
    let list = try await bench.run()
    #expect(list.exitCode == 77)
    #expect(failures(list) == ["salesforce token: SF-CREDENTIALS"])
    #expect(CheckBench.text(list, bench) == Snapshots.wrongSecret)
  }

  @Test("a sandbox where production is configured is 78")
  func sandbox() async throws {
    let bench = try CheckBench(salesforce: { $0.isSandbox = true })
    let list = try await bench.run()
    #expect(list.exitCode == 78)
    #expect(failures(list) == ["salesforce organization: SF-ENVIRONMENT"])
  }

  @Test("a version that is not offered is 78")
  func version() async throws {
    let bench = try CheckBench(salesforce: { $0.newestVersion = 60 })
    let list = try await bench.run()
    #expect(list.exitCode == 78)
    #expect(result(list, "salesforce API version")?.remedy?.contains("api_version") == true)
    #expect(result(list, "salesforce token")?.mark == .skipped)
  }

  @Test("a host that cannot be reached is 1 and skips the rest of its side")
  func unreachable() async throws {
    let bench = try CheckBench()
    bench.salesforce.faults.schedule(.refuse, times: 100) { _ in true }
    let list = try await bench.run()
    #expect(list.exitCode == 1)
    #expect(failures(list) == ["salesforce host: SF-UNREACHABLE"])
    #expect(result(list, "intercom workspace")?.mark == .good)
    #expect(result(list, "initial sync")?.mark == .skipped)
  }

  @Test("hidden fields: the optional ones are named with what they cost, the others fail")
  func hiddenFields() async throws {
    let bench = try CheckBench(salesforce: {
      $0.hiddenFields = ["Lead": ["Title", "Status"], "Contact": ["Email"]]
    })
    let list = try await bench.run()
    #expect(list.exitCode == 1)
    let lead = list.results.filter { $0.name == "salesforce Lead" }
    #expect(lead.map(\.mark) == [.warning, .warning])
    #expect(lead.contains { $0.found.contains("SALESFORCE_TITLE stays empty") })
    #expect(lead.contains { $0.found.contains("SALESFORCE_STATUS stays empty") })
    #expect(failures(list) == ["salesforce Contact: SF-FIELD-HIDDEN"])
    #expect(result(list, "salesforce Contact")?.found.contains("Email") == true)
  }

  @Test("hidden roles are a warning: titles stand in; hidden queues fail")
  func hiddenObjects() async throws {
    let roles = try await CheckBench(salesforce: { $0.hiddenObjects = ["UserRole"] }).run()
    #expect(roles.exitCode == 0)
    #expect(result(roles, "salesforce UserRole")?.found.contains("titles") == true)
    let queues = try await CheckBench(salesforce: { $0.hiddenObjects = ["Group"] }).run()
    #expect(queues.exitCode == 1)
    #expect(failures(queues) == ["salesforce Group: SF-OBJECT"])
  }

  @Test("used-up calls fail, a share that polls alone exceed is a warning")
  func dailyCalls() async throws {
    let full = try await CheckBench(salesforce: {
      $0.dailyLimit = 1000
      $0.callsUsedBefore = 1000
      $0.isQuotaEnforced = false
    }).run()
    #expect(failures(full) == ["salesforce daily calls: SF-DAILY-LIMIT"])
    let small = try await CheckBench(salesforce: { $0.dailyLimit = 1000 }).run()
    #expect(small.exitCode == 0)
    #expect(result(small, "salesforce daily calls")?.mark == .warning)
  }

  @Test("a clock that is off is a warning")
  func clock() async throws {
    let list = try await CheckBench(salesforce: { $0.clockSkew = -300_000 }).run()
    #expect(list.exitCode == 0)
    #expect(result(list, "clock")?.found == "300 s ahead of Salesforce's")
  }

  @Test("a refresh token is not spent while a daemon runs, whose it is")
  func refreshToken() async throws {
    let bench = try CheckBench(salesforce: { $0.rotatesRefreshTokens = true })
    bench.credentials["salesforce-refresh-token"] = "5Aep861.initial"
    var lock: InstanceLock? = try InstanceLock(store: "\(bench.directory)/sfsync.db")
    let held = try await refreshing(bench)
    withExtendedLifetime(lock) {}
    #expect(held.exitCode == 0)
    #expect(result(held, "salesforce token")?.mark == .skipped)
    #expect(!bench.requests.contains("POST /services/oauth2/token"))
    lock = nil
    let list = try await refreshing(bench)
    #expect(list.exitCode == 0)
    #expect(result(list, "salesforce token")?.mark == .good)
    #expect(bench.files.contains("salesforce-refresh-token"))
    // The one that Salesforce gave in exchange is kept, so that a second check works as well.
    #expect(try await refreshing(bench).exitCode == 0)
  }

  private func refreshing(_ bench: CheckBench) async throws -> CheckList {
    bench.flow = "refresh-token"
    return try await bench.run()
  }

  // MARK: Intercom

  @Test("a refused token is 77")
  func intercomToken() async throws {
    let bench = try CheckBench()
    bench.intercom.refuseToken(code: "token_revoked")
    let list = try await bench.run()
    #expect(list.exitCode == 77)
    #expect(failures(list) == ["intercom token: IC-TOKEN"])
    #expect(result(list, "intercom workspace")?.mark == .skipped)
    #expect(result(list, "intercom people")?.mark == .skipped)
  }

  @Test("an API version that Intercom does not know is 78")
  func intercomVersion() async throws {
    let bench = try CheckBench()
    bench.changes = "[intercom]\napi_version = \"2.99\""
    let list = try await bench.run()
    #expect(list.exitCode == 78)
    #expect(failures(list) == ["intercom API version: IC-VERSION"])
  }

  @Test("a workspace of another region is a warning that names the right host")
  func region() async throws {
    let list = try await CheckBench(intercom: { $0.region = "EU" }).run()
    #expect(list.exitCode == 0)
    let workspace = result(list, "intercom workspace")
    #expect(workspace?.mark == .warning)
    #expect(workspace?.remedy?.contains("https://api.eu.intercom.io") == true)
  }

  @Test("S4: what the start would do about each attribute is said and not done")
  func attributes() async throws {
    let bench = try CheckBench()
    bench.intercom.defineAttribute("SALESFORCE_STATUS", dataType: "integer")
    bench.intercom.defineAttribute("SALESFORCE_TITLE", model: "company")
    bench.intercom.defineAttribute("SALESFORCE_ID", dataType: "string")
    bench.intercom.defineAttribute("SALESFORCE_OWNER_ID", dataType: "string")
    bench.intercom.archiveAttribute("SALESFORCE_OWNER_ID")
    let list = try await bench.run()
    #expect(list.exitCode == 1)
    #expect(
      failures(list) == [
        "intercom attributes: IC-ATTRIBUTE-TYPE", "intercom attributes: IC-ATTRIBUTE-OTHER-MODEL",
      ])
    let good = result(list, "intercom attributes")?.found ?? ""
    #expect(good.hasPrefix("1 are there; will be created at the start: SALESFORCE_OWNER_NAME"))
    #expect(good.hasSuffix("will be unarchived at the start: SALESFORCE_OWNER_ID"))
  }

  @Test("S4: at the limit of attributes the missing ones are named")
  func attributeLimit() async throws {
    let bench = try CheckBench()
    for number in 0..<248 { bench.intercom.defineAttribute("a\(number)", dataType: "string") }
    let list = try await bench.run()
    #expect(failures(list) == ["intercom attributes: IC-ATTRIBUTE-LIMIT"])
    let failed = list.results.first { $0.mark == .failed }
    #expect(failed?.found.contains("SALESFORCE_OBJECT_TYPE") == true)
  }

  // MARK: Output

  @Test("--json tells the same to programs")
  func json() async throws {
    let bench = try CheckBench()
    bench.credentials["salesforce-client-secret"] = "wrong"
    let text = try CheckText.json(try await bench.run())
    #expect(text.contains(#""exit_code" : 77"#))
    #expect(text.contains(#""code" : "SF-CREDENTIALS""#))
    #expect(text.contains(#""result" : "skipped""#))
  }

  @Test("no secret and no address stands in what is printed")
  func secrets() async throws {
    let bench = try CheckBench()
    bench.credentials["salesforce-client-secret"] = "wrong-secret"
    bench.credentials["intercom-access-token"] = "wrong-token"
    let list = try await bench.run()
    let text = CheckBench.text(list, bench) + (try CheckText.json(list))
    #expect(!text.contains("wrong-"))
    #expect(!text.contains("@"))
  }

  @Test("the estimate of the initial sync counts pages and writes")
  func estimate() {
    let estimate = InitialEstimate(
      records: [20_000, 5_000], people: 30_000, bulkAbove: 10_000, callsPerSecond: 100)
    let result = estimate.result(callsLeft: 20)
    #expect(result.mark == .good)
    // Leads by Bulk 10 + 1, contacts 3 pages, 4 besides; 200 pages and 30,000 writes.
    #expect(
      result.found
        == "about 18 Salesforce calls and at most 30,200 Intercom calls, at most 6 min")
    #expect(estimate.result(callsLeft: 3).mark == .warning)
  }
}
