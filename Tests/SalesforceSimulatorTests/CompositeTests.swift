import HTTP
import Simulators
import Testing

@Suite struct CompositeTests {
  private func send(
    _ world: World, _ parts: [String], allOrNone: Bool = false
  ) throws -> (status: Int, json: JSON) {
    try world.call(
      .post, "/composite",
      #"{"allOrNone":\#(allOrNone),"compositeRequest":[\#(parts.joined(separator: ","))]}"#)
  }

  private func part(
    _ id: String, _ url: String, _ method: String = "GET", _ more: String = ""
  ) -> String {
    #"{"method":"\#(method)","referenceId":"\#(id)","url":"/services/data/v66.0\#(url)"\#(more)}"#
  }

  @Test("Each part has its own status; the whole is 200 and one call")
  func statuses() throws {
    let world = World()
    let answer = try send(
      world,
      [
        part("good", "/query?q=SELECT Id FROM Lead"), part("bad", "/query?q=SELECT Foo FROM Lead"),
        part("none", "/sobjects/Foo"),
      ])
    let parts = try answer.json["compositeResponse"].list
    #expect(answer.status == 200)
    #expect(try parts.map { try $0["httpStatusCode"].number } == [200, 400, 404])
    #expect(try parts.map { try $0["referenceId"].text } == ["good", "bad", "none"])
    #expect(try parts[1]["body"][0]["errorCode"].text == "INVALID_FIELD")
    #expect(parts[0].keys == ["body", "httpHeaders", "httpStatusCode", "referenceId"])
    #expect(world.org.apiCalls == 1)
  }

  @Test(
    "A recorded composite's answer has the recorded keys",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func recorded() throws {
    let recorded = try Recorded.json("cumulusci/composite_create_and_query.json")
    let expected = try recorded["interactions"][1]["response"]["body"]["compositeResponse"][0]
    let world = World()
    _ = try world.call(.post, "/sobjects/Account/", #"{"Name":"Smith Corp."}"#)
    let answer = try send(world, [part("a", "/query?q=SELECT Id FROM Account LIMIT 1")])
    let own = try answer.json["compositeResponse"][0]
    #expect(own.keys == expected.keys)
    #expect(try own["body"].keys == expected["body"].keys)
    #expect(
      try own["body"]["records"][0].keys == expected["body"]["records"][0].keys)
  }

  @Test("More than 25 parts, or more than five queries, are refused")
  func limits() throws {
    let world = World()
    let many = try send(world, (0..<26).map { part("r\($0)", "/limits") })
    #expect(many.status == 400)
    #expect(
      try many.json["compositeResponse"][0]["body"][0]["errorCode"].text == "LIMIT_EXCEEDED")
    let queries = try send(world, (0..<6).map { part("r\($0)", "/query?q=SELECT Id FROM Lead") })
    #expect(queries.status == 400)
    let allowed = try send(world, (0..<5).map { part("r\($0)", "/query?q=SELECT Id FROM Lead") })
    #expect(allowed.status == 200)
  }

  @Test("A referenceId with a bad character, or twice the same, fails all")
  func references() throws {
    let world = World()
    #expect(try send(world, [part("a-b", "/limits")]).status == 400)
    #expect(try send(world, [part("a", "/limits"), part("a", "/limits")]).status == 400)
  }

  @Test("@{ref.id} stands for a value of an earlier answer; its failure halts what depends on it")
  func substitution() throws {
    let world = World()
    let good = #","body":{"LastName":"L","Company":"C"}"#
    let task = #","body":{"WhoId":"@{lead.id}","Subject":"Hi"}"#
    let answer = try send(
      world,
      [
        part("lead", "/sobjects/Lead", "POST", good),
        part("task", "/sobjects/Task", "POST", task), part("same", "/sobjects/Lead/@{lead.id}"),
      ])
    let parts = try answer.json["compositeResponse"].list
    #expect(try parts.map { try $0["httpStatusCode"].number } == [201, 201, 200])
    #expect(try parts[0]["httpHeaders"].has("Location"))
    let bad = #","body":{"LastName":"L"}"#
    let halted = try send(
      world,
      [part("lead", "/sobjects/Lead", "POST", bad), part("t", "/sobjects/Task", "POST", task)])
    #expect(
      try halted.json["compositeResponse"][1]["body"][0]["errorCode"].text == "PROCESSING_HALTED")
  }

  @Test("allOrNone takes back what was written")
  func allOrNone() throws {
    let world = World()
    let answer = try send(
      world,
      [
        part("a", "/sobjects/Lead", "POST", #","body":{"LastName":"L","Company":"C"}"#),
        part("b", "/sobjects/Lead", "POST", #","body":{"LastName":"L"}"#),
      ], allOrNone: true)
    #expect(answer.status == 200)
    #expect(try world.column("SELECT Id FROM Lead", all: true).isEmpty)
  }

  @Test("A collection's own allOrNone takes back its rows inside a composite that goes on")
  func nestedAllOrNone() throws {
    let world = World()
    let records =
      #"{"attributes":{"type":"Lead"},"LastName":"A","Company":"C"},"#
      + #"{"attributes":{"type":"Lead"},"LastName":"B"}"#
    let answer = try send(
      world,
      [
        part("a", "/sobjects/Lead", "POST", #","body":{"LastName":"L","Company":"C"}"#),
        part(
          "b", "/composite/sobjects", "POST",
          #","body":{"allOrNone":true,"records":[\#(records)]}"#),
      ], allOrNone: true)
    #expect(answer.status == 200)
    #expect(try world.column("SELECT LastName FROM Lead", "LastName") == ["L"])
  }

  @Test(
    "A part with If-Modified-Since is 304 with a null body",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func notModified() throws {
    let world = World()
    let since = #","httpHeaders":{"If-Modified-Since":"Fri, 01 Jan 2027 00:00:00 GMT"}"#
    let answer = try send(world, [part("d", "/sobjects/Lead/describe", "GET", since)])
    let own = try answer.json["compositeResponse"][0]
    let recorded = try Recorded.json("cumulusci/composite_describe_if_modified_since.json")
    let expected = try recorded["interactions"][0]["response"]["body"]["compositeResponse"][0]
    #expect(own.keys == expected.keys)
    #expect(try own["body"] == .null)
    #expect(try own["httpStatusCode"] == .number(304))
    #expect(try own["httpHeaders"].keys == expected["httpHeaders"].keys)
  }
}
