import HTTP
import SyncCore

/// Gets access tokens, one refresh at a time however many calls wait for it.
///
/// Refresh token rotation: where the app rotates, an answer brings a new refresh token, the old
/// one is dead, and using it again revokes the whole grant. So the new one is durable before the
/// access token is used, and nothing repeats a refresh whose answer was lost: the call fails as
/// SF-TOKEN-LOST, calls within the next 30 s fail likewise without asking, and then one more
/// attempt is made with the same token. It can do no further harm (if the first got through, the
/// new token is lost and the grant with it), and it heals the common case, in which it did not.
/// Should it be refused, SF-REFRESH-TOKEN says that the app must be authorized again.
final class TokenKeeper {
  static let quietMilliseconds: Int64 = 30_000

  private let settings: Salesforce.Settings
  private let secrets: any SalesforceSecrets
  private let transport: any Transport
  private let now: () -> Int64

  private var current: AccessToken?
  private var serial = 0
  private var isRefreshing = false
  private var waiters: [CheckedContinuation<Result<AccessToken, Failure>, Never>] = []
  private var lostAt: Int64?
  /// A new refresh token that could not be written yet; the old one is dead.
  private var unkept: String?

  /// Calls that wait for the refresh under way.
  var waiting: Int { waiters.count }

  init(
    settings: Salesforce.Settings, secrets: any SalesforceSecrets, transport: any Transport,
    now: @escaping () -> Int64
  ) {
    self.settings = settings
    self.secrets = secrets
    self.transport = transport
    self.now = now
  }

  /// The token in force; a new one when there is none, or when it is still number `refused`.
  func token(after refused: Int?) async throws(Failure) -> AccessToken {
    while true {
      if let current, current.serial != refused { return current }
      guard isRefreshing else { return try await refresh().get() }
      let result = await withCheckedContinuation { waiters.append($0) }
      // Whoever refreshed was cancelled, not we: the next one in line does it.
      if case .failure(let failure) = result, failure.meaning == SalesforceMeaning.cancelled {
        continue
      }
      return try result.get()
    }
  }

  /// The URL of a host-relative path, or of an absolute one within the fence.
  func url(_ path: String, _ token: AccessToken, _ attempt: String) throws(Failure) -> String {
    if path.hasPrefix("/"), !path.hasPrefix("//"), Origin.isPlain(path) {
      return token.instance.text + path
    }
    let home = try login()
    if let (origin, rest) = Origin.split(path), token.instance == origin || home.allows(origin) {
      return origin.text + rest
    }
    throw Failure(
      .salesforce, SalesforceMeaning.host, attempt: attempt,
      answer: "the address handed back leads to \(Self.host(of: path))")
  }

  /// Revokes what we hold; a token that Salesforce no longer knows counts as revoked.
  func revoke() async throws(Failure) {
    let attempt = "revoke the token"
    let token: String
    if settings.flow == .refreshToken {
      token = try secret(attempt) { try secrets.refreshToken() }
    } else if let current {
      token = current.value
    } else {
      return
    }
    current = nil
    let response = try await post("/services/oauth2/revoke", [("token", token)], attempt)
    if response.status == 200 { return }
    let answer = FarAnswer(response)
    if answer.problems.first?.code == "invalid_token" { return }
    throw tokenFailure(answer, attempt)
  }

  /// GETs a path of the login host without a token; not counted.
  func open(_ path: String, _ attempt: String) async throws(Failure) -> Response {
    let request = Request(
      .get, try login().text + path, headers: ["Accept": "application/json"],
      timeLimit: .seconds(60), answerBytesLimit: 1 << 20)
    do throws(TransportError) {
      return try await transport.send(request)
    } catch {
      throw Failure(error, attempt: attempt, writes: false)
    }
  }

  // MARK: Refresh

