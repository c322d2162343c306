import HTTP
import SyncCore
import Wire

/// What an answer that is not a success says, in either of the two shapes of the REST API: an
/// array of errors, or a bare one; `errorCode` or, in collections, `statusCode`.
struct FarAnswer {
  struct Problem: Equatable {
    var code: String?
    var message: String
    var fields: [String] = []
    /// Whether the code stands where the REST API puts it, so that no one else has spoken.
    var isOwn = true
    /// What a duplicate rule said.
    var duplicates: Duplicates?
  }

  var status: Int
  var headers: Headers
  /// Empty when the body is not one of the shapes.
  var problems: [Problem]

  init(_ response: Response) {
    self.init(status: response.status, headers: response.headers, body: response.body)
  }

  init(status: Int, headers: Headers, body: [UInt8]) {
    self.status = status
    self.headers = headers
    problems = body.withUnsafeBytes { (try? Self.read($0)) ?? [] }
  }

  /// The failure that the first problem makes; a body that is none of ours goes by its status,
  /// and a 4xx of that kind is somebody in between.
  func failure(_ call: Call) -> Failure {
    failure(attempt: call.attempt, writes: call.writes, ofRecords: call.isOfRecords)
  }

  /// `ofRecords` says that the call wrote records, so that a refusal is theirs.
  func failure(attempt: String, writes: Bool, ofRecords: Bool = false) -> Failure {
    let problem = problems.first
    let message = problem?.message ?? "HTTP \(status) without an error in Salesforce's form"
    var meaning =
      ofRecords
      ? SalesforceMeaning.ofWrite(code: problem?.code, message: message, status: status)
      : SalesforceMeaning.of(code: problem?.code, message: message, status: status)
    if problem == nil, Self.wantsWords.contains(meaning) { meaning = SalesforceMeaning.unreadable }
    var failure = Failure(
      .salesforce, meaning, attempt: attempt, answer: Self.tidy(Self.withoutValue(message)),
      status: status, farCode: problem?.code, requestID: headers["x-sfdc-request-id"],
      fields: problem.map { Self.fields($0) } ?? [], effect: effect(problem, writes),
      waitMilliseconds: wait(meaning))
    if let problem { Self.tellDuplicates(problem, &failure) }
    return failure
  }

  /// What is not believed of an answer without an error in Salesforce's form.
  private static let wantsWords = [
    SalesforceMeaning.refused, SalesforceMeaning.deleted, SalesforceMeaning.session,
  ]

  /// Only a 4xx or a 503 in Salesforce's own form surely did nothing (L6).
  private func effect(_ problem: Problem?, _ writes: Bool) -> Failure.Effect {
    guard writes else { return .none }
    guard let problem, problem.isOwn, problem.code != nil, problem.code != "UNKNOWN_EXCEPTION",
      (400..<500).contains(status) || status == 503
    else { return .unknown }
    return .none
  }

  private func wait(_ meaning: Meaning) -> Int64? {
    if let seconds = headers["Retry-After"].flatMap({ Int64($0) }), (0...86_400).contains(seconds) {
      return seconds * 1000
    }
    // No Retry-After is documented for limits: the daily window rolls, the other clears soon.
    if meaning == SalesforceMeaning.dailyLimit { return 20 * 60_000 }
    if meaning == SalesforceMeaning.concurrentLimit { return 30_000 }
    return nil
  }

  // MARK: Reading

  /// Characters of a message that are looked at; no real one comes near.
  private static let messageMax = 4096

  private static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [Problem] {
    var reader = JSONReader(bytes)
    var problems: [Problem] = []
    if try reader.peek() == .array {
      try reader.readArray { reader throws(JSONError) in
        if let problem = try readProblem(&reader) { problems.append(problem) }
      }
    } else if let problem = try readProblem(&reader) {
      problems.append(problem)
    }
    return problems
  }

  static func readProblem(_ reader: inout JSONReader) throws(JSONError) -> Problem? {
    var code: String?
    var message: String?
    var fields: [String] = []
    var isOwn = true
    var duplicates: Duplicates?
    try reader.readObject { reader, key throws(JSONError) in
      let kind = try reader.peek()
      if kind == .string, key == "errorCode" || key == "statusCode" || key == "error" {
        isOwn = !(key == "error")
        code = try reader.readString().string
      } else if kind == .object, key == "duplicateResult" || key == "duplicateResut" {
        duplicates = try Duplicates(&reader)
      } else if kind == .string, key == "message" || key == "error_description" {
        message = String(try reader.readString().string.prefix(messageMax))
      } else if kind == .array, key == "fields" {
        try reader.readArray { reader throws(JSONError) in
          if try reader.peek() == .string {
            fields.append(try reader.readString().string)
          } else {
            try reader.skipValue()
          }
        }
      } else {
        try reader.skipValue()
      }
    }
    guard code != nil || message != nil else { return nil }
    return Problem(
      code: code, message: message ?? "", fields: fields, isOwn: isOwn, duplicates: duplicates)
  }

  // MARK: Words for people

  /// One line of at most 500 characters, without e-mail addresses and access tokens.
  static func tidy(_ text: String) -> String {
    let words = text.split(whereSeparator: { $0.isWhitespace }).map { word -> Substring in
      let bytes = word.utf8
      if bytes.contains(UInt8(ascii: "@")), bytes.count > 1 { return "(e-mail address)" }
      if word.contains("00D"), bytes.contains(UInt8(ascii: "!")) { return "(token)" }
      return word
    }
    return String(words.joined(separator: " ").prefix(500))
  }
}
