import HTTP

/// One request as the resources see it: a call of its own, or a part of a composite one.
struct OrgCall {
  var method: Request.Method
  /// Percent-decoded segments after the host.
  var path: [String]
  var query: [String: String]
  var headers: Headers
  var body: [UInt8]
  /// The user whose session made the call.
  var userID = ""
  /// The token of the session.
  var token = ""
  /// `66.0`.
  var version = ""

  init(method: Request.Method, target: String, headers: Headers, body: [UInt8]) {
    self.method = method
    self.headers = headers
    self.body = body
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts[0].split(separator: "/").map { Self.decoded($0.utf8, plusIsSpace: false) }
    query = parts.count > 1 ? Self.form(parts[1].utf8) : [:]
  }

  init(_ request: Request) {
    self.init(
      method: request.method, target: Self.target(request.url), headers: request.headers,
      body: request.body ?? [])
  }

  /// What follows the host of an absolute URL, or the whole of a relative one.
  static func target(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  /// The members of a form or a query string.
  static func form(_ bytes: some Collection<UInt8>) -> [String: String] {
    var members: [String: String] = [:]
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? decoded(parts[1], plusIsSpace: true) : ""
      members[decoded(parts[0], plusIsSpace: true)] = value
    }
    return members
  }

  static func decoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String {
    var out: [UInt8] = []
    let source = Array(bytes)
    var index = 0
    while index < source.count {
      let byte = source[index]
      if byte == UInt8(ascii: "%"), index + 2 < source.count + 0,
        let value = UInt8(
          String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        out.append(value)
        index += 3
        continue
      }
      out.append(byte == UInt8(ascii: "+") && plusIsSpace ? 0x20 : byte)
      index += 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The body as JSON, or the vendor's complaint about it.
  func json() throws(OrgError) -> OrgJSON {
    do {
      return try OrgJSONParser.parseOrThrow(body)
    } catch {
      throw OrgError.json(error.message)
    }
  }

  func flag(_ header: String) -> Bool? {
    switch headers[header]?.lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }
}

extension Response {
  static func json(_ body: [UInt8], status: Int = 200) -> Response {
    Response(
      status: status, headers: ["Content-Type": "application/json;charset=UTF-8"], body: body)
  }

  static func json(_ value: OrgJSON, status: Int = 200) -> Response {
    json(value.bytes, status: status)
  }

  static func failure(_ error: OrgError) -> Response {
    json(.array([error.single]), status: error.status)
  }
}
