import HTTP

extension SalesforceSimulator {
  /// An answer of which not all rows are fetched yet.
  struct Cursor {
    var plan: SOQLPlan
    var rows: [UInt32]
    var includesDeleted: Bool
    var userID: String
    var token: String
    var openedAt: Int64
  }

  /// Cursors live two days (App Limits, API query cursor limits).
  static let cursorLifetime: Int64 = 2 * OrgTime.day

  var reader: OrgReader {
    OrgReader(
      org: org,
      closedStatuses: Set(settings.taskStatuses.filter(\.isClosed).map(\.apiName)))
  }

  var scope: OrgScope {
    OrgScope(
      org: org, hiddenFields: settings.hiddenFields, hiddenObjects: settings.hiddenObjects)
  }

  func query(_ call: OrgCall, includesDeleted: Bool) throws(OrgError) -> Response {
    guard call.method == .get else { throw .method(call.method.rawValue.uppercased()) }
    guard let text = call.query["q"] else {
      throw OrgError("MALFORMED_QUERY", "No query specified")
    }
    let plan = try SOQLBinder.bind(text, scope: scope)
    let evaluator = SOQLEvaluator(
      plan: plan, reader: reader, includesDeleted: includesDeleted)
    let rows = evaluator.rows()
    if plan.isCount {
      return .json(["totalSize": OrgJSON(rows.count), "done": true, "records": []])
    }
    if !plan.aggregates.isEmpty { return aggregate(plan, rows) }
    let cursor = Cursor(
      plan: plan, rows: rows, includesDeleted: includesDeleted, userID: call.userID,
      token: call.token, openedAt: clock.now)
    let locator = "0r8xx" + locatorStem()
    return page(cursor, from: 0, locator: locator, call)
  }

  /// `GET /query/LOCATOR-OFFSET`, for queryAll too.
  func queryMore(_ call: OrgCall, _ name: String) throws(OrgError) -> Response {
    let parts = name.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let from = Int(parts[1]), from >= 0,
      let cursor = cursors[String(parts[0])],
      clock.now - cursor.openedAt < Self.cursorLifetime, cursor.userID == call.userID,
      !settings.locatorsDieWithSession || cursor.token == call.token,
      from <= cursor.rows.count
    else { throw OrgError("INVALID_QUERY_LOCATOR", "invalid query locator") }
    return page(cursor, from: from, locator: String(parts[0]), call)
  }

  private func page(_ cursor: Cursor, from: Int, locator: String, _ call: OrgCall) -> Response {
    let end = min(cursor.rows.count, from + pageRows(call))
    let isDone = end >= cursor.rows.count
    if !isDone {
      cursors = cursors.filter { clock.now - $0.value.openedAt < Self.cursorLifetime }
      cursors[locator] = cursor
    }
    var out: [UInt8] = []
    out.reserveCapacity((end - from) * 400 + 200)
    out.append(contentsOf: "{\"totalSize\":\(cursor.rows.count),\"done\":\(isDone),".utf8)
    if !isDone {
      let next = "/services/data/v\(call.version)/query/\(locator)-\(end)"
      out.append(contentsOf: "\"nextRecordsUrl\":\"\(next)\",".utf8)
    }
    out.append(contentsOf: "\"records\":[".utf8)
    let table = cursor.plan.table
    let writer = OrgRowWriter(
      reader: reader, version: call.version, table: table, nodes: cursor.plan.nodes)
    var isFirst = true
    for index in cursor.rows[from..<end] {
      // Values are read now; a row deleted since the query began is left out.
      guard let row = table.visible(Int(index), now: clock.now),
        cursor.includesDeleted || !row.isDeleted
      else { continue }
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      writer.append(row, to: &out)
    }
    out.append(contentsOf: "]}".utf8)
    return .json(out)
  }

  /// `Sforce-Query-Options: batchSize=N` is a wish between 200 and 2,000.
  private func pageRows(_ call: OrgCall) -> Int {
    var size = settings.pageSize
    if let wish = call.headers["Sforce-Query-Options"]?.split(separator: "=").last,
      let rows = Int(wish.filter { $0 != " " })
    {
      size = min(size, min(max(rows, 200), 2000))
    }
    guard settings.shortPages else { return max(1, size) }
    return max(1, size - Int(random.next(upperBound: UInt64(max(1, size / 2)))))
  }

  private func aggregate(_ plan: SOQLPlan, _ rows: [UInt32]) -> Response {
    var members = [OrgMember(key: "attributes", value: ["type": "AggregateResult"])]
    for aggregate in plan.aggregates {
      let values = rows.compactMap { index -> OrgValue? in
        guard let row = plan.table.visible(Int(index), now: clock.now) else { return nil }
        let value = reader.value(aggregate.path, plan.table, row)
        return value == .null ? nil : value
      }
      members.append(
        OrgMember(key: aggregate.alias, value: Self.result(aggregate.function, values)))
    }
    return .json(["totalSize": 1, "done": true, "records": [.object(members)]])
  }

  private static func result(_ function: String, _ values: [OrgValue]) -> OrgJSON {
    if function == "COUNT" { return OrgJSON(values.count) }
    let texts = values.map { value in
      switch value {
      case .null: ""
      case .bool(let value): value ? "true" : "false"
      case .number(let value): String(value)
      case .time(let moment): OrgTime.string(moment)
      case .text(let text): text
      }
    }
    if function == "COUNT_DISTINCT" { return OrgJSON(Set(texts.map { $0.lowercased() }).count) }
    if case .number? = values.first {
      let numbers = texts.compactMap(Double.init)
      let best = function == "MIN" ? numbers.min() : numbers.max()
      return best.map { .number(String($0)) } ?? .null
    }
    return OrgJSON(function == "MIN" ? texts.min() : texts.max())
  }

  private func locatorStem() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<13).map { _ in letters[Int.random(in: 0..<62, using: &random)] })
  }
}
