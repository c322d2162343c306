import Control
import Engine
import EventLoop
import Store
import SyncCore

/// What a salesperson wants on one screen, from the store and without a call (C1).
@EventLoop struct CardMaker {
  let store: SyncStore
  let planner: Planner
  let settings: EngineSettings

  /// One card a person; one without a person for what only Salesforce knows.
  func cards(_ who: String) throws -> [Card] {
    let people = try Explainer.people(who, in: store)
    guard people.isEmpty else { return try people.map(card) }
    if let record = try store.record(SalesforceIDText.normalized(who)) {
      return try cards(ofUnlinked: record, who)
    }
    // Judged as if somebody had this address, by the code that judges everybody.
    guard let key = EmailText.key(who) else { return [] }
    let candidates = try planner.judge(Person(id: "", email: key)).decision.candidates
    guard !candidates.isEmpty else { return [] }
    return [try card(of: candidates.first(where: \.wins)?.record, among: candidates)]
  }

  /// An old id leads to what has become of it, by merge or conversion (M4, M5).
  private func cards(ofUnlinked record: Record, _ who: String) throws -> [Card] {
    guard let end = try Succession.follow(record, lookup: store.record).record else {
      throw ControlError.notFound(
        who: who,
        reason: """
          The record \(who) is deleted or converted in Salesforce, and no record that is known took \
          its place; 'sfsyncctl history \(who)' tells what was done for it.
          """)
    }
    let people = try store.people(named: end.id)
    return try people.isEmpty ? [card(of: end, among: [])] : people.map(card)
  }

  private func card(of person: Person) throws -> Card {
    let decision = try planner.judge(person).decision
    var card = try card(of: decision.record, among: decision.candidates)
    card.contact = person.id
    card.email = person.email
    return card
  }

  private func card(of record: Record?, among candidates: [SyncCore.Candidate]) throws -> Card {
    Card(
      record: try record.map(entry),
      accountOwner: try owner(record?.object == .contact ? record?.accountOwnerID : nil),
      others: try candidates.map(\.record).filter { $0.id != record?.id && $0.isLive }.map(entry))
  }

  private func entry(_ record: Record) throws -> CardRecord {
    CardRecord(
      objectType: record.object.rawValue, id: record.id, link: settings.recordURL(record.id),
      name: record.name, title: record.title, company: record.company, status: record.status,
      owner: try owner(record.ownerID))
  }

  /// By its id alone where the owner has not been read, such as a user who is not visible to us.
  private func owner(_ id: String?) throws -> CardOwner? {
    guard let id else { return nil }
    let owner = try store.owner(id)
    return CardOwner(
      id: id, name: owner?.name, email: owner?.email, role: owner?.role ?? owner?.title)
  }
}
