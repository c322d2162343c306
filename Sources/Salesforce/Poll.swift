import HTTP
package import SyncCore
import Wire

/// What one poll brought.
package struct PollAnswer: Sendable {
  /// Salesforce's clock when it answered (its Date header), milliseconds UTC.
  package let serverTime: Int64
  /// The first page of each stream that answered.
  package let pages: [Stream: Page]
  /// The streams that did not; never Lead or Contact.
  package let failures: [Stream: Failure]
}

extension Salesforce {
  /// Reads the first page of every stream in `starts`: one `/composite`, one API call (S1).
  ///
  /// Lead and Contact are read with deleted and merged rows. A failure of Lead or Contact fails
  /// the poll; one of the others stands in ``PollAnswer/failures`` (UserRole wants a permission of
  /// its own). Hidden fields are found by a fresh describe and the poll is made once more.
  package func poll(
    _ starts: [Stream: StreamStart]
  ) async throws(Failure) -> PollAnswer {
    let attempt = "read what changed"
    let answer = try await ask(starts, attempt)
    let hidden = answer.failures.filter { $0.value.meaning == SalesforceMeaning.field }.map(\.key)
    guard !hidden.isEmpty else { return try required(answer) }
    for stream in hidden { _ = try await describe(stream, isFresh: true) }
    return try required(await ask(starts, attempt))
  }

  /// Rows of each stream as `count()` tells: one `/composite`, deleted records included.
  package func counts(_ streams: [Stream]) async throws(Failure) -> [Stream: Int] {
    let attempt = "count the rows"
    var counts: [Stream: Int] = [:]
    let queries = streams.map { (stream: $0, soql: SOQL.count($0)) }
    let answer = try await composite(queries, attempt)
    for (stream, part) in answer.parts {
      if let failure = part.failure(answer.response, attempt: "count \(stream.rawValue)") {
        throw failure
      }
      guard let total = part.total(in: answer.response.body) else {
        throw .unreadable(attempt, "a count without totalSize", answer.response)
      }
      counts[stream] = total
    }
    return counts
  }

  private func ask(
    _ starts: [Stream: StreamStart], _ attempt: String
  ) async throws(Failure) -> PollAnswer {
    var queries: [(stream: Stream, soql: String)] = []
    var shapes: [Stream: RowShape] = [:]
    for stream in Stream.allCases {
      guard let start = starts[stream] else { continue }
      let shape = try await shape(of: stream)
      shapes[stream] = shape
      queries.append((stream, SOQL.select(shape.fields, from: stream, where: start)))
    }
    let answer = try await composite(queries, attempt)
    guard let time = answer.response.headers["Date"].flatMap({ HTTPDate.parse($0) }) else {
      throw .unreadable(attempt, "the answer bears no Date", answer.response)
    }
    var pages: [Stream: Page] = [:]
    var failures: [Stream: Failure] = [:]
    for (stream, part) in answer.parts {
      let attempt = "read what changed in \(stream.rawValue)"
      guard let shape = shapes[stream] else { continue }
      if let failure = part.failure(answer.response, attempt: attempt) {
        failures[stream] = failure
        continue
      }
      do throws(Failure) {
        pages[stream] = try Page(
          answer.response.body, part.body, shape: shape, isFirst: true, attempt: attempt,
          response: answer.response)
      } catch {
        failures[stream] = error
      }
    }
    return PollAnswer(serverTime: time, pages: pages, failures: failures)
  }

  private func required(_ answer: PollAnswer) throws(Failure) -> PollAnswer {
    for stream in [Stream.lead, .contact] {
      if let failure = answer.failures[stream] { throw failure.asHidden }
    }
    return answer
  }

  // MARK: Composite

  private func composite(
    _ queries: [(stream: Stream, soql: String)], _ attempt: String
  ) async throws(Failure) -> (response: Response, parts: [(Stream, CompositePart)]) {
    let requests = queries.map { stream, soql in
      let verb = stream.object == nil ? "query" : "queryAll"
      let url = path("/\(verb)?q=\(Encoding.percent(soql))")
      return "{\"method\":\"GET\",\"referenceId\":\"\(stream.rawValue)\","
        + "\"url\":\(Encoding.json(url))}"
    }
    let response = try await send(
      .post(
        path("/composite"),
        json: "{\"allOrNone\":false,\"compositeRequest\":[\(requests.joined(separator: ","))]}",
        attempt: attempt))
    let found: [String: CompositePart]
    do throws(JSONError) {
      found = try CompositePart.read(response.body)
    } catch {
      throw .unreadable(attempt, "\(error)", response)
    }
    var parts: [(Stream, CompositePart)] = []
    for (stream, _) in queries {
      guard let part = found[stream.rawValue] else {
        throw .unreadable(attempt, "no part of the answer is for \(stream.rawValue)", response)
      }
      parts.append((stream, part))
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
