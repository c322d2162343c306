import HTTP
package import SyncCore
package import Wire

/// A Bulk API 2.0 query job; kept by the caller, so that a restart goes on where it was (I3).
package struct BulkJob: Sendable, Equatable, Codable {
  package struct Field: Sendable, Equatable, Codable {
    /// In the org's own spelling, `Account.Name` for a field of a related object.
    package var name: String
    /// In Salesforce's words; empty where it does not matter.
    package var type: String
    package var isFilterable: Bool
  }

  package var id: String
  package var stream: Stream
  /// What was selected, in that order: the columns of the result.
  package var fields: [Field]
  /// Results must be asked for with the version of the job, or Salesforce answers 409.
  package var apiVersion: String

  var path: String { "/services/data/v\(apiVersion)/jobs/query/\(Encoding.percent(id))" }
}

/// What became of a bulk job so far.
package enum BulkState: Sendable, Equatable {
  case running
  /// With numberRecordsProcessed: the sum of the pages' rows must be that.
  case complete(rows: Int)
  /// In Salesforce's words, or that it was aborted.
  case failed(message: String)
}

/// What one page of results was, besides the rows that went to the sink.
package struct BulkPage: Sendable, Equatable {
  package var rows: Int
  /// Stable while the job lives; nil for the last page.
  package var next: String?
}

extension Salesforce {
  /// Starts the export of a stream, deleted records included, in no order.
  ///
  /// Where Bulk is out of quota, switched off or does not know the object, the failure says
  /// ``SyncCore/Failure/refusesBulk`` and the same rows can be read by REST.
  package func startBulk(
    _ stream: Stream, changedSince: Int64?
  ) async throws(Failure) -> BulkJob {
    var round = 0
    while true {
      do throws(Failure) {
        return try await start(stream, changedSince)
      } catch {
        guard error.meaning == SalesforceMeaning.field else { throw error }
        guard try await reconsider(stream, round) else { throw error.asHidden }
      }
      round += 1
    }
  }

  private func start(_ stream: Stream, _ changedSince: Int64?) async throws(Failure) -> BulkJob {
    let shape = try await shape(of: stream)
    let soql = SOQL.export(shape.fields, from: stream, changedSince: changedSince)
    var call = Call.post(
      path("/jobs/query"),
      json: "{\"operation\":\"\(stream.object == nil ? "query" : "queryAll")\","
        + "\"query\":\(Encoding.json(soql)),\"contentType\":\"CSV\","
        + "\"columnDelimiter\":\"COMMA\",\"lineEnding\":\"LF\"}",
      attempt: "start the export of \(stream.rawValue)")
    call.writes = true
    let response: Response
    do throws(Failure) {
      response = try await send(call)
    } catch {
      throw error.meaning == SalesforceMeaning.field ? error : error.asBulk
    }
    guard let job = BulkStatus(response.body), !job.id.isEmpty else {
      throw .unreadable(call.attempt, "the answer is no job", response)
    }
    let description = descriptions[stream.rawValue]
    let fields = shape.fields.map { name in
      let field = description?.field(name)
      return BulkJob.Field(
        name: name, type: field?.type ?? "", isFilterable: field?.isFilterable ?? true)
    }
    return BulkJob(id: job.id, stream: stream, fields: fields, apiVersion: settings.apiVersion)
  }

  package func bulkState(_ job: BulkJob) async throws(Failure) -> BulkState {
    let call = Call(path: job.path, attempt: "ask for the export of \(job.stream.rawValue)")
    let response = try await send(call)
    guard let status = BulkStatus(response.body) else {
      throw .unreadable(call.attempt, "the answer is no job", response)
    }
    switch status.state {
    case "UploadComplete", "InProgress": return .running
    case "JobComplete":
      guard let rows = status.rows, rows >= 0 else {
        throw .unreadable(call.attempt, "the job is complete, but of how many rows?", response)
      }
      return .complete(rows: Int(clamping: rows))
    case "Failed": return .failed(message: FarAnswer.tidy(status.message ?? "without a reason"))
    case "Aborted": return .failed(message: "the job was aborted")
    default: throw .unreadable(call.attempt, "a job in no known state", response)
    }
  }

