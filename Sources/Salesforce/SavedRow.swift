import HTTP
package import SyncCore
import Wire

/// What became of one row of a call that wrote many.
package struct RowOutcome: Sendable {
  /// 18 characters; what was made or changed.
  package var id: String?
  package var failure: Failure?

  package init(id: String? = nil, failure: Failure? = nil) {
    self.id = id
    self.failure = failure
  }
}

/// One row of an answer to a write, as single calls and collections give it.
struct SavedRow {
  var id: String?
  var isSaved: Bool
  var problem: FarAnswer.Problem?

  /// The answer of a call that wrote one record.
  static func single(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> SavedRow {
    var reader = JSONReader(bytes)
    let row = try SavedRow(&reader)
    try reader.finish()
    return row
  }

  /// The answer of a collection.
  static func array(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [SavedRow] {
    var reader = JSONReader(bytes)
    var rows: [SavedRow] = []
    try reader.readArray { reader throws(JSONError) in rows.append(try SavedRow(&reader)) }
    try reader.finish()
    return rows
  }

  init(_ reader: inout JSONReader) throws(JSONError) {
    var id: String?
    var isSaved = false
    var problem: FarAnswer.Problem?
    try reader.readObject { reader, key throws(JSONError) in
      if key == "id" {
        id = try reader.readTextIfAny().flatMap { SalesforceID.normalized($0) }
      } else if key == "success" {
        isSaved = try reader.readFlagIfAny() ?? false
      } else if key == "errors" {
        try reader.readArrayIfAny { reader throws(JSONError) in
          guard try reader.peek() == .object else { return try reader.skipValue() }
          let next = try FarAnswer.readProblem(&reader)
          problem = problem ?? next
        }
      } else {
        try reader.skipValue()
      }
    }
    self.id = id
    self.isSaved = isSaved
    self.problem = problem
  }

  /// What the row's answer means for it; `id` is the record that was to be changed, if it was.
  func outcome(_ expected: String?, _ attempt: String, _ response: Response) -> RowOutcome {
    if isSaved, let id, expected == nil || expected == id { return RowOutcome(id: id) }
    guard !isSaved, let problem else {
      let why = isSaved ? "a row that bears another id or none" : "a row without its reason"
      return RowOutcome(failure: .unreadable(attempt, why, response, written: true))
    }
    // The call has the status 200: a row's refusal counts as a 400 does.
    var answer = FarAnswer(status: 400, headers: response.headers, body: [])
    answer.problems = [problem]
    return RowOutcome(failure: answer.failure(attempt: attempt, writes: true, ofRecords: true))
  }
}
