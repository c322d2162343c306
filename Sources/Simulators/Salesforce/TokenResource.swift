import HTTP

extension SalesforceSimulator {
  /// What the token end point says instead of a token: an object, not an array.
  struct OAuthError: Error {
    var error: String
    var description: String

    init(_ error: String, _ description: String) {
      self.error = error
      self.description = description
    }

    var response: Response {
      .json(
        ["error": .string(error), "error_description": .string(description)], status: 400)
    }
  }

  func oauth(_ call: OrgCall) throws(OrgError) -> Response {
    switch call.path.count > 2 ? call.path[2] : "" {
    case "token":
      guard call.method == .post else { throw .method(call.method.rawValue.uppercased()) }
      do {
        return try token(call)
      } catch {
        return error.response
      }
    case "revoke": return revoke(call)
    case "userinfo": return try userInfo(call)
    default: throw .notFound
    }
  }

  private func token(_ call: OrgCall) throws(OAuthError) -> Response {
    let form = OrgCall.form(call.body)
    try countLogin()
    switch form["grant_type"] {
    case "client_credentials": return try clientCredentials(call, form)
    case "refresh_token": return try refresh(call, form)
    case "urn:ietf:params:oauth:grant-type:jwt-bearer": return try bearer(form)
    case "password": throw OAuthError("invalid_grant", "authentication failure")
    default: throw OAuthError("unsupported_grant_type", "grant type not supported")
    }
  }

  /// 3,600 logins an hour for each user.
  private func countLogin() throws(OAuthError) {
    logins.removeAll { $0 <= clock.now - 3_600_000 }
    guard logins.count < settings.loginsPerHour else {
      throw OAuthError("invalid_grant", "login rate exceeded")
    }
    logins.append(clock.now)
  }

  private func clientCredentials(
    _ call: OrgCall, _ form: [String: String]
  ) throws(OAuthError) -> Response {
    let host = Self.host(call)
    guard !settings.isLoginHost, !["login.salesforce.com", "test.salesforce.com"].contains(host)
    else { throw OAuthError("invalid_grant", "request not supported on this domain") }
    try checkClient(call, form, needsSecret: true)
    return success(openSession(), scope: "api", hasSignature: true)
  }

  private func checkClient(
    _ call: OrgCall, _ form: [String: String], needsSecret: Bool
  ) throws(OAuthError) {
    var id = form["client_id"]
    var secret = form["client_secret"]
    if let header = call.headers["Authorization"], header.lowercased().hasPrefix("basic ") {
      let decoded = OrgBase64.decode(String(header.dropFirst(6))) ?? []
      let parts = String(decoding: decoded, as: UTF8.self).split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      id = OrgCall.decoded(String(parts[0]).utf8, plusIsSpace: true)
      secret = parts.count > 1 ? OrgCall.decoded(parts[1].utf8, plusIsSpace: true) : nil
    }
    guard id == settings.clientID else {
      throw OAuthError("invalid_client_id", "client identifier invalid")
    }
    guard secret == settings.clientSecret || (!needsSecret && secret == nil) else {
      throw OAuthError("invalid_client", "invalid client credentials")
    }
  }

  private func refresh(
    _ call: OrgCall, _ form: [String: String]
  ) throws(OAuthError) -> Response {
    try checkClient(call, form, needsSecret: false)
    let presented = form["refresh_token"] ?? ""
    guard let name = grants.first(where: { $0.value.knows(presented) })?.key,
      var grant = grants[name], !grant.isRevoked
    else { throw OAuthError("invalid_grant", "expired access/refresh token") }
    guard grant.current == presented else {
      // Using a spent token again ends the grant and everything that it gave.
      revoke(grant: name)
      throw OAuthError("invalid_grant", "expired access/refresh token")
    }
    var rotated: String?
    if settings.rotatesRefreshTokens {
      let next = "5Aep861." + String(random.next(), radix: 36) + String(random.next(), radix: 36)
      grant.old.insert(presented)
      grant.current = next
      grants[name] = grant
      rotated = next
    }
    let session = openSession(grant: name)
    return success(
      session, scope: "api refresh_token id", hasSignature: true, refreshToken: rotated)
  }

  private func bearer(_ form: [String: String]) throws(OAuthError) -> Response {
    let parts = (form["assertion"] ?? "").split(
      separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let head = OrgBase64.decode(String(parts[0])),
      let body = OrgBase64.decode(String(parts[1])),
      let signature = OrgBase64.decode(String(parts[2])),
      let header = OrgJSONParser.parse(head), let claims = OrgJSONParser.parse(body),
      header["alg"]?.string == "RS256", !signature.isEmpty
    else { throw OAuthError("invalid_grant", "invalid assertion") }
    guard claims["iss"]?.string == settings.clientID else {
      throw OAuthError("invalid_client_id", "client identifier invalid")
    }
    let audiences = [settings.loginURL, settings.instanceURL]
    guard let audience = claims["aud"]?.string, audiences.contains(audience) else {
      throw OAuthError("invalid_grant", "Audience validation failed")
    }
    guard let expiry = claims["exp"]?.plain, let seconds = Int64(expiry),
      seconds * 1000 > clock.now - 180_000, seconds * 1000 <= clock.now + 480_000
    else { throw OAuthError("invalid_grant", "expired authorization code") }
    if let verify = settings.verifySignature {
      guard verify("\(parts[0]).\(parts[1])", signature) else {
        throw OAuthError("invalid_grant", "invalid assertion")
      }
    }
    guard claims["sub"]?.string == settings.username else {
      throw OAuthError("invalid_grant", "user hasn't approved this consumer")
    }
    return success(openSession(), scope: "id full", hasSignature: false)
  }

  private func success(
    _ session: Session, scope: String, hasSignature: Bool, refreshToken: String? = nil
  ) -> Response {
    var members: [OrgMember] = [
      OrgMember(key: "access_token", value: .string(session.token)),
      OrgMember(key: "scope", value: .string(scope)),
      OrgMember(key: "instance_url", value: .string(settings.instanceURL)),
      OrgMember(key: "id", value: .string(identityURL(session.userID))),
      OrgMember(key: "token_type", value: "Bearer"),
    ]
    if hasSignature {
      members.append(OrgMember(key: "signature", value: "c2lnbmF0dXJlIG9mIGEgc2ltdWxhdG9y="))
      members.append(OrgMember(key: "issued_at", value: .string(String(clock.now))))
    }
    if let refreshToken {
      members.append(OrgMember(key: "refresh_token", value: .string(refreshToken)))
    }
    return .json(.object(members))
  }

  private func revoke(_ call: OrgCall) -> Response {
    let form = OrgCall.form(call.body)
    let token = form["token"] ?? call.query["token"] ?? ""
    if let session = sessions[token] {
      sessions[token] = nil
      if let grant = session.grant { revoke(grant: grant) }
      return Response(status: 200)
    }
    if let name = grants.first(where: { $0.value.current == token && !$0.value.isRevoked })?.key {
      revoke(grant: name)
      return Response(status: 200)
    }
    return OAuthError("invalid_token", "invalid token").response
  }

  private static func host(_ call: OrgCall) -> String { call.headers["Host"] ?? "" }

  func identityURL(_ userID: String) -> String {
    "\(settings.loginURL)/id/\(organizationID)/\(userID)"
  }
}

extension SalesforceSimulator.Grant {
  func knows(_ token: String) -> Bool { current == token || old.contains(token) }
}
