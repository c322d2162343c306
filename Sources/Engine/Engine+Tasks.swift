import EventLoop
import Intercom
import Salesforce
package import Store
import SyncCore
import Wire

/// What asking for a conversation's tasks came to.
package enum TaskOutcome: Sendable, Equatable {
  /// The ids of the tasks that were made.
  case created([String])
  /// Everything was logged before, in these tasks.
  case exists([String])
  case refused(RegisterEntry)
  /// It stays in the outbox and is made as soon as it can be; what stands in its way, in words.
  case waiting(String)
  /// Nothing was noted; why, and what to do, in words.
  case failed(String, remedy: String)
}

/// Tasks, asked for by people (T1).
@EventLoop extension Engine {
  /// Writes down when the store began, and what the days of tasks are told by.
  func noteFirstRun() throws {
    let store = parts.store
    try store.transaction {
      if try store.get(TaskPlanner.firstRunKey) == nil {
        try store.set(TaskPlanner.firstRunKey, String(parts.salesforceNow ?? parts.clock.now))
      }
      try store.noteRestored(farAt: parts.salesforceNow ?? parts.clock.now)
      if let zone = preparation.organization?.timeZone {
        try store.set(TaskPlanner.zoneKey, zone)
      }
    }
  }

  // MARK: Tasks

  /// Logs a conversation, or one message of it, on every record that matches; returns when that is
  /// done, or when something stands in its way.
  package func createTask(conversation id: String, part: String?) async throws -> TaskOutcome {
    guard !isStopped, !isPaused else {
      return .failed(
        "Nothing is read or written while sfsyncd is paused.",
        remedy: "Run 'sfsyncctl resume', then ask again.")
    }
    guard isPrepared else {
      return .failed(
        "sfsync has not reached both sides yet since its start.",
        remedy: "Ask again in a minute; 'sfsyncctl status' says what it is about.")
    }
    let planner = TaskPlanner(parts)
    let conversation: Conversation
    let email: String?
    do {
      conversation = try await parts.pace.call(isAsked: true) {
        try await parts.intercom.conversation(id)
      }
      email = try await teammateEmail(of: conversation)
      try await meet(conversation.people)
    } catch let error as IntercomError {
      return try told(Report(error.failure, subjectKey: "asked:\(id)"))
    }
    let (targets, owed) = try parts.store.transaction {
      let targets = try planner.targets(of: conversation.people)
      let again = try planner.tryAgain(conversation, part: part, on: targets)
      let cycle = try parts.store.next("cycle")
      let owed = try planner.owe(
        conversation, to: targets, asked: TaskPlanner.Asked(part: part), teammateEmail: email,
        cycle: cycle, now: parts.clock.now)
      // By hand, for one conversation: the guard has no say.
      try parts.store.releaseHeld(cycle: cycle)
      return (targets, again + owed)
    }
    guard !targets.isEmpty else { return try told(report(id, EngineMeaning.taskWithoutRecord)) }
    let known = try planner.logged(conversation, part: part, on: targets)
    guard !owed.isEmpty || !known.isEmpty else {
      return try told(report(id, EngineMeaning.taskWithoutMessage))
    }
    salesforceDeliverer.health.probe()
    salesforceDeliverer.stir()
    return try await outcome(of: owed.isEmpty ? known : owed, isNew: !owed.isEmpty)
  }

  private func teammateEmail(of conversation: Conversation) async throws -> String? {
    guard let id = conversation.teammateID else { return nil }
    return try await parts.teammates.teammate(id, isAsked: true)?.email
  }

  /// Reads people whom the polls have not brought yet: Intercom's search is late with new ones.
  func meet(_ people: [String]) async throws {
    let store = parts.store
    for id in people where try store.person(id) == nil {
      let answer: PersonAnswer
      do {
        answer = try await parts.pace.call(isAsked: true) { try await parts.intercom.person(id) }
      } catch let error as IntercomError where error.isPersonGone {
        continue
      }
      guard answer.id == id, !answer.isArchived, !answer.isDeleted, !answer.isBlocked else {
        continue
      }
      try store.transaction {
        var row = RowBuffer(columns: PersonColumn.allCases.count)
        answer.fill(&row)
        let cycle = try store.next("cycle")
        _ = try PersonComparison(store, kind: .poll, cycle: cycle, sweep: 0).compare(row)
        try planner.plan(id, cycle: cycle, lane: .asked, now: parts.clock.now)
        try store.removePersonDifference(id)
        try store.releaseHeld(cycle: cycle)
      }
    }
    stirDelivery()
  }

  /// Waits until each of the tasks is made, refused, or put off.
  private func outcome(of tasks: [TaskIdentity], isNew: Bool) async throws -> TaskOutcome {
    while true {
      var made: [String] = []
      var isOpen = false
      for task in tasks {
        if let delivery = try parts.store.salesforceDelivery(.task, subject: task.subject) {
          if let outcome = try standing(delivery) { return outcome }
          isOpen = true
        } else if let id = try parts.store.task(ofPart: task.keyPart, record: task.recordID) {
          made.append(id)
        }
      }
      guard isOpen else {
        let ids = Array(Set(made)).sorted()
        if ids.isEmpty {
          return .waiting(isNew ? "The record is gone." : "It is owed already.")
        }
        return isNew ? .created(ids) : .exists(ids)
      }
      if isStopped || salesforceDeliverer.desk.isStopping {
        return .waiting("The daemon is stopping.")
      }
      await salesforceDeliverer.nextSettlement()
    }
  }

  /// Why a task is not made yet; nil while it is under way.
  private func standing(_ delivery: SalesforceDelivery) throws -> TaskOutcome? {
    switch delivery.state {
    case .parked:
      let key = TaskWriter.subjectKey(delivery)
      guard let entry = try parts.store.openError(subjectKey: key) else {
        return .waiting("Salesforce refused it; see 'sfsyncctl errors'.")
      }
      return .refused(entry)
    case .held: return .waiting("The guard holds it back.")
    case .sending where delivery.sentUntil != nil:
      return .waiting("Salesforce's answer was lost: whether it was made is being looked up.")
    case .waiting where delivery.attempts > 0 || salesforceDeliverer.health.delay > 0:
      return .waiting("Salesforce does not take it at the moment; it is tried again.")
    case .waiting, .sending: return nil
    }
  }

  func report(_ conversationID: String, _ meaning: Meaning) -> Report {
    Report(
      meaning, what: "do what was asked with the conversation \(conversationID)",
      subjectKey: "asked:\(conversationID)")
  }

  /// What the one who asks is told: it is nothing that stays open.
  private func told(_ report: Report) throws -> TaskOutcome {
    let entry = try parts.store.transaction {
      try parts.store.tell(report, now: parts.clock.now)
    }
    return entry.map { .refused($0) } ?? .waiting(report.meaning.cause)
  }
}
