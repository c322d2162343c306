import Control
import Engine
import EventLoop
import Store
import SyncCore

/// What the control socket asks of the way back to Salesforce.
@EventLoop extension EngineHandler {
  func card(who: String) throws(ControlError) -> [Card] {
    try reading {
      let cards = try CardMaker(
        store: store, planner: engine.planner, settings: engine.parts.settings
      ).cards(who)
      guard !cards.isEmpty else { throw ControlError.notFound(who: who) }
      return cards
    }
  }

  func history(
    who: String, page: PageRequest
  ) throws(ControlError) -> ListPage<Control.HistoryEntry> {
    try reading {
      guard let entries = try HistoryList(store: store).page(who, page) else {
        throw ControlError.notFound(who: who)
      }
      return entries
    }
  }

  func createLead(
    who: String, fields: [String: String]
  ) async throws(ControlError) -> Creation {
    let person = try personForLead(who)
    switch await engine.createLead(person: person, edits: fields.mapValues(Value.text)) {
    case .created(let ids): return Creation(result: .created, ids: ids)
    case .exists(let ids): return Creation(result: .exists, ids: ids)
    case .refused(let entry): return Creation(result: .refused, error: ErrorEntry(entry))
    }
  }

  /// A lead is made from an Intercom person: a record alone is no one to make it from.
  private func personForLead(_ who: String) throws(ControlError) -> String {
    do {
      return try onePerson(who)
    } catch .notFound {
      let records = try reading {
        try CardMaker(
          store: store, planner: engine.planner, settings: engine.parts.settings
        ).cards(who).flatMap { card in [card.id].compactMap(\.self) + card.others.map(\.id) }
      }
      guard !records.isEmpty else { throw .notFound(who: who) }
      throw .notFound(
        who: who,
        reason: """
          Nobody in Intercom has the e-mail or id \(who), and a lead is made from an Intercom \
          person; Salesforce has \(records.joined(separator: ", ")) already. Create the person in \
          Intercom and run 'sfsyncctl sync --wait', which links the two.
          """)
    }
  }

  func createTask(
    conversation: String, part: String?
  ) async throws(ControlError) -> Creation {
    switch await engine.createTask(conversation: conversation, part: part) {
    case .created(let ids): Creation(result: .created, ids: ids)
    case .exists(let ids): Creation(result: .exists, ids: ids)
    case .refused(let entry): Creation(result: .refused, error: ErrorEntry(entry))
    }
  }

  func assignConversation(_ conversation: String) async throws(ControlError) -> Creation {
    switch await engine.assignConversation(conversation) {
    case .assigned(let id): Creation(result: .assigned, ids: [id])
    case .exists(let id): Creation(result: .exists, ids: [id])
    case .refused(let entry): Creation(result: .refused, error: ErrorEntry(entry))
    }
  }
}
