import Control
import Daemon
import EventLoop
import FoundationEssentials

/// A daemon without sides: answers from what a test has put into it.
@EventLoop final class FakeHandler: ControlHandler {
  var entries: [ErrorEntry] = []
  var queued = 0
  /// What was asked for, in order.
  var asked: [String] = []
  var result = SyncResult(finished: true, settled: 3)
  /// Called in the midst of a sync that waits.
  var duringSync: (() async -> Void)?
  var refusesReload = false

  func status() -> Status {
    asked.append("status")
    return Self.sampleStatus
  }

  func errors(_ query: ErrorQuery) throws(ControlError) -> ListPage<ErrorEntry> {
    let chosen = entries.filter { entry in
      if let id = query.id { return entry.id == id }
      if let seen = query.seenAfter, entry.lastSeen.milliseconds <= seen { return false }
      return query.all || entry.state != .dismissed
    }
    let rest = chosen.filter { $0.id > query.page.after ?? .min }
    let page = Array(rest.prefix(query.page.limit))
    return ListPage(entries: page, next: rest.count > page.count ? page.last?.id : nil)
  }

  func retryErrors(ids: [Int64]?) -> Int {
    asked.append("retry \(ids.map { "\($0)" } ?? "all")")
    return ids?.count ?? entries.count
  }

  func dismissErrors(ids: [Int64]) -> Int {
    asked.append("dismiss \(ids)")
    return ids.count
  }

  func sync(
    _ options: SyncOptions, progress: (Status) -> Void
  ) async throws(ControlError) -> SyncResult {
    asked.append("sync")
    guard options.wait else { return SyncResult(finished: false) }
    progress(Self.sampleStatus)
    await duringSync?()
    progress(Self.sampleStatus)
    return result
  }

  func plan(
    full: Bool, page: PageRequest
  ) async throws(ControlError) -> ListPage<PlannedDelivery> {
    let change = Change(from: .null, to: .string("Working"))
    return ListPage(entries: [
      PlannedDelivery(
        to: .intercom, kind: .attributes, contact: "c1", record: "00Q000000000001AAA",
        changes: ["SALESFORCE_STATUS": change])
    ])
  }

  func queue(_ page: PageRequest) -> ListPage<QueuedDelivery> {
    let first = Int(page.after ?? 0) + 1
    let last = min(queued, first + page.limit - 1)
    guard first <= last else { return ListPage(entries: []) }
    let entries = (first...last).map {
      QueuedDelivery(
        id: Int64($0), to: .intercom, kind: .event, contact: "c\($0)", changes: [:],
        lane: .fresh, state: .waiting, attempts: 0, age: 1)
    }
    return ListPage(entries: entries, next: last < queued ? Int64(last) : nil)
  }

  func explain(who: String) throws(ControlError) -> [Explanation] {
    guard who == "ada@example.com" else { throw .notFound(who: who) }
    let candidate = Candidate(
      id: "00Q000000000001AAA", objectType: "Lead", status: "Working", wins: true,
      why: "the only one")
    return [
      Explanation(
        contact: ExplainedContact(id: "c1", role: "lead", email: who), candidates: [candidate],
        sent: ["SALESFORCE_TITLE": .null], pending: [], errors: [])
    ]
  }

  func card(who: String) throws(ControlError) -> [Card] {
    guard who == "ada@example.com" else { throw .notFound(who: who) }
    let owner = CardOwner(id: "005000000000001AAA", name: "Grace Hopper")
    let record = CardRecord(
      objectType: "Lead", id: "00Q000000000001AAA",
      link: "https://example.my.salesforce.com/00Q000000000001AAA", name: "Ada Lovelace",
      owner: owner)
    return [Card(contact: "c1", email: who, record: record)]
  }

  func history(
    who: String, page: PageRequest
  ) throws(ControlError) -> ListPage<HistoryEntry> {
    guard who == "ada@example.com" else { throw .notFound(who: who) }
    let first = Int64(page.after ?? 0) + 1
    let entries = (first..<first + 2).map {
      HistoryEntry(
        at: Timestamp(milliseconds: $0 * 1000), side: "salesforce", what: "lead",
        changes: ["Company": Change(from: .null, to: .string("Acme"))], result: "created",
        contact: "c1", record: "00Q000000000001AAA")
    }
    return ListPage(entries: entries, next: first < 5 ? first + 1 : nil)
  }

  func createLead(
    who: String, fields: [String: String]
  ) async throws(ControlError) -> Creation {
    asked.append("lead \(who) \(fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })")
    switch who {
    case "ada@example.com": return Creation(result: .created, ids: ["00Q000000000001AAA"])
    case "bob@example.com": return Creation(result: .exists, ids: ["003000000000002AAA"])
    case "two@example.com":
      throw .refused(reason: "2 people have that address.", remedy: "Name one by its id: c1, c2.")
    case "sales@example.com": throw .notFound(who: who, reason: "Only Salesforce knows \(who).")
    case "c9": return Creation(result: .refused, error: Self.sampleError(7))
    default: throw .notFound(who: who)
    }
  }

