package import SyncCore

/// What the store holds about somebody: people, the records that are theirs, and rows about them (O6).
package struct Traces: Sendable, Equatable {
  /// A kind of rows that are erased, in the order in which people are told of them.
  package enum Kind: String, Sendable, CaseIterable {
    case profiles, links, records, deliveries, errors, history, notes, companies
  }

  /// A record that stays, since somebody else is linked to it or has its address.
  package struct Shared: Sendable, Equatable {
    package var record: Record
    package var personID: String
  }

  package var people: [Person] = []
  /// The record that each person is linked or pinned to, by the person's id.
  package var links: [String: String] = [:]
  package var records: [Record] = []
  package var shared: [Shared] = []
  /// People with one of these addresses who were not named, and stay.
  package var namesakes: [String] = []
  /// How many rows of each kind go.
  package var counts: [Kind: Int64] = [:]
  /// Rows of ids and times alone, which stay so that no lead and no task is made twice.
  package var madeLeads: Int64 = 0
  package var loggedMessages: Int64 = 0
  /// Leads and tasks of which Salesforce has not said whether it made them: forgetting them now
  /// could make a second one (L6).
  package var unsettled: [SalesforceDelivery] = []

  package var isEmpty: Bool { people.isEmpty && records.isEmpty && shared.isEmpty }

  /// As far as they are known here.
  package var names: Set<String> {
    Set(records.compactMap(\.name) + people.compactMap { $0.watched["name"]?.text })
  }

  package var emails: Set<String> {
    Set(people.compactMap(\.email) + records.compactMap(\.email))
  }
}

/// Looks for everything that is about somebody.
extension Store {
  /// What there is about `people`, about whoever has the address `key`, and about one record.
  package func traces(
    of people: [Person], key: String? = nil, record recordID: String? = nil
  ) throws(SQLError) -> Traces {
    var traces = Traces(people: people)
    var seeds: Set<String> = []
    if let recordID { seeds.insert(recordID) }
    if let key { seeds.formUnion(try recordIDs(Self.recordsByEmail, key)) }
    for person in people {
      let (linked, pinned) = (try link(of: person.id)?.recordID, try pin(of: person.id))
      let made = try madeLead(of: person.id)?.record
      traces.links[person.id] = linked ?? pinned
      seeds.formUnion([linked, pinned, made].compactMap(\.self))
      if let email = person.email { seeds.formUnion(try recordIDs(Self.recordsByEmail, email)) }
      guard settings.matchesByExternalID, let id = person.externalID else { continue }
      seeds.formUnion(try recordIDs(Self.recordsByKey, id))
    }
    try divide(try relatives(of: seeds), into: &traces)
    traces.namesakes = try namesakes(of: traces, key: key)
    try count(into: &traces)
    return traces
  }

  private static let recordsByEmail = "SELECT id FROM record WHERE email = ?"
  private static let recordsByKey = "SELECT id FROM record WHERE match_key = ?"

  private func recordIDs(_ sql: String, _ value: String) throws(SQLError) -> [String] {
    var ids: [String] = []
    try database.statement(sql).rows {
      $0.bind(1, value)
    } each: {
      ids.append($0.text(0))
    }
    return ids
  }

  /// With the records that were merged or converted into one of them, and those that they became.
  private func relatives(of seeds: Set<String>) throws(SQLError) -> [Record] {
    var found: [String: Record] = [:]
    var open = seeds.sorted()
    while let id = open.popLast() {
      guard found[id] == nil, let record = try record(id) else { continue }
      found[id] = record
      open += [record.convertedContactID, record.masterRecordID].compactMap(\.self)
      open += try predecessors(of: id)
    }
    return found.values.sorted { $0.id < $1.id }
  }

  /// Parts the records that go from those that others use.
  private func divide(_ records: [Record], into traces: inout Traces) throws(SQLError) {
    let own = IDList(traces.people.map(\.id))
    for record in records {
      let other = try database.statement(
        """
        SELECT person_id FROM link WHERE record_id = ?1 AND person_id NOT IN \(IDList.each(2))
        UNION ALL
        SELECT person_id FROM pin WHERE record_id = ?1 AND person_id NOT IN \(IDList.each(2))
        UNION ALL
        SELECT id FROM person WHERE email = ?3 AND id NOT IN \(IDList.each(2)) LIMIT 1
        """
      ).first {
        $0.bind(1, record.id)
        $0.bind(2, own.json)
        $0.bind(3, record.email)
      } read: {
        $0.text(0)
      }
      if let other {
        traces.shared.append(Traces.Shared(record: record, personID: other))
      } else {
        traces.records.append(record)
      }
    }
  }

  private func namesakes(of traces: Traces, key: String?) throws(SQLError) -> [String] {
    var ids: Set<String> = []
    for email in traces.emails.union([key].compactMap(\.self)) {
      ids.formUnion(try recordIDs("SELECT id FROM person WHERE email = ?", email))
    }
    return ids.subtracting(traces.people.map(\.id)).sorted()
  }
}

/// Ids as one parameter of a statement.
struct IDList {
  let json: String

  init(_ ids: [String]) {
    let list: Values = ["ids": .list(ids.map(Value.text))]
    json = list.json
  }

  /// The ids of the parameter with that number, as SQL.
  static func each(_ parameter: Int) -> String {
    "(SELECT value FROM json_each(?\(parameter), '$.ids'))"
  }
}
