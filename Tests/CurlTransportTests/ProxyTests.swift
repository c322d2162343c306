import CurlTransport
import EventLoop
import Foundation
import HTTP
import Testing

/// In processes of their own, for the environment belongs to the whole process.
@Suite struct ProxyTests {
  @Test("a loopback host is reached directly, whatever proxy the environment names")
  func loopback() async {
    await #expect(processExitsWith: .exitCode(42)) { @EventLoop in
      for name in ["http_proxy", "https_proxy", "all_proxy"] {
        setenv(name, "http://127.0.0.1:1", 1)
      }
      let server = try LoopbackServer.answering()
      let answer = try await makeTransport(server.url).send(Request(.get, server.url))
      exit(answer.status == 200 ? 42 : 1)
    }
  }

  @Test("L6: other hosts go through it; it learns no header, and its refusal sent nothing")
  func refusingProxy() async {
    await #expect(processExitsWith: .exitCode(42)) { @EventLoop in
      let proxy = try LoopbackServer.answering(403, ["X-Proxy: 1"], "no")
      setenv("https_proxy", proxy.url, 1)
      let url = "https://acme.my.salesforce.com/x"
      do throws(TransportError) {
        _ = try await makeTransport().send(
          Request(.post, url, headers: ["Authorization": "Bearer secret"], body: [1, 2]))
      } catch {
        let connect = proxy.received.first
        exit(
          error.reason == .notSent && error.message.contains("acme.my.salesforce.com")
            && connect?.line == "CONNECT acme.my.salesforce.com:443 HTTP/1.1"
            && connect?.header("Authorization") == nil && proxy.received.count == 1 ? 42 : 1)
      }
    }
  }
}
