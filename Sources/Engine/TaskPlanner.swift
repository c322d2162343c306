import EventLoop
import Store
import SyncCore
import Wire

/// A record that gets a conversation's task, and the person who leads to it.
struct TaskTarget: Equatable {
  var recordID: String
  var personID: String
}

/// Turns a conversation into the tasks that it owes (T1, T4).
///
/// Everything that writes runs inside a transaction of the caller's.
@EventLoop final class TaskPlanner {
  private let store: Store
  private let settings: EngineSettings
  private var zone: (name: String, file: TimeZoneFile?)?

  /// Where the store keeps the org's time zone, and when the daemon first ran.
  nonisolated static let zoneKey = "org_zone"
  nonisolated static let firstRunKey = "first_run_at"

  init(_ parts: EngineParts) {
    store = parts.store
    settings = parts.settings
  }

  /// What somebody asked for by hand.
  struct Asked {
    /// Nil for every message that is not logged yet.
    var part: String?
  }

  // MARK: Targets

  /// The records on which the tasks of these people belong: the linked or pinned one, then every
  /// other live one that matches (T1).
  func targets(of people: [String]) throws -> [TaskTarget] {
    var found: [TaskTarget] = []
    for personID in people {
      guard let person = try store.person(personID) else { continue }
      let link = try store.link(of: personID)
      let decision = try store.decideLink(of: person, current: link)
      var records = [decision.record?.id].compactMap(\.self)
      records += decision.candidates.map(\.record.id)
      records += try contacts(ofConverted: person)
      for id in records where !found.contains(where: { $0.recordID == id }) {
        found.append(TaskTarget(recordID: id, personID: personID))
      }
    }
    return found
  }

  /// A converted lead's task goes to its contact, whatever that one's address is (T4).
  private func contacts(ofConverted person: Person) throws -> [String] {
    guard let key = store.key(of: person) else { return [] }
    return try store.records(withKey: key).filter { $0.isConverted && !$0.isDeleted }
      .compactMap { lead in
        guard let id = lead.convertedContactID, try store.record(id)?.isLive == true else {
          return nil
        }
        return id
      }
  }

  // MARK: Owing

  /// Owes the tasks of `conversation`, which has its messages; what is owed now, and what was
  /// logged before where somebody asked.
  @discardableResult
  func owe(
    _ conversation: Conversation, to targets: [TaskTarget], asked: Asked? = nil,
    teammateEmail: String?, cycle: Int64, now: Int64
  ) throws -> [TaskIdentity] {
    let known = try store.conversation(conversation.id)
    let firstRun = try store.integer(Self.firstRunKey) ?? 0
    var owed: [TaskIdentity] = []
    for target in targets {
      let chain = try store.predecessors(of: target.recordID)
      let items = try TaskPlan.owed(
        conversation: conversation, settings: settings.tasks, taggedAt: known?.taggedAt,
        closedAt: known?.closedAt, isAsked: asked != nil, part: asked?.part,
        firstRunAt: firstRun
      ) { part in
        try chain.contains { try store.isLogged(part: part, record: $0) }
      }
      for item in items {
        let payload = try payload(
          item, conversation, target, teammateEmail,
          isLookedUp: try conversation.createdAt < max(firstRun, store.restored()?.farAt ?? .min))
        try store.owe(
          .task(
            keyPart: item.keyPart, on: target.recordID, of: target.personID,
            conversation: conversation.id, lane: asked == nil ? .fresh : .asked, cycle: cycle,
            payload: payload.json, cause: asked == nil ? nil : "asked"), now: now)
        try store.noteLogged(
          parts: payload.parts, record: target.recordID, task: nil, at: now)
        owed.append(TaskIdentity(keyPart: item.keyPart, recordID: target.recordID))
      }
    }
    return owed
  }

  /// The messages of a conversation, or the one asked for, that are logged or owed already.
  func logged(
    _ conversation: Conversation, part: String?, on targets: [TaskTarget]
  ) throws -> [TaskIdentity] {
    let messages = (conversation.messages ?? []).filter { part == nil || $0.id == part }
    var found: [TaskIdentity] = []
    for target in targets {
      for record in try store.predecessors(of: target.recordID) {
        found += try messages.filter { try store.isLogged(part: $0.id, record: record) }
          .map { TaskIdentity(keyPart: $0.id, recordID: record) }
      }
    }
    return found
  }

