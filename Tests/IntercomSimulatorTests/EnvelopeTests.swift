import HTTP
import Simulators
import Testing

@Suite struct EnvelopeTests {
  @Test("The window's headers fall to 0, then 429 comes without Retry-After until the turn-over")
  func rate() throws {
    let world = Workspace { $0.callsPerWindow = 3 }
    let left = (0..<3).map { _ in world.call(.get, "/me").headers["X-RateLimit-Remaining"] }
    #expect(left == ["2", "1", "0"])
    let refused = world.call(.get, "/me")
    #expect(refused.status == 429)
    #expect(refused.code == "rate_limit_exceeded")
    #expect(refused.message == "Exceeded rate limit of 3 in 10_seconds")
    #expect(refused.headers["Retry-After"] == nil)
    #expect(refused.headers["X-RateLimit-Limit"] == "3")
    let reset = try #require(refused.headers["X-RateLimit-Reset"].flatMap { Int64($0) })
    #expect(reset > Workspace.noon)
    #expect(reset <= Workspace.noon + 13)
    world.clock.now = reset * 1000
    #expect(world.call(.get, "/me").headers["X-RateLimit-Remaining"] == "2")
  }

  @Test("A bad token is a 401 without rate headers, and so is a revoked one")
  func unauthorized() {
    let world = Workspace()
    let stranger = world.call(.get, "/me", token: "other")
    #expect(stranger.status == 401)
    #expect(stranger.message == "Access Token Invalid")
    #expect(stranger.headers["X-RateLimit-Limit"] == nil)
    world.simulator.refuseToken(code: "token_revoked")
    #expect(world.call(.get, "/me").code == "token_revoked")
    world.simulator.refuseToken(code: nil)
    #expect(world.call(.get, "/me").status == 200)
  }

  @Test("The version is echoed, and an unknown one refused")
  func version() {
    var world = Workspace()
    #expect(world.call(.get, "/me").headers["Intercom-Version"] == "2.15")
    world.version = "2.99"
    #expect(world.call(.get, "/me").code == "intercom_version_invalid")
  }

  @Test("An error is an error.list whose request id is the header's; the date is the clock's")
  func errorList() {
    let world = Workspace()
    let answer = world.call(.get, "/nowhere")
    #expect(answer.status == 404)
    #expect(answer.json["type"] == .string("error.list"))
    #expect(answer.json["request_id"]?.string == answer.headers["X-Request-Id"])
    #expect(answer.headers["Date"] == "Tue, 10 Mar 2026 12:00:00 GMT")
  }

  @Test("me tells the workspace's id, zone and region")
  func me() {
    let world = Workspace { $0.timezone = "Europe/Berlin" }
    let app = world.call(.get, "/me").json["app"]
    #expect(app?["id_code"] == .string("l4wp0knn"))
    #expect(app?["timezone"] == .string("Europe/Berlin"))
    #expect(app?["region"] == .string("US"))
  }

  @Test("A fault happens once, at the call that was chosen, with or without the write")
  func faults() {
    let world = Workspace()
    let id = world.person("a@x.io", name: "Ann")
    let put = #"{"name":"Bob"}"#
    func name() -> String? { world.simulator.contact(id)?["name"]?.string }
    world.simulator.schedule(.resetBefore, at: 2, of: .put)
    #expect(world.call(.put, "/contacts/\(id)", #"{"name":"One"}"#).status == 200)
    guard case .reset(written: false) = world.send(.put, "/contacts/\(id)", put) else {
      Issue.record("no reset")
      return
    }
    #expect(name() == "One")
    world.simulator.schedule(.statusAfter(503), at: 1, of: .put)
    #expect(world.call(.put, "/contacts/\(id)", put).code == "service_unavailable")
    #expect(name() == "Bob")
    world.simulator.schedule(.status(500), at: 1, of: .put)
    #expect(world.call(.put, "/contacts/\(id)", #"{"name":"No"}"#).status == 500)
    #expect(name() == "Bob")
    world.simulator.schedule(.truncate, at: 1, of: .get)
    guard case .truncated(let answer, let bytes) = world.send(.get, "/contacts/\(id)") else {
      Issue.record("not truncated")
      return
    }
    #expect(bytes < answer.body.count)
    #expect(world.call(.get, "/contacts/\(id)").status == 200)
  }

  @Test("Received writes keep their order, their bodies and their times")
  func received() {
    let world = Workspace()
    let id = world.person("a@x.io")
    _ = world.call(.put, "/contacts/\(id)", #"{"name":"One"}"#)
    world.clock.now += 500
    _ = world.call(.put, "/contacts/\(id)", #"{"name":"Two"}"#)
    _ = world.call(.get, "/contacts/\(id)")
    let rows = Array(world.simulator.received())
    #expect(rows.map(\.sequence) == [1, 2])
    #expect(rows.map(\.at) == [Workspace.noon * 1000, Workspace.noon * 1000 + 500])
    #expect(world.simulator.received(since: 1).map(\.sequence) == [2])
    #expect(world.simulator.received(since: 2).isEmpty)
    #expect(world.simulator.writes == 2)
  }

  @Test("Bodies that are no JSON objects, deep ones and odd pages are clear errors, never traps")
  func nonsense() {
    let world = Workspace()
    let id = world.person("a@x.io")
    for body in ["", "[]", "{", "nul", "{\"name\":}", String(repeating: "[", count: 500), "\u{0}"] {
      #expect(world.call(.post, "/contacts", body).status == 400)
      #expect(world.call(.post, "/contacts/search", body).status == 400)
    }
    #expect(
      world.call(.put, "/contacts/\(id)", #"{"owner_id":99999999999999999999}"#).status == 400)
    #expect(world.call(.get, "/contacts?per_page=-1").status == 400)
    #expect(world.call(.get, "/contacts?starting_after=c-ffffffff-1").ids.isEmpty)
    #expect(
      world.search(#"{"field":"created_at","operator":">","value":9223372036854775807}"#).status
        == 400)
    #expect(world.call(.put, "/contacts/\(id)", #"{"last_seen_at":-5}"#).status == 200)
    #expect(world.call(.get, "/contacts/%ZZ%").status == 404)
  }
}