  func createTask(
    conversation: String, part: String?
  ) async throws(ControlError) -> Creation {
    asked.append("task \(conversation) \(part ?? "-")")
    switch conversation {
    case "215": return Creation(result: .created, ids: ["00T000000000001AAA"])
    case "216": return Creation(result: .exists)
    default: return Creation(result: .refused, error: Self.sampleError(8))
    }
  }

  /// What a backup hands out, in parts of three bytes.
  var backup: [UInt8] = []
  /// The parts that were taken from it.
  var partsSent = 0

  func backUp(
    isWanted: () -> Bool, send: (BackupPart) async throws(ControlError) -> Void
  ) async throws(ControlError) {
    asked.append("backup")
    try await send(BackupPart(total: Int64(backup.count)))
    var rest = backup[...]
    while !rest.isEmpty, isWanted() {
      try await send(BackupPart(data: Data(rest.prefix(backupPart)).base64EncodedString()))
      rest = rest.dropFirst(backupPart)
      partsSent += 1
      await EventLoop.nextTurn()
    }
  }

  var backupPart = 3

  func support() -> SupportReply {
    asked.append("support")
    return SupportReply(sections: [SupportSection(title: "Versions", text: "sfsyncd 0.1.0")])
  }

  func assignConversation(_ conversation: String) async throws(ControlError) -> Creation {
    asked.append("assign \(conversation)")
    return Creation(result: .assigned, ids: ["991"])
  }

  func matches(_ page: PageRequest) -> ListPage<Match> { ListPage(entries: []) }

  func link(who: String, record: String) async throws(ControlError) -> Pin {
    asked.append("link \(who) \(record)")
    return Pin(contact: "c1", record: record)
  }

  func unlink(who: String) async throws(ControlError) -> Pin { throw .notFound(who: who) }
  func metrics() throws(ControlError) -> String { "sfsync_up 1\n# EOF\n" }

  func pause() { asked.append("pause") }
  func resume() { asked.append("resume") }

  func reload() throws(ControlError) -> ReloadResult {
    if refusesReload {
      throw .refused(reason: "Line 3: no key 'pol'.", remedy: "Did you mean 'poll'?")
    }
    return ReloadResult(changes: ["poll.every is now 10m."])
  }

  func forget(who: String, isSure: Bool) async throws(ControlError) -> Forgetting {
    guard who == "ada@example.com" else { throw .notFound(who: who) }
    if isSure { asked.append("forget \(who)") }
    return Forgetting(
      done: isSure,
      people: [Forgetting.Somebody(contact: "c1", email: who, role: "lead")],
      records: [Forgetting.Copy(id: "00Q000000000001AAA", objectType: "Lead", name: "Ada")],
      counts: ["profiles": 1, "records": 1, "history": 3], kept: ["made_leads": 1], notes: ["Note."]
    )
  }

  func uninstall(isSure: Bool) async throws(ControlError) -> Uninstalling {
    if isSure { asked.append("uninstall") }
    return Uninstalling(
      done: isSure && !refusesReload,
      attributes: [Uninstalling.Attribute(name: "SALESFORCE_ID", id: "7", archived: isSure)],
      deliveries: 2, people: 3, revoked: isSure, emptied: isSure && !refusesReload,
      left: refusesReload ? ["Salesforce is unreachable."] : [], notes: ["Note."])
  }

  static let sampleStatus = Status(
    state: .idle, uptime: 12,
    initialSync: InitialSync(phase: .done, done: 1200, total: 1200, fraction: 1, perSecond: 0),
    links: LinkCounts(people: 900, leads: 700, contacts: 200, ambiguous: 4),
    queue: QueueCounts(pending: 0, parked: 0, oldest: 0),
    budget: Budgets(
      salesforce: SalesforceBudget(used: 18, limit: 100_000, ours: 12, share: 0.2),
      intercom: IntercomBudget(limit: 1667, remaining: 1600)),
    errors: ErrorCounts(open: 0))

  static func sampleError(_ id: Int64, seen: Int64 = 0) -> ErrorEntry {
    ErrorEntry(
      id: id, code: "SF-REQUIRED-FIELD", kind: "refused",
      subject: ErrorSubject(contact: "c\(id)"), what: "The lead was not created.",
      cause: "Salesforce requires Industry.", remedy: "Map it, or give a default.", count: 1,
      firstSeen: Timestamp(milliseconds: seen), lastSeen: Timestamp(milliseconds: seen),
      state: .open)
  }
}