  private func refresh() async -> Result<AccessToken, Failure> {
    isRefreshing = true
    let result: Result<AccessToken, Failure>
    do throws(Failure) {
      let token = try await fetch()
      current = token
      result = .success(token)
    } catch {
      current = nil
      result = .failure(error)
    }
    isRefreshing = false
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume(returning: result) }
    return result
  }

  private func fetch() async throws(Failure) -> AccessToken {
    let attempt = "get an access token"
    if let lostAt, abs(now() - lostAt) < Self.quietMilliseconds { throw lost(attempt, "") }
    if let unkept { try keep(unkept, attempt) }
    let form = try form(attempt)
    let response: Response
    do throws(Failure) {
      response = try await post("/services/oauth2/token", form, attempt)
    } catch {
      throw afterLoss(error, attempt)
    }
    guard response.status == 200 else {
      let answer = FarAnswer(response)
      // Only words of the token end point itself prove that nothing was spent.
      if answer.problems.isEmpty { throw afterLoss(tokenFailure(answer, attempt), attempt) }
      lostAt = nil
      throw tokenFailure(answer, attempt)
    }
    guard let answer = TokenAnswer(response.body) else {
      let failure = Failure.unreadable(attempt, "the answer bears no access token", response)
      throw afterLoss(failure, attempt)
    }
    lostAt = nil
    if settings.flow == .refreshToken, let new = answer.refreshToken { try keep(new, attempt) }
    serial += 1
    return AccessToken(
      value: answer.accessToken, instance: try instance(answer.instanceURL, attempt),
      serial: serial)
  }

  private func keep(_ refreshToken: String, _ attempt: String) throws(Failure) {
    unkept = refreshToken
    do {
      try secrets.keep(refreshToken: refreshToken)
      unkept = nil
    } catch {
      throw Failure(
        .salesforce, SalesforceMeaning.tokenNotKept, attempt: attempt,
        answer: FarAnswer.tidy("\(error)"))
    }
  }

  /// What a failed refresh means when the refresh token may be spent by it.
  private func afterLoss(_ failure: Failure, _ attempt: String) -> Failure {
    guard settings.flow == .refreshToken else { return failure }
    guard failure.effect == .unknown || failure.meaning == SalesforceMeaning.unreadable else {
      return failure
    }
    lostAt = now()
    return lost(attempt, failure.answer)
  }

  private func lost(_ attempt: String, _ why: String) -> Failure {
    Failure(
      .salesforce, SalesforceMeaning.tokenLost, attempt: attempt,
      answer: why.isEmpty ? "the last refresh got no answer; the next one waits" : why,
      effect: .unknown, waitMilliseconds: Self.quietMilliseconds)
  }

  // MARK: Requests

  private func form(_ attempt: String) throws(Failure) -> [(String, String)] {
    var form: [(String, String)]
    switch settings.flow {
    case .jwtBearer(let username, let audience):
      let key = try secret(attempt) { try secrets.privateKeyPEM() }
      do throws(Assertion.KeyError) {
        let assertion = try Assertion.make(
          clientID: settings.clientID, username: username, audience: audience, now: now(),
          keyPEM: key)
        return [
          ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion),
        ]
      } catch {
        throw Failure(
          .salesforce, SalesforceMeaning.privateKey, attempt: attempt, answer: error.message)
      }
    case .clientCredentials: form = [("grant_type", "client_credentials")]
    case .refreshToken:
      form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", try secret(attempt) { try secrets.refreshToken() }),
      ]
    }
    form.append(("client_id", settings.clientID))
    if let secret = try secret(attempt, { try secrets.clientSecret() }) {
      form.append(("client_secret", secret))
    }
    return form
  }

  private func secret<Value>(
    _ attempt: String, _ read: () throws -> Value
  ) throws(Failure) -> Value {
    do {
      return try read()
    } catch {
      throw Failure(
        .salesforce, SalesforceMeaning.secret, attempt: attempt, answer: FarAnswer.tidy("\(error)"))
    }
  }

  /// Token calls are not counted against the org's daily limit.
  private func post(
    _ path: String, _ form: [(String, String)], _ attempt: String
  ) async throws(Failure) -> Response {
    let headers: Headers = [
      "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
    ]
    let request = Request(
      .post, try login().text + path, headers: headers, body: Encoding.form(form),
      timeLimit: .seconds(60), answerBytesLimit: 1 << 20)
    do throws(TransportError) {
      return try await transport.send(request)
    } catch {
      throw Failure(error, attempt: attempt, writes: true)
    }
  }

  private func tokenFailure(_ answer: FarAnswer, _ attempt: String) -> Failure {
    var failure = answer.failure(attempt: attempt, writes: true)
    guard let problem = answer.problems.first, answer.status < 500 else { return failure }
    failure.meaning = SalesforceMeaning.ofToken(
      error: problem.code ?? "", description: problem.message)
    // The limit is one of logins an hour.
    if failure.meaning == SalesforceMeaning.loginRate { failure.waitMilliseconds = 15 * 60_000 }
    return failure
  }

  // MARK: Hosts

  private func login() throws(Failure) -> Origin {
    guard let (origin, path) = Origin.split(settings.loginURL), path.isEmpty || path == "/" else {
      throw Failure(
        .salesforce, SalesforceMeaning.forbidden, attempt: "call Salesforce",
        answer: "salesforce.login_url is not the https address of a host")
    }
    return origin
  }

  private func instance(_ url: String, _ attempt: String) throws(Failure) -> Origin {
    if let (origin, _) = Origin.split(url), try login().allows(origin) { return origin }
    throw Failure(
      .salesforce, SalesforceMeaning.host, attempt: attempt,
      answer: "instance_url leads to \(Self.host(of: url))")
  }

  /// What may be printed of a foreign URL: its host.
  private static func host(of url: String) -> String {
    Origin.split(url)?.origin.text ?? "something that is no https address"
  }
}
