import Glibc
import SyncCore
import Wire

@testable import Store

/// A directory of one test's own, removed with it.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/sfsync-store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failed(what: "mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in files { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  struct Failed: Error { var what: String }

  var file: String { path + "/store.db" }

  var files: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func open(_ settings: Store.Settings = Store.Settings()) throws -> Store {
    try Store.open(path: file, settings: settings).store
  }

  func bytes(_ name: String = "store.db") throws -> [UInt8] {
    guard let file = fopen("\(path)/\(name)", "r") else { throw Failed(what: name) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let count = ftell(file)
    rewind(file)
    var bytes = [UInt8](repeating: 0, count: count)
    guard fread(&bytes, 1, count, file) == count else { throw Failed(what: name) }
    return bytes
  }

  func write(_ bytes: [UInt8], to name: String = "store.db") throws {
    guard let file = fopen("\(path)/\(name)", "w") else { throw Failed(what: name) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failed(what: name) }
  }

  /// What the `sqlite3` program says, a line a row: a reader that shares no code with ours.
  func shell(_ sql: String, name: String = "store.db") throws -> String {
    guard let pipe = popen("sqlite3 '\(path)/\(name)' \"\(sql)\" 2>&1", "r") else {
      throw Failed(what: "sqlite3")
    }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    guard pclose(pipe) == 0 else { throw Failed(what: String(decoding: bytes, as: UTF8.self)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Rows as the clients would hand them over.
enum Rows {
  static func record(_ record: Record) -> RowBuffer {
    var row = RowBuffer(columns: RecordColumn.allCases.count)
    func set(_ column: RecordColumn, _ text: String?) {
      if let text { row.set(column.rawValue, text) }
    }
    set(.id, record.id)
    set(.object, record.object.rawValue)
    set(.modifiedAt, String(record.modifiedAt))
    set(.email, record.email)
    set(.matchKey, record.matchKey)
    set(.name, record.name)
    set(.status, record.status)
    set(.title, record.title)
    set(.ownerID, record.ownerID)
    set(.isDeleted, record.isDeleted ? "1" : nil)
    set(.isConverted, record.isConverted ? "1" : nil)
    set(.convertedContactID, record.convertedContactID)
    set(.masterRecordID, record.masterRecordID)
    set(.createdAt, String(record.createdAt))
    set(.company, record.company)
    set(.accountOwnerID, record.accountOwnerID)
    return row
  }

  static func person(_ person: Person) -> RowBuffer {
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    row.set(PersonColumn.id.rawValue, person.id)
    row.set(PersonColumn.updatedAt.rawValue, String(person.updatedAt))
    row.set(PersonColumn.role.rawValue, person.role)
    if let email = person.email { row.set(PersonColumn.email.rawValue, email) }
    if let id = person.externalID { row.set(PersonColumn.externalID.rawValue, id) }
    for attribute in Attribute.allCases {
      guard let value = person.observed[attribute] else { continue }
      row.set(PersonColumn.attributes.lowerBound + attribute.rawValue, value)
    }
    if !person.watched.isEmpty { row.set(PersonColumn.watched.rawValue, person.watched.json) }
    if let id = person.companyID { row.set(PersonColumn.companyID.rawValue, id) }
    if let id = person.teammateID { row.set(PersonColumn.teammateID.rawValue, id) }
    row.set(PersonColumn.createdAt.rawValue, String(person.createdAt))
    return row
  }

  static func owner(
    _ id: String, at modifiedAt: Int64, name: String?, email: String? = nil, title: String? = nil,
    role: String? = nil
  ) -> RowBuffer {
    var row = RowBuffer(columns: OwnerColumn.allCases.count)
    row.set(OwnerColumn.id.rawValue, id)
    row.set(OwnerColumn.modifiedAt.rawValue, String(modifiedAt))
    if let name { row.set(OwnerColumn.name.rawValue, name) }
    if let email { row.set(OwnerColumn.email.rawValue, email) }
    if let title { row.set(OwnerColumn.title.rawValue, title) }
    if let role { row.set(OwnerColumn.roleID.rawValue, role) }
    row.set(OwnerColumn.isActive.rawValue, "1")
    return row
  }
}

extension Store {
  @discardableResult
  func take(
    _ record: Record, _ kind: ReadKind = .poll, cycle: Int64 = 1, sweep: Int64 = 0,
    startedAt: Int64 = .min
  ) throws -> Verdict {
    try transaction {
      try RecordComparison(self, kind: kind, cycle: cycle, sweep: sweep, startedAt: startedAt)
        .compare(Rows.record(record))
    }
  }

  @discardableResult
  func take(
    _ person: Person, _ kind: ReadKind = .poll, cycle: Int64 = 1, sweep: Int64 = 0,
    startedAt: Int64 = .min
  ) throws -> Verdict {
    try transaction {
      try PersonComparison(self, kind: kind, cycle: cycle, sweep: sweep, startedAt: startedAt)
        .compare(Rows.person(person))
    }
  }

  func takeOwner(_ row: RowBuffer, _ kind: ReadKind = .poll, cycle: Int64 = 1) throws {
    try transaction { try OwnerComparison(self, kind: kind, cycle: cycle).compare(row) }
  }

  /// The people whom the differences of `cycle` concern; nothing is left of them.
  func spread(cycle: Int64, limit: Int = 10) throws -> [String] {
    try transaction {
      while try spreadOwnerDifferences(cycle: cycle, limit: limit) {}
      while try spreadRecordDifferences(cycle: cycle, limit: limit) {}
      let people = try personDifferences(cycle: cycle, limit: 1_000_000)
      for person in people { try removePersonDifference(person) }
      return people.sorted()
    }
  }

  /// Lets everything go that is held, but for what the cycle `other` holds.
  func letGo(except other: Int64? = nil) throws {
    try transaction { try release(upTo: 1 << 40, except: other) }
    while try transaction({ try releaseNext() }) {}
  }

  /// Links a person as the plan would.
  func link(_ person: Person) throws {
    try transaction {
      let current = try link(of: person.id)
      try apply(
        try decideLink(of: person, current: current), to: person.id, current: current)
    }
  }
}
