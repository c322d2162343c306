import HTTP
import Simulators
import Testing

@Suite struct ConversationTests {
  private func world() -> (Workspace, person: String, conversation: String, admin: Int) {
    let world = Workspace()
    let person = world.person("a@x.io", name: "Ann")
    let admin = world.simulator.addAdmin(name: "Zoe", email: "zoe@x.io")
    let id = world.simulator.startConversation(from: person, "Hi & <bye>") ?? ""
    return (world, person, id, admin)
  }

  @Test("Unassigned is null and the priority old to 2.15, 0 and new to 2.16")
  func versions() {
    var (world, _, id, _) = world()
    let old = world.call(.get, "/conversations/\(id)").json
    #expect(old["admin_assignee_id"] == .null)
    #expect(old["priority"] == .string("not_priority"))
    world.version = "2.16"
    let new = world.call(.get, "/conversations/\(id)").json
    #expect(new["admin_assignee_id"] == .int(0))
    #expect(new["priority"] == .string("none"))
  }

  @Test("Lists and searches carry no parts; the conversation itself does, as HTML")
  func parts() {
    let (world, person, id, admin) = world()
    world.simulator.addPart(to: id, "Answer", admin: admin)
    let listed = world.call(.get, "/conversations").json["conversations"]?.array?.first
    #expect(listed?["id"] == .string(id))
    #expect(listed?["conversation_parts"] == nil)
    let found = world.call(
      .post, "/conversations/search",
      "{\"query\":{\"field\":\"contact_ids\",\"operator\":\"=\",\"value\":\"\(person)\"}}")
    #expect(found.json["total_count"] == .int(1))
    let whole = world.call(.get, "/conversations/\(id)").json
    #expect(whole["source"]?["body"] == .string("<p>Hi &amp; &lt;bye&gt;</p>"))
    let part = whole["conversation_parts"]?["conversation_parts"]?.array?.first
    #expect(part?["author"]?["type"] == .string("admin"))
    #expect(part?["body"] == .string("<p>Answer</p>"))
  }

  @Test("Conversation search compares dates to the second, the bound included")
  func dates() {
    let (world, _, _, _) = world()
    func count(_ operation: String, _ second: Int64) -> Workspace.JSON? {
      world.call(
        .post, "/conversations/search",
        "{\"query\":{\"field\":\"updated_at\",\"operator\":\"\(operation)\",\"value\":\(second)}}"
      ).json["total_count"]
    }
    #expect(count(">", Workspace.noon) == .int(1))
    #expect(count(">", Workspace.noon + 1) == .int(0))
    #expect(count("<", Workspace.noon) == .int(1))
  }

  @Test("Assigning needs an acting admin with a seat and a known assignee; 0 unassigns")
  func assignment() {
    let (world, _, id, admin) = world()
    let seatless = world.simulator.addAdmin(name: "Kim", email: "kim@x.io", hasSeat: false)
    func assign(_ actor: Int, _ target: Int) -> Workspace.Result {
      world.call(
        .post, "/conversations/\(id)/parts",
        "{\"message_type\":\"assignment\",\"type\":\"admin\",\"admin_id\":\"\(actor)\","
          + "\"assignee_id\":\"\(target)\"}")
    }
    #expect(assign(1, admin).code == "admin_not_found")
    #expect(assign(seatless, admin).status == 403)
    #expect(assign(admin, 7).code == "assignee_not_found")
    #expect(assign(admin, admin).json["admin_assignee_id"] == .int(Int64(admin)))
    #expect(assign(admin, 0).json["admin_assignee_id"] == .null)
  }

  @Test("Redacted parts keep their place with a placeholder; tags sit on parts and conversations")
  func redaction() throws {
    let (world, _, id, admin) = world()
    let part = try #require(world.simulator.addPart(to: id, "secret", admin: admin))
    world.simulator.tagConversation(id, part: part, "log")
    world.simulator.redact(part, in: id)
    let json = world.call(.get, "/conversations/\(id)").json
    let row = json["conversation_parts"]?["conversation_parts"]?.array?.first
    #expect(row?["redacted"] == .bool(true))
    #expect(row?["body"] == .string("<p><i>This message was deleted</i></p>"))
    #expect(row?["tags"]?.array?.first?["name"] == .string("log"))
    let shown = json["tags"]?["tags"]?.array ?? []
    #expect(shown.map { $0["name"] } == [.string("log")])
    #expect(shown.first?["applied_at"] == .int(Workspace.noon))
  }

  @Test("The admins include the bot, and tags and companies of people can be read back")
  func furniture() throws {
    let (world, person, _, _) = world()
    let admins = world.call(.get, "/admins").json["admins"]?.array ?? []
    #expect(admins.contains { $0["name"] == .string("Operator") })
    let company = try #require(world.simulator.addCompany("Acme", of: person))
    #expect(world.call(.get, "/companies/\(company)").json["name"] == .string("Acme"))
    #expect(world.call(.get, "/contacts/\(person)/companies").ids == [company])
    let tag = world.simulator.addTag("hot")
    let before = world.call(.get, "/contacts/\(person)").json["updated_at"]
    world.clock.now += 5000
    #expect(world.call(.post, "/contacts/\(person)/tags", "{\"id\":\"\(tag)\"}").status == 200)
    let after = world.call(.get, "/contacts/\(person)").json
    #expect(after["tags"]?["total_count"] == .int(1))
    #expect(after["updated_at"] == before)
    #expect(world.call(.delete, "/contacts/\(person)/tags/\(tag)").status == 200)
    #expect(world.call(.get, "/contacts/\(person)/tags").ids.isEmpty)
  }
}
