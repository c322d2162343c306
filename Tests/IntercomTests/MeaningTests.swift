import HTTP
import Intercom
import SyncCore
import Testing

enum Call: Sendable, CaseIterable {
  case me, list, search, person, update, event, attributes, create, revive, admins
  case tagged, details, teammate, conversations, conversation, assign, company, companies, scroll
  case tags

  func make(_ intercom: Intercom) async throws {
    switch self {
    case .me: _ = try await intercom.workspace()
    case .list: _ = try await intercom.list(startingAfter: "c")
    case .search: _ = try await intercom.search(updatedSince: 0, startingAfter: nil)
    case .person: _ = try await intercom.person("1")
    case .update: _ = try await intercom.update("1", attributes: [(.status, "x")])
    case .event:
      try await intercom.send(Event(name: "e", personID: "1", createdAtSecond: 1, metadata: []))
    case .attributes: _ = try await intercom.dataAttributes()
    case .create: _ = try await intercom.create(NewAttribute(name: "A", description: ""))
    case .revive: _ = try await intercom.revive("1")
    case .admins: _ = try await intercom.admins()
    case .tagged: _ = try await intercom.people(withTag: "9", startingAfter: "c")
    case .details: _ = try await intercom.details("1")
    case .teammate: _ = try await intercom.setTeammate("1", to: "5")
    case .conversations:
      _ = try await intercom.conversations(updatedSince: 0, startingAfter: "c")
    case .conversation: _ = try await intercom.conversation("1")
    case .assign: _ = try await intercom.assign("1", to: "5", actingAdmin: "6")
    case .company: _ = try await intercom.company("1")
    case .companies: _ = try await intercom.companyList(nil)
    case .scroll: _ = try await intercom.companyList("scroll:x")
    case .tags: _ = try await intercom.tags()
    }
  }
}

struct Case: Sendable {
  var call: Call
  var status: Int
  var code: String
  var message: String
  var meaning: Meaning

  init(_ call: Call, _ status: Int, _ code: String, _ message: String, _ meaning: Meaning) {
    self.call = call
    self.status = status
    self.code = code
    self.message = message
    self.meaning = meaning
  }
}

@Suite struct MeaningTests {
  static let cases: [Case] = peopleCases + inboxCases

  static let inboxCases: [Case] = [
    .init(
      .teammate, 400, "parameter_invalid",
      "The owner specified is not a member of the workspace", IntercomMeaning.teammate),
    .init(.teammate, 404, "not_found", "User Not Found", IntercomMeaning.personGone),
    .init(.details, 404, "not_found", "User Not Found", IntercomMeaning.personGone),
    .init(.details, 410, "contact_merged", "x", IntercomMeaning.personGone),
    .init(.tagged, 400, "client_error", "bad starting_after", IntercomMeaning.cursor),
    .init(.tagged, 403, "forbidden", "x", IntercomMeaning.forbidden),
    .init(.assign, 404, "not_found", "Resource Not Found", IntercomMeaning.conversationGone),
    .init(.conversation, 404, "not_found", "Resource Not Found", IntercomMeaning.conversationGone),
    .init(.conversation, 410, "x", "x", IntercomMeaning.conversationGone),
    .init(.assign, 404, "admin_not_found", "Admin not found", IntercomMeaning.actingAdmin),
    .init(.assign, 404, "assignee_not_found", "x", IntercomMeaning.teammate),
    .init(.assign, 404, "team_not_found", "x", IntercomMeaning.teammate),
    .init(.assign, 400, "team_unavailable", "x", IntercomMeaning.teamUnavailable),
    .init(
      .assign, 403, "action_forbidden", "The admin needs an inbox seat", IntercomMeaning.noSeat),
    .init(.assign, 403, "api_plan_restricted", "Active subscription needed.", IntercomMeaning.plan),
    .init(.assign, 403, "forbidden", "x", IntercomMeaning.forbiddenInbox),
    .init(.assign, 401, "unauthorized", "Access Token Invalid", IntercomMeaning.token),
    .init(.assign, 422, "unprocessable_entity", "x", IntercomMeaning.refused),
    .init(.assign, 500, "server_error", "x", IntercomMeaning.server),
    .init(.conversations, 403, "action_forbidden", "x", IntercomMeaning.forbiddenInbox),
    .init(.conversations, 404, "not_found", "x", IntercomMeaning.apiURL),
    .init(
      .conversations, 400, "client_error", "bad 'starting_after' parameter",
      IntercomMeaning.cursor),
    .init(.conversations, 400, "parameter_invalid", "x", IntercomMeaning.refused),
    .init(.companies, 404, "not_found", "x", IntercomMeaning.apiURL),
    .init(.companies, 400, "scroll_exists", "x", IntercomMeaning.scroll),
    .init(.scroll, 404, "not_found", "scroll parameter not found", IntercomMeaning.cursor),
    .init(.scroll, 400, "bad_request", "x", IntercomMeaning.cursor),
    .init(.scroll, 422, "x", "x", IntercomMeaning.cursor),
    .init(.scroll, 409, "scroll_exists", "x", IntercomMeaning.scroll),
    .init(.scroll, 500, "x", "Please restart the scroll operation.", IntercomMeaning.server),
    .init(.scroll, 401, "unauthorized", "x", IntercomMeaning.token),
    .init(.company, 403, "forbidden", "x", IntercomMeaning.forbiddenInbox),
    .init(.company, 403, "api_plan_restricted", "x", IntercomMeaning.plan),
    .init(.tags, 403, "forbidden", "x", IntercomMeaning.forbiddenInbox),
    .init(.tags, 404, "not_found", "x", IntercomMeaning.apiURL),
  ]

