import SyncCore
import Wire

/// What the answer DUPLICATES_DETECTED tells beside its message.
///
/// The key was misspelt `duplicateResut` up to about v54; collections leave it out.
struct Duplicates: Equatable {
  /// The API name of the rule.
  var rule: String?
  /// The rule only warns: with the header it would have let the record be made.
  var allowsSave = false
  /// 18 characters each, in the order of the answer; those that we may not see are not named.
  var records: [String] = []

  init(_ reader: inout JSONReader) throws(JSONError) {
    try reader.readObject { reader, key throws(JSONError) in
      if key == "duplicateRule" {
        rule = try reader.readTextIfAny()
      } else if key == "allowSave" {
        allowsSave = try reader.readFlagIfAny() ?? false
      } else if key == "matchResults" {
        try reader.readArrayIfAny { reader throws(JSONError) in try readResult(&reader) }
      } else {
        try reader.skipValue()
      }
    }
  }

  private mutating func readResult(_ reader: inout JSONReader) throws(JSONError) {
    try reader.readObjectIfAny { reader, key throws(JSONError) in
      guard key == "matchRecords" else { return try reader.skipValue() }
      try reader.readArrayIfAny { reader throws(JSONError) in
        try reader.readObjectIfAny { reader, key throws(JSONError) in
          guard key == "record" else { return try reader.skipValue() }
          try readRecord(&reader)
        }
      }
    }
  }

  private mutating func readRecord(_ reader: inout JSONReader) throws(JSONError) {
    try reader.readObjectIfAny { reader, key throws(JSONError) in
      guard key == "Id" else { return try reader.skipValue() }
      guard let id = try reader.readTextIfAny().flatMap({ SalesforceID.normalized($0) }),
        RecordObject(id: id) != nil, !records.contains(id)
      else { return }
      records.append(id)
    }
  }
}

extension FarAnswer {
  /// Adds the records that a refusal for a duplicate names, and the rule.
  static func tellDuplicates(_ problem: Problem, _ failure: inout Failure) {
    if failure.farCode == "DUPLICATE_VALUE" { failure.records = holder(in: problem.message) }
    guard failure.farCode == "DUPLICATES_DETECTED", let duplicates = problem.duplicates else {
      return
    }
    failure.records = duplicates.records
    if duplicates.records.isEmpty { failure.meaning = SalesforceMeaning.duplicateHidden }
    var told = duplicates.rule.map { "duplicate rule \($0)" } ?? "a duplicate rule without a name"
    if duplicates.allowsSave { told += ", which leads.allow_duplicates would pass" }
    failure.answer = tidy("\(told): \(problem.message)")
  }

  /// The record that has the unique value already: `… on record with id: 00Q…`.
  ///
  /// The words are of the user's language and the id has 15 or 18 characters, so the last word
  /// that is an id of a kind that we write is taken; a hidden record is `<unknown>`.
  private static func holder(in message: String) -> [String] {
    let words = message.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let ids = words.compactMap { SalesforceID.normalized(String($0)) }
    return ids.last { ["00Q", "003", "00T"].contains($0.prefix(3)) }.map { [$0] } ?? []
  }

  /// The fields that a refusal names, in its list or, where that is empty, in its words.
  static func fields(_ problem: Problem) -> [String] {
    guard problem.fields.isEmpty else { return problem.fields }
    let message = problem.message
    switch problem.code {
    case "INVALID_FIELD_FOR_INSERT_UPDATE":
      guard let match = message.firstMatch(of: /fields?: ([A-Za-z0-9_]+(?:, *[A-Za-z0-9_]+)*)/)
      else { return [] }
      return match.1.split { $0 == "," || $0 == " " }.map(String.init)
    case "INVALID_FIELD":
      return message.firstMatch(of: /[Nn]o such column '([A-Za-z0-9_]+)'/).map { [String($0.1)] }
        ?? []
    case "DUPLICATE_VALUE":
      return message.firstMatch(of: /duplicate value found: ([A-Za-z0-9_]+) duplicates/)
        .map { [String($0.1)] } ?? []
    default: return []
    }
  }

  /// A message without the person's value that it repeats; the field is told all the same.
  static func withoutValue(_ message: String) -> String {
    message
      .replacing(/(?s)(data value too large):.*( \(max length)/) { $0.1 + $0.2 }
      .replacing(/(?s)(invalid email address):.*/) { $0.1 }
      .replacing(/(?s)(bad value for restricted picklist field):.*/) { $0.1 }
  }
}
