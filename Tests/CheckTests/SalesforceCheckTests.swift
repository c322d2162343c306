import HTTP
import Simulators
import Testing

@testable import Daemon

@Suite struct SalesforceCheckTests {
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
}
