import HTTP

extension SalesforceSimulator {
  static let subrequestsMax = 25
  static let queriesMax = 5

  /// `/composite`, and what is below it.
  func composite(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response {
    switch rest.first {
    case nil: return try compositeRequest(call)
    case "sobjects": return try collections(call, Array(rest.dropFirst()))
    default: throw .notFound
    }
  }

  private struct Subrequest {
    var method: Request.Method
    var url: String
    var id: String
    var headers: Headers
    var body: OrgJSON?
  }

  /// One API call, whatever it holds.
  private func compositeRequest(_ call: OrgCall) throws(OrgError) -> Response {
    guard call.method == .post else { throw .method(call.method.rawValue.uppercased()) }
    let body = try call.json()
    guard let parts = body["compositeRequest"]?.array else {
      throw .json("The request body must contain a compositeRequest")
    }
    guard parts.count <= Self.subrequestsMax else {
      return Self.tooMany("The request can’t contain more than \(Self.subrequestsMax) operations.")
    }
    var subrequests: [Subrequest] = []
    for part in parts { subrequests.append(try subrequest(part)) }
    guard Set(subrequests.map(\.id)).count == subrequests.count else {
      throw .json("Duplicate ReferenceId provided")
    }
    guard subrequests.count(where: { Self.isQuery($0.url) }) <= Self.queriesMax else {
      return Self.tooMany(
        "The request can’t contain more than \(Self.queriesMax) query or collection operations.")
    }
    let isAllOrNone = body["allOrNone"]?.bool ?? false
    var answers: [(id: String, response: Response)] = []
    org.transaction {
      answers = run(subrequests, call, isAllOrNone: isAllOrNone)
      return !isAllOrNone || answers.allSatisfy { $0.response.status < 400 }
    }
    return .json(Self.compositeBody(answers))
  }

  /// One answer for them all, without a reference.
  private static func tooMany(_ message: String) -> Response {
    let error = OrgError("LIMIT_EXCEEDED", message)
    let part: OrgJSON = [
      "body": .array([error.single]), "httpHeaders": [:], "httpStatusCode": 400,
      "referenceId": nil,
    ]
    return .json(["compositeResponse": [part]], status: 400)
  }

  private func subrequest(_ part: OrgJSON) throws(OrgError) -> Subrequest {
    guard let url = part["url"]?.string, let id = part["referenceId"]?.string,
      let method = part["method"]?.string.flatMap({ Request.Method(rawValue: $0.lowercased()) })
    else { throw .json("A subrequest needs method, url and referenceId") }
    let isValid = id.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || (($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A) || $0 == 0x5F
    }
    guard isValid, let first = id.utf8.first, first != 0x5F else {
      throw .json(
        "Provided referenceId ('\(id)') must start with a letter or a number, and it can "
          + "contain only letters, numbers and underscores ('_').")
    }
    var headers = Headers()
    for member in part["httpHeaders"]?.members ?? [] {
      headers[member.key] = member.value.string
    }
    return Subrequest(
      method: method, url: url, id: id, headers: headers, body: part["body"])
  }

  private static func isQuery(_ url: String) -> Bool {
    let path = url.prefix { $0 != "?" }
    return path.contains("/query") || path.contains("/composite/sobjects")
  }

  private func run(
    _ subrequests: [Subrequest], _ call: OrgCall, isAllOrNone: Bool
  ) -> [(id: String, response: Response)] {
    var answers: [(id: String, response: Response)] = []
    var known: [String: OrgJSON] = [:]
    var hasFailed = false
    for subrequest in subrequests {
      var response: Response
      do throws(OrgError) {
        if isAllOrNone && hasFailed {
          throw OrgError(
            "PROCESSING_HALTED",
            "The transaction was rolled back since another operation in the same transaction "
              + "failed.")
        }
        response = try answer(subrequest, call, known)
      } catch {
        response = .failure(error)
      }
      if response.status >= 400 {
        hasFailed = true
      } else {
        known[subrequest.id] = OrgJSONParser.parse(response.body)
      }
      answers.append((subrequest.id, response))
    }
    return answers
  }

  private func answer(
    _ subrequest: Subrequest, _ call: OrgCall, _ known: [String: OrgJSON]
  ) throws(OrgError) -> Response {
    let url = try CompositeReference.resolve(subrequest.url, known)
    let body = try subrequest.body.map { body throws(OrgError) in
      try CompositeReference.resolve(body, known).bytes
    }
    guard url.hasPrefix("/services/data/") else {
      throw OrgError("INVALID_INPUT", "The url must begin with /services/data/")
    }
    // Options of the call itself, such as Sforce-Query-Options, do not reach its parts.
    var part = OrgCall(
      method: subrequest.method, target: url, headers: subrequest.headers, body: body ?? [])
    part.userID = call.userID
    part.token = call.token
    return try resource(part)
  }

  private static func compositeBody(_ answers: [(id: String, response: Response)]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(answers.reduce(64) { $0 + $1.response.body.count + 128 })
    out.append(contentsOf: "{\"compositeResponse\":[".utf8)
    for (index, answer) in answers.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: "{\"body\":".utf8)
      if answer.response.body.isEmpty {
        out.append(contentsOf: "null".utf8)
      } else {
        out.append(contentsOf: answer.response.body)
      }
      let shown = ["ETag", "Last-Modified", "Location"]
      let headers = answer.response.headers.fields.filter { shown.contains($0.name) }.map {
        OrgMember(key: $0.name, value: .string($0.value))
      }
      out.append(contentsOf: ",\"httpHeaders\":".utf8)
      OrgJSON.object(headers).append(to: &out)
      out.append(contentsOf: ",\"httpStatusCode\":\(answer.response.status)".utf8)
      out.append(contentsOf: ",\"referenceId\":".utf8)
      OrgJSON.string(answer.id).append(to: &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append(contentsOf: "]}".utf8)
    return out
  }
}

/// `@{ref.id}` in the url and the body of a subrequest: a value of an earlier answer.
enum CompositeReference {
  static func resolve(
    _ value: OrgJSON, _ known: [String: OrgJSON]
  ) throws(OrgError) -> OrgJSON {
    switch value {
    case .string(let text): return .string(try resolve(text, known))
    case .array(let values):
      var out: [OrgJSON] = []
      for value in values { out.append(try resolve(value, known)) }
      return .array(out)
    case .object(let members):
      var out: [OrgMember] = []
      for member in members {
        out.append(OrgMember(key: member.key, value: try resolve(member.value, known)))
      }
      return .object(out)
    default: return value
    }
  }

  static func resolve(_ text: String, _ known: [String: OrgJSON]) throws(OrgError) -> String {
    guard let start = text.firstRange(of: "@{"),
      let end = text[start.upperBound...].firstIndex(of: "}")
    else { return text }
    let expression = text[start.upperBound..<end]
    let parts = expression.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" })
    guard let name = parts.first, var value = known[String(name)] else {
      throw OrgError(
        "PROCESSING_HALTED",
        "Invalid reference specified. No value for \(expression) found in "
          + (parts.first.map(String.init) ?? ""))
    }
    for part in parts.dropFirst() {
      let next: OrgJSON?
      if let index = Int(part), let array = value.array {
        next = array.indices.contains(index) ? array[index] : nil
      } else {
        next = value[String(part)]
      }
      guard let next else {
        throw OrgError(
          "PROCESSING_HALTED",
          "Invalid reference specified. No value for \(expression) found in \(name)")
      }
      value = next
    }
    let rest = try resolve(String(text[text.index(after: end)...]), known)
    return String(text[..<start.lowerBound]) + value.plain + rest
  }
}
