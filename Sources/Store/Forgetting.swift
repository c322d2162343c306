import CSQLite
import SyncCore

/// Erases somebody from the store (O6).
extension Store {
  /// What of a table goes with people and with records; a test holds this against the schema, so
  /// that no table is forgotten.
  struct Erasure {
    var table: String
    var kind: Traces.Kind
    /// Which rows: `?1` are the people's ids, `?2` those of the records that go.
    var condition: String

    /// Everything about people and records but what ``kept`` names.
    static let all = [
      Erasure(table: "person", kind: .profiles, condition: "id IN \(people)"),
      Erasure(table: "link", kind: .links, condition: ofPeople),
      Erasure(table: "pin", kind: .links, condition: ofPeople),
      Erasure(table: "ambiguous", kind: .links, condition: ofPeople),
      Erasure(table: "record", kind: .records, condition: "id IN \(records)"),
      Erasure(table: "record_difference", kind: .records, condition: "record_id IN \(records)"),
      Erasure(table: "delivery", kind: .deliveries, condition: ofPeople),
      Erasure(
        table: "salesforce_delivery", kind: .deliveries,
        condition: "\(ofPeople) OR person_id IS NULL AND record_id IN \(records)"),
      Erasure(
        table: "error", kind: .errors,
        condition: """
          \(ofPeople) OR record_id IN \(records) OR EXISTS(
            SELECT 1 FROM json_each(?1, '$.ids') AS p WHERE instr(error.subject_key, p.value) > 0)
          """),
      Erasure(table: "history", kind: .history, condition: ofPeople),
      Erasure(
        table: "history", kind: .history,
        condition: "record_id IN \(records) AND person_id NOT IN \(people)"),
      Erasure(table: "person_difference", kind: .notes, condition: ofPeople),
      Erasure(table: "event_second", kind: .notes, condition: ofPeople),
      Erasure(table: "rule_hold", kind: .notes, condition: ofPeople),
      Erasure(table: "field_base", kind: .notes, condition: ofPeople),
      Erasure(table: "conversation_again", kind: .notes, condition: ofPeople),
      // The company of nobody else; it is read again with the next person who has it.
      Erasure(
        table: "company", kind: .companies,
        condition: """
          id IN (SELECT company_id FROM person WHERE id IN \(people)) AND NOT EXISTS(
            SELECT 1 FROM person WHERE company_id = company.id AND id NOT IN \(people))
          """),
    ]

    /// Ids and times alone: without them a lead or a task could be made a second time (L6, T4).
    static let kept = ["made_lead", "logged_part", "conversation"]

    private static let people = IDList.each(1)
    private static let records = IDList.each(2)
    private static let ofPeople = "person_id IN \(people)"
  }

  func count(into traces: inout Traces) throws(SQLError) {
    let people = IDList(traces.people.map(\.id))
    let records = IDList(traces.records.map(\.id))
    for erasure in Erasure.all {
      let rows = try count(
        "SELECT count(*) FROM \(erasure.table) WHERE \(erasure.condition)", people, records)
      traces.counts[erasure.kind, default: 0] += rows
    }
    let all = IDList(traces.records.map(\.id) + traces.shared.map(\.record.id))
    traces.madeLeads = try count(
      "SELECT count(*) FROM made_lead WHERE person_id IN \(IDList.each(1))", people, all)
    traces.loggedMessages = try count(
      """
      SELECT count(*) FROM logged_part
      WHERE record_id IN \(IDList.each(2)) AND task_id IS NOT NULL
      """, people, all)
    for person in traces.people {
      traces.unsettled += try salesforceDeliveries(of: person.id).filter {
        $0.state == .sending && $0.kind != .fields
      }
    }
  }

  private func count(_ sql: String, _ people: IDList, _ records: IDList) throws(SQLError) -> Int64 {
    try database.statement(sql).first {
      $0.bind(1, people.json)
      if sql.contains("?2") { $0.bind(2, records.json) }
    } read: {
      $0.integer(0)
    } ?? 0
  }

  /// Erases what `traces` found, in one transaction; what is deleted is overwritten with zeros.
  ///
  /// Follow it with ``scrub(of:pause:)``: the log still has what was written before.
  package func forget(_ traces: Traces) throws {
    let people = IDList(traces.people.map(\.id))
    let records = IDList(traces.records.map(\.id))
    try transaction {
      for person in traces.people { try forgetLogged(of: person.id) }
      // Companies are found by their people, who go last but one.
      for erasure in Erasure.all.reversed() {
        let sql = "DELETE FROM \(erasure.table) WHERE \(erasure.condition)"
        try database.statement(sql).run {
          $0.bind(1, people.json)
          if sql.contains("?2") { $0.bind(2, records.json) }
        }
      }
      try forgetFormerKeys(of: traces)
      try set(Self.scrubKey, "1")
    }
  }

  /// What a record that stays, or has another address now, was matched by before it was planned.
  private func forgetFormerKeys(of traces: Traces) throws(SQLError) {
    for email in traces.emails {
      try database.statement("UPDATE record_difference SET email = NULL WHERE email = ?").run {
        $0.bind(1, email)
      }
    }
    for id in traces.people.compactMap(\.externalID) {
      try database.statement("UPDATE record_difference SET match_key = NULL WHERE match_key = ?")
        .run { $0.bind(1, id) }
    }
  }
}
