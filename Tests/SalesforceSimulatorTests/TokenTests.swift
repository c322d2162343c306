import HTTP
import Simulators
import Testing

@Suite struct TokenTests {
  private let good =
    "grant_type=client_credentials&client_id=3MVG9.client&client_secret=client-secret"

  private func token(
    _ world: World, _ form: String, headers: Headers = [:]
  ) throws -> (status: Int, json: JSON) {
    var headers = headers
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    if headers["Authorization"] == nil { headers["Authorization"] = "" }
    let response = try world.send(.post, "/services/oauth2/token", form, headers: headers)
    return (response.status, try JSON.parse(response.body))
  }

  @Test("Client credentials in the body give a token without expires_in")
  func clientCredentials() throws {
    let world = World()
    let answer = try token(world, good)
    #expect(answer.status == 200)
    #expect(
      answer.json.keys == [
        "access_token", "scope", "instance_url", "id", "token_type", "signature", "issued_at",
      ])
    let access = try #require(try answer.json["access_token"].text)
    #expect(access.hasPrefix("00D") && access.contains("!"))
    #expect(try answer.json["issued_at"].text == "1790000000000")
    let query = try world.send(
      .get, "/services/data/v66.0/limits", headers: ["Authorization": "Bearer \(access)"])
    #expect(query.status == 200)
  }

  @Test("Client credentials as HTTP Basic are taken too")
  func basic() throws {
    // 3MVG9.client:client-secret
    let answer = try token(
      World(), "grant_type=client_credentials",
      headers: ["Authorization": "Basic M01WRzkuY2xpZW50OmNsaWVudC1zZWNyZXQ="])
    #expect(answer.status == 200)
  }

  @Test("Client credentials work on the My Domain host only")
  func wrongDomain() throws {
    let answer = try token(World { $0.isLoginHost = true }, good)
    #expect(answer.status == 400)
    #expect(try answer.json["error"].text == "invalid_grant")
    #expect(try answer.json["error_description"].text == "request not supported on this domain")
  }

  @Test(
    "A token error is an object",
    arguments: [
      ("grant_type=password&username=a", "invalid_grant"),
      ("grant_type=magic", "unsupported_grant_type"),
      ("grant_type=client_credentials&client_id=other&client_secret=x", "invalid_client_id"),
      ("grant_type=client_credentials&client_id=3MVG9.client&client_secret=x", "invalid_client"),
      ("grant_type=refresh_token&client_id=3MVG9.client&refresh_token=x", "invalid_grant"),
    ])
  func errors(form: String, error: String) throws {
    let answer = try token(World(), form)
    #expect(answer.status == 400)
    #expect(answer.json.keys == ["error", "error_description"])
    #expect(try answer.json["error"].text == error)
  }

  // MARK: JWT

  private func assertion(
    alg: String = "RS256", iss: String = "3MVG9.client", sub: String = "integration@example.com",
    aud: String = "https://login.salesforce.com", exp: Int64 = World.start / 1000 + 180
  ) -> String {
    let head = #"{"alg":"\#(alg)"}"#
    let claims = #"{"iss":"\#(iss)","sub":"\#(sub)","aud":"\#(aud)","exp":"\#(exp)"}"#
    return [head, claims, "signature"].map(Self.base64).joined(separator: ".")
  }

  private static func base64(_ text: String) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var (out, bits, count) = ("", 0, 0)
    for byte in text.utf8 {
      bits = (bits << 8 | Int(byte)) & 0xFFFF
      count += 8
      while count >= 6 {
        count -= 6
        out.append(letters[bits >> count & 63])
      }
    }
    if count > 0 { out.append(letters[bits << (6 - count) & 63]) }
    return out
  }

  private func bearer(_ world: World, _ assertion: String) throws -> (status: Int, json: JSON) {
    try token(
      world,
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)")
  }

  @Test("A good JWT gives a token without signature and issued_at")
  func jwt() throws {
    let answer = try bearer(World(), assertion())
    #expect(answer.status == 200)
    #expect(
      answer.json.keys == ["access_token", "scope", "instance_url", "id", "token_type"])
  }

  @Test("A JWT is refused in the vendor's words")
  func jwtRefusals() throws {
    let late = World.start / 1000
    let cases: [(String, String)] = [
      (assertion(alg: "HS256"), "invalid assertion"),
      ("rubbish", "invalid assertion"),
      (assertion(aud: "https://test.salesforce.com"), "Audience validation failed"),
      (assertion(exp: late - 3600), "expired authorization code"),
      (assertion(exp: late + 3600), "expired authorization code"),
      (assertion(sub: "else@example.com"), "user hasn't approved this consumer"),
      (assertion(iss: "other"), "client identifier invalid"),
    ]
    for (text, description) in cases {
      let answer = try bearer(World(), text)
      #expect(answer.status == 400)
      #expect(try answer.json["error_description"].text == description)
    }
    let strict = World { $0.verifySignature = { _, _ in false } }
    let answer = try bearer(strict, assertion())
    #expect(try answer.json["error_description"].text == "invalid assertion")
  }

  // MARK: Refresh

  private func refresh(_ world: World, _ token: String) throws -> (status: Int, json: JSON) {
    try self.token(
      world, "grant_type=refresh_token&client_id=3MVG9.client&refresh_token=\(token)")
  }

  @Test("Without rotation the same refresh token serves again")
  func noRotation() throws {
    let world = World()
    for _ in 0..<2 {
      let answer = try refresh(world, "5Aep861.initial")
      #expect(answer.status == 200)
      #expect(!answer.json.has("refresh_token"))
    }
  }

  @Test("With rotation, using a spent refresh token ends the grant and its sessions")
  func rotation() throws {
    let world = World { $0.rotatesRefreshTokens = true }
    let first = try refresh(world, "5Aep861.initial")
    let next = try #require(try first.json["refresh_token"].text)
    let access = try #require(try first.json["access_token"].text)
    let again = try refresh(world, "5Aep861.initial")
    #expect(again.status == 400)
    #expect(try again.json["error_description"].text == "expired access/refresh token")
    #expect(try refresh(world, next).status == 400)
    let call = try world.send(
      .get, "/services/data/v66.0/limits", headers: ["Authorization": "Bearer \(access)"])
    #expect(call.status == 401)
  }

  // MARK: Sessions

  @Test("An expired session is 401 INVALID_SESSION_ID, and it slides with use")
  func expiry() throws {
    let world = World()
    world.clock.now += 7_000_000
    #expect(try world.call(.get, "/limits").status == 200)
    world.clock.now += 7_000_000
    #expect(try world.call(.get, "/limits").status == 200)
    world.clock.now += 7_300_000
    let answer = try world.call(.get, "/limits")
    #expect(answer.status == 401)
    #expect(try world.code(answer) == "INVALID_SESSION_ID")
    #expect(try answer.json[0]["message"].text == "Session expired or invalid")
    let used = world.org.apiCalls
    _ = try world.call(.get, "/limits")
    #expect(world.org.apiCalls == used)
  }

  @Test("Two 401 texts never heal with a new token")
  func unhealing() throws {
    let world = World()
    world.org.faults.schedule(refusal: .notForREST, at: .limits)
    let answer = try world.call(.get, "/limits")
    #expect(answer.status == 401)
    #expect(
      try answer.json[0]["message"].text
        == "This session is not valid for use with the REST API")
  }

  @Test("Revoking a token ends it")
  func revoke() throws {
    let world = World()
    let form = "token=\(World.encoded(world.token))"
    #expect(try world.send(.post, "/services/oauth2/revoke", form).status == 200)
    #expect(try world.call(.get, "/limits").status == 401)
    #expect(try world.send(.post, "/services/oauth2/revoke", form).status == 400)
  }

  @Test(
    "The identity URL names the org and the user", .enabled(if: Recorded.isThere, Recorded.absence))
  func identity() throws {
    let world = World()
    let path = "/id/\(world.org.orgID)/\(world.org.runningUserID)"
    let response = try world.send(.get, path)
    let answer = try JSON.parse(response.body)
    #expect(try answer["organization_id"].text == world.org.orgID)
    #expect(try answer["user_id"].text == world.org.runningUserID)
    let recorded = try Recorded.json("swiftlysalesforce/MockIdentity.json")
    #expect(answer.keys.isSubset(of: recorded.keys))
    #expect(recorded.keys.subtracting(answer.keys).isEmpty)
  }

  @Test("The list of versions needs no session and is not counted")
  func versions() throws {
    let world = World()
    let response = try world.send(.get, "/services/data/", headers: ["Authorization": "x"])
    let list = try JSON.parse(response.body).list
    #expect(try list.last?["version"].text == "66.0")
    #expect(try list.last?["label"].text == "Spring '26")
    #expect(world.org.apiCalls == 0)
    #expect(response.headers["Sforce-Limit-Info"] == nil)
  }

  @Test("A retired version is 410, an unknown one 404")
  func retired() throws {
    let world = World()
    #expect(try world.send(.get, "/services/data/v30.0/limits").status == 410)
    #expect(try world.send(.get, "/services/data/v99.0/limits").status == 404)
  }
}
