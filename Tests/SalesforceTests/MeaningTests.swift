import HTTP
import SyncCore
import Testing

@testable import Salesforce

/// One refusal as Salesforce words it, and the code that it means to us.
struct Refusal: Sendable, CustomTestStringConvertible {
  var status: Int
  var code: String
  var message = "scripted"
  var ours: String
  var kind: Meaning.Kind

  init(
    _ status: Int, _ code: String, _ ours: String, _ kind: Meaning.Kind,
    _ message: String = "scripted"
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.ours = ours
    self.kind = kind
  }

  var testDescription: String { "\(status) \(code) \(message)" }
}

private let refusals: [Refusal] = [
  Refusal(400, "REQUIRED_FIELD_MISSING", "SF-REQUIRED-FIELD", .refused),
  Refusal(400, "STRING_TOO_LONG", "SF-TOO-LONG", .refused),
  Refusal(400, "INVALID_EMAIL_ADDRESS", "SF-INVALID-EMAIL", .refused),
  Refusal(400, "INVALID_TYPE_ON_FIELD_IN_RECORD", "SF-WRONG-TYPE", .refused),
  Refusal(400, "JSON_PARSER_ERROR", "SF-WRONG-TYPE", .refused),
  Refusal(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "SF-PICKLIST", .refused),
  Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", "SF-NUMBER-RANGE", .refused),
  Refusal(400, "MALFORMED_ID", "SF-MALFORMED-ID", .refused),
  Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", "SF-MALFORMED-ID", .refused),
  Refusal(400, "MALFORMED_QUERY", "SF-QUERY", .refused),
  Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "SF-VALIDATION", .refused),
  Refusal(400, "FIELD_INTEGRITY_EXCEPTION", "SF-FIELD-INTEGRITY", .refused),
  Refusal(400, "FIELD_FILTER_VALIDATION_EXCEPTION", "SF-LOOKUP-FILTER", .refused),
  Refusal(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-TRIGGER", .refused),
  Refusal(
    400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "SF-LOCKED", .passing,
    "LeadTrigger: System.DmlException: UNABLE_TO_LOCK_ROW"),
  Refusal(400, "CANNOT_EXECUTE_FLOW_TRIGGER", "SF-FLOW", .refused),
  Refusal(
    400, "CANNOT_EXECUTE_FLOW_TRIGGER", "SF-LOCKED", .passing, "ConcurrentRequests in a flow"),
  Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "SF-FIELD-NOT-WRITABLE", .refused),
  Refusal(400, "INVALID_TYPE", "SF-OBJECT", .broken),
  Refusal(400, "DUPLICATES_DETECTED", "SF-DUPLICATE", .refused),
  Refusal(400, "DUPLICATE_VALUE", "SF-DUPLICATE-VALUE", .refused),
  Refusal(400, "DUPLICATE_EXTERNAL_ID", "SF-DUPLICATE-EXTERNAL-ID", .refused),
  Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "SF-CONVERTED", .refused),
  Refusal(404, "ENTITY_IS_DELETED", "SF-DELETED", .refused),
  Refusal(404, "NOT_FOUND", "SF-DELETED", .refused),
  Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "SF-REFERENCE", .refused),
  Refusal(400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "SF-REFERENCE-ACCESS", .refused),
  Refusal(400, "ENTITY_IS_LOCKED", "SF-APPROVAL-LOCK", .refused),
  Refusal(400, "INACTIVE_OWNER_OR_USER", "SF-INACTIVE-OWNER", .refused),
  Refusal(403, "INSUFFICIENT_ACCESS", "SF-PERMISSION", .broken),
  Refusal(403, "INSUFFICIENT_ACCESS_OR_READONLY", "SF-PERMISSION", .broken),
  Refusal(403, "API_DISABLED_FOR_ORG", "SF-API-OFF", .broken),
  Refusal(403, "API_CURRENTLY_DISABLED", "SF-API-OFF", .broken),
  Refusal(403, "TXN_SECURITY_NO_ACCESS", "SF-SECURITY-POLICY", .broken),
  Refusal(400, "UNABLE_TO_LOCK_ROW", "SF-LOCKED", .passing),
  Refusal(400, "QUERY_TIMEOUT", "SF-QUERY-TIMEOUT", .passing),
  Refusal(503, "SERVER_UNAVAILABLE", "SF-UNAVAILABLE", .passing),
  Refusal(500, "UNKNOWN_EXCEPTION", "SF-SERVER-ERROR", .passing),
  Refusal(400, "TEMPORARY_QUERY_MORE_FAILURE", "SF-LOCATOR-BUSY", .passing),
  Refusal(400, "TXN_SECURITY_METERING_ERROR", "SF-METERING", .passing),
  Refusal(
    403, "REQUEST_LIMIT_EXCEEDED", "SF-DAILY-LIMIT", .broken, "TotalRequests Limit exceeded."),
  Refusal(
    403, "REQUEST_LIMIT_EXCEEDED", "SF-CONCURRENT-LIMIT", .passing,
    "ConcurrentPerOrgLongTxn Limit exceeded."),
  Refusal(400, "STORAGE_LIMIT_EXCEEDED", "SF-STORAGE-FULL", .broken),
  Refusal(400, "LICENSE_LIMIT_EXCEEDED", "SF-LICENSE", .broken),
  Refusal(403, "TRIAL_EXPIRED", "SF-TRIAL-EXPIRED", .broken),
  Refusal(403, "ORG_LOCKED", "SF-ORG-LOCKED", .broken),
  Refusal(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", "SF-HALTED", .passing),
  Refusal(400, "PROCESSING_HALTED", "SF-HALTED", .passing),
  Refusal(400, "INVALID_QUERY_LOCATOR", "SF-LOCATOR", .passing),
  Refusal(
    400, "INVALID_QUERY_LOCATOR", "SF-LOCATOR-BUSY", .passing, "TEMPORARY_QUERY_MORE_FAILURE"),
  Refusal(400, "QUERY_LOCATOR_EXPIRED", "SF-LOCATOR", .passing),
  Refusal(400, "QUERY_LOCATOR_NOT_FOUND", "SF-LOCATOR", .passing),
  Refusal(400, "UNAUTHORIZED_USER_FOR_CURSOR", "SF-LOCATOR", .passing),
  Refusal(400, "QUERY_TOO_COMPLICATED", "SF-QUERY-TOO-COMPLICATED", .broken),
  Refusal(400, "OPERATION_TOO_LARGE", "SF-OPERATION-TOO-LARGE", .broken),
  Refusal(400, "EXCEEDED_ID_LIMIT", "SF-REPLICATION-WINDOW", .passing),
  Refusal(400, "INVALID_REPLICATION_DATE", "SF-REPLICATION-WINDOW", .passing),
  Refusal(400, "LIMIT_EXCEEDED", "SF-BULK-QUOTA", .passing),
  Refusal(400, "INVALIDENTITY", "SF-BULK-UNSUPPORTED", .passing),
  Refusal(400, "INVALIDJOBSTATE", "SF-BULK-STATE", .passing),
  Refusal(400, "API_ERROR", "SF-BULK-STATE", .passing),
  // Codes that nobody has met yet go by their status.
  Refusal(400, "SOMETHING_NEW", "SF-REFUSED", .refused),
  Refusal(403, "SOMETHING_NEW", "SF-REFUSED", .refused),
  Refusal(500, "SOMETHING_NEW", "SF-SERVER-ERROR", .passing),
  Refusal(502, "SOMETHING_NEW", "SF-UNAVAILABLE", .passing),
  Refusal(300, "SOMETHING_NEW", "SF-SEVERAL", .refused),
  Refusal(405, "METHOD_NOT_ALLOWED", "SF-REQUEST", .refused),
  Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "SF-REQUEST", .refused),
  Refusal(409, "SOMETHING_NEW", "SF-CONFLICT", .refused),
  Refusal(410, "GONE", "SF-VERSION-RETIRED", .broken),
  Refusal(412, "PRECONDITION_FAILED", "SF-STALE", .passing),
  Refusal(428, "SOMETHING_NEW", "SF-STALE", .passing),
  Refusal(429, "SOMETHING_NEW", "SF-CONCURRENT-LIMIT", .passing),
]

