import HTTP
import Simulators
import Testing

@Suite struct LimitTests {
  @Test("Every answer bears the meter, the server's Date and no caching")
  func headers() throws {
    let world = World {
      $0.callsUsedBefore = 17
      $0.dailyLimit = 5000
      $0.clockSkew = 2000
    }
    let response = try world.send(.get, "/services/data/v66.0/limits")
    #expect(response.headers["Sforce-Limit-Info"] == "api-usage=18/5000")
    #expect(response.headers["Date"] == "Mon, 21 Sep 2026 14:13:22 GMT")
    #expect(response.headers["Cache-Control"]?.contains("no-store") == true)
    world.org.settings.appName = "sfsync"
    let second = try world.send(.get, "/services/data/v66.0/limits")
    #expect(
      second.headers["Sforce-Limit-Info"]
        == "api-usage=19/5000; per-app-api-usage=2/5000(appName=sfsync)")
  }

  @Test("Over the limit is 403 REQUEST_LIMIT_EXCEEDED until the window rolls")
  func overTheLimit() throws {
    let world = World { $0.dailyLimit = 2 }
    for _ in 0..<2 { #expect(try world.call(.get, "/limits").status == 200) }
    let answer = try world.call(.get, "/limits")
    #expect(answer.status == 403)
    #expect(try world.code(answer) == "REQUEST_LIMIT_EXCEEDED")
    #expect(try answer.json[0]["message"].text == "TotalRequests Limit exceeded.")
    world.clock.now += 24 * 3_600_000
    let fresh = world.org.makeAccessToken()
    let later = try world.call(.get, "/limits", headers: ["Authorization": "Bearer \(fresh)"])
    #expect(later.status == 200)
  }

  @Test(
    "/limits has the recorded names for what it tells",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func limits() throws {
    let world = World()
    let answer = try world.call(.get, "/limits")
    #expect(try answer.json["DailyApiRequests"]["Remaining"] == .number(99_999))
    let recorded = try Recorded.json("swiftlysalesforce/MockLimits.json")
    #expect(recorded.keys.contains("DailyApiRequests"))
    #expect(try recorded["DailyApiRequests"].keys.isSuperset(of: ["Max", "Remaining"]))
  }

  @Test("recordCount drops what it does not know")
  func recordCount() throws {
    let world = World()
    world.org.createLead(email: nil)
    let answer = try world.call(.get, "/limits/recordCount?sObjects=Lead,Foo")
    #expect(try answer.json["sObjects"].list.count == 1)
    #expect(try answer.json["sObjects"][0]["count"] == .number(1))
  }

  // MARK: Faults

  @Test("A fault happens at the chosen call of its kind, once")
  func ordinal() throws {
    let world = World()
    world.org.faults.schedule(.status(503), at: .query, ordinal: 2)
    let statuses = try (0..<3).map { _ in try world.query("SELECT Id FROM Lead").status }
    #expect(statuses == [200, 503, 200])
    #expect(world.org.faults.isEmpty)
  }

  @Test("Broken connections say whether the write happened")
  func broken() throws {
    let world = World()
    let request = Request(
      .post, "https://x/services/data/v66.0/sobjects/Lead",
      headers: ["Authorization": "Bearer \(world.token)"],
      body: Array(#"{"LastName":"A","Company":"C"}"#.utf8))
    for fault in [Fault.refuse, .resetBefore, .resetAfter, .truncate] {
      world.org.faults.schedule(fault, at: .record)
    }
    guard case .refused = world.org.handle(request) else { throw Missing(what: "refused") }
    guard case .reset(false) = world.org.handle(request) else { throw Missing(what: "before") }
    #expect(world.org.writes == 0)
    guard case .reset(true) = world.org.handle(request) else { throw Missing(what: "after") }
    #expect(world.org.writes == 1)
    guard case .truncated(let response, let bytes) = world.org.handle(request) else {
      throw Missing(what: "truncated")
    }
    #expect(bytes < response.body.count)
    #expect(world.org.calls.suffix(4).map(\.status) == [nil, nil, nil, 201])
  }

  @Test("The edge's answers are HTML, a proxy's too, the org's are JSON")
  func shapes() throws {
    let world = World()
    for (fault, status, isHTML) in [
      (Fault.status(420), 420, true), (.status(406), 406, true), (.html, 200, true),
      (.status(503), 503, false), (.statusAfter(500), 500, false),
    ] {
      world.org.faults.schedule(fault, at: .limits)
      let response = try world.send(.get, "/services/data/v66.0/limits")
      #expect(response.status == status)
      #expect((response.headers["Content-Type"]?.hasPrefix("text/html") ?? false) == isHTML)
    }
    world.org.faults.schedule(refusal: .concurrentLimit)
    let answer = try world.call(.get, "/limits")
    #expect(answer.status == 403)
    #expect(try answer.json[0]["message"].text == "ConcurrentPerOrgLongTxn Limit exceeded.")
  }
}
