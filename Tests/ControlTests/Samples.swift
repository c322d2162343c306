import Control

/// One of each message, everything filled in.
enum Samples {
  static let now = Timestamp(milliseconds: 1_795_341_600_000)

  static let status = Status(
    state: .idle, notices: [], uptime: 12,
    initialSync: InitialSync(
      phase: .done, done: 1200, total: 1200, fraction: 1, perSecond: 0, secondsLeft: 0),
    lastPoll: LastPoll(
      at: now, seconds: 0.8, changed: 3, salesforceCalls: 1, intercomCalls: 2),
    nextPollAt: Timestamp(milliseconds: now.milliseconds + 300_000),
    links: LinkCounts(people: 900, leads: 700, contacts: 200, ambiguous: 4),
    queue: QueueCounts(pending: 0, parked: 0, oldest: 0),
    budget: Budgets(
      salesforce: SalesforceBudget(used: 18, limit: 100_000, ours: 12, share: 0.2),
      intercom: IntercomBudget(limit: 1667, remaining: 1600, window: 10)),
    errors: ErrorCounts(open: 0))

  static let error = ErrorEntry(
    id: 12, code: "SF-REQUIRED-FIELD", kind: "refused",
    subject: ErrorSubject(contact: "5f1a", record: "00Q000000000001AAA"),
    what: "The lead was not created.", cause: "Salesforce requires Industry.",
    remedy: "Map it under [mapping], or give a value under [leads.defaults].", count: 2,
    firstSeen: now, lastSeen: now, state: .open)

  static let planned = PlannedDelivery(
    to: .intercom, kind: .attributes, contact: "5f1a", record: "00Q000000000001AAA",
    changes: ["SALESFORCE_STATUS": Change(from: .string("New"), to: .null)])

  static let queued = QueuedDelivery(
    id: 7, to: .salesforce, kind: .fields, contact: "5f1a", record: "00Q000000000001AAA",
    changes: ["NumberOfEmployees": Change(from: .null, to: .integer(500))], lane: .fresh,
    state: .waiting, attempts: 2, age: 65,
    nextTryAt: Timestamp(milliseconds: now.milliseconds + 9000))

  static let winner = Candidate(
    id: "003000000000002AAA", objectType: "Contact", title: "CEO", ownerID: "005000000000001AAA",
    wins: true, why: "a contact is preferred")

  static let loser = Candidate(
    id: "00Q000000000001AAA", objectType: "Lead", status: "New", wins: false,
    why: "a contact matches too")

  static let match = Match(
    contact: "5f1a", email: "ada@example.com", winner: winner.id, candidates: [winner, loser])

  static let explanation = Explanation(
    contact: ExplainedContact(id: "5f1a", role: "user", email: "ada@example.com"),
    candidates: [winner, loser],
    sent: ["SALESFORCE_TITLE": .string("CEO"), "SALESFORCE_STATUS": .null], pending: [queued],
    errors: [error])

  static let result = SyncResult(finished: true, settled: 3)

  static let owner = CardOwner(
    id: "005000000000001AAA", name: "Grace Hopper", email: "grace@example.com",
    role: "Sales EMEA")

  static let cardRecord = CardRecord(
    objectType: "Lead", id: "00Q000000000001AAA",
    link: "https://example.my.salesforce.com/00Q000000000001AAA", name: "Ada Lovelace",
    title: "CTO", company: "Analytical Engines", status: "New", owner: owner)

  static let card = Card(contact: "5f1a", email: "ada@example.com", record: cardRecord)

  static let happened = HistoryEntry(
    at: now, side: "salesforce", what: "update the lead",
    changes: ["NumberOfEmployees": Change(from: .null, to: .integer(500))], result: "done",
    contact: "5f1a", record: "00Q000000000001AAA")

  static let forgetting = Forgetting(
    done: false, people: [Forgetting.Somebody(contact: "5f1a", email: "ada@example.com")],
    records: [Forgetting.Copy(id: lead, objectType: "Lead", name: "Ada Lovelace")],
    counts: ["profiles": 1], kept: ["made_leads": 1], notes: ["Not touched."])

  static let uninstalling = Uninstalling(
    done: false, attributes: [Uninstalling.Attribute(name: "SALESFORCE_ID", id: "12")],
    deliveries: 3, people: 900, notes: ["Leads stay."])

  private static let lead = "00Q000000000001AAA"

  static let created = Creation(result: .created, ids: ["00Q000000000001AAA"])
}