/// Statuses with a body that is not Salesforce's.
private let foreign: [(Int, String)] = [
  (200, "SF-UNREADABLE"), (204, "SF-UNREADABLE"), (302, "SF-UNREADABLE"),
  (400, "SF-UNREADABLE"), (403, "SF-UNREADABLE"), (404, "SF-UNREADABLE"), (401, "SF-UNREADABLE"),
  (406, "SF-EDGE"), (420, "SF-EDGE"), (414, "SF-REQUEST"), (431, "SF-REQUEST"),
  (410, "SF-VERSION-RETIRED"), (500, "SF-SERVER-ERROR"), (502, "SF-UNAVAILABLE"),
  (503, "SF-UNAVAILABLE"), (504, "SF-UNAVAILABLE"), (599, "SF-SERVER-ERROR"),
]

/// Errors of the token end point.
private let tokenErrors: [(String, String, String)] = [
  ("invalid_grant", "expired access/refresh token", "SF-REFRESH-TOKEN"),
  ("invalid_grant", "token validity expired", "SF-REFRESH-TOKEN"),
  ("invalid_grant", "user hasn't approved this consumer", "SF-NOT-APPROVED"),
  ("invalid_grant", "user is not admin approved to access this app", "SF-NOT-APPROVED"),
  ("invalid_grant", "request not supported on this domain", "SF-MY-DOMAIN"),
  ("invalid_grant", "Audience validation failed", "SF-AUDIENCE"),
  ("invalid_grant", "audience is invalid", "SF-AUDIENCE"),
  ("invalid_grant", "expired authorization code", "SF-JWT-EXPIRED"),
  ("invalid_grant", "invalid assertion", "SF-JWT-KEY"),
  ("invalid_grant", "authentication failure", "SF-CREDENTIALS"),
  ("invalid_client", "app must be installed into org", "SF-APP-NOT-INSTALLED"),
  ("invalid_client", "invalid client credentials", "SF-CREDENTIALS"),
  ("invalid_client_id", "client identifier invalid", "SF-CREDENTIALS"),
  ("unsupported_grant_type", "grant type not supported", "SF-FLOW-OFF"),
  ("unauthorized_client", "", "SF-FLOW-OFF"),
  ("invalid_grant", "no client credentials user enabled", "SF-FLOW-OFF"),
  ("inactive_user", "", "SF-USER"), ("inactive_org", "", "SF-USER"),
  ("invalid_grant", "ip restricted", "SF-IP-RANGE"),
  ("invalid_grant", "login rate exceeded", "SF-LOGIN-RATE"),
  ("LOGIN_RATE_EXCEEDED", "", "SF-LOGIN-RATE"),
  ("invalid_grant", "something new", "SF-TOKEN-REFUSED"),
]

