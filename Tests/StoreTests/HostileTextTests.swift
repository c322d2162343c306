import SyncCore
import Testing
import Wire

@testable import Store

@Suite("O4: texts that mean harm, in every column")
struct HostileTextTests {
  static let texts = [
    "'; DROP TABLE record; --", "\"quoted\" and \\ and %s ?1 :a", "before\u{0}after", "\u{0}",
    "\u{FFFD}\u{FFFF}\u{10FFFF}", "e\u{301} is not é", "\u{202E}right to left", "👨‍👩‍👧‍👦",
    String(repeating: "x", count: 1_000_000), "\r\n\t\u{1B}[31m",
  ]

  @Test("S1: records come back byte for byte", arguments: texts)
  func record(text: String) throws {
    let scratch = try Scratch()
    let store = try scratch.open(Store.Settings(matchesByExternalID: true))
    let record = Record(
      id: "00Q" + text, object: .lead, modifiedAt: 1, email: text, matchKey: text, name: text,
      status: text, title: text, ownerID: text, convertedContactID: text, masterRecordID: text)
    #expect(try store.take(record) == .changed)
    #expect(try store.take(record) == .same)
    let back = try #require(try store.record("00Q" + text))
    #expect(back == record)
    #expect(Array((back.title ?? "").utf8) == Array(text.utf8))
    #expect(try store.records(withKey: text) == [record])
    #expect(try scratch.shell("SELECT count(*) FROM record; PRAGMA integrity_check") == "1\nok\n")
  }

  @Test("S10: people, what was sent and what came back too", arguments: texts)
  func person(text: String) throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    var values = AttributeValues()
    for attribute in Attribute.allCases { values[attribute] = text }
    let person = Person(
      id: text, updatedAt: 1, role: text, email: text, externalID: text, observed: values)
    try store.take(person)
    _ = try store.transaction {
      try store.recordSent(values, returned: values, to: person, configured: .all)
    }
    let back = try #require(try store.person(text))
    #expect(back.observed == values)
    #expect(back.sent == values)
    #expect(back.returned == values)
    #expect(Array((back.sent?[.url] ?? "").utf8) == Array(text.utf8))
    #expect(try store.people(named: text).count == 1)
  }

  @Test("E1: the outbox and the register keep them as well", arguments: texts)
  func outbox(text: String) throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    try store.transaction {
      try store.set(text, text)
      try store.setPin(of: text, to: text)
      try store.oweEvent(to: text, record: text, payload: text, cycle: 1, now: 1)
      try store.enter(
        Report(
          Meaning(text, .refused, cause: text, remedy: text), what: text, answer: text,
          personID: text, recordID: text, subjectKey: text), now: 1)
    }
    #expect(try store.get(text) == text)
    #expect(try store.pin(of: text) == text)
    #expect(try store.head(of: text)?.payload == text)
    #expect(try store.openErrors(ofPerson: text).map(\.answer) == [text])
  }

  @Test("L1, Q1, T4: what goes to Salesforce keeps them too", arguments: texts)
  func toSalesforce(text: String) throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    let values: Values = [text: .list([.text(text), .null]), "n": .number("-1e5")]
    try store.take(Person(id: text, updatedAt: 1, watched: values, companyID: text))
    try store.transaction {
      try store.setCompany(text, values, now: 1, cycle: 1)
      try store.setHolds([text], of: text)
      try store.setMadeLead(of: text, record: text, at: 1)
      try store.setFieldBase(person: text, record: text, base: values, refused: values)
      try store.noteLogged(parts: [text], record: text, task: text, at: 1)
      try store.note(KnownConversation(id: text, updatedAt: 1))
      try store.enterHistory(
        HistoryEntry(
          at: 1, personID: text, recordID: text, side: .salesforce, what: text, changes: text,
          result: text))
      try store.owe(
        NewSalesforceDelivery(
          .task, subject: text, orderKey: text, personID: text, recordID: text,
          conversationID: text, partID: text, cycle: 1, payload: text, cause: text,
          isHeld: false), now: 1)
    }
    let person = try #require(try store.person(text))
    #expect(person.watched == values)
    #expect(try store.values(of: person)["company." + text] == values[text])
    #expect(try store.company(text) == values)
    #expect(try store.holds(of: text).map(\.rule) == [text])
    #expect(try store.fieldBase(person: text, record: text)?.refused == values)
    #expect(try store.task(ofPart: text, record: text) == text)
    #expect(try store.history(ofRecord: text, limit: 1).map(\.changes) == [text])
    let due = try store.dueToSalesforce(now: 1, limit: 1, kind: .task)
    #expect(due.map(\.payload) == [text])
    #expect(Array((due[0].cause ?? "").utf8) == Array(text.utf8))
  }

  @Test("O4: bytes that are no UTF-8, and numbers out of range, are let in as something harmless")
  func bytes() throws {
    let scratch = try Scratch()
    let store = try scratch.open()
    var row = RowBuffer(columns: RecordColumn.allCases.count)
    row.set(RecordColumn.id.rawValue, "00QA")
    row.set(RecordColumn.modifiedAt.rawValue, "99999999999999999999999")
    row.set(RecordColumn.createdAt.rawValue, "-9223372036854775808")
    // A lone surrogate as CESU-8 would write it, and an overlong slash.
    let bad: [UInt8] = [0xED, 0xA0, 0x80, 0xC0, 0xAF, 0xFF]
    bad.withUnsafeBytes { row.set(RecordColumn.title.rawValue, $0) }
    #expect(
      try store.transaction {
        try RecordComparison(store, kind: .poll, cycle: 1, sweep: 0).compare(row)
      } == .changed)
    let record = try #require(try store.record("00QA"))
    #expect(record.modifiedAt == 0)
    #expect(record.createdAt == .min)
    #expect(record.title?.unicodeScalars.allSatisfy { $0 == "\u{FFFD}" } == true)
    #expect(try scratch.shell("PRAGMA integrity_check") == "ok\n")
  }

  @Test("S10: attributes in the file that are not what we wrote are read as none")
  func brokenEncoding() {
    for text in ["", "[", "{}", "[1]", "null", "[\"a\"", "[\"a\",7]"] {
      #expect(AttributeValues(encoded: text).isEmpty)
    }
    #expect(AttributeValues(encoded: "[\"a\"]")[.status] == "a")
    #expect(
      AttributeValues(
        encoded: "[" + Array(repeating: "\"x\"", count: 50).joined(separator: ",") + "]")[.url]
        == "x")
  }
}
