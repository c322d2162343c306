import HTTP
import Simulators

/// A workspace with a short way to call it.
struct Workspace {
  typealias JSON = IntercomSimulator.JSON
  let clock: SimulatorClock
  let simulator: IntercomSimulator
  var version = "2.15"

  /// 2026-03-10T12:00:00Z.
  static let noon: Int64 = 1_773_144_000

  init(
    at second: Int64 = Workspace.noon, _ edit: (inout IntercomSimulator.Settings) -> Void = { _ in }
  ) {
    clock = SimulatorClock(now: second * 1000)
    var settings = IntercomSimulator.Settings()
    edit(&settings)
    simulator = IntercomSimulator(clock: clock, settings: settings)
  }

  struct Result {
    var status: Int
    var headers: Headers
    var json: JSON
    var bytes: Int

    var code: String? { json["errors"]?.array?.first?["code"]?.string }
    var message: String? { json["errors"]?.array?.first?["message"]?.string }
    var ids: [String] { json["data"]?.array?.compactMap { $0["id"]?.string } ?? [] }
  }

  func send(
    _ method: Request.Method, _ path: String, _ body: String? = nil, token: String? = nil
  ) -> Exchange {
    var headers: Headers = ["Accept": "application/json", "Intercom-Version": version]
    headers["Authorization"] = "Bearer \(token ?? simulator.settings.accessToken)"
    return simulator.handle(
      Request(
        method, "https://api.intercom.io" + path, headers: headers,
        body: body.map { Array($0.utf8) }))
  }

  func call(
    _ method: Request.Method, _ path: String, _ body: String? = nil, token: String? = nil
  ) -> Result {
    guard case .answer(let response) = send(method, path, body, token: token) else {
      return Result(status: 0, headers: [:], json: .null, bytes: 0)
    }
    return Result(
      status: response.status, headers: response.headers,
      json: JSON.parse(response.body) ?? .null, bytes: response.body.count)
  }

  func search(_ query: String, _ more: String = "") -> Result {
    call(.post, "/contacts/search", "{\"query\":\(query)\(more)}")
  }

  func person(
    _ email: String?, role: IntercomSimulator.NewContact.Role = .user, external: String? = nil,
    name: String? = nil
  ) -> String {
    simulator.createContact(
      .init(role: role, email: email, name: name, externalID: external))
  }
}