@Suite struct MeaningTests {
  private func refused(_ response: Response) async -> Failure? {
    let bench = Bench([granted(), .answer(response)])
    return await failure { try await bench.client.organization() }
  }

  @Test("E1, E2: every refusal has its code and kind", arguments: refusals)
  func refusal(_ refusal: Refusal) async {
    let body = #"{"message":\#(Encoding.json(refusal.message)),"errorCode":"\#(refusal.code)"}"#
    // Both shapes, `fields` missing, and the key of collections.
    let shapes = [
      "[\(body)]", body, body.replacing("errorCode", with: "statusCode"),
      "[\(body.dropLast()),\"fields\":[\"Email\"],\"extendedErrorDetails\":[{}]}]",
    ]
    for (index, shape) in shapes.enumerated() {
      let found = await refused(
        json(shape, status: refusal.status, headers: ["x-sfdc-request-id": "r-1"]))
      #expect(found?.meaning.code == refusal.ours)
      #expect(found?.meaning.kind == refusal.kind)
      #expect(found?.farCode == refusal.code)
      #expect(found?.answer == refusal.message)
      #expect(found?.status == refusal.status)
      #expect(found?.requestID == "r-1")
      #expect(found?.fields == (index == 3 ? ["Email"] : []))
      if let meaning = found?.meaning { #expect(SalesforceMeaning.all.contains(meaning)) }
    }
  }

  @Test("E2: an answer that is not Salesforce's goes by its status", arguments: foreign)
  func foreignAnswer(_ status: Int, _ ours: String) async {
    for body in ["<html><title>Sign in</title></html>", "", "{}", "null", "\"x\"", "[{\"mess"] {
      let found = await refused(Response(status: status, body: Array(body.utf8)))
      #expect(found?.meaning.code == ours, "\(body)")
    }
  }

  @Test("E1: every refusal of a token is told apart", arguments: tokenErrors)
  func token(_ error: String, _ description: String, _ ours: String) async {
    let body = #"{"error":"\#(error)","error_description":"\#(description)"}"#
    let bench = Bench([.answer(json(body, status: 400))])
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning.code == ours)
    #expect(found?.meaning.kind == (ours == "SF-LOGIN-RATE" ? .passing : .broken))
    #expect(bench.client.calls == 0)
  }

