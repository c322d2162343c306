import SyncCore
import Wire

/// A JSON text as values, for the answers that are small and come in many shapes.
///
/// Asking for what is not there or is something else gives nil, so that a shape of another version
/// costs the one field and not the answer.
enum JSONTree {
  case null
  case flag(Bool)
  case number(String)
  case text(String)
  case list([JSONTree])
  case object([String: JSONTree])

  static func read(_ body: [UInt8]) throws(JSONError) -> JSONTree {
    try JSONReader.reading(body) { reader throws(JSONError) in try JSONTree(&reader) }
  }

  private init(_ reader: inout JSONReader) throws(JSONError) {
    switch try reader.peek() {
    case .null:
      try reader.readNull()
      self = .null
    case .bool: self = .flag(try reader.readBool())
    case .number: self = .number(String(decoding: try reader.readRawValue(), as: UTF8.self))
    case .string: self = .text(try reader.readString().string)
    case .array:
      var items: [JSONTree] = []
      try reader.readArray { reader throws(JSONError) in items.append(try JSONTree(&reader)) }
      self = .list(items)
    case .object:
      var members: [String: JSONTree] = [:]
      try reader.readObject { reader, key throws(JSONError) in
        members[key.string] = try JSONTree(&reader)
      }
      self = .object(members)
    }
  }

  subscript(_ key: String) -> JSONTree? { members[key] }

  /// Empty for what is no object.
  var members: [String: JSONTree] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// Empty for what is no list.
  var items: [JSONTree] {
    if case .list(let items) = self { items } else { [] }
  }

  var flag: Bool? {
    if case .flag(let flag) = self { flag } else { nil }
  }

  /// Nil for what is no text, and for blank text.
  var text: String? {
    guard case .text(let text) = self, !text.utf8.allSatisfy({ $0 <= 0x20 }) else { return nil }
    return text
  }

  /// A name that people gave, HTML escapes undone.
  var name: String? { text.map { HTMLText.unescaped($0) } }

  /// An id, which is a text or a number depending on the version and the place.
  var id: String? {
    if case .number(let digits) = self { return digits }
    return text
  }

  /// The id of a teammate or team: 0 stands for nobody (2.16 and later).
  var assigneeID: String? { id.flatMap { $0 == "0" ? nil : $0 } }

  /// Milliseconds UTC of a time that is a number of seconds, the same as text, or, in webhooks, an
  /// ISO date; nil for none and for what no clock shows.
  var milliseconds: Int64? {
    switch self {
    case .number(let digits): Self.milliseconds(digits)
    case .text(let text): Self.milliseconds(text) ?? Timestamp.parse(text)
    default: nil
    }
  }

  private static func milliseconds(_ digits: String) -> Int64? {
    let seconds = Int64(digits) ?? Double(digits).flatMap { Int64(exactly: $0.rounded(.down)) }
    guard let (value, overflow) = seconds?.multipliedReportingOverflow(by: 1000) else { return nil }
    return overflow ? nil : value
  }

  /// As an attribute's value, HTML escapes undone; nil for lists and objects.
  var value: Value? {
    switch self {
    case .null: .null
    case .flag(let flag): .flag(flag)
    case .number(let digits): JSONText.isNumber(Array(digits.utf8)) ? .number(digits) : nil
    case .text(let text): .text(HTMLText.unescaped(text))
    case .list, .object: nil
    }
  }

  /// The elements of one of Intercom's lists: `{"tags":[…]}`, `{"data":[…]}` or the list itself.
  func elements(_ key: String) -> [JSONTree] {
    switch self {
    case .list(let items): items
    case .object(let members): (members[key] ?? members["data"])?.items ?? []
    default: []
    }
  }
}
