import HTTP

extension SalesforceSimulator {
  /// Results are kept seven days.
  static let jobLifetime: Int64 = 7 * OrgTime.day

  /// Query jobs made in the last 24 hours.
  var jobsToday: Int { jobs.count { $0.createdAt > clock.now - OrgTime.day } }

  /// `/jobs/query` and what is below it.
  func bulk(_ call: OrgCall, _ rest: [String]) throws(OrgError) -> Response {
    guard rest.first == "query" else { throw .notFound }
    if rest.count == 1 {
      switch call.method {
      case .post: return try createJob(call)
      case .get: return listJobs(call)
      default: throw .method(call.method.rawValue.uppercased())
      }
    }
    guard
      let index = jobs.firstIndex(where: {
        $0.id == OrgID.normalised(rest[1]) && !$0.isDeleted
          && clock.now - $0.createdAt < Self.jobLifetime
      })
    else { throw .notFound }
    if rest.count == 3 {
      guard call.method == .get else { throw .method(call.method.rawValue.uppercased()) }
      switch rest[2].lowercased() {
      case "results": return try results(call, jobs[index])
      case "resultpages": return try resultPages(call, jobs[index])
      default: throw .notFound
      }
    }
    switch call.method {
    case .get: return .json(.object(state(jobs[index], isWhole: true)))
    case .patch: return try abort(call, index)
    case .delete: return try deleteJob(index)
    default: throw .method(call.method.rawValue.uppercased())
    }
  }

  // MARK: Creation

  private func createJob(_ call: OrgCall) throws(OrgError) -> Response {
    let body = try call.json()
    guard let operation = body["operation"]?.string, ["query", "queryAll"].contains(operation),
      let soql = body["query"]?.string
    else { throw OrgError("INVALIDJOB", "operation must be query or queryAll, with a query") }
    let delimiter = body["columnDelimiter"]?.string ?? "COMMA"
    let lineEnding = body["lineEnding"]?.string ?? "LF"
    guard BulkCSV.delimiters[delimiter] != nil, ["LF", "CRLF"].contains(lineEnding),
      body["contentType"].map({ $0.string == "CSV" }) ?? true
    else { throw OrgError("INVALIDJOB", "unknown columnDelimiter, lineEnding or contentType") }
    guard jobsToday < settings.bulk.jobsPerDay else {
      throw OrgError(
        "LIMIT_EXCEEDED",
        "Max bulk v2 query jobs (\(settings.bulk.jobsPerDay)) per 24 hrs has been reached")
    }
    let plan = try SOQLBinder.bind(soql, scope: scope)
    try checkBulk(plan)
    let evaluator = SOQLEvaluator(
      plan: plan, reader: reader, includesDeleted: operation == "queryAll")
    let startsAt = clock.now + settings.bulk.queueTime
    let job = BulkJob(
      id: OrgID.string(prefix: Array("750".utf8), serial: UInt32(jobs.count + 1)),
      operation: operation, object: plan.table.schema.name, version: call.version,
      lineEnding: lineEnding, delimiter: delimiter, createdAt: org.second,
      createdBy: call.userID, plan: plan, rows: committedRows(plan.table),
      found: evaluator.rows(), startsAt: startsAt, endsAt: startsAt + settings.bulk.runTime,
      ending: settings.bulk.failure.map { .failed($0) })
    jobs.append(job)
    return .json(.object(state(job, isWhole: false)))
  }

  private func checkBulk(_ plan: SOQLPlan) throws(OrgError) {
    let schema = plan.table.schema
    guard schema.isBulkReadable, !settings.bulk.refusedObjects.contains(schema.name) else {
      throw OrgError(
        "INVALIDENTITY", "Entity '\(schema.name)' is not supported by the Bulk API.")
    }
    guard !plan.isCount, plan.aggregates.isEmpty, plan.offset == 0 else {
      throw OrgError(
        "FEATURENOTENABLED", "Aggregate Relationships not supported in Bulk Query")
    }
    for path in plan.columns {
      if path.kind == .address {
        throw OrgError(
          "FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query")
      }
      if path.hops.contains(where: \.field.isPolymorphic) {
        throw OrgError(
          "FEATURENOTENABLED",
          "Selecting fields of a polymorphic relationship is not supported in Bulk Query")
      }
    }
  }

  /// The rows as others see them now; shared with the table until it changes.
  private func committedRows(_ table: OrgTable) -> [OrgRow] {
    var rows = table.rows
    for (index, held) in table.pending where clock.now < held.visibleAt {
      if let old = held.old { rows[index] = old } else { rows[index].isPurged = true }
    }
    return rows
  }

  // MARK: Looking

