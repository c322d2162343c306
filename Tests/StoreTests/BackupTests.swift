import Glibc
import SyncCore
import Testing

@testable import Store

@Suite("O4: backups of a store, and what becomes of one that is put back")
struct BackupTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fill(_ store: Store, _ count: Int, from start: Int = 0) throws {
    try store.transaction {
      let comparison = try RecordComparison(store, kind: .initial, cycle: 1, sweep: 1)
      for number in start..<start + count {
        try comparison.compare(
          Rows.record(
            Record(
              id: "00Q\(1_000_000 + number)", object: .lead, modifiedAt: 1,
              email: "\(number)@example.com", name: String(repeating: "n", count: 200))))
      }
    }
  }

  @Test("O4: a backup is one whole file, though the store is written to between its slices")
  func consistent() async throws {
    let store = try scratch.open()
    try fill(store, 12_000)
    var slices = 0
    try await store.backUp(to: scratch.path + "/copy.db", at: 42) {
      slices += 1
      try? self.fill(store, 10, from: 12_000 + slices * 10)
    }
    #expect(slices > 3)
    #expect(
      try scratch.shell(
        "PRAGMA integrity_check; SELECT count(*) FROM record; PRAGMA journal_mode", name: "copy.db")
        == "ok\n\(try store.recordCount())\ndelete\n")
    #expect(!scratch.files.contains { $0.hasPrefix("copy.db-") })
    let facts = try Store.inspect(scratch.path + "/copy.db")
    #expect(facts.madeAt == 42 && facts.schema == Schema.migrations.count)
    #expect(try facts.size == Int64(scratch.bytes("copy.db").count))
    // The store itself is none.
    #expect(try store.takeAsRestored(at: 1) == nil)
  }

  @Test("O4: a backup that nobody wants any more ends at once")
  func unwanted() async throws {
    let store = try scratch.open()
    try fill(store, 4_000)
    var slices = 0
    await #expect(throws: CancellationError.self) {
      try await store.backUp(to: scratch.path + "/copy.db", at: 42) {
        slices += 1
        throw CancellationError()
      }
    }
    #expect(slices == 1)
    try fill(store, 10, from: 9_000)
    #expect(try store.recordCount() == 4_010)
  }

  @Test("O4: a file that is not ours, newer or damaged is told from a backup")
  func inspected() throws {
    #expect(throws: StoreError.foreignFile) { try Store.inspect(scratch.path + "/none.db") }
    _ = try scratch.shell("CREATE TABLE t(x)", name: "other.db")
    #expect(throws: StoreError.foreignFile) { try Store.inspect(scratch.path + "/other.db") }
    let store = try scratch.open()
    try fill(store, 3_000)
    try store.close()
    _ = try scratch.shell("PRAGMA user_version = 99")
    #expect(throws: StoreError.newerSchema(found: 99, known: Schema.migrations.count)) {
      try Store.inspect(scratch.file)
    }
  }

  @Test("O4: what was owed is held, looked up or owed no more; what is rare stays")
  func owed() throws {
    let path = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let version = Schema.migrations.count
    #expect(system("sqlite3 '\(scratch.file)' < '/\(path)/Fixtures/store-\(version).sql'") == 0)
    _ = try scratch.shell("INSERT INTO meta VALUES('backup_at', '5')")
    let store = try scratch.open()
    #expect(
      try store.takeAsRestored(at: 9) == Store.Restored(at: 9, from: 5, farAt: 9))
    #expect(try store.isUnbased() && store.get("backup_at") == nil)
    let kinds = try store.deliveries(after: 0, limit: 99)
    #expect(Set(kinds.map(\.kind)) == [.attributes, .owner])
    #expect(kinds.allSatisfy { $0.state == .held && $0.attempts == 0 })
    let owed = try store.salesforceDeliveries(after: 0, limit: 99)
    #expect(owed.map(\.kind) == [.lead, .task] && owed.map(\.state) == [.sending, .held])
    #expect(owed.last?.payload?.contains("\"isLookedUp\":true") == true)
    #expect(try store.openErrorCount() == 0)
    #expect(try store.get("full_at") == nil)
    #expect(try store.cursor("Lead") == nil)
    #expect(try store.pin(of: "aaaaaaaaaaaaaaaaaaaaaaa1") == "00Q000000000001AAA")
    #expect(try store.madeLead(of: "aaaaaaaaaaaaaaaaaaaaaaa1") != nil)
    #expect(try store.holds(of: "aaaaaaaaaaaaaaaaaaaaaaa1").map(\.isUsed) == [true])
    #expect(try store.isLogged(part: "30", record: "00Q000000000001AAA"))
    #expect(try store.history(ofPerson: "aaaaaaaaaaaaaaaaaaaaaaa1", limit: 9).count == 1)
    #expect(try store.get("paused") == "1")
    #expect(try store.takeAsRestored(at: 10) == nil)
  }

  @Test("O: the tables are counted to the last row")
  func counted() async throws {
    let store = try scratch.open()
    try fill(store, 4_321)
    let counts = try await store.tableCounts {}
    #expect(counts.first { $0.table == "record" }?.rows == 4_321)
    #expect(counts.first { $0.table == "person" }?.rows == 0)
    #expect(try await store.outboxKinds {}.isEmpty)
  }
}
