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
      return [try card(of: record, among: [])]
    }
    // Judged as if somebody had this address, by the code that judges everybody.
    guard let key = EmailText.key(who) else { return [] }
    let candidates = try planner.judge(Person(id: "", email: key)).decision.candidates
    guard !candidates.isEmpty else { return [] }
    return [try card(of: candidates.first(where: \.wins)?.record, among: candidates)]
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
    return CardOwner(id: id, name: owner?.name, email: owner?.email, role: owner?.role)
  }
}
