import Control
import EventLoop
import FoundationEssentials
import Store
import SyncCore

/// What was done for a person, or for a record that no person matches.
@EventLoop struct HistoryList {
  let store: SyncStore

  /// Oldest first; nil when nothing known is named so.
  func page(_ who: String, _ page: PageRequest) throws -> ListPage<Control.HistoryEntry>? {
    let after = page.after ?? 0
    let people = try Explainer.people(who, in: store)
    var found = try people.flatMap {
      try store.history(ofPerson: $0.id, after: after, limit: page.limit)
    }
    if people.isEmpty {
      let id = SalesforceIDText.normalized(who)
      found = try store.history(ofRecord: id, after: after, limit: page.limit)
      // A record's timeline outlives it in the snapshot, a person's does not.
      if found.isEmpty, try store.record(id) == nil { return nil }
    }
    // Several people of one address share one timeline.
    found = Array(found.sorted { $0.id < $1.id }.prefix(page.limit))
    return ListPage(
      entries: found.map {
        Control.HistoryEntry(
          at: Timestamp(milliseconds: $0.at), side: $0.side.rawValue, what: $0.what,
          changes: Self.changes($0.changes), result: $0.result, contact: $0.personID,
          record: $0.recordID)
      }, next: found.count == page.limit ? found.last?.id : nil)
  }

  /// The changes of an entry: each member is a value, or from what to what it changed.
  static func changes(_ json: String?) -> [String: Change] {
    guard let json,
      case .object(let members)? = try? JSONDecoder().decode(
        JSONValue.self, from: Data(json.utf8))
    else { return [:] }
    return members.mapValues { value in
      guard case .object(let sides) = value, sides["from"] != nil || sides["to"] != nil else {
        return Change(from: .null, to: value)
      }
      return Change(from: sides["from"] ?? .null, to: sides["to"] ?? .null)
    }
  }
}
