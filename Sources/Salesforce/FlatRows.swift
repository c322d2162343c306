import HTTP
import SyncCore
import Wire

/// Rows of small look-ups as plain values: what is an object or a list in them is left out.
enum FlatRows {
  /// One row; nil where a null stands in its place.
  static func read(_ reader: inout JSONReader) throws(JSONError) -> Values? {
    if try reader.peek() == .null {
      try reader.readNull()
      return nil
    }
    var row: Values = [:]
    try reader.readObject { reader, key throws(JSONError) in
      switch try reader.peek() {
      case .null:
        try reader.readNull()
        row[key.string] = .null
      case .string: row[key.string] = .text(try reader.readString().string)
      case .bool: row[key.string] = .flag(try reader.readBool())
      case .number:
        row[key.string] = .number(String(decoding: try reader.readRawValue(), as: UTF8.self))
      case .object, .array: try reader.skipValue()
      }
    }
    return row
  }

  /// The rows of a JSON array, which is all of `bytes`; nil for each null.
  static func array(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [Values?] {
    var reader = JSONReader(bytes)
    var rows: [Values?] = []
    try reader.readArray { reader throws(JSONError) in rows.append(try read(&reader)) }
    try reader.finish()
    return rows
  }

  /// The rows of one page of a query, which stands at `part` in `bytes`.
  static func page(
    _ bytes: [UInt8], _ part: Range<Int>, isFirst: Bool, _ response: Response, _ attempt: String
  ) throws(Failure) -> (rows: [Values], next: String?) {
    func bad(_ why: String) -> Failure { .unreadable(attempt, why, response) }
    let parts: Page.Parts
    var rows: [Values] = []
    do throws(JSONError) {
      parts = try bytes.withBytes { all throws(JSONError) in try Page.parts(all, part) }
      if let records = parts.records {
        rows = try bytes.withBytes { all throws(JSONError) in
          try array(UnsafeRawBufferPointer(rebasing: all[records]))
        }.compactMap { $0 }
      }
    } catch {
      throw bad("\(error)")
    }
    guard let total = parts.total, let isDone = parts.isDone, parts.records != nil else {
      throw bad("the answer has no totalSize, done and records")
    }
    if !isDone, parts.next == nil { throw bad("the page is not the last, but names no next one") }
    guard !isFirst || !isDone || total == rows.count else {
      throw bad("\(rows.count) rows came where totalSize says \(total)")
    }
    return (rows, isDone ? nil : parts.next)
  }
}

extension Salesforce {
  /// All rows of a query; one call, and one more for each further page.
  func rows(
    _ soql: String, includesDeleted: Bool, _ attempt: String
  ) async throws(Failure) -> [Values] {
    let name = "rows"
    let (response, parts) = try await composite(
      [NamedQuery(name: name, soql, includesDeleted: includesDeleted)], attempt)
    guard let part = parts[name] else {
      throw .unreadable(attempt, "the answer has no part", response)
    }
    if let failure = part.failure(response, attempt: attempt) { throw failure }
    var page = try FlatRows.page(
      response.body, part.body, isFirst: true, response, attempt)
    var rows = page.rows
    var pages = 1
    while let next = page.next {
      guard pages < Self.pagesMax else {
        throw .unreadable(attempt, "the answer has more than \(Self.pagesMax) pages", response)
      }
      let response = try await send(Call(path: next, attempt: attempt))
      page = try FlatRows.page(
        response.body, 0..<response.body.count, isFirst: false, response, attempt)
      rows += page.rows
      pages += 1
    }
    return rows
  }
}

extension Values {
  /// The text under `name`, whatever the case of its letters; nil for null and what is no text.
  func text(_ name: String) -> String? {
    if case .text(let text)? = value(name) { return text }
    return nil
  }

  /// The value under `name`, whatever the case of its letters.
  func value(_ name: String) -> Value? {
    if let value = self[name] { return value }
    let wanted = name.lowercased()
    return first { $0.key.lowercased() == wanted }?.value
  }

  func flag(_ name: String) -> Bool? {
    if case .flag(let flag)? = value(name) { return flag }
    return nil
  }

  /// The 18-character id under `name`.
  func id(_ name: String) -> String? { text(name).flatMap { SalesforceID.normalized($0) } }
}
