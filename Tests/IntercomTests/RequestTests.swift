import HTTP
import Intercom
import SyncCore
import Testing

@Suite struct RequestTests {
  @Test("The headers name the version and the token, and a body its type")
  func headers() async throws {
    let (intercom, transport) = client(answering: 200, #"{"id":"1"}"#)
    _ = try await intercom.update("abc", attributes: [(.status, "Open")])
    let request = try #require(transport.requests.first)
    #expect(request.headers["Authorization"] == "Bearer \(secret)")
    #expect(request.headers["Accept"] == "application/json")
    #expect(request.headers["Content-Type"] == "application/json")
    #expect(request.headers["Intercom-Version"] == "2.15")
    #expect(intercom.calls == 1)
  }

  @Test("S8: an update is one PUT, in the order given, null clears, an unnamed one is left out")
  func update() async throws {
    let transport = ScriptedTransport([
      .success(Response(status: 200, body: Array(#"{"id":"a/b"}"#.utf8)))
    ])
    let intercom = client(transport, names: [.title: "TITLE", .status: "STATUS"])
    _ = try await intercom.update(
      "a/b", attributes: [(.title, "VP \"Sales\"\n\u{1}"), (.status, nil), (.url, "https://x")])
    let request = try #require(transport.requests.first)
    #expect(request.method == .put)
    #expect(request.url == "https://api.intercom.io/contacts/a%2Fb")
    #expect(
      text(request)
        == #"{"custom_attributes":{"TITLE":"VP \"Sales\"\n\u0001","STATUS":null}}"#)
  }

  @Test("The list asks for the greatest page, and its cursor travels in the query, encoded")
  func list() async throws {
    let empty = Response(status: 200, body: Array(#"{"type":"list","data":[]}"#.utf8))
    let transport = ScriptedTransport([.success(empty), .success(empty)])
    let intercom = client(transport)
    _ = try await intercom.list(startingAfter: nil)
    _ = try await intercom.list(startingAfter: "Wz1+/&=")
    #expect(
      transport.requests.map(\.url) == [
        "https://api.intercom.io/contacts?per_page=150",
        "https://api.intercom.io/contacts?per_page=150&starting_after=Wz1%2B%2F%26%3D",
      ])
    #expect(transport.requests.allSatisfy { $0.body == nil && $0.method == .get })
    #expect(transport.requests[0].headers["Content-Type"] == nil)
  }

  @Test("S1: the search asks from two days before, newest first, its cursor in the body")
  func search() async throws {
    let empty = Response(status: 200, body: Array(#"{"type":"list","data":[]}"#.utf8))
    let transport = ScriptedTransport([.success(empty), .success(empty), .success(empty)])
    let intercom = client(transport)
    _ = try await intercom.search(updatedSince: 1_700_000_000_999, startingAfter: nil)
    _ = try await intercom.search(updatedSince: 0, startingAfter: "c\"1")
    _ = try await intercom.search(updatedSince: .min, startingAfter: nil)
    #expect(transport.requests[0].url == "https://api.intercom.io/contacts/search")
    #expect(
      text(transport.requests[0])
        == #"{"query":{"field":"updated_at","operator":">","value":1699827200},"#
        + #""sort":{"field":"updated_at","order":"descending"},"pagination":{"per_page":150}}"#)
    #expect(
      text(transport.requests[1])
        == #"{"query":{"field":"updated_at","operator":">","value":0},"#
        + #""sort":{"field":"updated_at","order":"descending"},"#
        + #""pagination":{"per_page":150,"starting_after":"c\"1"}}"#)
    #expect(text(transport.requests[2])?.contains(#""value":0}"#) == true)
  }

  @Test("S6: an event names the person by id, with its second and rich link")
  func event() async throws {
    let (intercom, transport) = client(answering: 202, "")
    try await intercom.send(
      Event(
        name: "Salesforce owner changed", personID: "63a0", createdAtSecond: 1_700_000_000,
        metadata: [
          .init("from", .text("Ann")), .init("to", .text("Бо 🦊")),
          .init("record", .link(url: "https://x.my.salesforce.com/00Q1", text: "Ann & Co")),
        ]))
    #expect(transport.requests.first?.url == "https://api.intercom.io/events")
    #expect(
      text(transport.requests.first)
        == #"{"event_name":"Salesforce owner changed","created_at":1700000000,"id":"63a0","#
        + #""metadata":{"from":"Ann","to":"Бо 🦊","#
        + #""record":{"url":"https://x.my.salesforce.com/00Q1","value":"Ann & Co"}}}"#)
  }

  @Test("Events keep ten keys, and texts of 255 UTF-16 units cut at a whole character")
  func eventBounds() async throws {
    let (intercom, transport) = client(answering: 202, "")
    let long = String(repeating: "x", count: 254) + "👨‍👩‍👧"
    try await intercom.send(
      Event(
        name: "e", personID: "1", createdAtSecond: 1,
        metadata: (0..<12).map { .init("k\($0)", .text(long)) }))
    let body = try #require(text(transport.requests.first))
    #expect(body.contains("\"k9\":"))
    #expect(!body.contains("\"k10\":"))
    #expect(body.contains("\"k0\":\"" + String(repeating: "x", count: 254) + "\","))
  }

  @Test("S4: an attribute is made as text that the Messenger cannot write, and revived by id")
  func attributes() async throws {
    let made =
      #"{"type":"data_attribute","id":7,"name":"A","model":"contact","data_type":"string","custom":true,"archived":false}"#
    let answer = Response(status: 200, body: Array(made.utf8))
    let transport = ScriptedTransport([.success(answer), .success(answer)])
    let intercom = client(transport)
    let created = try await intercom.create(NewAttribute(name: "A", description: "d"))
    let revived = try await intercom.revive("7")
    #expect(created.id == "7")
    #expect(created == revived)
    #expect(
      text(transport.requests[0])
        == #"{"name":"A","model":"contact","data_type":"string","description":"d","#
        + #""messenger_writable":false}"#)
    #expect(transport.requests[1].method == .put)
    #expect(transport.requests[1].url == "https://api.intercom.io/data_attributes/7")
    #expect(text(transport.requests[1]) == #"{"archived":false}"#)
  }

  @Test("S4: attributes of both models are listed, archived ones too")
  func listAttributes() async throws {
    let people =
      #"{"type":"list","data":[{"name":"role","model":"contact","data_type":"string","custom":false},{"id":1,"name":"S","model":"contact","data_type":"string","custom":true,"archived":true,"options":["a"]}]}"#
    let companies =
      #"{"type":"list","data":[{"id":"2","name":"C","model":"company","data_type":"string","custom":true}]}"#
    let transport = ScriptedTransport(
      [people, companies].map { .success(Response(status: 200, body: Array($0.utf8))) })
    let all = try await client(transport).dataAttributes()
    #expect(
      all == [
        DataAttribute(id: nil, name: "role", model: .contact, dataType: "string", isCustom: false),
        DataAttribute(
          id: "1", name: "S", model: .contact, dataType: "string", isArchived: true,
          hasOptions: true),
        DataAttribute(id: "2", name: "C", model: .company, dataType: "string"),
      ])
    #expect(
      transport.requests.map(\.url)
        == ["contact", "company"].map {
          "https://api.intercom.io/data_attributes?model=\($0)&include_archived=true"
        })
  }

  @Test("G2: the workspace is known by the id of its app")
  func workspace() async throws {
    let (intercom, _) = client(
      answering: 200,
      #"{"type":"admin","id":"99","app":{"type":"app","id_code":"abc","name":"N","timezone":"Europe/Berlin","region":"EU"}}"#
    )
    let workspace = try await intercom.workspace()
    #expect(workspace.id == "abc")
    #expect(workspace.name == "N")
    #expect(workspace.timezone == "Europe/Berlin")
    #expect(workspace.region == "EU")
    #expect(workspace.adminID == "99")
  }

  @Test("A1: teammates come with their seat, whatever the type of their id")
  func admins() async throws {
    let (intercom, _) = client(
      answering: 200,
      #"{"type":"admin.list","admins":[{"id":1,"name":"A","email":"a@x.com","has_inbox_seat":true},{"id":"2","name":null,"email":null}]}"#
    )
    let admins = try await intercom.admins()
    #expect(admins.map(\.id) == ["1", "2"])
    #expect(admins.map(\.hasInboxSeat) == [true, nil])
  }

  @Test("Every answer is shown to the pacer, whatever its status")
  func onAnswer() async throws {
    let (intercom, _) = client(answering: 429, "", headers: ["X-RateLimit-Remaining": "0"])
    var seen: [Int] = []
    intercom.onAnswer = { seen.append($0.status) }
    _ = await failure { _ = try await intercom.workspace() }
    #expect(seen == [429])
  }
}
