import HTTP
import Simulators
import Testing

/// Conversations as teammates work with them.
@Suite struct InboxTests {
  private let world = Workspace()
  private let person: String
  private let id: String

  init() throws {
    person = world.person("a@x.io", name: "Ann")
    id = try #require(world.simulator.startConversation(from: person, "Hello"))
  }

  private func shown(_ id: String? = nil) -> Workspace.JSON {
    world.call(.get, "/conversations/\(id ?? self.id)").json
  }

  private func search(_ query: String, _ more: String = "") -> Workspace.Result {
    world.call(.post, "/conversations/search", "{\"query\":\(query)\(more)}")
  }

  private func found(_ result: Workspace.Result) -> [String] {
    result.json["conversations"]?.array?.compactMap { $0["id"]?.string } ?? []
  }

  @Test("T1: A tag bears its moment, is found by tag_ids and moves updated_at, and so untagging")
  func tags() throws {
    let tag = world.simulator.addTag("log")
    world.clock.now += 60_000
    world.simulator.tagConversation(id, "log")
    let row = shown()["tags"]?["tags"]?.array?.first
    #expect(row?["applied_at"] == .int(Workspace.noon + 60))
    #expect(row?["applied_by"]?["type"] == .string("admin"))
    #expect(shown()["updated_at"] == .int(Workspace.noon + 60))
    let query = #"{"field":"tag_ids","operator":"=","value":"\#(tag)"}"#
    #expect(found(search(query)) == [id])
    world.clock.now += 60_000
    world.simulator.untagConversation(id, "log")
    #expect(shown()["tags"]?["tags"] == .array([]))
    #expect(shown()["updated_at"] == .int(Workspace.noon + 120))
    #expect(found(search(query)).isEmpty)
  }

  @Test("T4: A tag on a message is on the message and among the conversation's, once")
  func messageTag() throws {
    let part = try #require(world.simulator.addPart(to: id, "one"))
    world.simulator.tagConversation(id, "log")
    world.clock.now += 5000
    world.simulator.tagConversation(id, part: part, "log")
    let json = shown()
    let parts = json["conversation_parts"]?["conversation_parts"]?.array
    #expect(parts?.first?["tags"]?.array?.count == 1)
    let tags = json["tags"]?["tags"]?.array ?? []
    #expect(tags.count == 1)
    #expect(tags.first?["applied_at"] == .int(Workspace.noon + 5))
    world.simulator.untagConversation(id, "log")
    #expect(shown()["tags"]?["tags"]?.array?.count == 1)
    #expect(!world.simulator.tagConversation(id, part: 1, "log"))
    world.simulator.settings.messageTagsShowOnConversation = false
    #expect(shown()["tags"]?["tags"] == .array([]))
  }