  /// Streams one page of results into `sink`: one API call, memory for one piece and one row.
  ///
  /// The rows must be as many as Sforce-NumberOfRecords says, else the page failed as a whole and
  /// can be read again by the same locator: what the sink has flushed are true rows all the same.
  /// Throws a ``SyncCore/Failure``, or what the sink threw.
  package func bulkPage(
    _ job: BulkJob, locator: String?, maxRecords: Int = 50_000, into sink: any RowSink
  ) async throws -> BulkPage {
    let attempt = "read the export of \(job.stream.rawValue)"
    let visible = ObjectDescription(
      fields: job.fields.map {
        FieldDescription(name: $0.name, type: $0.type, isFilterable: $0.isFilterable)
      })
    let shape = RowShape(job.stream, matchField: settings.matchField, visible: visible)
    guard shape.indispensable.isEmpty else {
      throw Failure(
        .salesforce, SalesforceMeaning.bulkFailed, attempt: attempt,
        answer: "the export was started for another configuration", fields: shape.indispensable)
    }
    let place = locator.map { "&locator=\(Encoding.percent($0))" } ?? ""
    let call = Call(
      path: "\(job.path)/results?maxRecords=\(max(1, maxRecords))\(place)",
      headers: ["Accept": "text/csv"], timeLimit: .seconds(1200), answerBytesLimit: 1 << 30,
      attempt: attempt)
    let reader = BulkReader(shape, sink, attempt: attempt)
    let response: Response
    do throws(Failure) {
      response = try await send(call, into: reader)
    } catch {
      // The reader ended the transfer: its reason is the one.
      throw reader.error ?? error
    }
    let rows = try reader.finish(response)
    let next = response.headers["Sforce-Locator"].flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
    if let next, next == locator {
      throw Failure.unreadable(attempt, "the next page is this one", response)
    }
    return BulkPage(rows: rows, next: next)
  }

  /// Deletes a finished job and its results; one that is gone counts as deleted.
  package func deleteBulk(_ job: BulkJob) async throws(Failure) {
    let call = Call(
      method: .delete, path: job.path, attempt: "delete the export of \(job.stream.rawValue)")
    do throws(Failure) {
      _ = try await send(call)
    } catch {
      guard error.meaning == SalesforceMeaning.deleted else { throw error }
    }
  }
}

extension Failure {
  /// The same failure when it met the start of a bulk job: what REST may still do is no reason
  /// to stop.
  fileprivate var asBulk: Failure {
    var copy = self
    switch meaning {
    case SalesforceMeaning.apiOff, SalesforceMeaning.permission:
      copy.meaning = SalesforceMeaning.bulkOff
    case SalesforceMeaning.deleted, SalesforceMeaning.object:
      copy.meaning = SalesforceMeaning.bulkUnsupported
    default:
      let isOff = ["FEATURENOTENABLED", "FEATURE_NOT_ENABLED"].contains(farCode ?? "")
      if isOff { copy.meaning = SalesforceMeaning.bulkOff }
    }
    return copy
  }
}

/// The members of a job answer that we rely on.
private struct BulkStatus {
  var id = ""
  var state = ""
  var rows: Int64?
  var message: String?

  /// Nil when the text is no job.
  init?(_ body: [UInt8]) {
    do throws(JSONError) {
      try body.withBytes { all throws(JSONError) in
        var reader = JSONReader(all)
        try reader.readObject { reader, key throws(JSONError) in
          if key == "id" {
            id = try reader.readString().string
          } else if key == "state" {
            state = try reader.readString().string
          } else if key == "numberRecordsProcessed" {
            rows = try reader.readInteger()
          } else if key == "errorMessage" {
            message = try reader.readStringOrNull()?.string
          } else {
            try reader.skipValue()
          }
        }
        try reader.finish()
      }
    } catch {
      return nil
    }
    guard !state.isEmpty else { return nil }
  }
}
