import Control
import Engine
import EventLoop
import Store
import SyncCore

/// Why a person carries what it carries, by the code that decides it (O2).
@EventLoop struct Explainer {
  let store: SyncStore
  let planner: Planner
  let lists: DeliveryLists
  let settings: EngineSettings

  func explain(_ who: String) throws -> [Explanation] {
    let people = try Self.people(who, in: store)
    if people.isEmpty { return try recordAlone(who) }
    return try people.map(explain)
  }

  /// The people whom an e-mail address, a contact id or a record id names.
  static func people(_ who: String, in store: SyncStore) throws -> [Person] {
    let people = try store.people(named: SalesforceIDText.normalized(who))
    guard people.isEmpty, let key = EmailText.key(who) else { return people }
    return try store.people(named: key)
  }

  private func explain(_ person: Person) throws -> Explanation {
    let plan = try planner.judge(person)
    var sent: [String: JSONValue] = [:]
    if let values = person.sent {
      for (attribute, name) in settings.attributeNames {
        sent[name] = values[attribute].map(JSONValue.string) ?? .null
      }
    }
    return Explanation(
      contact: ExplainedContact(id: person.id, role: person.role, email: person.email),
      candidates: plan.decision.candidates.map { Control.Candidate($0) }, sent: sent,
      pending: try lists.queued(ofPerson: person.id),
      errors: try store.openErrors(ofPerson: person.id).map { ErrorEntry($0) })
  }

  /// A record that nobody in Intercom matches.
  private func recordAlone(_ who: String) throws -> [Explanation] {
    guard let record = try store.record(SalesforceIDText.normalized(who)) else { return [] }
    let candidate = SyncCore.Candidate(
      record: record, wins: false,
      why: record.isLive
        ? "nobody in Intercom matches it" : "converted or deleted, so it matches nobody")
    return [
      Explanation(
        contact: nil, candidates: [Control.Candidate(candidate)], sent: [:], pending: [],
        errors: [])
    ]
  }
}

/// People with several candidates.
@EventLoop struct MatchList {
  let store: SyncStore

  func page(_ page: PageRequest) throws -> ListPage<Control.Match> {
    let offset = page.after ?? 0
    let ids = try store.ambiguousPeople(offset: offset, limit: page.limit)
    var entries: [Control.Match] = []
    for id in ids {
      guard let person = try store.person(id) else { continue }
      let decision = try store.decideLink(of: person, current: try store.link(of: id))
      entries.append(
        Control.Match(
          contact: id, email: person.email, winner: decision.record?.id,
          candidates: decision.candidates.map { Control.Candidate($0) }))
    }
    return ListPage(
      entries: entries, next: ids.count == page.limit ? offset + Int64(ids.count) : nil)
  }
}

extension Control.Candidate {
  init(_ candidate: SyncCore.Candidate) {
    self.init(
      id: candidate.record.id, objectType: candidate.record.object.rawValue,
      status: candidate.record.status, title: candidate.record.title,
      ownerID: candidate.record.ownerID, wins: candidate.wins, why: candidate.why)
  }
}

extension ErrorEntry {
  init(_ entry: RegisterEntry) {
    self.init(
      id: entry.id, code: entry.code, kind: entry.kind.rawValue,
      subject: ErrorSubject(contact: entry.personID, record: entry.recordID),
      what: "Could not \(entry.what).\(Self.said(entry))", cause: entry.cause, remedy: entry.remedy,
      count: entry.count, firstSeen: Timestamp(milliseconds: entry.firstSeen),
      lastSeen: Timestamp(milliseconds: entry.lastSeen),
      state: ErrorState(rawValue: entry.state.rawValue) ?? .open)
  }

  private static func said(_ entry: RegisterEntry) -> String {
    guard !entry.answer.isEmpty else { return "" }
    let answer = entry.answer.hasSuffix(".") ? entry.answer.dropLast() : entry.answer[...]
    return " \(speaker(of: entry.code)): \(answer)."
  }

  /// Where no answer came, the words are sfsync's own.
  private static func speaker(of code: String) -> String {
    switch code {
    case "SF-UNREACHABLE", "SF-ANSWER-LOST", "IC-UNREACHABLE", "IC-TIMEOUT": "Details"
    case "MAIL-LATER", "MAIL-LOGIN", "MAIL-REFUSED": "The mail server said"
    case _ where code.hasPrefix("SF-"): "Salesforce said"
    case _ where code.hasPrefix("IC-"): "Intercom said"
    default: "Details"
    }
  }
}
