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
    try await pages(
      of: Stream.allCases.filter { starts[$0] != nil }, attempt: "read what changed"
    ) { stream, shape in
      SOQL.select(shape.fields, from: stream, where: starts[stream] ?? .everything(afterID: nil))
    }
  }

  /// The first page of each stream's query: one `/composite`, and once or twice more after a look
  /// at what is visible.
  ///
  /// Lead and Contact bring their deleted rows, unless told otherwise.
  func pages(
    of streams: [Stream], attempt: String, includesDeleted: Bool = true,
    _ soql: (Stream, RowShape) -> String
  ) async throws(Failure) -> PollAnswer {
    var round = 0
    while true {
      let answer = try await ask(streams, attempt, includesDeleted, soql)
      let hidden = streams.filter {
        answer.failures[$0]?.meaning == SalesforceMeaning.field
      }
      var isWorthwhile = false
      for stream in hidden where try await reconsider(stream, round) { isWorthwhile = true }
      guard isWorthwhile else { return try required(answer) }
      round += 1
    }
  }

  /// Rows of each stream as `count()` tells: one `/composite`, deleted records included.
  package func counts(_ streams: [Stream]) async throws(Failure) -> [Stream: Int] {
    let attempt = "count the rows"
    var counts: [Stream: Int] = [:]
    let answer = try await composite(
      streams.map { NamedQuery($0, SOQL.count($0)) }, attempt)
    for stream in streams {
      guard let part = answer.parts[stream.rawValue] else { continue }
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
    _ streams: [Stream], _ attempt: String, _ includesDeleted: Bool,
    _ soql: (Stream, RowShape) -> String
  ) async throws(Failure) -> PollAnswer {
    var queries: [NamedQuery] = []
    var shapes: [Stream: RowShape] = [:]
    for stream in streams {
      let shape = try await shape(of: stream)
      shapes[stream] = shape
      var query = NamedQuery(stream, soql(stream, shape))
      query.includesDeleted = query.includesDeleted && includesDeleted
      queries.append(query)
    }
    let answer = try await composite(queries, attempt)
    guard let time = answer.response.headers["Date"].flatMap({ HTTPDate.parse($0) }) else {
      throw .unreadable(attempt, "the answer bears no Date", answer.response)
    }
    var pages: [Stream: Page] = [:]
    var failures: [Stream: Failure] = [:]
    for stream in streams {
      let attempt = "\(attempt) in \(stream.rawValue)"
      guard let shape = shapes[stream], let part = answer.parts[stream.rawValue] else { continue }
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
}
