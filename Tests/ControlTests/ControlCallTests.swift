import Testing

@testable import Control

@Suite struct ControlCallTests {
  static let all: [ControlCall] = [
    .status,
    .errors(ErrorQuery(all: true, id: 3, follow: true, page: PageRequest(after: 7, limit: 9))),
    .errors(ErrorQuery()), .retryErrors(ids: nil), .retryErrors(ids: [1, 2]),
    .dismissErrors(ids: [4]), .sync(SyncOptions(full: true, yes: false, wait: true)),
    .plan(full: true, PageRequest(after: 1)), .queue(PageRequest()),
    .explain(who: "ada@example.com"),
    .matches(PageRequest(limit: 1)), .link(who: "a", record: "b"), .unlink(who: "a"), .pause,
    .resume, .reload, .metrics, .card(who: "00Q000000000001AAA"),
    .history(who: "5f1a", PageRequest(after: 3, limit: 2)),
    .createLead(who: "ada@example.com", fields: ["company": "A=B", "Industry": ""]),
    .createLead(who: "a", fields: [:]), .createTask(conversation: "215", part: "31"),
    .createTask(conversation: "215", part: nil), .assignConversation("215"), .backup, .support,
    .forget(who: "ada@example.com", isSure: true), .forget(who: "a", isSure: false),
    .uninstall(isSure: true), .uninstall(isSure: false),
  ]

  @Test("control: every call is read as it was written", arguments: all)
  func roundTrip(call: ControlCall) throws {
    #expect(try ControlCall(method: call.method, parameters: call.parameters) == call)
  }

  @Test("control: an unknown parameter is refused by its name", arguments: all)
  func unknown(call: ControlCall) {
    #expect(throws: ControlError.invalidParameter(parameter: "bogus")) {
      try ControlCall(
        method: call.method, parameters: call.parameters.merging(["bogus": .null]) { $1 })
    }
  }

  @Test("control: a parameter of a wrong type is refused by its name", arguments: all)
  func wrongType(call: ControlCall) {
    for name in call.parameters.keys {
      #expect(throws: ControlError.invalidParameter(parameter: name)) {
        try ControlCall(
          method: call.method, parameters: call.parameters.merging([name: .number(0.5)]) { $1 })
      }
    }
  }

  @Test(
    "control: a required parameter that is missing, empty or huge is refused",
    arguments: [
      ("Explain", "who", [:]), ("Explain", "who", ["who": .string("")]),
      ("Explain", "who", ["who": .string(String(repeating: "x", count: 1001))]),
      ("Link", "record", ["who": .string("a")]), ("DismissErrors", "ids", [:]),
      ("DismissErrors", "ids", ["ids": .array([.string("1")])]),
      ("Queue", "limit", ["limit": .integer(0)]), ("History", "who", [:]),
      ("CreateLead", "who", ["fields": .object([:])]),
      ("CreateLead", "fields", ["who": .string("a"), "fields": .object(["Phone": .integer(1)])]),
      ("CreateLead", "fields", ["who": .string("a"), "fields": .object(["": .string("x")])]),
      ("CreateTask", "conversation", ["part": .string("31")]),
      ("CreateTask", "part", ["conversation": .string("1"), "part": .string("")]),
      ("AssignConversation", "conversation", ["conversation": .string("")]),
      ("Forget", "who", ["yes": .bool(true)]), ("Uninstall", "yes", ["yes": .string("yes")]),
    ] as [(String, String, [String: JSONValue])])
  func required(method: String, parameter: String, parameters: [String: JSONValue]) {
    #expect(throws: ControlError.invalidParameter(parameter: parameter)) {
      try ControlCall(method: method, parameters: parameters)
    }
  }

  @Test("control: a page is never larger than what the loop can encode at once")
  func largestPage() throws {
    let call = try ControlCall(method: "Queue", parameters: ["limit": .integer(.max)])
    #expect(call == .queue(PageRequest(limit: PageRequest.largest)))
  }

  @Test("control: a method that is not there is named in full")
  func noMethod() {
    #expect(throws: ControlError.methodNotFound(method: "org.sfsync.control.Nope")) {
      try ControlCall(method: "Nope", parameters: [:])
    }
  }

  static let errors: [ControlError] = [
    .notFound(who: "a"), .notFound(who: "a", reason: "Only Salesforce knows it."),
    .permissionDenied(method: "Pause", group: "sfsync"),
    .refused(reason: "No.", remedy: "Yes."), .busy(reason: "A sync runs."), .stopping,
    .badMessage(reason: "no"), .tooManyConnections(limit: 64), .interfaceNotFound(interface: "a.b"),
    .methodNotFound(method: "a.B"), .invalidParameter(parameter: "x"), .other(name: "a.b.C"),
  ]

  @Test("control: every error is read as it was written, and says a sentence", arguments: errors)
  func errorRoundTrip(error: ControlError) {
    let message = VarlinkReply.encode(error: error)
    #expect(message.last == 0)
    #expect(VarlinkReply.error(in: message.dropLast()) == error)
    #expect(error.sentence.hasSuffix(".") || error.sentence.hasSuffix("?"))
  }

  @Test("control: an older daemon's NotFound has no reason and says the usual sentence")
  func olderNotFound() {
    let error = ControlError(
      name: "org.sfsync.control.NotFound", parameters: ["who": .string("a")])
    #expect(error == .notFound(who: "a"))
    #expect(error.sentence.hasPrefix("sfsync knows nobody and nothing with the e-mail or id a."))
    #expect(
      ControlError.notFound(who: "a", reason: "Why. What to do.").sentence == "Why. What to do.")
  }

  @Test("control: a reply is no error")
  func noError() throws {
    let message = try VarlinkReply.encode(EmptyReply())
    #expect(message == Array(#"{"parameters":{}}"#.utf8) + [0])
    #expect(VarlinkReply.error(in: message.dropLast()) == nil)
  }
}
