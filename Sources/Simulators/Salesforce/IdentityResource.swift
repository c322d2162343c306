import HTTP

extension SalesforceSimulator {
  /// `GET /id/ORGANIZATION/USER` with the bearer token.
  func identity(_ call: OrgCall) throws(OrgError) -> Response {
    let session: Session
    do {
      session = try authorize(call)
    } catch {
      return Response(
        status: 403, headers: ["Content-Type": "text/html"], body: Array("Bad_OAuth_Token".utf8))
    }
    guard call.path.count == 3, OrgID.normalised(call.path[1]) == organizationID,
      OrgID.normalised(call.path[2]) == session.userID, let user = org.locate(session.userID)
    else { throw .notFound }
    func text(_ field: String) -> OrgJSON {
      OrgJSON(user.table.schema.column(field).flatMap { user.table.text($0, user.row) })
    }
    return .json([
      "id": .string(identityURL(session.userID)), "asserted_user": true,
      "user_id": .string(session.userID), "organization_id": .string(organizationID),
      "username": text("Username"), "nick_name": text("Alias"), "display_name": text("Name"),
      "email": text("Email"), "email_verified": true, "first_name": text("FirstName"),
      "last_name": text("LastName"), "timezone": text("TimeZoneSidKey"),
      "photos": ["picture": nil, "thumbnail": nil], "addr_street": nil, "addr_city": nil,
      "addr_state": nil, "addr_country": nil, "addr_zip": nil, "mobile_phone": nil,
      "mobile_phone_verified": false, "is_lightning_login_user": false,
      "status": ["created_date": nil, "body": nil], "urls": urls(),
      "active": .bool(text("IsActive") != nil), "user_type": "STANDARD",
      "language": "en_US", "locale": "en_GB", "utcOffset": 0,
      "last_modified_date": .string(OrgTime.string(user.row.modifiedAt)),
      "is_app_installed": true,
    ])
  }

  private func urls() -> OrgJSON {
    let base = settings.instanceURL
    let rest = base + "/services/data/v{version}/"
    return [
      "enterprise": .string(base + "/services/Soap/c/{version}/" + organizationID.prefix(15)),
      "metadata": .string(base + "/services/Soap/m/{version}/" + organizationID.prefix(15)),
      "partner": .string(base + "/services/Soap/u/{version}/" + organizationID.prefix(15)),
      "rest": .string(rest), "sobjects": .string(rest + "sobjects/"),
      "search": .string(rest + "search/"), "query": .string(rest + "query/"),
      "recent": .string(rest + "recent/"),
      "profile": .string(base + "/" + integrationUserID), "custom_domain": .string(base),
    ]
  }

  /// `GET /services/oauth2/userinfo` (OpenID Connect).
  func userInfo(_ call: OrgCall) throws(OrgError) -> Response {
    let session = try authorize(call)
    return .json([
      "sub": .string(identityURL(session.userID)), "user_id": .string(session.userID),
      "organization_id": .string(organizationID),
      "preferred_username": .string(settings.username), "email": .string(settings.username),
      "email_verified": true, "zoneinfo": .string(settings.timeZone), "active": true,
      "user_type": "STANDARD", "urls": urls(),
    ])
  }
}
