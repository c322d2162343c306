import HTTP
package import SyncCore
import Wire

extension Salesforce {
  /// The page after `page`, by its own address: one API call.
  ///
  /// A dead locator fails as ``SalesforceMeaning/locator``: go on with ``page(of:from:)``.
  package func nextPage(of page: Page) async throws(Failure) -> Page {
    guard let next = page.next else {
      throw Failure(
        .salesforce, SalesforceMeaning.request, attempt: page.attempt,
        answer: "the last page has no next one")
    }
    let response = try await send(Call(path: next, attempt: page.attempt))
    return try Page(
      response.body, 0..<response.body.count, shape: page.shape, isFirst: false,
      attempt: page.attempt, response: response)
  }

  /// The first page of `stream` from `start`: one API call.
  ///
  /// For going on after a dead locator, and for full reads in the order of Id (I1).
  package func page(
    of stream: Stream, from start: StreamStart
  ) async throws(Failure) -> Page {
    do throws(Failure) {
      return try await firstPage(of: stream, from: start)
    } catch {
      guard error.meaning == SalesforceMeaning.field else { throw error }
      _ = try await describe(stream, isFresh: true)
    }
    do throws(Failure) {
      return try await firstPage(of: stream, from: start)
    } catch {
      throw error.asHidden
    }
  }

  private func firstPage(
    of stream: Stream, from start: StreamStart
  ) async throws(Failure) -> Page {
    let shape = try await shape(of: stream)
    let soql = SOQL.select(shape.fields, from: stream, where: start)
    let verb = stream.object == nil ? "query" : "queryAll"
    let call = Call(
      path: path("/\(verb)?q=\(Encoding.percent(soql))"), attempt: "read \(stream.rawValue)")
    let response = try await send(call)
    return try Page(
      response.body, 0..<response.body.count, shape: shape, isFirst: true, attempt: call.attempt,
      response: response)
  }

  static let idsMax = 2000

  /// The records of those ids, and the ids that are not there or not visible: one API call.
  ///
  /// At most 2,000 ids (REST API, "Get Records with a Request Body Using sObject Collections").
  package func rows(
    of object: RecordObject, ids: [String]
  ) async throws(Failure) -> (page: Page, missing: [String]) {
    let attempt = "read \(object.rawValue) by id"
    guard ids.count <= Self.idsMax else {
      throw Failure(
        .salesforce, SalesforceMeaning.request, attempt: attempt,
        answer: "\(ids.count) ids in one call, where \(Self.idsMax) may be")
    }
    let shape = try await shape(of: Stream(object))
    let call = Call.post(
      path("/composite/sobjects/\(object.rawValue)"),
      json: "{\"ids\":\(Self.array(ids)),\"fields\":\(Self.array(shape.fields))}",
      attempt: attempt)
    let response = try await send(call)
    let (page, nulls) = try Page.array(
      response, shape: shape, attempt: attempt, places: ids.count)
    return (page, nulls.map { ids[$0] })
  }

  private static func array(_ texts: [String]) -> String {
    "[" + texts.map { Encoding.json($0) }.joined(separator: ",") + "]"
  }
}

extension Failure {
  /// A field that a reading cannot do without: the side stops, nothing can be parked.
  var asHidden: Failure {
    guard meaning == SalesforceMeaning.field else { return self }
    var copy = self
    copy.meaning = SalesforceMeaning.fieldHidden
    return copy
  }
}
