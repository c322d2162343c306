import SyncCore
import Testing

@testable import Store

@Suite("S1, I4: no statement walks a table that grows")
struct QueryPlanTests {
  private let scratch: Scratch
  private let store: Store

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  @Test("E1, L1: entries of one subject and people of one rule are found by an index of their own")
  func ownIndexes() throws {
    for (sql, index) in [
      (
        "UPDATE error SET closed_at = 1 WHERE subject_key = 's' AND closed_at IS NULL",
        "error_subject"
      ),
      (
        "SELECT person_id FROM rule_hold WHERE rule = 'a' AND used = 0 AND person_id > '' "
          + "ORDER BY person_id LIMIT 1", "rule_hold_rule"
      ),
    ] {
      #expect(try plan(of: sql).contains { $0.contains("SEARCH") && $0.contains(index) }, "\(sql)")
    }
  }

  /// The steps of a plan, as SQLite tells them (sqlite.org/eqp.html).
  private func plan(of sql: String) throws -> [String] {
    var steps: [String] = []
    try store.database.prepare("EXPLAIN QUERY PLAN " + sql).rows(each: { steps.append($0.text(3)) })
    return steps
  }

  /// Runs every method of what goes to Salesforce, so that its statements are prepared.
  private func run() throws {
    try store.take(Person(id: "p1", updatedAt: 1, companyID: "c1"))
    try store.take(Person(id: "p2", updatedAt: 1))
    try store.transaction {
      try runOutbox()
      try runMemory()
      try store.oweOwner(to: "p1", record: nil, lane: .fresh, desired: nil, cycle: 1, now: 1)
      try store.oweAssignment(of: "c", person: "p1", record: nil, cycle: 1, now: 1)
      _ = try store.headBesideEvents(of: "p1")
      _ = try store.assignment(of: "c")
      _ = try store.disownOwner(of: "p1")
      _ = try store.disownAssignment(of: "c")
      try store.closeErrorsUnlessParked(ofPerson: "p1", at: 1)
      try store.closeErrors(subjectKey: "s", at: 1)
      try store.closeErrors(subjectKey: "s", exceptCode: "c", at: 1)
      _ = try store.openError(subjectKey: "s")
      _ = try store.people(holding: "a", after: "", limit: 1)
      _ = try store.peopleParkedForSalesforce()
      _ = try store.missingTeammates()
      try store.unparkWaiting(for: "acting", kind: .assign)
      try store.drop("p1", survivor: "p2", cycle: 1)
    }
  }

  private func runOutbox() throws {
    try store.owe(
      .lead(for: "p1", email: nil, cycle: 1, payload: nil, cause: "c", isHeld: false), now: 1)
    try store.owe(.fields(of: "p1", to: "00QA", cycle: 1), now: 1)
    let lead = try #require(try store.salesforceDelivery(.lead, subject: "p1"))
    for kind in SalesforceDeliveryKind.allCases {
      _ = try store.dueToSalesforce(now: 1, limit: 9, after: lead, kind: kind)
    }
    _ = try store.nextTryToSalesforce()
    _ = try store.sendingAtStart()
    _ = try store.salesforceDelivery(1)
    _ = try store.salesforceDeliveries(after: 0, limit: 1)
    _ = try store.salesforceDeliveries(of: "p1")
    #expect(try store.markSending(lead, sentAfter: 1))
    try store.markUnknown(lead, sentUntil: 2)
    try store.reorder(lead, orderKey: "x")
    try store.postpone(lead, failedAt: 1, until: 1)
    try store.park(lead)
    try store.unparkSalesforce(person: "p1", lane: .fresh)
    try store.unparkSalesforce(person: nil, lane: .fresh)
    try store.recallTries(after: 1, to: 1)
    try store.hurry()
    _ = try store.heldCount(except: 5)
    _ = try store.heldMoves(except: 5)
    _ = try store.heldEnds(except: 5)
    _ = try store.count(cycle: 1, in: .held)
    _ = try store.outboxCounts()
    try store.releaseHeld(cycle: 3)
    _ = try store.releaseSlice(cycle: 3)
    try store.release(upTo: 9, except: nil)
    try store.disownLead(of: "p1", cause: "x")
    try store.disownFields(of: "p1", to: "00QX")
    try store.settle(lead)
    try store.remove(lead)
  }