  @Test(
    "E2: a call without an answer is passing, and counted if it may have arrived",
    arguments: [
      (TransportError.Reason.notSent, "SF-UNREACHABLE", 0),
      (.answerLost, "SF-ANSWER-LOST", 1), (.tooLarge, "SF-ANSWER-TOO-LARGE", 1),
      (.cancelled, "SF-CANCELLED", 1), (.forbidden, "SF-URL", 0),
    ])
  func transport(_ reason: TransportError.Reason, _ ours: String, _ calls: Int) async {
    let bench = Bench([granted(), .fail(reason)])
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning.code == ours)
    #expect(found?.meaning.kind == (reason == .forbidden ? .broken : .passing))
    #expect(bench.client.calls == calls)
  }

  @Test("L6: only what may have happened is of unknown effect")
  func effects() {
    func effect(_ status: Int, _ body: String, writes: Bool = true) -> Failure.Effect {
      FarAnswer(Response(status: status, body: Array(body.utf8)))
        .failure(attempt: "x", writes: writes).effect
    }
    let own = #"[{"errorCode":"SERVER_UNAVAILABLE","message":"x"}]"#
    let unknown = #"[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]"#
    #expect(effect(503, own) == .none)
    #expect(effect(400, own) == .none)
    #expect(effect(500, own) == .unknown)
    #expect(effect(400, unknown) == .unknown)
    #expect(effect(503, "<html>") == .unknown)
    #expect(effect(404, own) == .none)
    // Whoever stands before Salesforce may have lost the answer of a call that got through.
    for status in [200, 302, 304, 400, 403, 404, 420, 502, 503, 504, 520] {
      #expect(effect(status, "<html>Sign in</html>") == .unknown, "\(status)")
      #expect(effect(status, "") == .unknown, "\(status)")
      #expect(effect(status, #"{"message":"gateway","error":"timeout"}"#) == .unknown, "\(status)")
      #expect(effect(status, #"[{"message":"no code"}]"#) == .unknown, "\(status)")
    }
    for status in [200, 300, 500, 502, 504] { #expect(effect(status, own) == .unknown) }
    #expect(effect(500, own, writes: false) == .none)
    func effect(_ reason: TransportError.Reason, writes: Bool = true) -> Failure.Effect {
      Failure(TransportError(reason, ""), attempt: "x", writes: writes).effect
    }
    #expect(effect(.notSent) == .none)
    #expect(effect(.answerLost) == .unknown)
    #expect(effect(.cancelled) == .unknown)
    #expect(effect(.answerLost, writes: false) == .none)
  }

  @Test("S2: the two limits want different waits, and Retry-After wins")
  func waits() async {
    let daily =
      #"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#
    let busy =
      #"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentPerOrgLongTxn Limit exceeded."}]"#
    #expect(await refused(json(daily, status: 403))?.waitMilliseconds == 1_200_000)
    #expect(await refused(json(busy, status: 403))?.waitMilliseconds == 30_000)
    let asked = json(busy, status: 503, headers: ["Retry-After": "7"])
    #expect(await refused(asked)?.waitMilliseconds == 7_000)
    let nonsense = json(busy, status: 403, headers: ["Retry-After": "99999999999999999999"])
    #expect(await refused(nonsense)?.waitMilliseconds == 30_000)
  }

  @Test("E1: every code is listed once, and says what it is and what to do")
  func table() {
    let all = SalesforceMeaning.all
    #expect(Set(all.map(\.code)).count == all.count)
    for meaning in all {
      #expect(meaning.code.hasPrefix("SF-"))
      #expect(meaning.cause.hasSuffix("."))
      #expect(meaning.remedy.hasSuffix("."))
    }
  }

  @Test("E1: every code of the table can come about")
  func reachable() {
    let reached = Set(
      refusals.map(\.ours) + foreign.map(\.1) + tokenErrors.map(\.2) + [
        // Shown by the tests of their own subjects.
        "SF-FIELD", "SF-FIELD-HIDDEN", "SF-BULK-OFF", "SF-BULK-FAILED", "SF-TOKEN-LOST",
        "SF-TOKEN-NOT-KEPT", "SF-SECRET", "SF-PRIVATE-KEY", "SF-SESSION", "SF-SESSION-UNFIT",
        "SF-AUTH-HEADER", "SF-HOST", "SF-UNREACHABLE", "SF-ANSWER-LOST", "SF-ANSWER-TOO-LARGE",
        "SF-CANCELLED", "SF-URL", "SF-RECORD-ACCESS", "SF-WRITE-FIELD", "SF-DUPLICATE-HIDDEN",
        "SF-OWNER-UNFIT", "SF-NO-CLOSED-STATUS",
      ])
    #expect(SalesforceMeaning.all.map(\.code).filter { !reached.contains($0) } == [])
  }

  @Test("E1: no e-mail address and no token comes out in an error's words")
  func tidy() {
    #expect(
      FarAnswer.tidy("Email: invalid email address: ann@example.com,\n\tsaid 00Dx!AQ.x to us")
        == "Email: invalid email address: (e-mail address) said (token) to us")
    #expect(FarAnswer.tidy(String(repeating: "x ", count: 1000)).count == 500)
  }
}
