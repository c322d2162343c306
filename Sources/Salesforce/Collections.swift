import HTTP
package import SyncCore
import Wire

extension Salesforce {
  static let collectionMax = 200

  /// Changes fields of at most 200 leads, row by row in one API call (Q4); nobody is re-assigned
  /// (L5).
  ///
  /// The outcomes are in the order of `rows`, which must not name a lead twice. Where a call is
  /// refused as a whole for some rows' sake, the others are sent again without them. Throws only
  /// while nothing was written: what was sent before a later part failed has its outcome.
  package func updateLeads(
    _ rows: [(id: String, fields: Values)]
  ) async throws(Failure) -> [RowOutcome] {
    let attempt = "update \(rows.count) leads"
    let ids = rows.map { SalesforceID.normalized($0.id) ?? $0.id }
    guard Set(ids).count == ids.count else {
      throw Failure(
        .salesforce, SalesforceMeaning.request, attempt: attempt,
        answer: "a lead stands twice in one call")
    }
    let texts = zip(ids, rows).map { id, row in
      CollectionRow(object: .lead, id: id, fields: row.fields)
    }
    let outcomes = try await save(texts, .patch, ["Sforce-Auto-Assign": "FALSE"], attempt)
    for case let failure? in outcomes.map(\.failure) { doubt(.lead, after: failure) }
    return outcomes
  }

  /// Makes at most 200 tasks, row by row in one API call; outcomes and throwing are as in
  /// ``updateLeads(_:)``.
  package func createTasks(_ rows: [Values]) async throws(Failure) -> [RowOutcome] {
    let outcomes = try await save(
      rows.map { CollectionRow(object: .task, id: nil, fields: $0) }, .post, [:],
      "create \(rows.count) tasks")
    for case let failure? in outcomes.map(\.failure) { doubt(.task, after: failure) }
    return outcomes
  }

  private func save(
    _ rows: [CollectionRow], _ method: Request.Method, _ headers: Headers, _ attempt: String
  ) async throws(Failure) -> [RowOutcome] {
    guard rows.count <= Self.collectionMax else {
      throw .tooMany(rows.count, Self.collectionMax, attempt)
    }
    var outcomes = [RowOutcome?](repeating: nil, count: rows.count)
    var waiting = rows.isEmpty ? [] : [Array(rows.indices)]
    var calls = 0
    while let part = waiting.popLast() {
      do throws(Failure) {
        let sent = part.map { rows[$0] }
        let found = try await saveOnce(sent, method, headers, attempt)
        for (place, outcome) in zip(part, found) { outcomes[place] = outcome }
      } catch {
        calls += 1
        let culprits = part.filter { rows[$0].bears(error.fields) }
        if error.meaning.kind != .refused || error.effect == .unknown {
          // Nothing of this part was refused for its data: the caller's loop waits.
          guard outcomes.contains(where: { $0 != nil }) else { throw error }
          for place in part { outcomes[place] = RowOutcome(failure: error) }
        } else if part.count == 1 || culprits.count == part.count {
          for place in part { outcomes[place] = RowOutcome(failure: error) }
        } else if calls >= Self.refusedCallsMax {
          for place in part { outcomes[place] = RowOutcome(failure: error.asInnocent) }
        } else if !culprits.isEmpty {
          for place in culprits { outcomes[place] = RowOutcome(failure: error) }
          waiting.append(part.filter { outcomes[$0] == nil })
        } else {
          waiting.append(Array(part[(part.count / 2)...]))
          waiting.append(Array(part[..<(part.count / 2)]))
        }
      }
    }
    return outcomes.map { $0 ?? RowOutcome(failure: .lostRow(attempt)) }
  }

  /// Two bad rows of 200 are found by fewer.
  private static let refusedCallsMax = 20

  private func saveOnce(
    _ rows: [CollectionRow], _ method: Request.Method, _ headers: Headers, _ attempt: String
  ) async throws(Failure) -> [RowOutcome] {
    let records = rows.map(\.json).joined(separator: ",")
    var call = Call.post(
      path("/composite/sobjects"), json: "{\"allOrNone\":false,\"records\":[\(records)]}",
      attempt: attempt)
    call.method = method
    call.writes = true
    call.isOfRecords = true
    for field in headers.fields { call.headers[field.name] = field.value }
    let response = try await send(call)
    guard let found = response.body.withUnsafeBytes({ try? SavedRow.array($0) }),
      found.count == rows.count
    else {
      throw .unreadable(
        attempt, "the answer is not one row for each that was sent", response, written: true)
    }
    return zip(rows, found).map { $1.outcome($0.id, attempt, response) }
  }

  // MARK: Reading

  /// The values of `fields` of each lead, by id and by the names that were asked for: one API call.
  ///
  /// At most 2,000 ids; a lead that is gone or hidden is absent.
  package func leadValues(
    _ ids: [String], fields: [String]
  ) async throws(Failure) -> [String: Values] {
    let attempt = "read the mapped fields of \(ids.count) leads"
    guard ids.count <= Self.idsMax else { throw .tooMany(ids.count, Self.idsMax, attempt) }
    guard !ids.isEmpty else { return [:] }
    // A field named twice is refused, and so is Id beside itself.
    var names: [String] = []
    for name in fields where !names.contains(where: { $0.lowercased() == name.lowercased() }) {
      if name.lowercased() != "id" { names.append(name) }
    }
    let response = try await send(
      .post(
        path("/composite/sobjects/Lead"),
        json: "{\"ids\":\(Encoding.json(ids)),\"fields\":\(Encoding.json(["Id"] + names))}",
        attempt: attempt))
    guard let rows = response.body.withUnsafeBytes({ try? FlatRows.array($0) }),
      rows.count == ids.count
    else { throw .unreadable(attempt, "the answer is not one row for each id", response) }
    var found: [String: Values] = [:]
    for case let row? in rows {
      guard let id = row.id("Id") else { throw .unreadable(attempt, "a row has no Id", response) }
      var values: Values = [:]
      for name in fields {
        guard let value = row.value(name) else {
          throw .unreadable(attempt, "a row lacks the field \(name)", response)
        }
        values[name] = value
      }
      found[id] = values
    }
    return found
  }
}

/// One row of a collection, before it is sent.
private struct CollectionRow {
  var object: DescribedObject
  /// 18 characters; nil for a row that is to be made.
  var id: String?
  var fields: Values

  var json: String {
    let id = id.map { ",\"id\":\(Encoding.json($0))" } ?? ""
    let members = Encoding.members(fields, without: Salesforce.reserved)
    return
      "{\"attributes\":{\"type\":\"\(object.rawValue)\"}\(id)\(members.isEmpty ? "" : ",")\(members)}"
  }

  /// Whether one of `names` is among the fields.
  func bears(_ names: [String]) -> Bool {
    let wanted = Set(names.map { $0.lowercased() })
    return fields.contains { wanted.contains($0.key.lowercased()) }
  }
}

extension Failure {
  /// For a row that was in the same call as one that was refused.
  fileprivate var asInnocent: Failure {
    var copy = self
    copy.meaning = SalesforceMeaning.halted
    copy.fields = []
    copy.records = []
    return copy
  }

  /// Every row gets an outcome in the loop that calls this: a defect of ours.
  fileprivate static func lostRow(_ attempt: String) -> Failure {
    .unreadable(attempt, "a row was left without an outcome", nil, written: true)
  }
}