  private func runMemory() throws {
    _ = try store.syncRules([("a", "1")], now: 1)
    _ = try store.syncRules([("a", "2")], now: 1)
    _ = try store.syncRules([], now: 1)
    try store.setHolds(["a"], of: "p1")
    try store.setHolds([], of: "p1")
    try store.setUsed(person: "p1")
    try store.setRulesEpoch(1, of: "p1")
    try store.setMadeLead(of: "p1", record: "00QA", at: 1)
    _ = try store.madeLead(of: "p1")
    try store.setFieldBase(person: "p1", record: "00QA", base: [:], refused: [:])
    _ = try store.fieldBase(person: "p1", record: "00QA")
    try store.clearRefusedFields(person: "p1")
    try store.clearRefusedFields()
    try store.noteLogged(parts: ["m"], record: "00QA", task: nil, at: 1)
    _ = try store.isLogged(part: "m", record: "00QA")
    _ = try store.task(ofPart: "m", record: "00QA")
    for task in try store.tasks(of: "p1", conversation: "c") { try store.ask(for: task) }
    try store.unparkTasks()
    try store.remember(conversation: "c", until: ["p1"])
    try store.retry(conversation: "c", failedAt: 1, until: 1)
    try store.wakeConversations(of: "p1")
    try store.wakeUnreadConversations("c")
    try store.wakeUnreadConversations()
    for again in try store.conversationsAgain(now: 1, limit: 9) { try store.putOff(again) }
    try store.forgetAgain(conversation: "c")
    _ = try store.disownAssignments()
    _ = try store.disownOwners()
    try store.note(KnownConversation(id: "c", updatedAt: 1))
    _ = try store.conversation("c")
    try store.setCompany("c1", [:], now: 1, cycle: 1)
    try store.setCompany("c1", nil, now: 1, cycle: 1)
    _ = try store.companiesOfDifferences(cycle: 1)
    try store.enterHistory(HistoryEntry(at: 1, side: .intercom, what: "w", result: "r"))
    _ = try store.history(ofPerson: "p1", limit: 1)
    _ = try store.history(ofRecord: "00QA", limit: 1)
    _ = try store.trimHistory(now: 1)
  }

  /// A whole table or index, a sort, or everything of one kind.
  private static func walks(_ step: String) -> Bool {
    step.hasPrefix("SCAN") || step.contains("TEMP B-TREE") || step.hasSuffix("(kind=?)")
      || step.hasSuffix("(kind=? AND lane>?)")
  }

  /// Walks that are meant: the configuration's few rules, deliveries in the order of their ids from
  /// the first that is not parked, the first thousand lines of the timeline, a count that a
  /// person asks for, and what a new file holds.
  private static let meant: [(statement: String, step: String)] = [
    ("FROM rule", "SCAN rule"),
    ("FROM delivery WHERE state <> 2 ORDER BY id LIMIT 1", "SCAN delivery"),
    ("SELECT (SELECT count(*) FROM delivery", "SCAN delivery"),
    ("SELECT (SELECT count(*) FROM delivery", "SCAN CONSTANT ROW"),
    ("DELETE FROM history", "SCAN history"),
    ("SELECT DISTINCT p.company_id", "USE TEMP B-TREE FOR DISTINCT"),
    ("WHERE state = 2", "USE TEMP B-TREE FOR DISTINCT"),
    ("sqlite_schema", "SCAN sqlite_master"),
    ("json_each(d.payload", "SCAN part VIRTUAL TABLE"),
  ]

  /// Indexes that hold only the rows which their condition picks: walking them walks just these.
  private func partialIndexes() throws -> [String] {
    var names: [String] = []
    let sql = """
      SELECT name FROM sqlite_schema WHERE type = 'index'
        AND (sql LIKE '% WHERE state %' OR sql LIKE '% WHERE kind %' OR sql LIKE '% WHERE refused %')
      """
    try store.database.prepare(sql).rows(each: { names.append($0.text(0)) })
    return names
  }

  @Test("S1, I4: every statement finds its rows by a key or an index")
  func plans() throws {
    try run()
    let statements = store.database.preparedSQL
    #expect(statements.count > 80)
    let partial = try partialIndexes()
    #expect(partial.contains("salesforce_delivery_held"))
    var walks: [String] = []
    for sql in statements {
      for step in try plan(of: sql) where Self.walks(step) {
        let isMeant =
          Self.meant.contains { sql.contains($0.statement) && step.hasPrefix($0.step) }
          || partial.contains { step.hasSuffix("INDEX \($0)") }
        if !isMeant { walks.append("\(step): \(sql)") }
      }
    }
    #expect(walks == [])
  }
}
