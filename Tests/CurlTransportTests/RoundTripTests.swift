import CurlTransport
import EventLoop
import HTTP
import Testing

/// A transport that may talk to `origins` only.
@EventLoop func makeTransport(
  _ origins: String..., caFile: String? = nil
) throws(TransportError) -> CurlTransport {
  ignoreSIGPIPE()
  return try CurlTransport(
    policy: HostPolicy(origins: origins), userAgent: "sfsync/0.0 (+https://example.org)",
    caFile: caFile)
}

@Suite struct RoundTripTests {
  @Test("a GET brings back status, headers and body")
  @EventLoop func get() async throws {
    let server = try LoopbackServer.answering(200, ["X-Thing: a b ", "x-thing: c"], "hello")
    let transport = try makeTransport(server.url)
    let answer = try await transport.send(Request(.get, server.url + "/path?q=1"))
    #expect(answer.status == 200)
    #expect(answer.headers["X-THING"] == "a b")
    #expect(answer.headers.fields.filter { $0.name.lowercased() == "x-thing" }.count == 2)
    #expect(answer.body == Array("hello".utf8))
    #expect(server.received.first?.line == "GET /path?q=1 HTTP/1.1")
    transport.shutdown()
  }

  @Test(
    "every method carries its body",
    arguments: [Request.Method.get, .post, .put, .patch, .delete])
  @EventLoop func methods(_ method: Request.Method) async throws {
    let server = try LoopbackServer.answering(201, [], "ok")
    let transport = try makeTransport(server.url)
    let headers: Headers = ["Content-Type": "application/json", "X-Empty": ""]
    let answer = try await transport.send(
      Request(method, server.url + "/x", headers: headers, body: Array(#"{"a":1}"#.utf8)))
    #expect(answer.status == 201)
    let request = try #require(server.received.first)
    #expect(request.line == "\(method.rawValue.uppercased()) /x HTTP/1.1")
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"a":1}"#)
    #expect(request.header("Content-Type") == "application/json")
    #expect(request.header("X-Empty") == "")
    #expect(request.header("Content-Length") == "7")
    #expect(request.header("User-Agent") == "sfsync/0.0 (+https://example.org)")
    #expect(request.header("Accept-Encoding") == "gzip")
    #expect(request.header("Expect") == nil)
    transport.shutdown()
  }
}
