import HTTP
import Intercom
import SyncCore
import Testing

@Suite struct ConversationTests {
  /// As the OpenAPI descriptions and the recorded webhooks have it.
  static let whole = #"""
    {"type":"conversation","id":"215472621202693","created_at":1768031789,"updated_at":1768032000,
     "waiting_since":null,"snoozed_until":null,"open":true,"state":"open","read":false,
     "priority":"not_priority","admin_assignee_id":9608799,"team_assignee_id":5017691,
     "source":{"type":"conversation","id":"3381828792","delivered_as":"customer_initiated",
       "subject":"","body":"<p>hello &amp; bye</p>","redacted":false,"url":null,
       "author":{"type":"lead","id":"696205460674dbb9050aa7fd","name":null,"email":""},
       "attachments":[{"type":"upload","name":"a &amp; b.png","url":"https://x/y"},{"type":"x"}]},
     "contacts":{"type":"contact.list","contacts":[
       {"type":"contact","id":"696205460674dbb9050aa7fd","external_id":"5e68"},
       {"type":"contact","id":"b"},{"type":"contact","id":"b"},{"id":null}]},
     "teammates":{"type":"admin.list","admins":[{"type":"admin","id":"9608799"}]},
     "tags":{"type":"tag.list","tags":[
       {"type":"tag","id":"123456","name":"R&amp;D","applied_at":1663597223,"applied_by":{}}]},
     "statistics":{"type":"conversation_statistics","last_close_at":1768031900},
     "title":"Order &lt;5&gt;","custom_attributes":{},"ticket":null,"ai_agent":null,
     "ai_agent_participated":false,"conversation_rating":null,"sla_applied":null,
     "conversation_parts":{"type":"conversation_part.list","total_count":3,"conversation_parts":[
       {"type":"conversation_part","id":2,"part_type":"note","body":"<p>in</p>",
        "created_at":1768031900,"author":{"id":"9608799","type":"admin","name":"John &amp; Co",
        "email":"admin@example.com"},"attachments":[],"redacted":false,
        "tags":[{"type":"tag","id":9,"name":"log"}]},
       {"type":"conversation_part","id":"1","part_type":"assignment","body":"<p>mine</p>",
        "created_at":1768031800,"author":{"id":"278","type":"bot"},"tags":null,"redacted":true},
       {"type":"conversation_part","id":"3","part_type":"custom_action_started","body":null,
        "created_at":1768031900,"author":null}]}}
    """#

  func read(_ body: String, version: String = "2.15") async throws -> Conversation {
    let answer = Response(status: 200, body: Array(body.utf8))
    return try await client(ScriptedTransport([.success(answer)]), version: version)
      .conversation("1")
  }

  /// A conversation that has `members` beside its id.
  func with(_ members: String) async throws -> Conversation {
    try await read(#"{"type":"conversation","id":"7","created_at":10,\#(members)}"#)
  }

  @Test("T1, T2: a conversation is read with its first message and its parts, oldest first")
  func whole() async throws {
    let conversation = try await read(Self.whole)
    let tag = Conversation.Tag(id: "123456", name: "R&D", appliedAt: 1_663_597_223_000)
    let john = Message.Author(
      kind: "admin", id: "9608799", name: "John & Co", email: "admin@example.com")
    #expect(
      conversation
        == Conversation(
          id: "215472621202693", createdAt: 1_768_031_789_000, updatedAt: 1_768_032_000_000,
          state: .open, closedAt: 1_768_031_900_000, teammateID: "9608799", teamID: "5017691",
          isWithAIAgent: false, title: "Order <5>", people: ["696205460674dbb9050aa7fd", "b"],
          tags: [tag],
          messages: [
            Message(
              id: "3381828792", createdAt: 1_768_031_789_000, kind: "source",
              author: .init(kind: "lead", id: "696205460674dbb9050aa7fd"),
              body: "<p>hello &amp; bye</p>", attachments: ["a & b.png"]),
            Message(
              id: "1", createdAt: 1_768_031_800_000, kind: "assignment",
              author: .init(kind: "bot", id: "278"), body: "<p>mine</p>", isRedacted: true),
            Message(
              id: "2", createdAt: 1_768_031_900_000, kind: "note", author: john,
              body: "<p>in</p>", tags: [.init(id: "9", name: "log")]),
            Message(
              id: "3", createdAt: 1_768_031_900_000, kind: "custom_action_started",
              author: .init(kind: "", id: "")),
          ]))
  }

  @Test("T1: bodies come as HTML, and the id is encoded")
  func request() async throws {
    let (intercom, transport) = client(answering: 200, #"{"id":"1"}"#)
    _ = try await intercom.conversation("a/b?c")
    #expect(transport.requests[0].method == .get)
    #expect(transport.requests[0].url == "https://api.intercom.io/conversations/a%2Fb%3Fc")
  }

  @Test("A1: unassigned is null up to 2.15 and 0 from 2.16 on")
  func assignees() async throws {
    for (value, id) in [
      ("null", nil), ("0", nil), (#""0""#, nil), (#""""#, nil), ("{}", nil), ("12", "12"),
      (#""12""#, "12"),
    ] as [(String, String?)] {
      let conversation = try await with(
        #""admin_assignee_id":\#(value),"team_assignee_id":\#(value)"#)
      #expect(conversation.teammateID == id && conversation.teamID == id, "\(value)")
    }
    let bare = try await with(#""updated_at":11"#)
    #expect(bare.teammateID == nil && bare.teamID == nil)
  }

  @Test("A1: the state is read by either member, and either kind of priority is let be")
  func states() async throws {
    for (members, state) in [
      (#""state":"open","priority":"not_priority""#, .open),
      (#""state":"closed","open":true,"priority":"urgent""#, .closed),
      (#""state":"snoozed","open":true,"priority":"none""#, .snoozed),
      (#""open":false,"priority":null"#, .closed), (#""open":true"#, .open),
      (#""state":"hibernating","open":false"#, .closed), (#""state":null"#, .open),
    ] as [(String, Conversation.State)] {
      #expect(try await with(members).state == state, "\(members)")
    }
  }

  @Test("A1: the AI agent has a conversation until it ends it, hands it on, or a teammate takes it")
  func aiAgent() async throws {
    for (members, isWith) in [
      (#""ai_agent_participated":false,"ai_agent":null"#, false),
      (#""ai_agent_participated":true,"ai_agent":null"#, true),
      (#""ai_agent_participated":true"#, true),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":null}"#, true),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":"assumed_resolution"}"#, true),
      (
        #""ai_agent_participated":true,"ai_agent":{"resolution_state":"confirmed_resolution"}"#,
        false
      ),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":"escalated"}"#, false),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":"negative_feedback"}"#, false),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":"procedure_handoff"}"#, false),
      (#""ai_agent_participated":true,"ai_agent":{"resolution_state":"new_in_2.18"}"#, false),
      (#""ai_agent_participated":true,"ai_agent":{},"admin_assignee_id":5"#, false),
      (#""ai_agent_participated":true,"ai_agent":{},"admin_assignee_id":0"#, true),
      (#""ai_agent_participated":null,"ai_agent":{"resolution_state":null}"#, false),
    ] {
      #expect(try await with(members).isWithAIAgent == isWith, "\(members)")
    }
  }

  @Test("T1: source may be null, absent, empty or without an id")
  func sources() async throws {
    for source in ["null", "{}", "[]", #""x""#] {
      #expect(try await with(#""source":\#(source)"#).messages == [])
    }
    for source in [#"{"body":"<p>a</p>"}"#, #"{"id":null,"body":"<p>a</p>"}"#] {
      let first = try #require(try await with(#""source":\#(source)"#).messages?.first)
      #expect(first.id == "7-source" && first.kind == "source" && first.createdAt == 10_000)
      #expect(first.author == .init(kind: "", id: ""))
    }
  }

  @Test("T1: tags and people are found in every shape that lists have")
  func lists() async throws {
    let tags = #"[{"id":"1","name":"a"},{"name":"no id"},null,{"id":2,"name":null}]"#
    for list in [tags, #"{"type":"tag.list","tags":\#(tags)}"#, #"{"data":\#(tags)}"#] {
      let conversation = try await with(#""tags":\#(list)"#)
      #expect(conversation.tags == [.init(id: "1", name: "a"), .init(id: "2", name: "")])
    }
    let contacts = #"[{"id":"p"},{"id":"q"},{"id":"p"}]"#
    for list in [contacts, #"{"contacts":\#(contacts)}"#, #"{"data":\#(contacts)}"#] {
      #expect(try await with(#""contacts":\#(list)"#).people == ["p", "q"])
    }
    for nothing in ["null", "{}", "[]", "7", #"{"tags":null,"contacts":{}}"#] {
      let conversation = try await with(#""tags":\#(nothing),"contacts":\#(nothing)"#)
      #expect(conversation.tags.isEmpty && conversation.people.isEmpty)
    }
  }

  @Test("T1: when it was closed comes from the statistics, else from the parts")
  func closedAt() async throws {
    for (members, closedAt) in [
      (#""statistics":{"last_close_at":12}"#, 12_000),
      (#""statistics":{"last_close_at":"2026-01-10T07:56:29.000Z"}"#, 1_768_031_789_000),
      (#""statistics":{"last_close_at":null}"#, nil), (#""statistics":null"#, nil),
      (
        #""statistics":null,"conversation_parts":{"conversation_parts":[{"id":1,"part_type":"close","created_at":20},{"id":2,"part_type":"close","created_at":30},{"id":3,"part_type":"comment","created_at":40}]}"#,
        30_000
      ),
    ] as [(String, Int64?)] {
      #expect(try await with(members).closedAt == closedAt, "\(members)")
    }
  }

  @Test("T4: a part without an id is passed over, one without a time has the conversation's")
  func oddParts() async throws {
    let conversation = try await with(
      #""conversation_parts":[{"part_type":"comment","body":"x"},{"id":5,"body":"  "},7,null]"#)
    #expect(
      conversation.messages == [
        Message(id: "5", createdAt: 10_000, kind: "", author: .init(kind: "", id: ""))
      ])
  }

  @Test("T1: all of 500 parts come, in order of time, those of one second in Intercom's order")
  func manyParts() async throws {
    let parts = (0..<500).map {
      #"{"id":\#($0),"part_type":"comment","created_at":\#(1000 + (499 - $0) / 10)}"#
    }
    let conversation = try await with(
      #""conversation_parts":{"conversation_parts":[\#(parts.joined(separator: ","))]}"#)
    let messages = try #require(conversation.messages)
    #expect(messages.count == 500)
    #expect(messages.prefix(11).map(\.id) == (490..<500).map { String($0) } + ["480"])
  }

  @Test("O4: whatever garbles the text, it is read or unreadable, never a trap")
  func garbled() async throws {
    let bytes = Array(Self.whole.utf8)
    var outcomes: [String: Int] = [:]
    for index in stride(from: 0, to: bytes.count, by: 3) {
      for byte in [0, 0x22, 0x5D, 0x7B, 0x39, 0xFF] as [UInt8] {
        var garbled = bytes
        garbled[index] = byte
        let answer = Response(status: 200, body: garbled)
        let error = await failure {
          _ = try await client(ScriptedTransport([.success(answer)])).conversation("1")
        }
        outcomes[error?.failure.meaning.code ?? "read", default: 0] += 1
      }
    }
    #expect(Set(outcomes.keys) == ["read", "IC-UNREADABLE"])
  }

  @Test("O4: times beyond all clocks are none")
  func times() async throws {
    for stamp in ["9223372036854775807", "1e300", "-1e300", #""never""#, "{}"] {
      let conversation = try await read(#"{"id":"1","created_at":\#(stamp),"updated_at":5}"#)
      #expect(conversation.createdAt == 0 && conversation.updatedAt == 5000, "\(stamp)")
    }
    #expect(try await read(#"{"id":1,"created_at":"1768031789"}"#).createdAt == 1_768_031_789_000)
    #expect(try await read(#"{"id":1,"created_at":12.0}"#).updatedAt == 12_000)
  }
}

@Suite struct ConversationSearchTests {
  func page(_ body: String) async throws -> ConversationPage {
    try await client(answering: 200, body).0.conversations(updatedSince: 0, startingAfter: nil)
  }

  @Test("T1, A1: the search asks for what changed since, to the second, newest first")
  func request() async throws {
    let answer = Response(status: 200, body: Array(#"{"conversations":[]}"#.utf8))
    let transport = ScriptedTransport([.success(answer), .success(answer)])
    let intercom = client(transport)
    _ = try await intercom.conversations(updatedSince: 1_700_000_000_999, startingAfter: nil)
    _ = try await intercom.conversations(updatedSince: .min, startingAfter: "c1")
    #expect(transport.requests[0].method == .post)
    #expect(transport.requests[0].url == "https://api.intercom.io/conversations/search")
    #expect(
      text(transport.requests[0])
        == #"{"query":{"field":"updated_at","operator":">","value":1699999999},"#
        + #""sort":{"field":"updated_at","order":"descending"},"pagination":{"per_page":150}}"#)
    #expect(
      text(transport.requests[1])
        == #"{"query":{"field":"updated_at","operator":">","value":0},"#
        + #""sort":{"field":"updated_at","order":"descending"},"#
        + #""pagination":{"per_page":150,"starting_after":"c1"}}"#)
  }

  @Test("T1: a page has conversations without messages, and where the next one is")
  func pages() async throws {
    let page = try await page(
      #"{"type":"conversation.list","total_count":2,"pages":{"type":"pages","next":{"page":2,"starting_after":"WzE="}},"conversations":[\#(ConversationTests.whole),{"id":3,"created_at":1,"source":null,"statistics":null}]}"#
    )
    #expect(page.conversations.map(\.id) == ["215472621202693", "3"])
    #expect(page.conversations.allSatisfy { $0.messages == nil })
    #expect(page.conversations[0].tags.first?.appliedAt == 1_663_597_223_000)
    #expect(page.next == "WzE=")
    for (pages, next) in [
      ("null", nil), ("{}", nil), (#"{"next":null}"#, nil), (#"{"next":{}}"#, nil),
      (#"{"next":{"starting_after":null}}"#, nil), (#"{"next":{"starting_after":7}}"#, "7"),
      (#"{"next":"https://x/y?starting_after=a%3D"}"#, "a="),
    ] as [(String, String?)] {
      let page = try await self.page(#"{"conversations":[],"pages":\#(pages)}"#)
      #expect(page.next == next, "\(pages)")
    }
  }

  @Test("I3: a page that lost a conversation's id, or its way to the next, is no page")
  func brokenPages() async {
    for body in [
      #"{"conversations":[{"id":"1"},{"type":"conversation"}]}"#, #"{"conversations":[null]}"#,
      #"{"conversations":null}"#, #"{"conversations":{}}"#,
      #"{"conversations":[],"pages":{"next":"https://x/y?page=2"}}"#,
    ] {
      let error = await failure { _ = try await page(body) }
      #expect(error?.failure.meaning == IntercomMeaning.unreadable, "\(body)")
    }
  }

  @Test("A1: a conversation is assigned in the name of the acting teammate")
  func assign() async throws {
    let (intercom, transport) = client(answering: 200, ConversationTests.whole)
    let conversation = try await intercom.assign("a/b", to: "9608799", actingAdmin: "12")
    #expect(conversation.teammateID == "9608799")
    #expect(conversation.messages == nil)
    #expect(transport.requests[0].method == .post)
    #expect(transport.requests[0].url == "https://api.intercom.io/conversations/a%2Fb/parts")
    #expect(
      text(transport.requests[0])
        == #"{"message_type":"assignment","type":"admin","admin_id":"12","assignee_id":"9608799"}"#)
  }

  @Test("T1: a conversation that is gone says so, and no other failure does")
  func gone() async {
    let body = #"{"type":"error.list","errors":[{"code":"not_found","message":"x"}]}"#
    for (call, isGone) in [(Call.conversation, true), (.assign, true), (.conversations, false)] {
      let error = await failure { try await call.make(client(answering: 404, body).0) }
      #expect(error?.isConversationGone == isGone)
      #expect(error?.isPersonGone == false)
    }
  }
}
