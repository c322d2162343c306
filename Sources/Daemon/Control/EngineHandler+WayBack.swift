import Control
import Engine
import EventLoop
import Store
import SyncCore

/// What the control socket asks of the way back to Salesforce.
@EventLoop extension EngineHandler {
  /// How long somebody waits for what takes a few calls, in milliseconds.
  private static let patience: Int64 = 60_000

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
    let engine = engine
    let outcome = try await asked("lead") {
      try await engine.createLead(person: person, edits: fields.mapValues(Value.text))
    }
    switch outcome {
    case .created(let ids): return Creation(result: .created, ids: ids)
    case .exists(let ids): return Creation(result: .exists, ids: ids)
    case .refused(let entry): return Creation(result: .refused, error: ErrorEntry(entry))
    case .waiting(let why): throw Self.isWaiting("lead", why)
    }
  }

  /// Asks the engine for something that takes calls; it goes on when the caller leaves.
  private func asked<Outcome: Sendable>(
    _ noun: String, _ work: @escaping @EventLoop () async throws -> Outcome
  ) async throws(ControlError) -> Outcome {
    try checkInstalled()
    let outcome: Outcome?
    do {
      outcome = try await Asking(work).outcome(within: Self.patience, daemon.clock)
    } catch {
      throw .refused(
        reason: "The \(noun) could not be asked for: \(error).",
        remedy: "Look at the disk and at 'journalctl -u sfsyncd'.")
    }
    guard let outcome else { throw Self.isWaiting(noun, "There is no answer yet.") }
    return outcome
  }

  private static func isWaiting(_ noun: String, _ why: String) -> ControlError {
    .refused(
      reason: "The \(noun) is not there yet. \(why)",
      remedy: "It is made as soon as that is possible; 'sfsyncctl queue' shows it.")
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
    let engine = engine
    let outcome = try await asked("task") {
      try await engine.createTask(conversation: conversation, part: part)
    }
    switch outcome {
    case .created(let ids): return Creation(result: .created, ids: ids)
    case .exists(let ids): return Creation(result: .exists, ids: ids)
    case .refused(let entry): return Creation(result: .refused, error: ErrorEntry(entry))
    case .waiting(let why): throw Self.isWaiting("task", why)
    case .failed(let why, let remedy):
      throw ControlError.refused(reason: "No task was created. \(why)", remedy: remedy)
    }
  }

  func assignConversation(_ conversation: String) async throws(ControlError) -> Creation {
    let engine = engine
    let outcome = try await asked("assignment") {
      try await engine.assignConversation(conversation)
    }
    switch outcome {
    case .assigned(let id): return Creation(result: .assigned, ids: [id])
    case .exists(let id): return Creation(result: .exists, ids: [id])
    case .refused(let entry): return Creation(result: .refused, error: ErrorEntry(entry))
    case .failed(let why):
      throw .refused(
        reason: "The conversation was not assigned. \(why)", remedy: "Ask again later.")
    }
  }
}