  @Test("Tags come and go by the API with the acting admin")
  func tagsByAPI() throws {
    let tag = world.simulator.addTag("log")
    let admin = world.simulator.tokenAdmin
    let path = "/conversations/\(id)/tags"
    #expect(world.call(.post, path, "{\"id\":\"\(tag)\"}").code == "admin_not_found")
    #expect(
      world.call(.post, path, "{\"id\":\"9\",\"admin_id\":\"\(admin)\"}").code == "tag_not_found")
    let made = world.call(.post, path, "{\"id\":\"\(tag)\",\"admin_id\":\"\(admin)\"}").json
    #expect(made["applied_by"]?["id"] == .string(String(admin)))
    let body = "{\"admin_id\":\"\(admin)\"}"
    #expect(world.call(.delete, path + "/\(tag)", body).status == 200)
    #expect(world.call(.delete, path + "/\(tag)", body).code == "tag_not_found")
    let unknown = world.call(.post, "/conversations/1/tags", body)
    #expect(unknown.message == "Conversation not found")
  }

  @Test("Pages by updated_at go on past rows that moved meanwhile, and none is refused")
  func pages() throws {
    var ids = [id]
    for _ in 0..<5 {
      world.clock.now += 1000
      ids.append(try #require(world.simulator.startConversation(from: person, "More")))
    }
    let query =
      #"{"field":"updated_at","operator":">","value":\#(Workspace.noon - 1)}"#
    let sort = #","sort":{"field":"updated_at","order":"descending"}"#
    let first = search(query, sort + #","pagination":{"per_page":2}"#)
    #expect(found(first) == [ids[5], ids[4]])
    world.clock.now += 1000
    world.simulator.addPart(to: ids[4], "moved to the front")
    world.simulator.deleteConversation(ids[5])
    let next = try #require(first.json["pages"]?["next"]?["starting_after"]?.string)
    let second = search(
      query, sort + #","pagination":{"per_page":2,"starting_after":"\#(next)"}"#)
    #expect(found(second) == [ids[3], ids[2]])
    let ascending = search(query, #","sort":{"field":"updated_at","order":"ascending"}"#)
    #expect(found(ascending) == [ids[0], ids[1], ids[2], ids[3], ids[4]])
  }

  @Test("Closing, opening and snoozing leave a part, and a person's message opens what was closed")
  func states() {
    world.simulator.closeConversation(id)
    #expect(shown()["state"] == .string("closed"))
    #expect(shown()["open"] == .bool(false))
    world.simulator.addPart(to: id, "Still there?")
    #expect(shown()["state"] == .string("open"))
    world.simulator.snoozeConversation(id, until: Workspace.noon + 3600)
    #expect(shown()["state"] == .string("snoozed"))
    #expect(shown()["snoozed_until"] == .int(Workspace.noon + 3600))
    world.simulator.openConversation(id)
    let types = shown()["conversation_parts"]?["conversation_parts"]?.array?.map {
      $0["part_type"]
    }
    #expect(
      types == [.string("close"), .string("comment"), .string("snoozed"), .string("open")])
  }

  @Test("T4: First messages and parts are redacted by hand and by the API, and stay in their place")
  func redaction() throws {
    let part = try #require(world.simulator.addPart(to: id, "secret"))
    let body =
      #"{"type":"conversation_part","conversation_id":"\#(id)","conversation_part_id":"\#(part)"}"#
    let redacted = world.call(.post, "/conversations/redact", body).json
    let row = redacted["conversation_parts"]?["conversation_parts"]?.array?.first
    #expect(row?["redacted"] == .bool(true))
    let source = try #require(shown()["source"]?["id"]?.string)
    world.simulator.redact(Int(source) ?? 0, in: id)
    #expect(shown()["source"]?["redacted"] == .bool(true))
    #expect(shown()["source"]?["body"] != .string("<p>Hello</p>"))
    let unknown = world.call(
      .post, "/conversations/redact", #"{"type":"source","conversation_id":"1","source_id":"2"}"#)
    #expect(unknown.code == "conversation_part_or_message_not_found")
  }

  @Test("A deleted conversation is a 404 and in no list")
  func deletion() {
    #expect(world.call(.delete, "/conversations/\(id)").json["deleted"] == .bool(true))
    #expect(world.call(.get, "/conversations/\(id)").code == "not_found")
    #expect(found(world.call(.get, "/conversations")).isEmpty)
  }

  @Test("A1: Who is assigned to needs a seat; 404 or 403, for the vendor's word is not known")
  func seats() {
    let seatless = world.simulator.addAdmin(name: "K", email: "k@x.io", hasSeat: false)
    func assign() -> Workspace.Result {
      world.call(
        .post, "/conversations/\(id)/parts",
        "{\"message_type\":\"assignment\",\"type\":\"admin\","
          + "\"admin_id\":\"\(world.simulator.tokenAdmin)\",\"assignee_id\":\"\(seatless)\"}")
    }
    #expect(assign().code == "assignee_not_found")
    world.simulator.settings.seatlessAssigneeIsUnknown = false
    #expect(assign().code == "action_forbidden")
    world.simulator.setAdmin(seatless, hasSeat: true)
    #expect(assign().json["admin_assignee_id"] == .int(Int64(seatless)))
    world.simulator.removeAdmin(seatless)
    #expect(assign().code == "assignee_not_found")
  }

  @Test("A1: By hand a conversation goes to a teammate, a team and back to nobody")
  func assignedByHand() {
    let zoe = world.simulator.addAdmin(name: "Zoe", email: "z@x.io")
    let team = world.simulator.addTeam(name: "Sales", admins: [zoe])
    world.simulator.assignConversation(id, admin: zoe)
    world.simulator.assignConversation(id, team: team)
    #expect(shown()["admin_assignee_id"] == .int(Int64(zoe)))
    #expect(shown()["team_assignee_id"] == .int(Int64(team)))
    #expect(!world.simulator.assignConversation(id, admin: 3))
    world.simulator.assignConversation(id, admin: 0)
    #expect(shown()["admin_assignee_id"] == .null)
    let last = shown()["conversation_parts"]?["conversation_parts"]?.array?.last
    #expect(last?["part_type"] == .string("assignment"))
    #expect(last?["assigned_to"] == .null)
  }

  @Test("A1: The AI agent's part is told, from taking it up to handing over")
  func agent() throws {
    let taken = try #require(
      world.simulator.startConversation(from: person, "Hi", withAIAgent: true))
    #expect(shown()["ai_agent_participated"] == .bool(false))
    #expect(shown()["ai_agent"] == .null)
    #expect(shown(taken)["ai_agent_participated"] == .bool(true))
    #expect(shown(taken)["ai_agent"]?["resolution_state"] == .null)
    world.simulator.setAgent(of: taken, resolution: "escalated")
    #expect(shown(taken)["ai_agent"]?["resolution_state"] == .string("escalated"))
    let query =
      #"{"field":"ai_agent.resolution_state","operator":"=","value":"escalated"}"#
    #expect(found(search(query)) == [taken])
  }

  @Test("Statistics tell the last closing; they, and the first message, may be null")
  func oddShapes() throws {
    world.clock.now += 9000
    world.simulator.closeConversation(id)
    #expect(shown()["statistics"]?["last_close_at"] == .int(Workspace.noon + 9))
    world.simulator.settings.tellsStatistics = false
    world.simulator.hideSource(of: id)
    #expect(shown()["statistics"] == .null)
    #expect(shown()["source"] == .null)
    let part = try #require(world.simulator.addPart(to: id, nil, attachments: ["offer.pdf"]))
    let row = shown()["conversation_parts"]?["conversation_parts"]?.array?.last
    #expect(row?["attachments"]?.array?.first?["name"] == .string("offer.pdf"))
    world.simulator.redact(part, in: id)
    let gone = shown()["conversation_parts"]?["conversation_parts"]?.array?.last
    #expect(gone?["attachments"] == .array([]))
  }

  @Test("A merge and a group: the conversation is the survivor's, and of all who are in it")
  func people() {
    let other = world.person("b@x.io")
    let lead = world.person("a@x.io", role: .lead)
    world.simulator.addContact(lead, to: id)
    world.simulator.addContact(other, to: id)
    world.simulator.merge(lead, into: person)
    let ids = shown()["contacts"]?["contacts"]?.array?.compactMap { $0["id"]?.string }
    #expect(ids == [person, other])
    let query = #"{"field":"contact_ids","operator":"=","value":"\#(other)"}"#
    #expect(found(search(query)) == [id])
  }

  @Test("Making a conversation by the API answers with the message; a note is for teammates")
  func made() throws {
    let body = #"{"from":{"type":"user","id":"\#(person)"},"body":"Hi there"}"#
    let message = world.call(.post, "/conversations", body).json
    #expect(message["type"] == .string("user_message"))
    let made = try #require(message["conversation_id"]?.string)
    let note = world.call(
      .post, "/conversations/\(made)/reply",
      "{\"message_type\":\"note\",\"type\":\"admin\",\"admin_id\":"
        + "\"\(world.simulator.tokenAdmin)\",\"body\":\"<b>psst</b>\"}")
    let part = note.json["conversation_parts"]?["conversation_parts"]?.array?.first
    #expect(part?["part_type"] == .string("note"))
    #expect(part?["body"] == .string("<b>psst</b>"))
    #expect(world.simulator.received().map(\.path).last == "/conversations/\(made)/reply")
  }

  @Test("A2: The owner is set by string or number, and has to be a member of the workspace")
  func owner() {
    let zoe = world.simulator.addAdmin(name: "Zoe", email: "z@x.io")
    func put(_ value: String) -> Workspace.Result {
      world.call(.put, "/contacts/\(person)", "{\"owner_id\":\(value)}")
    }
    #expect(put("\"\(zoe)\"").json["owner_id"] == .int(Int64(zoe)))
    #expect(put("12").message == "The owner specified is not a member of the workspace")
    #expect(put("null").json["owner_id"] == .null)
  }

  @Test("L1: People are found by tag, whose name may change; tagging moves no updated_at")
  func personTags() {
    world.clock.now += 5000
    world.simulator.tag(person, "send")
    let tag = world.simulator.addTag("send")
    let query = #"{"field":"tag_id","operator":"=","value":"\#(tag)"}"#
    #expect(world.search(query).ids == [person])
    let shown = world.call(.get, "/contacts/\(person)").json
    #expect(shown["updated_at"] == .int(Workspace.noon))
    #expect(shown["tags"]?["data"]?.array?.first?["id"] == .string(String(tag)))
    world.simulator.renameTag("send", "to sales")
    #expect(world.call(.get, "/tags").json["data"]?.array?.first?["name"] == .string("to sales"))
    world.simulator.untag(person, "to sales")
    #expect(world.search(query).ids.isEmpty)
  }

  @Test("A refusal that was planned has the vendor's shape and writes nothing")
  func planned() {
    world.simulator.scheduleRefusal(
      404, code: "assignee_not_found", message: "Assignee not found", at: 1,
      of: .conversationWrite)
    func read() -> Workspace.Result {
      world.call(.put, "/conversations/\(id)", #"{"read":true}"#)
    }
    #expect(read().code == "assignee_not_found")
    #expect(read().json["read"] == .bool(true))
  }
}