  private func state(_ job: BulkJob, isWhole: Bool) -> [OrgMember] {
    let state = job.state(at: clock.now)
    let changedAt =
      state == "UploadComplete" ? job.createdAt : min(clock.now, job.endsAt) / 1000 * 1000
    var members: [OrgMember] = [
      OrgMember(key: "id", value: .string(job.id)),
      OrgMember(key: "operation", value: .string(job.operation)),
      OrgMember(key: "object", value: .string(job.object)),
      OrgMember(key: "createdById", value: .string(job.createdBy)),
      OrgMember(key: "createdDate", value: .string(OrgTime.string(job.createdAt))),
      OrgMember(key: "systemModstamp", value: .string(OrgTime.string(changedAt))),
      OrgMember(key: "state", value: .string(state)),
      OrgMember(key: "concurrencyMode", value: "Parallel"),
      OrgMember(key: "contentType", value: "CSV"),
      OrgMember(key: "apiVersion", value: .number(job.version)),
      OrgMember(key: "lineEnding", value: .string(job.lineEnding)),
      OrgMember(key: "columnDelimiter", value: .string(job.delimiter)),
    ]
    guard isWhole else { return members }
    let isChunked = job.plan.order.isEmpty && job.plan.limit == nil
    members += [
      OrgMember(key: "jobType", value: "V2Query"),
      OrgMember(
        key: "numberRecordsProcessed",
        value: OrgJSON(state == "JobComplete" ? job.found.count : 0)),
      OrgMember(key: "retries", value: 0),
      OrgMember(
        key: "totalProcessingTime",
        value: OrgJSON(Int(max(0, min(clock.now, job.endsAt) - job.startsAt)))),
      OrgMember(key: "isPkChunkingSupported", value: .bool(isChunked)),
    ]
    if state == "Failed", case .failed(let message)? = job.ending {
      members.append(OrgMember(key: "errorMessage", value: .string(message)))
    }
    return members
  }

  private func listJobs(_ call: OrgCall) -> Response {
    let kept = jobs.filter { !$0.isDeleted && clock.now - $0.createdAt < Self.jobLifetime }
    return .json([
      "done": true, "nextRecordsUrl": nil,
      "records": .array(kept.map { .object(state($0, isWhole: false)) }),
    ])
  }

  private func abort(_ call: OrgCall, _ index: Int) throws(OrgError) -> Response {
    guard try call.json()["state"]?.string == "Aborted" else {
      throw OrgError("INVALIDJOBSTATE", "A query job can only be Aborted")
    }
    guard !jobs[index].isOver(at: clock.now) else {
      throw OrgError("INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    }
    jobs[index].ending = .aborted
    return .json(.object(state(jobs[index], isWhole: true)))
  }

  private func deleteJob(_ index: Int) throws(OrgError) -> Response {
    guard jobs[index].isOver(at: clock.now) else {
      throw OrgError(
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated")
    }
    jobs[index].isDeleted = true
    jobs[index].rows = []
    jobs[index].found = []
    return Response(status: 204)
  }

  // MARK: Results

  private func checkResults(_ call: OrgCall, _ job: BulkJob) throws(OrgError) {
    guard job.version == call.version else {
      throw OrgError(
        "API_ERROR",
        "The job was created with API version \(job.version); use it for the results too",
        status: 409)
    }
    guard job.state(at: clock.now) == "JobComplete" else {
      throw OrgError(
        "INVALIDJOBSTATE", "Results are only there when the job is JobComplete")
    }
  }

  private func position(_ locator: String?) throws(OrgError) -> Int {
    guard let locator else { return 0 }
    guard let bytes = OrgBase64.decode(locator),
      let position = Int(String(decoding: bytes, as: UTF8.self)), position > 0
    else { throw OrgError("INVALID_QUERY_LOCATOR", "invalid locator") }
    return position
  }

  private func results(_ call: OrgCall, _ job: BulkJob) throws(OrgError) -> Response {
    try checkResults(call, job)
    let from = try position(call.query["locator"])
    let wanted = call.query["maxRecords"].flatMap { Int($0) } ?? settings.bulk.pageRows
    guard from <= job.found.count else {
      throw OrgError("INVALID_QUERY_LOCATOR", "invalid locator")
    }
    let end = min(job.found.count, from + max(1, wanted))
    var out: [UInt8] = []
    out.reserveCapacity((end - from) * 256 + 1024)
    var csv = BulkCSV(job: job, reader: reader)
    csv.appendHeader(job.plan.columns.map(\.name), to: &out)
    for index in job.found[from..<end] { csv.append(job.rows[Int(index)], to: &out) }
    return Response(
      status: 200,
      headers: [
        "Content-Type": "text/csv",
        "Sforce-Locator": end < job.found.count ? Self.locator(end) : "null",
        "Sforce-NumberOfRecords": String(end - from),
      ], body: out)
  }

  private static func locator(_ position: Int) -> String {
    OrgBase64.encode(Array(String(position).utf8))
  }

  /// Up to five result URLs an answer.
  private func resultPages(_ call: OrgCall, _ job: BulkJob) throws(OrgError) -> Response {
    try checkResults(call, job)
    let base = "/services/data/v\(call.version)/jobs/query/\(job.id)"
    var from = try position(call.query["locator"])
    var pages: [OrgJSON] = []
    while pages.count < 5, from < job.found.count || (from == 0 && pages.isEmpty) {
      let query = from == 0 ? "" : "?locator=\(Self.locator(from))"
      pages.append(["resultUrl": .string(base + "/results" + query)])
      from += settings.bulk.pageRows
    }
    let isDone = from >= job.found.count
    let next = base + "/resultPages?locator=\(Self.locator(from))"
    return .json([
      "resultPages": .array(pages), "nextRecordsUrl": isDone ? nil : .string(next),
      "done": .bool(isDone),
    ])
  }
}
