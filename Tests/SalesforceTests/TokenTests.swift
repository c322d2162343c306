import HTTP
import SyncCore
import Testing

@testable import Salesforce

private let org =
  #"{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Organization"},"Id":"00D000000000001","Name":"Acme","IsSandbox":false,"TimeZoneSidKey":"Europe/Berlin","OrganizationType":"Enterprise Edition"}]}"#
private let expired =
  #"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#

private func orgAnswer() -> ScriptedTransport.Step { .answer(json(org)) }
private func answer401(_ text: String = expired) -> ScriptedTransport.Step {
  .answer(json(text, status: 401))
}

@Suite struct TokenTests {
  @Test("G2: client credentials are posted to My Domain, and the org is named")
  func clientCredentials() async throws {
    let bench = Bench([granted(), orgAnswer()])
    let found = try await bench.client.organization()
    #expect(
      found
        == Organization(
          id: "00D000000000001EAA", name: "Acme", isSandbox: false, timeZone: "Europe/Berlin",
          edition: "Enterprise Edition"))
    #expect(bench.transport.requests[0].url == home + "/services/oauth2/token")
    #expect(
      bench.transport.bodies[0]
        == "grant_type=client_credentials&client_id=app&client_secret=secret")
    #expect(bench.client.calls == 1)
  }

  @Test("E2: the JWT is RS256 over the four claims and good for three minutes")
  func jwt() async throws {
    let key = try #require(TestKey(.rsa))
    let bench = Bench(
      [granted(), orgAnswer()],
      flow: .jwtBearer(username: "sync@example.com", audience: "https://login.salesforce.com"))
    bench.secrets.pem = key.pem()
    _ = try await bench.client.organization()
    let body = bench.transport.bodies[0]
    let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
    #expect(body.hasPrefix(prefix))
    let parts = body.dropFirst(prefix.count).split(separator: ".")
    try #require(parts.count == 3)
    #expect(String(decoding: base64URLDecoded(parts[0]), as: UTF8.self) == #"{"alg":"RS256"}"#)
    #expect(
      String(decoding: base64URLDecoded(parts[1]), as: UTF8.self)
        == #"{"iss":"app","sub":"sync@example.com","aud":"https://login.salesforce.com","#
        + #""exp":1767323225}"#)
    #expect(key.verifies(base64URLDecoded(parts[2]), of: Array("\(parts[0]).\(parts[1])".utf8)))
  }

  @Test("E1: a private key that cannot sign is broken, and says why")
  func badKeys() async throws {
    let rsa = try #require(TestKey(.rsa))
    let curve = try #require(TestKey(.ellipticCurve))
    let cases: [(String, String)] = [
      ("", "no private key in PEM form"), ("hello", "no private key in PEM form"),
      (rsa.publicPEM, "public key"), (rsa.pem(passphrase: "secret"), "passphrase"),
      (curve.pem(), "not an RSA key"), (String(rsa.pem().prefix(200)), "damaged"),
      ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "certificate"),
      (String(repeating: "a", count: 100_000), "no private key"),
    ]
    for (pem, words) in cases {
      let bench = Bench([], flow: .jwtBearer(username: "u", audience: "a"))
      bench.secrets.pem = pem
      let found = await failure { try await bench.client.organization() }
      #expect(found?.meaning == SalesforceMeaning.privateKey)
      #expect(found?.answer.contains(words) == true, "\(found?.answer ?? "")")
      #expect(bench.transport.requests.isEmpty)
    }
  }

  @Test("E1: a secret that is not there is broken, and says which")
  func noSecret() async {
    let bench = Bench([], flow: .jwtBearer(username: "u", audience: "a"))
    bench.secrets.trouble = .init(description: "salesforce-private-key is missing")
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning == SalesforceMeaning.secret)
    #expect(found?.answer == "salesforce-private-key is missing")
  }

  @Test("E2: one refresh serves every call that waits for it")
  @MainActor func singleFlight() async throws {
    let bench = Bench([granted()] + Array(repeating: orgAnswer(), count: 10))
    var held: CheckedContinuation<Void, Never>?
    bench.transport.pause = { @MainActor in
      guard bench.transport.requests.count == 1 else { return }
      await withCheckedContinuation { held = $0 }
    }
    let calls = (0..<10).map { _ in
      Task { @MainActor in try await bench.client.organization().name }
    }
    while bench.client.tokens.waiting < 9 { await Task.yield() }
    held?.resume()
    for call in calls { #expect(try await call.value == "Acme") }
    let tokenCalls = bench.transport.requests.filter { $0.url.hasSuffix("/token") }
    #expect(tokenCalls.count == 1)
    #expect(bench.client.calls == 10)
  }

  @Test("E2: a refresh given up by its caller is taken over by the next one in line")
  @MainActor func takeover() async throws {
    let bench = Bench([.fail(.cancelled), granted(), orgAnswer()])
    var held: CheckedContinuation<Void, Never>?
    bench.transport.pause = { @MainActor in
      guard bench.transport.requests.count == 1 else { return }
      await withCheckedContinuation { held = $0 }
    }
    let first = Task { @MainActor in await failure { try await bench.client.organization() } }
    while held == nil { await Task.yield() }
    let second = Task { @MainActor in try await bench.client.organization().name }
    while bench.client.tokens.waiting < 1 { await Task.yield() }
    held?.resume()
    #expect(await first.value?.meaning == SalesforceMeaning.cancelled)
    #expect(try await second.value == "Acme")
  }

  @Test("E2: an expired session is refreshed once a request")
  func expiry() async throws {
    let bench = Bench([granted(), answer401(), granted("00Dx!two"), orgAnswer()])
    #expect(try await bench.client.organization().name == "Acme")
    #expect(bench.transport.requests[3].headers["Authorization"] == "Bearer 00Dx!two")
    #expect(bench.client.calls == 2)
    let again = Bench([granted(), answer401(), granted("00Dx!two"), answer401()])
    let found = await failure { try await again.client.organization() }
    #expect(found?.meaning == SalesforceMeaning.session)
    #expect(again.transport.requests.count == 4)
  }

  @Test(
    "E2: a 401 that a refresh cannot heal is broken at once",
    arguments: [
      #"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#,
      #"[{"message":"Connected app is not attached to Agent","errorCode":"INVALID_SESSION_ID"}]"#,
      #"[{"message":"INVALID_AUTH_HEADER","errorCode":"INVALID_AUTH_HEADER"}]"#,
      #"[{"message":"INVALID_HEADER_TYPE","errorCode":"INVALID_HEADER_TYPE"}]"#,
    ])
  func unfit(_ text: String) async {
    let bench = Bench([granted(), answer401(text)])
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning.kind == .broken)
    #expect(bench.transport.requests.count == 2)
  }

  @Test("E2: two calls with the same dead token cost one refresh")
  @MainActor func sharedExpiry() async throws {
    let bench = Bench([
      granted(), orgAnswer(), answer401(), answer401(), granted("00Dx!two"), orgAnswer(),
      orgAnswer(),
    ])
    _ = try await bench.client.organization()
    var arrived = 0
    bench.transport.pause = { @MainActor in
      arrived += 1
      // The two calls meet before either is answered.
      while arrived < 2 { await Task.yield() }
    }
    let calls = (0..<2).map { _ in
      Task { @MainActor in try await bench.client.organization().name }
    }
    for call in calls { #expect(try await call.value == "Acme") }
    #expect(bench.transport.requests.filter { $0.url.hasSuffix("/token") }.count == 2)
  }
}