  static let peopleCases: [Case] = [
    .init(.me, 401, "unauthorized", "Access Token Invalid", IntercomMeaning.token),
    .init(.update, 401, "token_revoked", "x", IntercomMeaning.token),
    .init(.update, 403, "token_suspended", "x", IntercomMeaning.token),
    .init(.update, 403, "api_plan_restricted", "Active subscription needed.", IntercomMeaning.plan),
    .init(.create, 403, "forbidden", "x", IntercomMeaning.forbidden),
    .init(.event, 403, "action_forbidden", "x", IntercomMeaning.forbidden),
    .init(.list, 400, "intercom_version_invalid", "x", IntercomMeaning.version),
    .init(.list, 400, "client_error", "bad starting_after", IntercomMeaning.cursor),
    .init(.search, 400, "parameter_invalid", "starting_after is bad", IntercomMeaning.cursor),
    .init(.search, 400, "invalid_sort_order", "x", IntercomMeaning.refused),
    .init(.me, 404, "not_found", "Resource Not Found", IntercomMeaning.apiURL),
    .init(.list, 404, "not_found", "Resource Not Found", IntercomMeaning.apiURL),
    .init(.person, 404, "not_found", "User Not Found", IntercomMeaning.personGone),
    .init(.update, 404, "not_found", "User Not Found", IntercomMeaning.personGone),
    .init(.event, 404, "not_found", "User Not Found", IntercomMeaning.personGone),
    .init(.person, 410, "contact_merged", "x", IntercomMeaning.personGone),
    .init(.update, 404, "admin_not_found", "x", IntercomMeaning.teammate),
    .init(
      .update, 400, "parameter_invalid", "The owner specified is not a member of the workspace",
      IntercomMeaning.teammate),
    .init(
      .update, 409, "conflict", "A contact matching those details already exists with id=1",
      IntercomMeaning.conflict),
    .init(.update, 400, "unique_user_constraint", "x", IntercomMeaning.conflict),
    .init(
      .update, 400, "bad_request",
      "User has been marked for permanent deletion and is not restorable.",
      IntercomMeaning.notRestorable),
    .init(.update, 422, "not_restorable", "x", IntercomMeaning.notRestorable),
    .init(
      .update, 400, "client_error", "Contact with user role can't be converted to a lead",
      IntercomMeaning.refused),
    .init(
      .update, 400, "parameter_invalid", "Custom attribute 'SALESFORCE_ID' does not exist",
      IntercomMeaning.attributeMissing),
    .init(
      .revive, 404, "field_not_found", "We couldn't find that data attribute to update",
      IntercomMeaning.attributeMissing),
    .init(.update, 422, "type_mismatch", "x", IntercomMeaning.attributeType),
    .init(
      .create, 400, "parameter_invalid",
      "You already have 'A' in your company data. To save this as new people data, use a "
        + "different name.", IntercomMeaning.attributeOtherModel),
    .init(
      .create, 400, "parameter_invalid", "You already have 'A' in your people data.",
      IntercomMeaning.attributeExists),
    .init(
      .create, 400, "parameter_invalid", "'Name' is one of our standard attributes",
      IntercomMeaning.attributeStandard),
    .init(
      .create, 400, "parameter_invalid",
      "Your name for this attribute must only contain alphanumeric characters, currency symbols, "
        + "and hyphens", IntercomMeaning.attributeName),
    .init(.create, 422, "custom_data_limit_reached", "x", IntercomMeaning.attributeLimit),
    .init(
      .create, 400, "parameter_invalid", "You have reached the limit",
      IntercomMeaning.attributeLimit),
    .init(.create, 400, "parameter_invalid", "no more than 250", IntercomMeaning.attributeLimit),
    .init(
      .event, 422, "422", "Cannot have more than 120 active event names",
      IntercomMeaning.eventNames),
    .init(.event, 422, "422", "whatever", IntercomMeaning.eventNames),
    .init(.event, 400, "data_invalid", "120 active event names", IntercomMeaning.eventNames),
    .init(.event, 422, "unprocessable_entity", "other", IntercomMeaning.refused),
    .init(.update, 429, "rate_limit_exceeded", "x", IntercomMeaning.rateLimit),
    .init(.update, 429, "never_seen", "x", IntercomMeaning.rateLimit),
    .init(.update, 400, "retry_after", "x", IntercomMeaning.rateLimit),
    .init(.update, 406, "x", "x", IntercomMeaning.protocolRefused),
    .init(.update, 415, "media_type_not_acceptable", "x", IntercomMeaning.protocolRefused),
    .init(.update, 405, "x", "x", IntercomMeaning.protocolRefused),
    .init(.update, 408, "request_timeout", "x", IntercomMeaning.timeout),
    .init(.update, 500, "server_error", "Server Error", IntercomMeaning.server),
    .init(.update, 503, "service_unavailable", "x", IntercomMeaning.server),
    .init(.update, 418, "never_seen", "x", IntercomMeaning.refused),
    .init(.update, 400, "parameter_invalid", "never seen", IntercomMeaning.refused),
  ]

