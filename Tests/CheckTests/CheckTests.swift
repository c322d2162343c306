import HTTP
import Simulators
import Store
import Testing

@testable import Daemon

@Suite struct CheckTests {
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
    // The last one is how Intercom searches.
    #expect(
      Set(posts) == [
        "POST /services/oauth2/token", "POST /services/data/v62.0/composite",
        "POST /conversations/search",
      ])
  }

  @Test("sfsyncd check costs few calls")
  func cost() async throws {
    let bench = try CheckBench()
    _ = try await bench.run()
    #expect(bench.salesforce.apiCalls <= 7)
    #expect(bench.intercom.calls.values.reduce(0, +) <= 6)
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
      [inbox]
      listen = "127.0.0.1:9000"
      """
    let list = try await bench.run()
    #expect(list.exitCode == 0)
    let found = list.results.filter { $0.mark == .warning }.map(\.found)
    #expect(found.map { $0.prefix(10) } == ["[inbox] is"])
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