@Suite struct RotationTests {
  @Test("E2: a rotated refresh token is kept before the new access token is used")
  func keptFirst() async throws {
    let bench = Bench([granted(refresh: "refresh-2")], flow: .refreshToken)
    bench.transport.steps.append(
      .reply { _ in
        bench.secrets.log.append("use")
        return json(org)
      })
    _ = try await bench.client.organization()
    #expect(bench.secrets.log == ["keep refresh-2", "use"])
    #expect(
      bench.transport.bodies[0]
        == "grant_type=refresh_token&refresh_token=refresh-1&client_id=app&client_secret=secret")
  }

  @Test("E2: a rotated token that cannot be kept stops the side, unused")
  func notKept() async {
    let bench = Bench([granted(refresh: "refresh-2")], flow: .refreshToken)
    bench.secrets.trouble = .init(description: "No space left on device")
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning == SalesforceMeaning.tokenNotKept)
    #expect(bench.transport.requests.count == 1)
  }

  @Test("E2: a rotated token that could not be kept is kept later, and used then")
  func keptLater() async throws {
    let bench = Bench(
      [granted(refresh: "refresh-2"), granted(refresh: "refresh-3"), orgAnswer()],
      flow: .refreshToken)
    bench.secrets.trouble = .init(description: "No space left on device")
    _ = await failure { try await bench.client.organization() }
    _ = await failure { try await bench.client.organization() }
    #expect(bench.transport.requests.count == 1)
    bench.secrets.trouble = nil
    #expect(try await bench.client.organization().name == "Acme")
    #expect(bench.secrets.log == ["keep refresh-2", "keep refresh-3"])
    #expect(bench.transport.bodies[1].contains("refresh_token=refresh-2&"))
  }

  @Test("E2: a refresh whose answer was lost is tried once more, after a pause, not at once")
  func lostAnswer() async throws {
    let bench = Bench([.fail(.answerLost), granted(), orgAnswer()], flow: .refreshToken)
    let first = await failure { try await bench.client.organization() }
    #expect(first?.meaning == SalesforceMeaning.tokenLost)
    let second = await failure { try await bench.client.organization() }
    #expect(second?.meaning == SalesforceMeaning.tokenLost)
    #expect(bench.transport.requests.count == 1)
    bench.clock.now += TokenKeeper.quietMilliseconds
    #expect(try await bench.client.organization().name == "Acme")
  }

  @Test("E2: a spent refresh token says that the app must be authorized again")
  func spent() async {
    let text = #"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#
    let bench = Bench(
      [.fail(.answerLost), .answer(json(text, status: 400))], flow: .refreshToken)
    _ = await failure { try await bench.client.organization() }
    bench.clock.now += TokenKeeper.quietMilliseconds
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning == SalesforceMeaning.refreshToken)
    #expect(found?.meaning.kind == .broken)
  }

  @Test("E2: HTML in place of a token answer puts the refresh token in doubt")
  func html() async {
    let page = Response(status: 200, body: Array("<html></html>".utf8))
    let bench = Bench([.answer(page)], flow: .refreshToken)
    #expect(
      await failure { try await bench.client.organization() }?.meaning
        == SalesforceMeaning.tokenLost)
    let other = Bench([.answer(page)])
    #expect(
      await failure { try await other.client.organization() }?.meaning
        == SalesforceMeaning.unreadable)
  }

  @Test("E2: a connection that was never made spends nothing")
  func notSent() async throws {
    let bench = Bench([.fail(.notSent), granted(), orgAnswer()], flow: .refreshToken)
    let found = await failure { try await bench.client.organization() }
    #expect(found?.meaning == SalesforceMeaning.unreachable)
    #expect(try await bench.client.organization().name == "Acme")
    #expect(bench.client.calls == 1)
  }

  @Test("O6: revoking revokes the refresh token; one that is unknown counts as revoked")
  func revoke() async throws {
    let bench = Bench([.answer(Response(status: 200))], flow: .refreshToken)
    try await bench.client.revoke()
    #expect(bench.transport.requests[0].url == home + "/services/oauth2/revoke")
    #expect(bench.transport.bodies[0] == "token=refresh-1")
    let gone = Bench(
      [.answer(json(#"{"error":"invalid_token"}"#, status: 400))], flow: .refreshToken)
    try await gone.client.revoke()
    let refused = Bench(
      [.answer(json(#"{"error":"unsupported_token_type"}"#, status: 400))], flow: .refreshToken)
    #expect(await failure { try await refused.client.revoke() } != nil)
    let never = Bench([])
    try await never.client.revoke()
    #expect(never.transport.requests.isEmpty)
  }
}
