import HTTP
import SyncCore

/// One call to the REST API, before host and token are known.
struct Call {
  var method: Request.Method = .get
  /// Host-relative: `/services/data/…`, or what a server handed back.
  var path: String
  var headers: Headers = ["Accept": "application/json"]
  var body: [UInt8]?
  /// Whether a lost answer may have changed something over there.
  var writes = false
  /// Whether it writes records: a refusal is then the record's, not the side's (E2).
  var isOfRecords = false
  var timeLimit: Duration = .seconds(150)
  var answerBytesLimit = 64 << 20
  /// In plain words, for people: `read the changed leads`.
  var attempt: String

  /// A POST of a JSON text.
  static func post(_ path: String, json: String, attempt: String) -> Call {
    Call(
      method: .post, path: path,
      headers: ["Accept": "application/json", "Content-Type": "application/json"],
      body: Array(json.utf8), attempt: attempt)
  }
}

extension Salesforce {
  /// Makes `call` and returns its 2xx (or 304) answer; one refreshed token, then it fails.
  func send(_ call: Call, into sink: (any BodySink)? = nil) async throws(Failure) -> Response {
    let token = try await token(after: nil)
    let response = try await send(call, with: token, into: sink)
    guard response.status == 401 else { return try checked(response, call) }
    let refusal = FarAnswer(response).failure(call)
    guard refusal.meaning == SalesforceMeaning.session else { throw refusal }
    let renewed = try await self.token(after: token.serial)
    return try checked(await send(call, with: renewed, into: sink), call)
  }

  /// What a failed refresh may have done, it did not do to a record: the call was not made.
  private func token(after refused: Int?) async throws(Failure) -> AccessToken {
    do throws(Failure) {
      return try await tokens.token(after: refused)
    } catch {
      var failure = error
      failure.effect = .none
      throw failure
    }
  }

  private func send(
    _ call: Call, with token: AccessToken, into sink: (any BodySink)?
  ) async throws(Failure) -> Response {
    var headers = call.headers
    headers["Authorization"] = "Bearer \(token.value)"
    let request = Request(
      call.method, try tokens.url(call.path, token, call.attempt), headers: headers,
      body: call.body, timeLimit: call.timeLimit, answerBytesLimit: call.answerBytesLimit)
    do throws(TransportError) {
      let response: Response
      if let sink {
        response = try await transport.stream(request, into: sink)
      } else {
        response = try await transport.send(request)
      }
      count(response)
      return response
    } catch {
      if error.reason != .notSent, error.reason != .forbidden { countLost() }
      throw Failure(error, attempt: call.attempt, writes: call.writes)
    }
  }

  private func checked(_ response: Response, _ call: Call) throws(Failure) -> Response {
    if (200..<300).contains(response.status) || response.status == 304 { return response }
    throw FarAnswer(response).failure(call)
  }
}

extension Failure {
  /// A call that brought no whole answer.
  init(_ error: TransportError, attempt: String, writes: Bool) {
    let meaning =
      switch error.reason {
      case .notSent: SalesforceMeaning.unreachable
      case .answerLost: SalesforceMeaning.answerLost
      case .tooLarge: SalesforceMeaning.answerTooLarge
      case .cancelled: SalesforceMeaning.cancelled
      case .forbidden: SalesforceMeaning.forbidden
      }
    let isSure = error.reason == .notSent || error.reason == .forbidden
    self.init(
      .salesforce, meaning, attempt: attempt, answer: FarAnswer.tidy(error.message),
      effect: writes && !isSure ? .unknown : .none)
  }

  /// An answer that is not what was asked for (SF-UNREADABLE); what was `written` may be there.
  static func unreadable(
    _ attempt: String, _ why: String, _ response: Response?, written: Bool = false
  ) -> Failure {
    Failure(
      .salesforce, SalesforceMeaning.unreadable, attempt: attempt, answer: FarAnswer.tidy(why),
      status: response?.status, requestID: response?.headers["x-sfdc-request-id"],
      effect: written ? .unknown : .none)
  }
}
