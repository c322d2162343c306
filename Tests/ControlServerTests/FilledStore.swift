import Engine
import EventLoop
import Glibc
import Store
import SyncCore
import Wire

/// A store with a few people and records in a directory of its own.
@EventLoop final class FilledStore {
  let store: Store
  let settings: EngineSettings
  private let directory: String

  static let lead = "00Q000000000001AAA"
  static let contact = "003000000000002AAA"
  static let owner = "005000000000001AAA"

  init() throws {
    var template = Array("/tmp/sfsync-view-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawClient.Failed(what: "mkdtemp", code: errno) }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    store = try Store.open(path: directory + "/store.db", settings: Store.Settings()).store
    var settings = EngineSettings(
      attributeNames: [.title: "SALESFORCE_TITLE"], eventNames: [:],
      recordBaseURL: "https://example.my.salesforce.com")
    settings.mapping = ["company_size": "NumberOfEmployees", "company.name": "Company"]
    self.settings = settings
    try store.transaction {
      let owners = try OwnerComparison(store, kind: .poll, cycle: 1)
      try owners.compare(Self.user)
      try owners.compare(Self.role)
    }
  }

  deinit {
    for suffix in ["", "-wal", "-shm"] { unlink("\(directory)/store.db\(suffix)") }
    rmdir(directory)
  }

  var planner: Planner { Planner(store, settings: settings) }

  private static var user: RowBuffer {
    row(
      OwnerColumn.allCases.count,
      [
        OwnerColumn.id.rawValue: owner, OwnerColumn.modifiedAt.rawValue: "1",
        OwnerColumn.name.rawValue: "Grace Hopper",
        OwnerColumn.email.rawValue: "grace@example.com",
        OwnerColumn.roleID.rawValue: "00E000000000001AAA", OwnerColumn.isActive.rawValue: "1",
      ])
  }

  private static var role: RowBuffer {
    row(
      OwnerColumn.allCases.count,
      [
        OwnerColumn.id.rawValue: "00E000000000001AAA", OwnerColumn.modifiedAt.rawValue: "1",
        OwnerColumn.name.rawValue: "Sales EMEA",
      ])
  }

  /// A row as a client hands it over; what is nil stays null.
  private static func row(_ columns: Int, _ values: [Int: String?]) -> RowBuffer {
    var row = RowBuffer(columns: columns)
    for (column, value) in values.sorted(by: { $0.key < $1.key }) {
      if let value { row.set(column, value) }
    }
    return row
  }

  /// Puts a record into the snapshot as a poll would.
  func take(_ record: Record) throws {
    let row = Self.row(
      RecordColumn.allCases.count,
      [
        RecordColumn.id.rawValue: record.id,
        RecordColumn.object.rawValue: record.object.rawValue,
        RecordColumn.modifiedAt.rawValue: "1", RecordColumn.email.rawValue: record.email,
        RecordColumn.name.rawValue: record.name, RecordColumn.status.rawValue: record.status,
        RecordColumn.title.rawValue: record.title, RecordColumn.ownerID.rawValue: record.ownerID,
        RecordColumn.isDeleted.rawValue: record.isDeleted ? "1" : nil,
        RecordColumn.isConverted.rawValue: record.isConverted ? "1" : nil,
        RecordColumn.convertedContactID.rawValue: record.convertedContactID,
        RecordColumn.createdAt.rawValue: "1", RecordColumn.company.rawValue: record.company,
        RecordColumn.accountOwnerID.rawValue: record.accountOwnerID,
      ])
    _ = try store.transaction {
      try RecordComparison(store, kind: .poll, cycle: 1, sweep: 0).compare(row)
    }
  }

  /// Puts a person into the snapshot as a poll would, and links it; `watched` is JSON.
  func take(_ person: Person, watched: String? = nil) throws {
    let row = Self.row(
      PersonColumn.allCases.count,
      [
        PersonColumn.id.rawValue: person.id, PersonColumn.updatedAt.rawValue: "1",
        PersonColumn.role.rawValue: person.role, PersonColumn.email.rawValue: person.email,
        PersonColumn.watched.rawValue: watched,
        PersonColumn.companyID.rawValue: person.companyID,
        PersonColumn.teammateID.rawValue: person.teammateID,
        PersonColumn.createdAt.rawValue: "1",
      ])
    try store.transaction {
      try PersonComparison(store, kind: .poll, cycle: 1, sweep: 0).compare(row)
      let decision = try store.decideLink(of: person, current: nil)
      try store.apply(decision, to: person.id, current: nil)
    }
  }

  /// Ada, whom a lead and a contact match; by preference the contact is hers.
  func takeAda() throws {
    try take(
      Record(
        id: Self.lead, object: .lead, email: "ada@example.com", name: "Ada Lovelace",
        status: "New", title: "CTO", ownerID: "005000000000009AAA", company: "Engines"))
    try take(
      Record(
        id: Self.contact, object: .contact, email: "ada@example.com", name: "Ada King",
        title: "CEO", ownerID: Self.owner, company: "Engines Ltd",
        accountOwnerID: Self.owner))
    try take(Person(id: "c1", email: "ada@example.com"))
  }
}
