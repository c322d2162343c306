import HTTP
import SyncCore

/// Turns an answer or a broken call into the one error of this client.
struct Judge {
  var subject: Subject
  /// What was attempted, in plain words.
  var attempt: String
  /// Never to be seen in an error.
  var accessToken: String
  /// Milliseconds UTC, for answers without a `Date`.
  var now: Int64

  /// An answer that is not a success.
  func failure(_ response: Response) -> IntercomError {
    let status = response.status
    let answer = ErrorAnswer(response)
    switch status {
    case 429: return rateLimited(response, answer)
    case 408: return passing(IntercomMeaning.timeout, response, answer)
    case 500...599: return passing(IntercomMeaning.server, response, answer)
    default: break
    }
    guard let answer else {
      guard response.body.isEmpty, status == 401 || status == 403 else {
        return unreadable(response, "HTTP \(status) without Intercom's error form")
      }
      let meaning = status == 401 ? IntercomMeaning.token : IntercomMeaning.forbidden
      return error(meaning, response, nil, says: "HTTP \(status) with an empty body")
    }
    return refused(answer, response)
  }

  /// A 2xx answer that is not the thing asked for.
  func unreadable(_ response: Response, _ problem: String) -> IntercomError {
    error(IntercomMeaning.unreadable, response, nil, says: problem, effect: .unknown)
  }

  func failure(_ broken: TransportError) -> IntercomError {
    let (meaning, effect): (Meaning, Failure.Effect) =
      switch broken.reason {
      case .notSent: (IntercomMeaning.unreachable, .none)
      case .answerLost: (IntercomMeaning.unreachable, .unknown)
      case .tooLarge: (IntercomMeaning.unreadable, .unknown)
      case .cancelled: (IntercomMeaning.cancelled, .unknown)
      case .forbidden: (IntercomMeaning.apiURL, .none)
      }
    return IntercomError(
      Failure(
        .intercom, meaning, attempt: attempt, answer: clean(broken.message), effect: effect))
  }

  // MARK: Parts

  private func refused(_ answer: ErrorAnswer, _ response: Response) -> IntercomError {
    for rule in IntercomRule.all {
      guard let entry = rule.match(answer, status: response.status, subject: subject) else {
        continue
      }
      var result = error(rule.meaning, response, answer, says: answer.text)
      result.failure.farCode = entry.code
      if Self.ofAttributes.contains(rule.meaning), let name = Self.quoted(entry.message ?? "") {
        result.failure.fields = [name]
      }
      if rule.meaning == IntercomMeaning.personGone {
        result.survivor = Self.canonical(response.headers["Link"] ?? "")
      }
      if rule.meaning == IntercomMeaning.rateLimit {
        result.failure.waitMilliseconds = wait(response)
      }
      return result
    }
    return unreadable(response, "HTTP \(response.status)")
  }

  private func rateLimited(_ response: Response, _ answer: ErrorAnswer?) -> IntercomError {
    var result = error(
      IntercomMeaning.rateLimit, response, answer, says: answer?.text ?? "HTTP 429")
    result.failure.waitMilliseconds = wait(response)
    return result
  }

  /// A 5xx or 408 may come after the write was done, whatever it says.
  private func passing(
    _ meaning: Meaning, _ response: Response, _ answer: ErrorAnswer?
  ) -> IntercomError {
    error(
      meaning, response, answer, says: answer?.text ?? "HTTP \(response.status)",
      effect: .unknown)
  }

  private func error(
    _ meaning: Meaning, _ response: Response, _ answer: ErrorAnswer?, says: String,
    effect: Failure.Effect = .none
  ) -> IntercomError {
    IntercomError(
      Failure(
        .intercom, meaning, attempt: attempt, answer: clean(says), status: response.status,
        farCode: answer?.entries.first?.code,
        requestID: answer?.requestID ?? response.headers["X-Request-Id"], effect: effect))
  }

  /// How long a 429 asks us to wait, 1 to 60 s: Intercom names the second of its reset and sends
  /// no `Retry-After`, which a proxy may.
  private func wait(_ response: Response) -> Int64? {
    let seconds: Int64
    if let asked = response.headers["Retry-After"].flatMap({ Int64($0) }) {
      seconds = asked
    } else if let reset = RateLimit(response.headers)?.resetSeconds {
      let sent = response.headers["Date"].flatMap { HTTPDate.parse($0) } ?? now
      seconds = min(reset, Int64(UInt32.max)) - sent / 1000
    } else {
      return nil
    }
    return min(max(seconds, 1), 60) * 1000
  }

  /// The far side's words without the token, without addresses, and short.
  private func clean(_ text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      if !accessToken.isEmpty, word.contains(accessToken) { return "(token)" }
      return word.contains("@") ? "(e-mail)" : String(word)
    }
    let clean = words.joined(separator: " ")
    return clean.count > 500 ? clean.prefix(500) + "…" : clean
  }

  private static let ofAttributes: Set<Meaning> = [
    IntercomMeaning.attributeMissing, IntercomMeaning.attributeType,
    IntercomMeaning.attributeOtherModel, IntercomMeaning.attributeStandard,
    IntercomMeaning.attributeExists,
  ]

  /// What stands between the first and the last apostrophe.
  private static func quoted(_ message: String) -> String? {
    guard let first = message.firstIndex(of: "'"), let last = message.lastIndex(of: "'"),
      first < last
    else { return nil }
    return String(message[message.index(after: first)..<last])
  }

  /// The id in `</contacts/6762f0d01bb69f9f2193bb7d>; rel="canonical"` (OpenAPI 2.16, 410).
  static func canonical(_ link: String) -> String? {
    for part in link.split(separator: ",") where part.contains("canonical") {
      guard let open = part.firstIndex(of: "<"), let close = part.firstIndex(of: ">"), open < close
      else { continue }
      let path = part[part.index(after: open)..<close]
      let segments = path.split(separator: "/", omittingEmptySubsequences: false)
      guard let id = segments.last, segments.dropLast().last == "contacts", !id.isEmpty,
        id.utf8.allSatisfy({ $0.isIDByte })
      else { continue }
      return String(id)
    }
    return nil
  }
}

extension UInt8 {
  /// A letter, a digit, `-` or `_`, as Intercom's ids have them.
  fileprivate var isIDByte: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
