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
    var round = 0
    while true {
      do throws(Failure) {
        return try await firstPage(of: stream, from: start)
      } catch {
        guard error.meaning == SalesforceMeaning.field,
          try await reconsider(stream, round)
        else { throw round > 0 ? error.asHidden : error }
      }
      round += 1
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
    // Whether collections give a related object's fields is nowhere written.
    if shape.nested != nil { return try await queriedRows(of: object, ids, attempt) }
    let call = Call.post(
      path("/composite/sobjects/\(object.rawValue)"),
      json: "{\"ids\":\(Encoding.json(ids)),\"fields\":\(Encoding.json(shape.fields))}",
      attempt: attempt)
    let response = try await send(call)
    let (page, nulls) = try Page.array(
      response, shape: shape, attempt: attempt, places: ids.count)
    return (page, nulls.map { ids[$0] })
  }

  /// As ``rows(of:ids:)`` by a query; it is one call all the same, unless the page is a short one.
  private func queriedRows(
    of object: RecordObject, _ ids: [String], _ attempt: String
  ) async throws(Failure) -> (page: Page, missing: [String]) {
    let stream = Stream(object)
    let answer = try await pages(of: [stream], attempt: attempt, includesDeleted: false) {
      SOQL.select($1.fields, from: $0.rawValue, where: SOQL.isIn("Id", ids))
    }
    let all = try await whole(answer.pages[stream].map { [$0] } ?? [], attempt)
    guard let page = try Page.joined(all) else {
      throw .unreadable(attempt, "the answer has no page", nil)
    }
    let found = try page.ids()
    return (page, ids.filter { !found.contains(SalesforceID.normalized($0) ?? $0) })
  }

  static let pagesMax = 50

  /// `pages` and all that follow them.
  func whole(_ pages: [Page], _ attempt: String) async throws(Failure) -> [Page] {
    var all: [Page] = []
    for first in pages {
      var page = first
      all.append(page)
      while page.next != nil {
        guard all.count < Self.pagesMax else {
          throw .unreadable(attempt, "the answer has more than \(Self.pagesMax) pages", nil)
        }
        page = try await nextPage(of: page)
        all.append(page)
      }
    }
    return all
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
