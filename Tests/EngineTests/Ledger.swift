import EventLoop
import Simulators

/// What the test itself knows of the world: who was made, and what was changed when.
@EventLoop final class Ledger {
  /// The fields of a record that events tell of, at one time.
  struct Moment: Equatable {
    var at: Int64
    var status: String?
    var title: String?
    var ownerID: String?
  }

  let world: SimulatedWorld
  var records: [String] = []
  var people: [String] = []
  /// Users and queues.
  var owners: [String] = []
  var queues: [String] = []
  var roles: [String] = []
  private(set) var history: [String: [Moment]] = [:]
  /// Every name that an owner ever bore.
  private(set) var ownerOfName: [String: String] = [:]
  /// Records that matched a person at any time.
  private(set) var everMatched: [String: Set<String>] = [:]
  /// People whose link an edit may have moved: their events are judged less strictly.
  private(set) var shaken: Set<String> = []
  /// Where merges and conversions have led from a record, undone ones too.
  private(set) var followed: [String: Set<String>] = [:]
  /// People who were owed a lead at some time: whatever they matched may be pinned (L3).
  private(set) var fired: Set<String> = []
  /// Records whose address was edited.
  private(set) var readdressed: Set<String> = []
  private var serial = 0

  init(_ world: SimulatedWorld) { self.world = world }

  var salesforce: SalesforceSimulator { world.salesforce }
  var intercom: IntercomSimulator { world.intercom }

  func number() -> Int {
    serial += 1
    return serial
  }

  // MARK: Noting

  func note(record id: String) {
    let moment = Moment(
      at: world.now, status: salesforce.value(id, "Status"), title: salesforce.value(id, "Title"),
      ownerID: salesforce.value(id, "OwnerId"))
    history[id, default: []].append(moment)
  }

  func note(owner id: String) {
    if let name = salesforce.value(id, "Name") { ownerOfName[name] = id }
  }

  /// Whoever has this address may have got another link.
  func shake(email: String?) {
    guard let key = email?.emailKey else { return }
    for person in people where intercom.email(of: person)?.emailKey == key {
      shaken.insert(person)
    }
  }

  func fire(_ person: String) {
    fired.insert(person)
    shaken.insert(person)
  }

  /// A lead is the person's of whom it was made, whatever its address (M7).
  func note(lead: String, of person: String) {
    everMatched[person, default: []].insert(lead)
  }

  func readdress(_ record: String) { readdressed.insert(record) }

  func shake(person id: String) { shaken.insert(id) }

  /// Everybody who ever matched the record.
  func shake(record id: String) {
    shake(email: salesforce.value(id, "Email"))
    for (person, matched) in everMatched where matched.contains(id) { shaken.insert(person) }
  }

  func follow(from old: String, to new: String) { followed[old, default: []].insert(new) }

  /// Everything that a link to one of `records` may have been led to.
  func successors(of records: Set<String>) -> Set<String> {
    var found: Set<String> = []
    var open = Array(records)
    while let next = open.popLast() {
      for new in followed[next] ?? [] where found.insert(new).inserted { open.append(new) }
    }
    return found
  }

  /// Looks at all e-mail addresses; after every edit that changes who matches.
  func noteMatches() {
    var byEmail: [String: [String]] = [:]
    for record in records {
      if let key = salesforce.value(record, "Email")?.emailKey {
        byEmail[key, default: []].append(record)
      }
    }
    for person in people {
      guard let key = intercom.email(of: person)?.emailKey else { continue }
      everMatched[person, default: []].formUnion(byEmail[key] ?? [])
    }
  }

  // MARK: Looking

  /// A record that can be linked: there, not in the bin, not converted.
  func isLive(_ id: String) -> Bool {
    salesforce.isAlive(id) && salesforce.value(id, "IsConverted") != "1"
      && salesforce.value(id, "IsConverted") != "true"
  }

  /// Where merges and conversions have led from `id`; nil when that is gone.
  func end(of id: String) -> String? {
    var current = id
    for _ in 0..<20 {
      if isLive(current) { return current }
      let next =
        salesforce.isAlive(current)
        ? salesforce.value(current, "ConvertedContactId")
        : salesforce.value(current, "MasterRecordId")
      guard let next else { return nil }
      current = next
    }
    return nil
  }

  func liveRecords() -> [String] { records.filter(isLive) }

  func livePeople() -> [String] { intercom.contactIDs() }
}

extension String {
  /// Trimmed and without regard to case, as M1 says; nil when nothing is left.
  var emailKey: String? {
    let text = drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    return text.isEmpty ? nil : String(text).lowercased()
  }
}

extension IntercomSimulator {
  func email(of id: String) -> String? { contact(id)?["email"]?.string }
}
