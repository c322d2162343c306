import SyncCore
import Wire

/// Why a 200 is not the page or the person that was asked for.
enum PersonShapeError: Error, CustomStringConvertible {
  case json(JSONError)
  case noData
  case noID
  case next
  case errorList

  var description: String {
    switch self {
    case .json(let error): error.description
    case .noData: "the answer has no list of people"
    case .noID: "the answer has a person without an id"
    case .next: "the answer says that there is a next page, but not where"
    case .errorList: "the answer is a list of errors under a status of success"
    }
  }
}

/// Picks one person's columns out of a contact's JSON, in place.
///
/// Built once a page. Shapes of 2.15, 2.16 and those recorded of older versions: what is absent is
/// null, and numbers or booleans where text is expected are taken as text.
final class PersonScanner {
  /// What a contact says beside its columns.
  struct Facts {
    var updatedAt: Int64?
    var isArchived = false
    var isDeleted = false
    var isBlocked = false
    var isError = false
  }

  /// The columns of the configured attributes.
  private let wanted = NameTable()
  private let takesExternalID: Bool
  private let takesCompany: Bool
  private let takesTeammate: Bool
  private let watches: Bool
  private let watched: WatchedScanner
  private var scratch: [UInt8] = []

  init(_ settings: Intercom.Settings) {
    takesExternalID = settings.matchByExternalID
    takesCompany = settings.readsCompanies
    takesTeammate = settings.readsTeammates
    watched = WatchedScanner(settings.watched)
    watches = !watched.isEmpty
    for attribute in Attribute.allCases {
      guard let name = settings.attributeNames[attribute] else { continue }
      wanted.add(name.utf8, PersonColumn.attributes.lowerBound + attribute.rawValue)
    }
  }

  /// Reads one contact into `row`, which is cleared first.
  func read(
    _ reader: inout JSONReader, into row: inout RowBuffer
  ) throws(JSONError) -> Facts {
    row.clear()
    if watches { watched.start() }
    var facts = Facts()
    try reader.readObject { reader, key throws(JSONError) in
      if watches { try watch(key, reader) }
      try member(key, &reader, &row, &facts)
    }
    if watches { watched.finish(&row) }
    return facts
  }

  /// Takes the value ahead for the watched ones; `reader` is a copy and stays where it is.
  private func watch(_ key: JSONString, _ reader: JSONReader) throws(JSONError) {
    var reader = reader
    if let slot = watched.slot(key) {
      try watched.take(&reader, slot)
    } else if watched.tags != nil, key == "tags" {
      try watched.takeTags(&reader)
    }
  }

  private func member(
    _ key: JSONString, _ reader: inout JSONReader, _ row: inout RowBuffer, _ facts: inout Facts
  ) throws(JSONError) {
    if key == "id" {
      try text(&reader, &row, .id)
    } else if key == "role" {
      try text(&reader, &row, .role)
    } else if key == "email" {
      try email(&reader, &row)
    } else if key == "external_id", takesExternalID {
      try text(&reader, &row, .externalID)
    } else if key == "updated_at" {
      facts.updatedAt = try time(&reader, &row, .updatedAt)
    } else if key == "created_at" {
      _ = try time(&reader, &row, .createdAt)
    } else if key == "owner_id", takesTeammate {
      try teammate(&reader, &row)
    } else if key == "companies", takesCompany {
      try company(&reader, &row)
    } else if key == "custom_attributes" {
      try customAttributes(&reader, &row)
    } else if key == "archived" {
      facts.isArchived = try flag(&reader)
    } else if key == "deleted" {
      facts.isDeleted = try flag(&reader)
    } else if key == "blocked" {
      facts.isBlocked = try flag(&reader)
    } else if key == "type", try reader.peek() == .string {
      facts.isError = try reader.readString() == "error.list"
    } else {
      try reader.skipValue()
    }
  }

  private func customAttributes(
    _ reader: inout JSONReader, _ row: inout RowBuffer
  ) throws(JSONError) {
    guard try reader.peek() == .object else { return try reader.skipValue() }
    try reader.readObject { reader, key throws(JSONError) in
      if watches, let slot = watched.customSlot(key) {
        var ahead = reader
        try watched.take(&ahead, slot)
      }
      guard let column = wanted.number(key) else { return try reader.skipValue() }
      try value(&reader, &row, column)
    }
  }

  /// Text with its HTML escapes undone; a list or an object is no text and stays null.
  private func value(
    _ reader: inout JSONReader, _ row: inout RowBuffer, _ column: Int
  ) throws(JSONError) {
    guard try reader.peek() == .string else { return try scalar(&reader, &row, column) }
    let string = try reader.readString()
    row.set(column) { out in
      let start = out.count
      string.append(to: &out)
      HTMLText.unescape(&out, from: start)
    }
  }

  private func text(
    _ reader: inout JSONReader, _ row: inout RowBuffer, _ column: PersonColumn
  ) throws(JSONError) {
    guard try reader.peek() == .string else { return try scalar(&reader, &row, column.rawValue) }
    row.set(column.rawValue, try reader.readString())
  }

  private func scalar(
    _ reader: inout JSONReader, _ row: inout RowBuffer, _ column: Int
  ) throws(JSONError) {
    switch try reader.peek() {
    case .number, .bool: row.set(column, try reader.readRawValue())
    default:
      try reader.skipValue()
      row.set(column, nil)
    }
  }

  private func email(
    _ reader: inout JSONReader, _ row: inout RowBuffer
  ) throws(JSONError) {
    guard try reader.peek() == .string else { return try reader.skipValue() }
    let string = try reader.readString()
    scratch.removeAll(keepingCapacity: true)
    string.append(to: &scratch)
    HTMLText.unescape(&scratch)
    row.set(PersonColumn.email.rawValue) { out in
      scratch.withUnsafeBytes { EmailKey.append($0, to: &out) }
    }
  }

  /// Sets `column` to the milliseconds of whole seconds; text of the same is taken too.
  private func time(
    _ reader: inout JSONReader, _ row: inout RowBuffer, _ column: PersonColumn
  ) throws(JSONError) -> Int64? {
    let seconds: Int64
    switch try reader.peek() {
    case .number: seconds = try reader.readInteger()
    case .string:
      guard let value = Int64(ascii: try reader.readString().raw) else { return nil }
      seconds = value
    default:
      try reader.skipValue()
      return nil
    }
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return nil }
    row.set(column.rawValue, String(milliseconds))
    return milliseconds
  }

  /// The owner, a number until 2.15 and a text from 2.16 on; 0 is nobody.
  private func teammate(
    _ reader: inout JSONReader, _ row: inout RowBuffer
  ) throws(JSONError) {
    guard let id = try reader.readID(), id != [UInt8(ascii: "0")] else { return }
    row.set(PersonColumn.teammateID.rawValue) { $0.append(contentsOf: id) }
  }

  /// The first of the companies, which is the one that Intercom names first everywhere.
  private func company(_ reader: inout JSONReader, _ row: inout RowBuffer) throws(JSONError) {
    var first: [UInt8]?
    try reader.readItemIDs { id in if first == nil { first = id } }
    guard let first else { return }
    row.set(PersonColumn.companyID.rawValue) { $0.append(contentsOf: first) }
  }

  private func flag(_ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard try reader.peek() == .bool else {
      try reader.skipValue()
      return false
    }
    return try reader.readBool()
  }
}
