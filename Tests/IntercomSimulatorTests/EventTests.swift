import HTTP
import Simulators
import Testing

@Suite struct EventTests {
  private func post(
    _ world: Workspace, _ who: String, name: String = "status", at second: Int64 = Workspace.noon,
    metadata: String = "{}"
  ) -> Workspace.Result {
    world.call(
      .post, "/events",
      "{\(who),\"event_name\":\"\(name)\",\"created_at\":\(second),\"metadata\":\(metadata)}")
  }

  @Test("An event is a 202 without body, and its repetition in the same second is dropped")
  func repeated() {
    let world = Workspace()
    let id = world.person("a@x.io", role: .lead)
    let first = post(world, "\"id\":\"\(id)\"")
    #expect(first.status == 202)
    #expect(first.bytes == 0)
    #expect(post(world, "\"id\":\"\(id)\"").status == 202)
    #expect(post(world, "\"id\":\"\(id)\"", at: Workspace.noon + 1).status == 202)
    #expect(world.simulator.events.map(\.createdAt) == [Workspace.noon, Workspace.noon + 1])
    #expect(world.simulator.duplicateEvents == 1)
  }

  @Test("Leads are known by Intercom id only; unknown people are a 404")
  func addressing() {
    let world = Workspace()
    _ = world.person("lead@x.io", role: .lead)
    _ = world.person("user@x.io", external: "7")
    #expect(post(world, #""email":"lead@x.io""#).message == "User Not Found")
    #expect(post(world, #""email":"USER@x.io""#).status == 202)
    #expect(post(world, #""user_id":"7""#).status == 202)
    #expect(post(world, #""id":"000000000000000000000000""#).status == 404)
  }

  @Test("The 121st event name is a 422 with the code 422")
  func names() {
    let world = Workspace()
    let id = world.person("a@x.io")
    for number in 0..<120 {
      #expect(post(world, "\"id\":\"\(id)\"", name: "e\(number)").status == 202)
    }
    let refused = post(world, "\"id\":\"\(id)\"", name: "e120")
    #expect(refused.status == 422)
    #expect(refused.code == "422")
    #expect(post(world, "\"id\":\"\(id)\"", name: "e7", at: 5).status == 202)
  }

  @Test("The first ten metadata keys are kept in the order sent; rich links may nest, no others")
  func metadata() {
    let world = Workspace()
    let id = world.person("a@x.io")
    let keys = (0..<12).map { "\"k\(11 - $0)\":\($0)" }.joined(separator: ",")
    _ = post(world, "\"id\":\"\(id)\"", metadata: "{\(keys)}")
    #expect(
      world.simulator.events.first?.metadata.map(\.key)
        == ["k11", "k10", "k9", "k8", "k7", "k6", "k5", "k4", "k3", "k2"])
    let link = #"{"record":{"url":"https://x.io","value":"Ann"}}"#
    #expect(post(world, "\"id\":\"\(id)\"", name: "link", metadata: link).status == 202)
    #expect(
      post(world, "\"id\":\"\(id)\"", name: "deep", metadata: #"{"a":{"b":{"c":1}}}"#).status
        == 400)
    let read = world.call(.get, "/events?type=user&intercom_user_id=\(id)")
    #expect(read.json["events"]?.array?.count == 2)
  }
}
