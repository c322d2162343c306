import HTTP

extension SalesforceSimulator {
  /// Answers a call of its own: session, quota, then the resource.
  func route(_ call: OrgCall) throws(OrgError) -> Response {
    switch call.path.first {
    case "id": return try identity(call)
    case "services": break
    default: throw .notFound
    }
    guard call.path.count > 1 else { throw .notFound }
    if call.path[1] == "oauth2" { return try oauth(call) }
    guard call.path[1] == "data" else { throw .notFound }
    guard call.path.count > 2 else { return versions() }
    let session = try authorize(call)
    try spend(1)
    var call = call
    call.userID = session.userID
    call.token = session.token
    return try resource(call)
  }

  /// Answers a resource below `/services/data/vXX.X/`, of a call of its own or of a part.
  func resource(_ call: OrgCall) throws(OrgError) -> Response {
    guard call.path.count > 2, call.path[0] == "services", call.path[1] == "data" else {
      throw .notFound
    }
    var call = call
    call.version = try version(call.path[2])
    let rest = Array(call.path[3...])
    switch rest.first {
    case nil: return resources(call)
    case "query", "queryAll":
      if rest.count > 1 { return try queryMore(call, rest[1]) }
      return try query(call, includesDeleted: rest[0] == "queryAll")
    case "composite": return try composite(call, Array(rest.dropFirst()))
    case "sobjects": return try objects(call, Array(rest.dropFirst()))
    case "limits": return try limits(call, Array(rest.dropFirst()))
    case "jobs": return try bulk(call, Array(rest.dropFirst()))
    default: throw .notFound
    }
  }

  private func version(_ segment: String) throws(OrgError) -> String {
    let parts = segment.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard segment.hasPrefix("v"), parts.count == 2, parts[1] == "0", let number = Int(parts[0]),
      (7...settings.newestVersion).contains(number)
    else { throw .notFound }
    guard number >= settings.oldestVersion else {
      throw OrgError(
        "UNSUPPORTED_API_VERSION", "GONE: the API version that was called is retired",
        status: 410)
    }
    return "\(number).0"
  }

  /// Takes calls from the daily allowance.
  func spend(_ count: Int) throws(OrgError) {
    if settings.isQuotaEnforced, usage.used(at: clock.now) + count > settings.dailyLimit {
      throw OrgError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    }
    usage.add(count, at: clock.now)
    apiCalls += count
  }

  /// `/services/data/`: no session, no count.
  private func versions() -> Response {
    let list = (settings.oldestVersion...settings.newestVersion).map { number -> OrgJSON in
      [
        "label": .string(Self.release(number)), "url": .string("/services/data/v\(number).0"),
        "version": .string("\(number).0"),
      ]
    }
    return .json(.array(list))
  }

  /// v66 is Spring '26; three releases a year.
  private static func release(_ number: Int) -> String {
    let season = ["Spring", "Summer", "Winter"][((number - 66) % 3 + 3) % 3]
    let offset = number - 66 >= 0 ? (number - 66) / 3 : (number - 68) / 3
    let year = 26 + offset + (season == "Winter" ? 1 : 0)
    return "\(season) '\(year < 10 ? "0" : "")\(year)"
  }

  private func resources(_ call: OrgCall) -> Response {
    let names = ["sobjects", "query", "queryAll", "limits", "composite", "jobs"]
    return .json(
      .object(
        names.map {
          OrgMember(key: $0, value: .string("/services/data/v\(call.version)/\($0)"))
        }))
  }
}