  @Test("E2: each answer means what the table says", arguments: cases)
  func meaning(_ one: Case) async {
    let body =
      #"{"type":"error.list","request_id":"r1","errors":[{"code":"\#(one.code)","message":"\#(one.message)"}]}"#
    let (intercom, _) = client(answering: one.status, body)
    let error = await failure { try await one.call.make(intercom) }
    #expect(error?.failure.meaning.code == one.meaning.code)
    #expect(error?.failure.answer.contains(one.message) == true)
    #expect(error?.failure.farCode == one.code)
    #expect(error?.failure.status == one.status)
    #expect(error?.failure.requestID == "r1")
    let isUncertain = one.status >= 500 || one.status == 408
    #expect((error?.failure.effect == .unknown) == isUncertain)
  }

  @Test("E1: codes are unique, and each has a cause and a remedy")
  func table() {
    let all = IntercomMeaning.all
    #expect(Set(all.map(\.code)).count == all.count)
    #expect(all.allSatisfy { $0.code.hasPrefix("IC-") && !$0.cause.isEmpty && !$0.remedy.isEmpty })
  }

  @Test("S4: a vanished attribute is named, in whatever shape the error comes")
  func namedAttribute() async {
    let (intercom, _) = client(
      answering: 400,
      #"{"type":"error.list","request_id":null,"errors":[{"type":"parameter_invalid","message":"Custom attribute 'SALESFORCE_STATUS' does not exist","field":"custom_attributes"}]}"#,
      headers: ["x-request-id": "h1"])
    let failure = await failure { try await Call.update.make(intercom) }?.failure
    #expect(failure?.meaning == IntercomMeaning.attributeMissing)
    #expect(failure?.meaning.kind == .broken)
    #expect(failure?.fields == ["SALESFORCE_STATUS"])
    #expect(failure?.farCode == "parameter_invalid")
    #expect(failure?.requestID == "h1")
  }

  @Test("M5: a merged person's survivor is named by the Link header of 2.16")
  func survivor() async {
    let body = #"{"type":"error.list","errors":[{"code":"contact_merged","message":"merged"}]}"#
    for (link, id) in [
      ("</contacts/6762f0d01bb69f9f2193bb7d>; rel=\"canonical\"", "6762f0d01bb69f9f2193bb7d"),
      ("<https://x/y>; rel=next, <https://api.intercom.io/contacts/9>; rel=canonical", "9"),
      ("</contacts/>; rel=\"canonical\"", nil), ("</contacts/a b>; rel=\"canonical\"", nil),
      (">< canonical", nil), ("", nil),
    ] as [(String, String?)] {
      let (intercom, _) = client(answering: 410, body, headers: ["Link": link])
      let error = await failure { try await Call.update.make(intercom) }
      #expect(error?.isPersonGone == true)
      #expect(error?.survivor == id)
    }
  }

  @Test(
    "S2: a 429 waits until the reset, bounded",
    arguments: [
      (["X-RateLimit-Reset": "1617220932"], 2000), (["X-RateLimit-Reset": "1617220929"], 1000),
      (["X-RateLimit-Reset": "9617220929"], 60000), (["Retry-After": "7"], 7000),
      (["X-RateLimit-Reset": "1617220935", "Retry-After": "3"], 3000), ([:], nil),
      (["X-RateLimit-Reset": "soon"], nil), (["X-RateLimit-Reset": "9223372036854775807"], 60000),
    ] as [([String: String], Int64?)])
  func wait(_ fields: [String: String], _ milliseconds: Int64?) async {
    var headers: Headers = [
      "Date": "Wed, 31 Mar 2021 20:02:10 GMT", "X-RateLimit-Limit": "167",
      "X-RateLimit-Remaining": "0",
    ]
    for (name, value) in fields { headers[name] = value }
    let (intercom, _) = client(answering: 429, "", headers: headers)
    let failure = await failure { try await Call.list.make(intercom) }?.failure
    #expect(failure?.waitMilliseconds == milliseconds)
    #expect(failure?.effect == Failure.Effect.none)
  }

