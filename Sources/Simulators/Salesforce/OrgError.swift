/// One refusal in the vendor's words.
struct OrgError: Error, Equatable {
  var code: String
  var message: String
  /// nil where the vendor leaves the key out of single-call answers.
  var fields: [String]?
  var status: Int
  /// The payload of DUPLICATES_DETECTED with its key.
  var payload: OrgMember?

  init(_ code: String, _ message: String, fields: [String]? = nil, status: Int? = nil) {
    self.code = code
    self.message = message
    self.fields = fields
    self.status = status ?? Self.statuses[code] ?? 400
  }

  /// The object in the array of a single call's answer.
  var single: OrgJSON {
    var members = [
      OrgMember(key: "message", value: .string(message)),
      OrgMember(key: "errorCode", value: .string(code)),
    ]
    if let payload { members.insert(payload, at: 0) }
    if let fields {
      members.append(OrgMember(key: "fields", value: .array(fields.map { .string($0) })))
    }
    return .object(members)
  }

  /// The object in `errors` of a collection's row, where the code is called `statusCode`.
  var row: OrgJSON {
    [
      "statusCode": .string(code), "message": .string(message),
      "fields": .array((fields ?? []).map { .string($0) }),
    ]
  }

  private static let statuses: [String: Int] = [
    "NOT_FOUND": 404, "ENTITY_IS_DELETED": 404, "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401, "REQUEST_LIMIT_EXCEEDED": 403, "API_DISABLED_FOR_ORG": 403,
    "INSUFFICIENT_ACCESS": 403, "INSUFFICIENT_ACCESS_OR_READONLY": 403, "METHOD_NOT_ALLOWED": 405,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500, "INVALID_VERSION": 409,
  ]

  static let notFound = OrgError("NOT_FOUND", "The requested resource does not exist")
  static let deleted = OrgError("ENTITY_IS_DELETED", "entity is deleted", fields: [])
  static let converted = OrgError(
    "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields: [])
  static let crossReference = OrgError(
    "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields: [])

  static func method(_ method: String) -> OrgError {
    OrgError(
      "METHOD_NOT_ALLOWED",
      "HTTP Method '\(method)' not allowed. Allowed are GET,POST,PATCH,DELETE,HEAD")
  }

  static func json(_ message: String) -> OrgError { OrgError("JSON_PARSER_ERROR", message) }
}
