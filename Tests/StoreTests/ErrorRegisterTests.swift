import SyncCore
import Testing

@testable import Store

@Suite("E1: the error register")
struct ErrorRegisterTests {
  private let scratch: Scratch
  private let store: Store
  private let refused = Meaning("IC-X", .refused, cause: "cause", remedy: "remedy")

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  @discardableResult
  private func enter(
    _ meaning: Meaning? = nil, person: String? = "p1", key: String? = nil, answer: String = "no",
    at now: Int64 = 1
  ) throws -> (id: Int64, isNew: Bool) {
    try store.transaction {
      try store.enter(
        Report(
          meaning ?? refused, what: "write", answer: answer, personID: person, recordID: "00QA",
          subjectKey: key, status: 422, requestID: "r"), now: now)
    }
  }

  private func change(_ body: () throws -> Void) throws { try store.transaction(body) }

  @Test("E1: a failure is in the register once, counted, first and last seen")
  func once() throws {
    let first = try enter(at: 10)
    let again = try enter(answer: "still no", at: 20)
    #expect(first.isNew)
    #expect(!again.isNew)
    #expect(first.id == again.id)
    #expect(
      try store.errors(all: false, after: 0, limit: 10) == [
        RegisterEntry(
          id: first.id, code: "IC-X", kind: .refused, personID: "p1", recordID: "00QA",
          what: "write", cause: "cause", remedy: "remedy", answer: "still no", status: 422,
          requestID: "r", count: 2, firstSeen: 10, lastSeen: 20, state: .open)
      ])
    #expect(try enter(person: "p2").isNew)
    #expect(try enter(Meaning("IC-Y", .refused, cause: "", remedy: "")).isNew)
    #expect(try store.openErrorCount() == 3)
  }

  @Test("E1: it closes by itself when the write succeeds; what comes later is a new entry")
  func closing() throws {
    let first = try enter(at: 1)
    try change { try store.closeErrors(ofPerson: "p1", at: 5) }
    #expect(try store.errors(all: true, after: 0, limit: 10) == [])
    #expect(try store.error(first.id)?.state == .closed)
    #expect(try store.openErrors(ofPerson: "p1") == [])
    let second = try enter(at: 9)
    #expect(second.isNew)
    #expect(second.id != first.id)
  }

  @Test("E1, S10: a write closes neither a broken side nor an accepted alteration")
  func kept() throws {
    try enter(Meaning("IC-BROKEN", .broken, cause: "", remedy: ""))
    try enter(Meaning("IC-VALUE-ALTERED", .refused, cause: "", remedy: ""))
    try enter()
    try change { try store.closeErrors(ofPerson: "p1", at: 5) }
    #expect(
      try store.openErrors(ofPerson: "p1").map(\.code) == ["IC-BROKEN", "IC-VALUE-ALTERED"])
    #expect(try store.transaction { try store.closeErrors(code: "IC-BROKEN", at: 6) } == 1)
    #expect(try store.transaction { try store.closeErrors(code: "IC-BROKEN", at: 7) } == 0)
  }

  @Test("E1: entries are closed by code, by code and subject, or by subject")
  func closingByKey() throws {
    for key in ["a", "b"] { try enter(key: key) }
    try enter(Meaning("IC-Y", .passing, cause: "", remedy: ""), key: "a")
    let left = { try store.errors(all: true, after: 0, limit: 10).count }
    #expect(
      try store.transaction { try store.closeErrors(code: "IC-X", subjectKey: "b", at: 1) } == 1)
    #expect(try left() == 2)
    #expect(try store.transaction { try store.closeErrors(subjectKey: "a", at: 1) } == 2)
    #expect(try left() == 0)
  }

  @Test("E1: dismissed stays dismissed and counts on; retrying opens again when it fails again")
  func states() throws {
    let entry = try enter()
    let state = { (state: RegisterEntry.State) in
      try store.transaction { try store.setState(state, ofError: entry.id) }
    }
    #expect(try state(.dismissed))
    try enter(at: 2)
    #expect(try store.error(entry.id)?.state == .dismissed)
    #expect(try store.error(entry.id)?.count == 2)
    #expect(try store.openErrorCount() == 0)
    #expect(try store.errors(all: false, after: 0, limit: 10) == [])
    #expect(try store.errors(all: true, after: 0, limit: 10).count == 1)
    #expect(try state(.retrying))
    #expect(try store.error(entry.id)?.state == .retrying)
    try enter(at: 3)
    #expect(try store.error(entry.id)?.state == .open)
    try change { try store.closeErrors(ofPerson: "p1", at: 5) }
    #expect(try !state(.dismissed))
    #expect(try store.transaction { try !store.setState(.dismissed, ofError: 999) })
    #expect(try store.error(999) == nil)
  }

  @Test("E1: the list comes in pages")
  func pages() throws {
    for number in 0..<5 { try enter(key: "\(number)") }
    let first = try store.errors(all: false, after: 0, limit: 2)
    let last = try #require(first.last?.id)
    #expect(first.count == 2)
    #expect(try store.errors(all: false, after: last, limit: 9).count == 3)
  }

  @Test("E1: closed entries are kept for a month, open ones for as long as they are open")
  func trim() throws {
    let month = Store.closedMillisecondsMax
    let closed = try enter(key: "closed")
    let open = try enter(key: "open")
    try change { try store.closeErrors(subjectKey: "closed", at: 100) }
    try change { try store.trimErrors(now: 100 + month) }
    #expect(try store.error(closed.id) != nil)
    try change { try store.trimErrors(now: 101 + month) }
    #expect(try store.error(closed.id) == nil)
    #expect(try store.error(open.id) != nil)
  }
}
