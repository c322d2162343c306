import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct OriginTests {
  @Test(
    "G2: instance_url stays on the host or within Salesforce's own domains",
    arguments: [
      (home, true), (home + "/", true), (home + ":443", true),
      ("https://EXAMPLE.my.salesforce.com", true), ("https://na1.salesforce.com", true),
      ("https://x.my.site.force.com", true), (home + ":8443", false),
      ("http://example.my.salesforce.com", false), ("https://salesforce.com.evil.com", false),
      ("https://evilsalesforce.com", false), ("https://salesforce.com", false),
      ("https://user@na1.salesforce.com", false), ("https://evil.com/.salesforce.com", false),
      ("https://evil.com#.salesforce.com", false), ("https://evil.com\\\\.salesforce.com", false),
      ("https://127.0.0.1", false), ("ftp://na1.salesforce.com", false), ("", false),
      ("https://na1.salesforce.com:0", false), ("https://", false), ("//na1.salesforce.com", false),
    ])
  func instance(_ url: String, _ isAllowed: Bool) async {
    let bench = Bench([granted(instance: url)])
    let found = await failure { try await bench.client.organization() }
    if isAllowed {
      #expect(bench.transport.requests.count == 2)
    } else {
      #expect(found?.meaning == SalesforceMeaning.host)
      #expect(found?.answer.isEmpty == false)
      #expect(bench.transport.requests.count == 1)
    }
  }

  @Test(
    "G2: the address of a next page stays within the same fence",
    arguments: [
      ("/services/data/v62.0/query/01g-2000", home + "/services/data/v62.0/query/01g-2000"),
      (home + "/services/data/x", home + "/services/data/x"),
      ("https://na1.salesforce.com/x?y=z", "https://na1.salesforce.com/x?y=z"),
      ("//evil.com/x", ""), ("https://evil.com/x", ""), ("services/data", ""), ("/a b", ""),
      ("/a\\nb", ""), ("", ""),
    ])
  func nextPage(_ next: String, _ expected: String) async throws {
    let bench = Bench([
      granted(), described(leadFields),
      .answer(json(page([lead("00Q000000000001")], total: 2, next: next))),
      .answer(json(page([lead("00Q000000000002")]))),
    ])
    let first = try await bench.client.page(of: .lead, from: .everything(afterID: nil))
    let found = await failure { try await bench.client.nextPage(of: first) }
    if expected.isEmpty {
      #expect(found?.meaning == SalesforceMeaning.host)
      #expect(bench.transport.requests.count == 3)
    } else {
      #expect(bench.transport.requests.last?.url == expected)
    }
  }

  @Test("G2: http is for a loopback host only")
  func loopback() async {
    let local = Bench(
      [granted(instance: "http://127.0.0.1:8080")], login: "http://127.0.0.1:8080")
    _ = await failure { try await local.client.organization() }
    #expect(local.transport.requests[0].url == "http://127.0.0.1:8080/services/oauth2/token")
    #expect(local.transport.requests.count == 2)
    for login in ["http://example.my.salesforce.com", "example.my.salesforce.com", home + "/x"] {
      let bench = Bench([granted()], login: login)
      let found = await failure { try await bench.client.organization() }
      #expect(found?.meaning == SalesforceMeaning.forbidden)
      #expect(bench.transport.requests.isEmpty)
    }
  }

  @Test("S1: the versions are read without a token and are not counted")
  func versions() async throws {
    let bench = Bench([
      .answer(json(#"[{"label":"Spring","url":"/services/data/v62.0","version":"62.0"}]"#)),
      .answer(json("{}")),
    ])
    #expect(try await bench.client.versions() == ["62.0"])
    #expect(bench.transport.requests[0].headers["Authorization"] == nil)
    #expect(bench.client.calls == 0)
    #expect(
      await failure { try await bench.client.versions() }?.meaning == SalesforceMeaning.unreadable)
  }
}