  @Test(
    "O4: a page of HTML is passing, whatever its status and whatever was asked",
    arguments: Call.allCases)
  func html(_ call: Call) async {
    for status in [200, 203, 302, 400, 404, 410, 451] {
      let (intercom, _) = client(answering: status, "<html><body>Log in</body></html>")
      let failure = await failure { try await call.make(intercom) }?.failure
      #expect(failure?.meaning == IntercomMeaning.unreadable, "\(status)")
      #expect(failure?.effect == .unknown)
    }
    let (intercom, _) = client(answering: 502, "<html>Bad gateway</html>")
    let failure = await failure { try await call.make(intercom) }?.failure
    #expect(failure?.meaning == IntercomMeaning.server)
  }

  @Test(
    "A 200 that is not the thing asked for is never an empty answer",
    arguments: [
      "", "{}", "[]", "null", "7", #""x""#, #"{"type":"list"}"#, #"{"type":"list","data":null}"#,
      #"{"type":"list","data":{}}"#, #"{"type":"list","data":[{}]}"#,
      #"{"type":"list","data":[{"id":null}]}"#, #"{"type":"list","data":[{"id":""}]}"#,
      #"{"type":"list","data":[null]}"#, #"{"type":"list","data":[{"id":{}}]}"#,
      #"{"type":"error.list","id":"1","errors":[{"code":"server_error","message":"x"}]}"#,
      #"{"type":"list","data":[]} x"#, #"{"type":"list","data":[]"#,
    ])
  func wrongThing(_ body: String) async {
    for call in Call.allCases where call != .event {
      let (intercom, _) = client(answering: 200, body)
      let error = await failure { try await call.make(intercom) }
      #expect(error?.failure.meaning == IntercomMeaning.unreadable, "\(call)")
    }
  }

  @Test(
    "E2: a broken connection is passing, and says whether it may have been done",
    arguments: [
      (TransportError.Reason.notSent, IntercomMeaning.unreachable, false),
      (.answerLost, IntercomMeaning.unreachable, true),
      (.tooLarge, IntercomMeaning.unreadable, true),
      (.cancelled, IntercomMeaning.cancelled, true), (.forbidden, IntercomMeaning.apiURL, false),
    ])
  func transport(_ reason: TransportError.Reason, _ meaning: Meaning, _ isUnknown: Bool) async {
    let intercom = client(ScriptedTransport([.failure(TransportError(reason, "why"))]))
    let failure = await failure { try await Call.update.make(intercom) }?.failure
    #expect(failure?.meaning == meaning)
    #expect(failure?.answer == "why")
    #expect((failure?.effect == .unknown) == isUnknown)
  }

  @Test("No token and no address stands in an error")
  func secrets() async {
    let (intercom, _) = client(
      answering: 400,
      #"{"errors":[{"code":"x","message":"Bearer \#(secret) is bad,\n\u001b[31mso is ann@x.com"}]}"#
    )
    let error = await failure { try await Call.update.make(intercom) }
    #expect(error?.failure.answer == "Bearer (token) is bad, [31mso is (e-mail)")
    #expect(!"\(String(describing: error))".contains(secret))
  }

  @Test("A token that cannot be read, or would break a header, is not sent")
  func token() async {
    struct Missing: Error {}
    for token in ["", "a\r\nX: y", "a b", nil] {
      let transport = ScriptedTransport([])
      let intercom = Intercom(
        settings: .init(attributeNames: [:]),
        accessToken: {
          guard let token else { throw Missing() }
          return token
        }, transport: transport, now: { 0 })
      let failure = await failure { try await Call.me.make(intercom) }?.failure
      #expect(failure?.meaning == IntercomMeaning.tokenUnreadable)
      #expect(transport.requests.isEmpty)
    }
  }

  @Test(
    "O4: a text that nests without end is unreadable, not a full stack", arguments: Call.allCases)
  func nesting(_ call: Call) async {
    for opening in ["[", #"{"data":["#, #"{"errors":["#, #"{"custom_attributes":{"x":"#] {
      let body = String(repeating: opening, count: 100_000)
      for status in [200, 400] {
        let (intercom, _) = client(answering: status, body)
        let error = await failure { try await call.make(intercom) }
        #expect(error?.failure.meaning == IntercomMeaning.unreadable)
      }
    }
  }
}
