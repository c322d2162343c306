import HTTP
import Simulators
import Testing

/// An org for one test, with short words for calling it.
struct World {
  static let start: Int64 = 1_790_000_000_000  // 2026-09-21T14:13:20Z

  let clock = SimulatorClock(now: World.start)
  let org: SalesforceSimulator
  let token: String

  init(_ change: (inout SalesforceSimulator.Settings) -> Void = { _ in }) {
    var settings = SalesforceSimulator.Settings()
    change(&settings)
    org = SalesforceSimulator(clock: clock, settings: settings)
    token = org.makeAccessToken()
  }

  func send(
    _ method: Request.Method, _ path: String, _ body: String? = nil, headers: Headers = [:]
  ) throws -> Response {
    var headers = headers
    if headers["Authorization"] == nil { headers["Authorization"] = "Bearer \(token)" }
    let url = "https://example.my.salesforce.com" + path
    let request = Request(method, url, headers: headers, body: body.map { Array($0.utf8) })
    guard case .answer(let response) = org.handle(request) else {
      throw Missing(what: "an answer to \(path)")
    }
    return response
  }

  /// A call below `/services/data/v66.0`.
  func call(
    _ method: Request.Method, _ path: String, _ body: String? = nil, headers: Headers = [:]
  ) throws -> (status: Int, json: JSON) {
    let response = try send(method, "/services/data/v66.0" + path, body, headers: headers)
    return (response.status, response.body.isEmpty ? .null : try JSON.parse(response.body))
  }

  func query(_ soql: String, all: Bool = false) throws -> (status: Int, json: JSON) {
    try call(.get, "/query\(all ? "All" : "")?q=\(World.encoded(soql))")
  }

  /// The values of one field of all rows.
  func column(_ soql: String, _ field: String = "Id", all: Bool = false) throws -> [String?] {
    let answer = try query(soql, all: all)
    #expect(answer.status == 200, "\(answer.json)")
    return try answer.json["records"].list.map { row in
      try field.split(separator: ".").reduce(row) { try $0[String($1)] }.text
    }
  }

  /// The code of the only error.
  func code(_ answer: (status: Int, json: JSON)) throws -> String? {
    try answer.json.list.first?["errorCode"].text
  }

  static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        return String(decoding: [byte], as: UTF8.self)
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }.joined()
  }
}

struct Missing: Error {
  var what: String
}
