import SyncCore

@testable import Store

/// A life of the store in a few transactions, each as the line makes them.
enum Scenario {
  static let settings = Store.Settings()

  private static func lead(_ number: Int, at stamp: Int64, owner: String = "005A") -> Record {
    Record(
      id: "00Q\(number)", object: .lead, modifiedAt: stamp, email: "\(number)@x.com",
      name: String(repeating: "n", count: 300), status: "Open", title: "\(stamp)", ownerID: owner)
  }

  static let transactions: [@Sendable (Store) throws -> Void] = [
    { store in
      try store.lazyTransaction {
        let records = try RecordComparison(store, kind: .initial, cycle: 1, sweep: 1)
        for number in 10..<16 { try records.compare(Rows.record(lead(number, at: 1))) }
        let people = try PersonComparison(store, kind: .initial, cycle: 1, sweep: 1)
        for number in 10..<16 {
          try people.compare(
            Rows.person(
              Person(
                id: "p\(number)", updatedAt: 1, email: "\(number)@x.com",
                watched: ["name": .text("n")], companyID: "c1", createdAt: 1)))
        }
        try store.set("full_read", "half")
      }
    },
    { store in try plan(store, people: (10..<16).map { "p\($0)" }, lane: .backfill) },
    { store in
      try store.transaction {
        try store.release(upTo: 9, except: nil)
        try store.set("full_read", nil)
      }
    },
    { store in
      try store.transaction {
        let records = try RecordComparison(store, kind: .poll, cycle: 2, sweep: 0)
        for number in 10..<13 { try records.compare(Rows.record(lead(number, at: 2))) }
        let owners = try OwnerComparison(store, kind: .poll, cycle: 2)
        try owners.compare(Rows.owner("005A", at: 2, name: "Ada"))
        try store.setCursor("Lead", Cursor(since: 2))
      }
    },
    { store in
      try store.transaction {
        while try store.spreadOwnerDifferences(cycle: 2, limit: 2) {}
        while try store.spreadRecordDifferences(cycle: 2, limit: 2) {}
      }
    },
    { store in
      let people = try store.personDifferences(cycle: 2, limit: 99)
      try plan(store, people: people, lane: .fresh)
    },
    { store in try store.transaction { try store.release(upTo: 9, except: nil) } },
    { store in try settle(store) },
    { store in try oweToSalesforce(store) },
    { store in try markSending(store) },
    { store in try settleToSalesforce(store) },
    { store in
      try store.transaction {
        try store.markDeleted(record: "00Q15", cycle: 3)
        try store.drop("p14", survivor: "p13", cycle: 3)
      }
    },
  ]

  private static func plan(_ store: Store, people: [String], lane: Lane) throws {
    try store.transaction {
      for id in people {
        guard let person = try store.person(id) else { continue }
        let link = try store.link(of: id)
        let decision = try store.decideLink(of: person, current: link)
        try store.apply(decision, to: id, current: link)
        try store.oweAttributes(
          to: id, record: decision.record?.id, lane: lane, moves: false, desired: "x", cycle: 1,
          now: 1)
        if link != nil, let record = decision.record {
          let second = try store.eventSecond(of: id, kind: .title, at: record.modifiedAt)
          try store.oweEvent(
            to: id, record: record.id, payload: "{\"second\":\(second)}", cycle: 1, now: 1)
        }
        try store.removePersonDifference(id)
      }
    }
  }

  /// A lead, fields and a task are owed as a cycle would, and let go.
  private static func oweToSalesforce(_ store: Store) throws {
    try store.transaction {
      let rules = try store.syncRules([(name: "r", definition: "1")], now: 5)
      for id in ["p13", "p14"] {
        try store.setHolds(["r"], of: id)
        try store.setRulesEpoch(rules[0].epoch, of: id)
        try store.owe(
          .lead(for: id, email: "x@x.com", cycle: 4, payload: "{}", cause: "rule:r"), now: 5)
      }
      try store.setFieldBase(person: "p14", record: "00Q14", base: ["a": .null], refused: [:])
      try store.owe(.fields(of: "p14", to: "00Q14", cycle: 4), now: 5)
      try store.owe(
        .task(keyPart: "m", on: "00Q14", of: "p14", conversation: "c", cycle: 4, payload: "{}"),
        now: 5)
      try store.noteLogged(parts: ["m"], record: "00Q14", task: nil, at: 5)
      try store.note(KnownConversation(id: "c", updatedAt: 5, taggedAt: 5))
      try store.setCompany("c1", ["plan": .text("Gold")], now: 5, cycle: 4)
      try store.oweAssignment(of: "c", person: "p14", record: "00Q14", cycle: 4, now: 5)
      while try store.releaseSlice(cycle: 4) {}
    }
  }

  /// The intent of everything that is due, durable before any call (L6, T4).
  private static func markSending(_ store: Store) throws {
    try store.transaction {
      for kind in SalesforceDeliveryKind.allCases {
        for delivery in try store.dueToSalesforce(now: 9, limit: 9, kind: kind) {
          guard try store.markSending(delivery, sentAfter: 9, payload: "sent") else {
            throw Scratch.Failed(what: "markSending")
          }
        }
      }
    }
  }

  /// One made, one refused, one unknown.
  private static func settleToSalesforce(_ store: Store) throws {
    try store.transaction {
      for delivery in try store.sendingAtStart() {
        switch delivery.kind {
        case .lead:
          try store.setPin(of: "p13", to: "00QN")
          try store.setMadeLead(of: "p13", record: "00QN", at: 9)
          try store.setUsed(person: "p13")
          try store.settle(delivery)
        case .fields: try store.park(delivery)
        case .task: try store.markUnknown(delivery, sentUntil: 10, failedAt: 10, until: 99)
        }
        try store.enterHistory(
          HistoryEntry(
            at: 9, personID: delivery.personID, side: .salesforce, what: "x", result: "y"))
      }
    }
  }

  private static func settle(_ store: Store) throws {
    try store.transaction {
      var values = AttributeValues()
      values[.title] = "t"
      for id in ["p10", "p11", "p12"] {
        guard let person = try store.person(id), let head = try store.head(of: id) else { continue }
        _ = try store.recordSent(values, returned: values, to: person, configured: .all)
        try store.settle(head)
      }
      guard let refused = try store.head(of: "p13") else { return }
      try store.park(refused, payload: "x")
      try store.enter(
        Report(Meaning("IC-X", .refused, cause: "c", remedy: "r"), what: "w", personID: "p13"),
        now: 5)
    }
  }
}

extension Scratch {
  /// Everything in the store as the `sqlite3` program reads it, but for the mark of a clean stop.
  func dump(_ name: String = "store.db") throws -> String {
    try shell(".dump", name: name).split(separator: "\n")
      .filter { !$0.hasPrefix("INSERT INTO meta VALUES('clean'") }.joined(separator: "\n")
  }

  /// The store's files as a kill would leave them now, in a directory of their own.
  func killed() throws -> Scratch {
    let copy = try Scratch()
    for name in ["store.db", "store.db-wal"] where files.contains(name) {
      try copy.write(try bytes(name), to: name)
    }
    return copy
  }
}