  /// Puts what was refused or held of a conversation, or of the message asked for, back in the queue;
  /// what that was.
  func tryAgain(
    _ conversation: Conversation, part: String?, on targets: [TaskTarget]
  ) throws -> [TaskIdentity] {
    var found: [TaskIdentity] = []
    for person in Set(targets.map(\.personID)) {
      for delivery in try store.tasks(of: person, conversation: conversation.id)
      where delivery.state == .parked || delivery.state == .held {
        guard let payload = delivery.payload.flatMap(TaskPayload.init(json:)),
          let recordID = delivery.recordID, part.map(payload.parts.contains) != false
        else { continue }
        try store.ask(for: delivery)
        found.append(TaskIdentity(keyPart: payload.keyPart, recordID: recordID))
      }
    }
    return found
  }

  /// What the conversation's tag and closing were, once their tasks are owed.
  func handled(_ conversation: Conversation) throws -> (taggedAt: Int64?, closedAt: Int64?) {
    TaskPlan.handled(
      conversation, settings: settings.tasks,
      firstRunAt: try store.integer(Self.firstRunKey) ?? 0)
  }

  private func payload(
    _ item: LogItem, _ conversation: Conversation, _ target: TaskTarget,
    _ teammateEmail: String?, isLookedUp: Bool
  ) throws -> TaskPayload {
    TaskPayload(
      conversationID: conversation.id, keyPart: item.keyPart, parts: item.messages.map(\.id),
      subject: TaskText.subject(item.messages),
      description: try description(of: item, conversation.id),
      activityDate: try day(item.messages.last?.createdAt ?? conversation.createdAt),
      externalID: settings.tasks.externalIDField.map { _ in
        Self.externalID(part: item.keyPart, record: target.recordID)
      }, teammateEmail: teammateEmail,
      messageAt: item.messages.first?.createdAt ?? conversation.createdAt,
      isLookedUp: isLookedUp)
  }

  /// The value of `tasks.external_id_field` (T4).
  nonisolated static func externalID(part: String, record: String) -> String { "\(part)-\(record)" }

  // MARK: Words

  /// The payload with those of its messages that still say something, in `parts`; nil when none
  /// does.
  func rewritten(
    _ payload: TaskPayload, from conversation: Conversation, parts: [String]
  ) throws -> TaskPayload? {
    let messages = (conversation.messages ?? []).filter {
      parts.contains($0.id) && TaskPlan.isLoggable($0)
    }
    guard var item = LogItem(messages) else { return nil }
    // The task keeps the name that it was owed by.
    item.keyPart = payload.keyPart
    var payload = payload
    payload.parts = messages.map(\.id)
    payload.subject = TaskText.subject(messages)
    payload.description = try description(of: item, conversation.id)
    return payload
  }

  private func description(of item: LogItem, _ conversationID: String) throws -> String {
    let zone = try orgZone()
    return TaskText.description(item, link: try link(to: conversationID)) {
      zone?.minute($0) ?? Timestamp.seconds($0)
    }
  }

  private func day(_ time: Int64) throws -> String {
    try orgZone()?.day(time) ?? String(Timestamp.seconds(time).prefix(10))
  }

  private func orgZone() throws -> TimeZoneFile? {
    guard let name = try store.get(Self.zoneKey) else { return nil }
    if let zone, zone.name == name { return zone.file }
    let file = TimeZoneFile(named: name)
    zone = (name, file)
    return file
  }

  private func link(to conversationID: String) throws -> String? {
    try store.get(Preparation.workspaceKey).map {
      "\(settings.intercomAppURL)/a/inbox/\($0)/inbox/conversation/\(conversationID)"
    }
  }
}

/// What there is one task for.
struct TaskIdentity: Hashable {
  var keyPart: String
  var recordID: String

  var subject: String { "\(keyPart)/\(recordID)" }
}
