import SyncCore
import Testing
import Wire

@testable import Store

@Suite("O4: a store of version 1 goes on as it was")
struct MigrationTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// One row or more in every table, as the first release wrote them.
  private static let rows = """
    INSERT INTO meta VALUES('org_id', '00D1'), ('full_at', '77'), ('cycle', '9');
    INSERT INTO record VALUES('00QA', 0, 5, x'00112233445566778899AABBCCDDEEFF', 'a@x.com', 'K',
      'Jane', 'Open', 'CTO', '005A', 0, 0, NULL, NULL, 3, 1);
    INSERT INTO record VALUES('003B', 1, 6, x'00', 'b@x.com', NULL, 'Joe', NULL, NULL, NULL, 1, 0,
      NULL, '003C', 4, 1);
    INSERT INTO owner VALUES('005A', 1, x'00', 'Ada', 'ada@x.com', NULL, '00E1', 1);
    INSERT INTO person VALUES('p1', 7, x'00', 'user', 'a@x.com', 'e1', '[\\"Open\\"]',
      '[\\"Open\\"]', '[\\"Open\\"]', 2, 1);
    INSERT INTO link VALUES('p1', '00QA', '005A', 'Open', 'CTO');
    INSERT INTO pin VALUES('p1', '00QA');
    INSERT INTO ambiguous VALUES('p2');
    INSERT INTO record_difference VALUES('00QA', 9, 'old@x.com', NULL);
    INSERT INTO person_difference VALUES('p1', 9);
    INSERT INTO owner_difference VALUES('005A', 9, '00Q');
    INSERT INTO delivery(kind, person_id, record_id, lane, state, cycle, generation, payload,
      moves, attempts, first_failed_at, next_try_at, queued_at) VALUES
      (0, 'p1', '00QA', 1, 1, 9, 3, NULL, 1, 2, 50, 60, 40),
      (1, 'p1', '00QA', 1, 0, 9, 1, '{}', 0, 0, NULL, 0, 41),
      (0, 'p3', '00QA', 2, 2, 8, 1, 'refused', 0, 1, NULL, 0, 42);
    INSERT INTO event_second VALUES('p1', 'status', 100);
    INSERT INTO cursor VALUES('Lead', 5, 3, '00QA');
    INSERT INTO error(subject_key, code, kind, person_id, record_id, what, cause, remedy, answer,
      count, first_seen, last_seen, state)
      VALUES('p1/00QA', 'IC-X', 'refused', 'p1', '00QA', 'w', 'c', 'r', 'a', 2, 1, 2, 'open');
    """

  private func makeVersion1() throws {
    let opened = try Store.open(
      path: scratch.file, settings: Store.Settings(), migrations: [Schema.migrations[0]])
    #expect(opened.opening == .new)
    try opened.store.close()
    _ = try scratch.shell(Self.rows)
  }

  @Test("O4: what version 1 wrote was made by this very script, which nobody may change")
  func script() {
    var hasher = Fingerprint.Hasher()
    var script = Schema.migrations[0]
    script.withUTF8 { hasher.combine(UnsafeRawBufferPointer($0)) }
    let words = [hasher.finish().high, hasher.finish().low]
    #expect(words == [11_535_280_374_955_305_131, 10_963_209_234_319_910_420])
  }

  @Test("O4: every row is found again, and everybody is compared once more")
  func rows() throws {
    try makeVersion1()
    for _ in 0..<2 {
      let opened = try Store.open(path: scratch.file, settings: Store.Settings())
      #expect(opened.opening == .existing)
      try look(opened.store)
      try opened.store.close()
    }
    #expect(
      try scratch.shell("PRAGMA user_version; PRAGMA integrity_check")
        == "\(Schema.migrations.count)\nok\n")
  }

  private func look(_ store: Store) throws {
    #expect(try store.get("org_id") == "00D1")
    #expect(try store.integer("cycle") == 9)
    #expect(try store.get("full_at") == nil)
    #expect(
      try store.record("00QA")
        == Record(
          id: "00QA", object: .lead, modifiedAt: 5, email: "a@x.com", matchKey: "K", name: "Jane",
          status: "Open", title: "CTO", ownerID: "005A", createdAt: 3))
    #expect(try store.record("003B")?.masterRecordID == "003C")
    #expect(try store.owner("005A")?.name == "Ada")
    var open = AttributeValues()
    open[.status] = "Open"
    #expect(
      try store.person("p1")
        == Person(
          id: "p1", updatedAt: 7, role: "user", email: "a@x.com", externalID: "e1",
          observed: open, sent: open, returned: open, accepted: AttributeSet(rawValue: 2)))
    #expect(
      try store.link(of: "p1")
        == Link(recordID: "00QA", ownerID: "005A", status: "Open", title: "CTO"))
    #expect(try store.linkCounts() == LinkCounts(people: 1, leads: 1, contacts: 0, ambiguous: 1))
    #expect(try store.pin(of: "p1") == "00QA")
    #expect(
      try scratch.shell("SELECT record_id, cycle, email FROM record_difference")
        == "00QA|9|old@x.com\n")
    #expect(try store.personDifferences(cycle: 9, limit: 5) == ["p1"])
    #expect(try scratch.shell("SELECT owner_id, after FROM owner_difference") == "005A|00Q\n")
    #expect(
      try store.deliveries(of: "p1").map(\.kind) == [.attributes, .event])
    let parked = try #require(try store.deliveries(of: "p3").first)
    #expect(parked.payload == "refused" && parked.state == .parked && parked.conversationID == nil)
    #expect(
      try store.outboxCounts()
        == OutboxCounts(pending: 1, held: 1, parked: 1, backfill: 0, oldestQueuedAt: 40))
    #expect(try store.cursor("Lead")?.after == StreamKey(modifiedAt: 3, id: "00QA"))
    #expect(try store.openErrors(ofPerson: "p1").map(\.count) == [2])
  }

  @Test("S7: the seconds of events go on from where they were")
  func seconds() throws {
    try makeVersion1()
    let store = try scratch.open()
    #expect(
      try store.transaction { try store.eventSecond(of: "p1", kind: .status, at: 100) } == 101)
  }

  @Test("L1a, Q1: whoever was known before is new to rules and to the mapping")
  func nothingKnown() throws {
    try makeVersion1()
    let store = try scratch.open()
    let person = try #require(try store.person("p1"))
    #expect(person.rulesEpoch == 0 && person.watched.isEmpty && person.createdAt == 0)
    #expect(try store.holds(of: "p1").isEmpty)
    #expect(try store.fieldBase(person: "p1", record: "00QA") == nil)
    #expect(try store.salesforceDeliveries(after: 0, limit: 9) == [])
  }

  @Test("O4: killed in the middle of the migration the file is version 1 still")
  func killed() throws {
    try makeVersion1()
    #expect(throws: SQLError.self) {
      try Store.open(
        path: scratch.file, settings: Store.Settings(),
        migrations: [Schema.migrations[0], Schema.version2 + "; SELECT * FROM none"])
    }
    #expect(
      try scratch.shell("PRAGMA user_version; SELECT value FROM meta WHERE key = 'full_at'")
        == "1\n77\n")
    try look(try scratch.open())
  }

  @Test("O4 G1: what version 2 held is counted and let go by version 3")
  func held() throws {
    try makeVersion1()
    try Store.open(
      path: scratch.file, settings: Store.Settings(),
      migrations: Array(Schema.migrations.prefix(2))
    ).store.close()
    let store = try scratch.open()
    #expect(try store.heldCount(except: nil) == 1)
    #expect(try store.heldCount(except: 9) == 0)
    try store.letGo()
    #expect(try store.outboxCounts().held == 0)
  }
}
