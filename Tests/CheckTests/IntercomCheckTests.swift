import Simulators
import Testing

@testable import Daemon

@Suite struct IntercomCheckTests {
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
}
