import SyncCore
import Testing

@testable import Store

@Suite("Journal: what is new in the error register")
struct RegisterNewsTests {
  private let scratch: Scratch
  private let store: Store
  private let refused = Meaning("IC-X", .refused, cause: "cause", remedy: "remedy")
  private let other = Meaning("SF-Y", .refused, cause: "cause", remedy: "remedy")

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
    try store.watchRegister()
  }

  @discardableResult
  private func enter(
    _ meaning: Meaning, _ person: String?, key: String? = nil
  ) throws -> Int64 {
    try store.enter(Report(meaning, what: "write", personID: person, subjectKey: key), now: 1).id
  }

  private func news() throws -> [String] {
    try store.registerNews().map { "\($0.isOpened ? "opened" : "closed") \($0.count) \($0.code)" }
  }

  @Test("what is opened is counted by code, with the newest; a repetition is no news")
  func opened() throws {
    for person in ["a", "b", "c"] { try enter(refused, person) }
    let last = try enter(other, "a")
    try enter(refused, "b")
    #expect(try news() == ["opened 3 IC-X", "opened 1 SF-Y"])
    #expect(try store.registerNews().last?.lastID == last)
  }

  @Test("what was told is forgotten, and its end is news of its own")
  func told() throws {
    try enter(refused, "a")
    try enter(refused, "b")
    for news in try store.registerNews() { try store.forget(news) }
    #expect(try news().isEmpty)
    try store.closeErrors(ofPerson: "a", at: 2)
    try enter(refused, "c")
    #expect(try news() == ["opened 1 IC-X", "closed 1 IC-X"])
    // A person who is gone takes the entry along.
    try store.closeErrors(ofPerson: "b", at: nil)
    #expect(try news() == ["opened 1 IC-X", "closed 2 IC-X"])
  }

  @Test("what is over before it was told is no news")
  func over() throws {
    try enter(refused, "a")
    try store.closeErrors(ofPerson: "a", at: 2)
    try enter(refused, "b")
    try store.closeErrors(ofPerson: "b", at: nil)
    #expect(try news().isEmpty)
  }

  @Test("an id that SQLite gives again is no trouble")
  func again() throws {
    let first = try enter(refused, "a")
    for news in try store.registerNews() { try store.forget(news) }
    try store.closeErrors(ofPerson: "a", at: nil)
    let second = try enter(refused, "b")
    #expect(try news() == ["opened 1 IC-X", "closed 1 IC-X"], "ids \(first) and \(second)")
  }

  @Test("what is rolled back never happened")
  func rolledBack() throws {
    struct Stop: Error {}
    try? store.transaction {
      try enter(refused, "a")
      throw Stop()
    }
    #expect(try news().isEmpty)
  }

  @Test(
    "what has an event of its own is left out",
    arguments: ["side:salesforce", "side:intercom-events", "guard", "share", "store", "mail"])
  func left(_ key: String) throws {
    try enter(refused, nil, key: key)
    try store.closeErrors(subjectKey: key, at: 2)
    #expect(try news().isEmpty)
  }

  @Test("an entry from before the start is not told again, but its end is")
  func before() throws {
    try enter(refused, "a")
    let next = try scratch.open()
    try next.watchRegister()
    #expect(try next.registerNews().isEmpty)
    try next.closeErrors(ofPerson: "a", at: 2)
    #expect(try next.registerNews().map(\.isOpened) == [false])
  }
}
