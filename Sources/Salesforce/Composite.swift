import HTTP
import SyncCore
import Wire

/// One query inside a composite call.
struct NamedQuery {
  /// Letters only: it is the referenceId.
  var name: String
  var soql: String
  /// Deleted and archived rows too.
  var includesDeleted: Bool

  init(name: String, _ soql: String, includesDeleted: Bool) {
    self.name = name
    self.soql = soql
    self.includesDeleted = includesDeleted
  }

  init(_ stream: Stream, _ soql: String) {
    self.init(name: stream.rawValue, soql, includesDeleted: stream.object != nil)
  }
}

extension Salesforce {
  /// Makes at most five queries in one API call.
  ///
  /// Their texts stand in the body: no limit on the length of a URL, and no e-mail address in the
  /// logs of what lies between. Every query has its part in the answer.
  func composite(
    _ queries: [NamedQuery], _ attempt: String
  ) async throws(Failure) -> (response: Response, parts: [String: CompositePart]) {
    let requests = queries.map { query in
      let verb = query.includesDeleted ? "queryAll" : "query"
      let url = path("/\(verb)?q=\(Encoding.percent(query.soql))")
      return "{\"method\":\"GET\",\"referenceId\":\(Encoding.json(query.name)),"
        + "\"url\":\(Encoding.json(url))}"
    }
    let response = try await send(
      .post(
        path("/composite"),
        json: "{\"allOrNone\":false,\"compositeRequest\":[\(requests.joined(separator: ","))]}",
        attempt: attempt))
    let parts: [String: CompositePart]
    do throws(JSONError) {
      parts = try CompositePart.read(response.body)
    } catch {
      throw .unreadable(attempt, "\(error)", response)
    }
    if let absent = queries.first(where: { parts[$0.name] == nil }) {
      throw .unreadable(attempt, "no part of the answer is for \(absent.name)", response)
    }
    return (response, parts)
  }
}

/// One subrequest's answer inside a composite answer.
struct CompositePart {
  var status: Int
  /// Where its body stands in the whole.
  var body: Range<Int>

  /// By referenceId.
  static func read(_ bytes: [UInt8]) throws(JSONError) -> [String: CompositePart] {
    var parts: [String: CompositePart] = [:]
    try bytes.withBytes { all throws(JSONError) in
      var reader = JSONReader(all)
      try reader.readObject { reader, key throws(JSONError) in
        guard key == "compositeResponse" else { return try reader.skipValue() }
        try reader.readArray { reader throws(JSONError) in
          var name = ""
          var part = CompositePart(status: 0, body: 0..<0)
          try reader.readObject { reader, key throws(JSONError) in
            if key == "referenceId" {
              name = try reader.readString().string
            } else if key == "httpStatusCode" {
              part.status = Int(clamping: try reader.readInteger())
            } else if key == "body" {
              part.body = Page.range(of: try reader.readRawValue(), in: all)
            } else {
              try reader.skipValue()
            }
          }
          parts[name] = part
        }
      }
      try reader.finish()
    }
    return parts
  }

  /// Nil when the subrequest succeeded.
  func failure(_ response: Response, attempt: String) -> Failure? {
    guard !(200..<300).contains(status) else { return nil }
    return FarAnswer(
      status: status, headers: response.headers, body: Array(response.body[body])
    ).failure(attempt: attempt, writes: false)
  }

  func total(in bytes: [UInt8]) -> Int? {
    let total = bytes.withUnsafeBytes { all in
      var reader = JSONReader(UnsafeRawBufferPointer(rebasing: all[body]))
      var total: Int64?
      try? reader.readObject { reader, key throws(JSONError) in
        if key == "totalSize" {
          total = try reader.readInteger()
        } else {
          try reader.skipValue()
        }
      }
      return total
    }
    return total.flatMap { $0 >= 0 ? Int(exactly: $0) : nil }
  }
}
