package import HTTP
package import SyncCore

/// Intercom's REST API as this daemon uses it, one call a method, without retries of its own.
///
/// Every method throws ``IntercomError``. Not Sendable: it belongs to whoever made it.
package final class Intercom {
  package struct Settings: Sendable {
    /// `https://api.intercom.io`, or the host of the workspace's region.
    package var apiURL: String
    /// Sent as `Intercom-Version` with every call, so that the app's own setting does not matter.
    package var version: String
    /// The custom attribute that carries each; those that are absent are neither read nor written.
    package var attributeNames: [Attribute: String]
    /// Whether people are matched by `external_id`: only then are rows filled with it, since a
    /// lead's is a random UUID that says nothing.
    package var matchByExternalID: Bool
    /// What rules and the mapping look at, as ``AttributeName`` spells it.
    ///
    /// Fills ``PersonColumn/watched``; those of companies are read elsewhere and passed over here.
    package var watched: [String]
    /// Whether rows are filled with the person's company.
    package var readsCompanies: Bool
    /// Whether rows are filled with the teammate who owns the person (A2).
    package var readsTeammates: Bool

    package init(
      apiURL: String = "https://api.intercom.io", version: String = "2.15",
      attributeNames: [Attribute: String], matchByExternalID: Bool = false,
      watched: [String] = [], readsCompanies: Bool = false, readsTeammates: Bool = false
    ) {
      self.apiURL = apiURL
      self.version = version
      self.attributeNames = attributeNames
      self.matchByExternalID = matchByExternalID
      self.watched = watched
      self.readsCompanies = readsCompanies
      self.readsTeammates = readsTeammates
    }

    /// Whether this version takes and gives a person's owner as a number: a text from 2.16 on
    /// (OpenAPI 2.15 and 2.16, `update_contact_request`).
    var hasNumericOwners: Bool {
      let parts = version.split(separator: ".").map { Int($0) }
      guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return false }
      return (major, minor) < (2, 16)
    }
  }

  /// Intercom's greatest page, for the list and the search alike.
  package static let pageSize = 150

  package var settings: Settings
  /// Called with every answer, whatever its status: the daemon paces by its rate headers.
  package var onAnswer: ((Response) -> Void)?
  /// Requests sent so far.
  package private(set) var calls = 0

  private let accessToken: () throws -> String
  private let transport: any Transport
  private let now: () -> Int64

  /// Makes a client that reads its token anew for every call, so that a rotated one takes effect.
  ///
  /// - Parameters:
  ///   - settings: where and how to call.
  ///   - accessToken: the workspace's access token; what it throws must not contain it.
  ///   - transport: carries the calls.
  ///   - now: milliseconds UTC, used where an answer bears no `Date`.
  package init(
    settings: Settings, accessToken: @escaping () throws -> String, transport: any Transport,
    now: @escaping () -> Int64
  ) {
    self.settings = settings
    self.accessToken = accessToken
    self.transport = transport
    self.now = now
  }

  // MARK: One call

  /// Sends one request and returns its 2xx answer, with what is needed to judge it.
  func call(
    _ subject: Subject, _ attempt: String, _ method: Request.Method, _ path: String,
    body: JSONBody? = nil
  ) async throws(IntercomError) -> (response: Response, judge: Judge) {
    let token = try token(attempt)
    let judge = Judge(subject: subject, attempt: attempt, accessToken: token, now: now())
    let request = request(method, path, token: token, body: body)
    calls += 1
    let response: Response
    do {
      response = try await transport.send(request)
    } catch {
      throw judge.failure(error)
    }
    onAnswer?(response)
    guard (200...299).contains(response.status) else { throw judge.failure(response) }
    return (response, judge)
  }

  private func request(
    _ method: Request.Method, _ path: String, token: String, body: JSONBody?
  ) -> Request {
    var base = settings.apiURL[...]
    while base.hasSuffix("/") { base.removeLast() }
    var headers: Headers = [
      "Authorization": "Bearer \(token)", "Accept": "application/json",
      "Intercom-Version": settings.version,
    ]
    if body != nil { headers["Content-Type"] = "application/json" }
    return Request(method, base + path, headers: headers, body: body?.bytes)
  }

  private func token(_ attempt: String) throws(IntercomError) -> String {
    let answer: String
    do {
      let token = try accessToken()
      // A line break would let the token's file write further headers.
      if !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return token }
      answer = "the token is empty or has characters that no token has"
    } catch {
      answer = "\(error)"
    }
    throw IntercomError(
      Failure(.intercom, IntercomMeaning.tokenUnreadable, attempt: attempt, answer: answer))
  }
}

extension String {
  /// Percent-encoded for one segment of a path or one value of a query (RFC 3986, unreserved).
  var percentEncoded: String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 0x0F)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
