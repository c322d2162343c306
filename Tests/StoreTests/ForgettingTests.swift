import SyncCore
import Testing

@testable import Store

@Suite("O6: what is stored of somebody goes, all of it, and nothing else")
struct ForgettingTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  private func take(_ id: String, email: String?, lead: String? = nil) throws {
    if let lead {
      try store.take(
        Record(id: lead, object: .lead, modifiedAt: 1, email: email, name: "N of \(lead)"))
    }
    let person = Person(id: id, updatedAt: 1, email: email)
    try store.take(person, .initial)
    try store.link(person)
  }

  private func traces(_ ids: String..., key: String? = nil, record: String? = nil) throws -> Traces
  {
    try store.traces(of: ids.compactMap { try store.person($0) }, key: key, record: record)
  }

  private func forget(_ ids: String..., key: String? = nil, record: String? = nil) throws {
    try store.forget(
      try store.traces(
        of: ids.compactMap { try store.person($0) }, key: key, record: record))
  }

  // MARK: Every table

  /// Tables of which nothing is about a single person, and why.
  private static let impersonal = [
    "meta",  // single values
    "owner", "owner_difference",  // the customer's own users, queues and roles
    "cursor", "rule",  // how far streams are read; the configuration's rules
    "link_tally", "delivery_tally", "salesforce_delivery_tally",  // counts
  ]

  private func columns(of table: String) throws -> [(name: String, type: String)] {
    try scratch.shell("SELECT name, type FROM pragma_table_info('\(table)')")
      .split(separator: "\n").map { line in
        let parts = line.split(separator: "|")
        return (String(parts[0]), String(parts[1]))
      }
  }

  private func tables() throws -> [String] {
    try scratch.shell(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    ).split(separator: "\n").map(String.init)
  }

  @Test("O6: every table of the schema is erased from, kept with ids alone, or about nobody")
  func everyTable() throws {
    let erased = Set(Store.Erasure.all.map(\.table))
    let known = erased.union(Store.Erasure.kept).union(Self.impersonal)
    #expect(try Set(tables()) == known)
    for table in Self.impersonal {
      for column in try columns(of: table) {
        #expect(!["person_id", "record_id", "conversation_id"].contains(column.name), "\(table)")
      }
    }
    // What is kept has room for ids and times, and for nothing else.
    for table in Store.Erasure.kept {
      for column in try columns(of: table) {
        let isTime = column.type == "INTEGER"
        #expect(isTime || column.name == "id" || column.name.hasSuffix("_id"), "\(table)")
      }
    }
  }

  /// A row of `table` in which every text says the mark, but for ids of the person and record.
  private func row(_ table: String) throws -> String {
    let values = try columns(of: table).map { column in
      switch (column.name, column.type) {
      case ("person_id", _),
        ("id", "TEXT") where table == "person":
        "'p1'"
      case ("record_id", _),
        ("id", "TEXT") where table == "record":
        "'00QA'"
      case ("id", "TEXT"), ("company_id", _): "'c1'"
      case (_, "TEXT"): "'MARK'"
      case (_, "BLOB"): "x'00'"
      default: "1"
      }
    }
    return "INSERT OR REPLACE INTO \(table) VALUES(\(values.joined(separator: ",")));"
  }

  @Test("O6: a row in every table that is about the person leaves no byte in the file")
  func everyColumn() async throws {
    let tables = Set(Store.Erasure.all.map(\.table))
    _ = try scratch.shell(try tables.sorted().map(row).joined())
    #expect(try scratch.dump().contains("MARK"))
    let traces = try store.traces(of: [try #require(try store.person("p1"))], record: "00QA")
    #expect(traces.counts.values.reduce(0, +) == Int64(tables.count))
    #expect(traces.counts.allSatisfy { $0.value > 0 }, "each kind has some: \(traces.counts)")
    try store.forget(traces)
    #expect(try await store.scrub(of: ["MARK"], pause: {}) == .clean)
    let dump = try scratch.dump()
    for mark in ["MARK", "'p1'", "'00QA'", "'c1'"] { #expect(!dump.contains(mark), "\(mark)") }
    for name in scratch.files {
      let text = String(decoding: try scratch.bytes(name), as: UTF8.self)
      #expect(!text.contains("MARK"), "\(name)")
    }
  }

  @Test(
    "O6: of hundreds of people in full pages nobody's address is left, wherever SQLite moved it")
  func movedRows() async throws {
    var random = SplitMix(seed: 7)
    var people: [String] = []
    for batch in 0..<40 {
      try store.transaction {
        let comparison = try PersonComparison(store, kind: .poll, cycle: 1, sweep: 0)
        for number in 0..<200 {
          let id = String(String(random.next(), radix: 36).suffix(11) + "00000000000").prefix(11)
          people.append(String(id))
          try comparison.compare(
            Rows.person(
              Person(
                id: String(id), updatedAt: Int64(batch * 200 + number),
                email: "\(id)@mark.example",
                watched: ["name": .text(String(repeating: "n", count: number % 97 * 3))])))
        }
        for id in people.shuffled(using: &random).prefix(70) {
          try comparison.compare(
            Rows.person(Person(id: id, updatedAt: .max - 1, email: "\(id)@mark.example")))
        }
      }
    }
    let victims = Array(people.shuffled(using: &random).prefix(1000))
    let traces = try store.traces(of: victims.compactMap { try store.person($0) })
    #expect(traces.people.count == 1000)
    try store.forget(traces)
    #expect(try store.truncateLog())
    // Here a few of them are left at this point: this SQLite does not overwrite what it moves.
    let moved = try addresses().intersection(victims)
    let marks = Set(moved.union(victims.prefix(3)).map { "\($0)@mark.example" })
    #expect(try await store.scrub(of: marks, pause: {}) == .clean)
    #expect(try scratch.bytes("store.db-wal").isEmpty)
    #expect(try addresses().isDisjoint(with: victims))
    #expect(try !addresses().isDisjoint(with: people), "the others are found by this")
    #expect(try store.personCount() == Int64(people.count - victims.count))
    #expect(try scratch.shell("PRAGMA integrity_check") == "ok\n")
    // The tallies beside the file are still there, whatever was written anew.
    _ = try store.errorTallies()
  }

  /// What stands before each @ of the file, whatever precedes it in a row or an index.
  private func addresses() throws -> Set<String> {
    Set(
      try scratch.bytes().split(separator: UInt8(ascii: "@")).map {
        String(decoding: $0.suffix(11), as: UTF8.self)
      })
  }

  // MARK: Whom and what

  @Test("O6: a record goes with its last person; one that others use stays, and says who needs it")
  func sharedRecord() throws {
    try take("p1", email: "a@x.com", lead: "00QA")
    try take("p2", email: "a@x.com")
    let one = try traces("p1")
    #expect(one.records.isEmpty && one.namesakes == ["p2"])
    #expect(one.shared.map(\.record.id) == ["00QA"] && one.shared.map(\.personID) == ["p2"])
    try forget("p1")
    #expect(try store.record("00QA") != nil && store.person("p1") == nil)
    #expect(try store.link(of: "p2")?.recordID == "00QA")
    let both = try traces("p2")
    #expect(both.records.map(\.id) == ["00QA"] && both.shared.isEmpty)
    try forget("p2")
    #expect(try store.record("00QA") == nil)
  }

  @Test("O6: what a record was merged or converted into, and what was into it, goes with it")
  func relatives() throws {
    for (id, object, into) in [("00QB", RecordObject.lead, "003C"), ("00QA", .lead, "00QB")] {
      var record = Record(id: id, object: object, modifiedAt: 1, email: "old@x.com", name: "N")
      record.isConverted = object == .lead
      record.convertedContactID = into
      try store.take(record)
    }
    try store.take(Record(id: "003C", object: .contact, modifiedAt: 1, email: "new@x.com"))
    try store.take(Record(id: "00QZ", object: .lead, modifiedAt: 1, email: "other@x.com"))
    let traces = try store.traces(of: [], record: "00QB")
    #expect(traces.records.map(\.id) == ["003C", "00QA", "00QB"])
    #expect(traces.emails == ["old@x.com", "new@x.com"])
    try store.forget(traces)
    #expect(try store.recordCount() == 1)
  }

  @Test("O6, L6, T4: made leads and logged messages stay; a task that was not sent goes whole")
  func kept() throws {
    try take("p1", email: "a@x.com", lead: "00QA")
    try store.transaction {
      try store.setMadeLead(of: "p1", record: "00QA", at: 5)
      try store.noteLogged(parts: ["sent"], record: "00QA", task: "00T1", at: 5)
      try store.noteLogged(parts: ["owed"], record: "00QA", task: nil, at: 5)
      try store.owe(
        .task(
          keyPart: "owed", on: "00QA", of: "p1", conversation: "c", cycle: 1,
          payload: #"{"parts":["owed"]}"#), now: 5)
    }
    let traces = try traces("p1")
    #expect(traces.madeLeads == 1 && traces.loggedMessages == 1 && traces.unsettled.isEmpty)
    try store.forget(traces)
    #expect(try store.madeLead(of: "p1")?.record == "00QA")
    #expect(try store.isLogged(part: "sent", record: "00QA"))
    #expect(try !store.isLogged(part: "owed", record: "00QA"))
  }

  @Test("O6, L6: a lead or task that is being sent is told; fields are no obstacle")
  func unsettled() throws {
    try take("p1", email: "a@x.com", lead: "00QA")
    try store.transaction {
      try store.owe(.fields(of: "p1", to: "00QA", cycle: 1), now: 1)
      try store.owe(
        .lead(for: "p1", email: "a@x.com", cycle: 1, payload: "{}", cause: "rule:r"), now: 1)
      while try store.releaseSlice(cycle: 1) {}
    }
    for kind in [SalesforceDeliveryKind.fields, .lead] {
      #expect(try traces("p1").unsettled.isEmpty)
      let due = try store.dueToSalesforce(now: 9, limit: 9, kind: kind)
      #expect(try store.transaction { try store.markSending(due[0], sentAfter: 9) })
    }
    #expect(try traces("p1").unsettled.map(\.kind) == [.lead])
  }

  @Test("O6: eight bytes of a name, an id or the first part of an address are enough to be found")
  func needles() {
    let needles = Needles(["ada.lovelace@example.com", "bo@example.com", "5f1a00000001", "short"])
    func found(_ text: String) -> Bool { needles.areIn(Array(text.utf8)[...]) }
    for text in ["xxada.lovelxx", "xovelace@", "..bo@examp", "f1a00000"] { #expect(found(text)) }
    for text in ["@example.com", "ada.lov", "xx.short.xx", "", "bo@exam"] { #expect(!found(text)) }
    #expect(!Needles([]).areIn([0, 0, 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test("O6: a page of the file is parsed as far as it is one, whatever its bytes are")
  func foreignPages() {
    var random = SplitMix(seed: 3)
    for kind in [UInt8(0), 2, 5, 10, 13, 255] {
      for _ in 0..<200 {
        var page = (0..<512).map { _ in UInt8.random(in: 0...255, using: &random) }
        page[0] = kind
        page[100] = kind
        #expect(UnusedSpan.of(page[...], isFirst: false).count <= 504)
        #expect(UnusedSpan.of(page[...], isFirst: true).count <= 404)
      }
    }
    #expect(UnusedSpan.of([13, 0], isFirst: false).isEmpty)
  }

  // MARK: Emptying

  @Test("O6: an emptied store is as a new one but for what is kept, and goes on from there")
  func emptied() throws {
    for step in Scenario.transactions { try step(store) }
    try store.transaction { try store.set("paused", "1") }
    try store.watchRegister()
    let fresh = try Scratch()
    try fresh.open().close()
    try store.empty(keeping: ["paused", "absent"])
    func schema(_ dump: String) -> [Substring] {
      dump.split(separator: "\n").filter { !$0.hasPrefix("INSERT INTO meta") }.sorted()
    }
    #expect(try schema(scratch.dump()) == schema(fresh.dump()))
    #expect(try scratch.shell("SELECT key, value FROM meta") == "paused|1\n")
    #expect(try scratch.bytes().count < 400_000 && scratch.bytes("store.db-wal").isEmpty)
    #expect(try store.outboxCounts().pending == 0 && store.linkCounts().people == 0)
    #expect(try store.errorTallies().isEmpty)
    _ = try store.registerNews()
    for step in Scenario.transactions { try step(store) }
    #expect(try store.linkCounts().people > 0)
  }
}

/// The same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
