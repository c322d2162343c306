import HTTP

extension SalesforceSimulator {
  /// One access token.
  struct Session {
    var token: String
    var userID: String
    /// Slides with use.
    var endsAt: Int64
    var grant: String?
  }

  /// One approval of a web-server flow with its refresh tokens.
  struct Grant {
    var current: String
    var old: Set<String> = []
    var isRevoked = false
  }

  static let expired = OrgError("INVALID_SESSION_ID", "Session expired or invalid")

  /// The session that the call's bearer token opens.
  func authorize(_ call: OrgCall) throws(OrgError) -> Session {
    guard let header = call.headers["Authorization"] else {
      throw OrgError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, ["bearer", "oauth"].contains(parts[0].lowercased()) else {
      throw OrgError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    }
    guard var session = sessions[String(parts[1])], clock.now < session.endsAt else {
      throw Self.expired
    }
    session.endsAt = clock.now + settings.sessionLifetime
    sessions[session.token] = session
    return session
  }

  func openSession(grant: String? = nil) -> Session {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._")
    let secret = (0..<80).map { _ in letters[Int.random(in: 0..<64, using: &random)] }
    let session = Session(
      token: "\(organizationID.prefix(15))!AQ\(String(secret))", userID: integrationUserID,
      endsAt: clock.now + settings.sessionLifetime, grant: grant)
    sessions = sessions.filter { clock.now < $0.value.endsAt }
    sessions[session.token] = session
    return session
  }

  /// Ends every session, as an administrator or the org's policy does.
  package func expireSessions() { sessions = [:] }

  /// Lets every query locator that was handed out die.
  package func expireLocators() { cursors = [:] }

  /// A token for calls that a test makes itself.
  package func makeAccessToken() -> String { openSession().token }

  func revoke(grant name: String) {
    grants[name]?.isRevoked = true
    sessions = sessions.filter { $0.value.grant != name }
  }
}
