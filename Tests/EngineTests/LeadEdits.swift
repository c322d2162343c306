import EventLoop
import Simulators
import SyncCore

/// What people do in Intercom that becomes leads and fields, and what sales does to the fields.
@EventLoop final class LeadEdits {
  let ledger: Ledger
  var world: SimulatedWorld { ledger.world }
  private var random: SeededRandom { world.random }
  private var salesforce: SalesforceSimulator { world.salesforce }
  private var intercom: IntercomSimulator { world.intercom }

  /// Whether the first read is through: who meets a rule before that is the base (L1a).
  var isBegun: () throws -> Bool = { true }

  static let tag = "send-to-salesforce"

  /// People who came to meet the rule or got the tag after the beginning.
  private(set) var fired: Set<String> = []
  /// Leads that were made through the API, in the order in which they were first seen.
  private(set) var made: [String] = []
  /// The plan that a person has now; nil when it never had one or lost it.
  private(set) var plans: [String: String] = [:]
  /// Leads whose plan sales has edited.
  private(set) var edited: Set<String> = []
  private var heads: [String: Int] = [:]
  private var number = 0
  private(set) var problems: [String] = []

  init(_ ledger: Ledger) { self.ledger = ledger }

  /// One edit of some person, of its tag, or of a lead's field.
  func any() {
    world.tick()
    adopt()
    guard let person = random.pick(ledger.livePeople()) else { return }
    switch random.below(10) {
    case 0..<3: grow(person)
    case 3: put(tagOn: person)
    case 4..<9: setPlan(of: person)
    default: editByHand()
    }
  }

  private func grow(_ person: String) {
    let size = random.pick([5, 501, 900]) ?? 5
    if size > 500, heads[person] ?? 0 <= 500 { fire(person) }
    heads[person] = size
    intercom.setAttribute(person, "company_size", .int(Int64(size)))
    world.note("edit: size of \(person) \(size)")
  }

  private func put(tagOn person: String) {
    fire(person)
    intercom.tag(person, Self.tag)
    world.note("edit: tag on \(person)")
  }

  private func fire(_ person: String) {
    if (try? isBegun()) == true { fired.insert(person) }
    ledger.fire(person)
  }

  private func setPlan(of person: String) {
    number += 1
    let plan: String? = random.happens(oneIn: 6) ? nil : "plan \(number)"
    plans[person] = plan
    intercom.setAttribute(person, "plan", plan.map { .string($0) } ?? .null)
    world.note("edit: plan of \(person) \(plan ?? "null")")
  }

  private func editByHand() {
    let leads = ledger.liveRecords().filter { $0.hasPrefix("00Q") }
    guard let lead = random.pick(leads) else { return }
    number += 1
    edited.insert(lead)
    salesforce.update(lead, ["Plan__c": "by hand \(number)"])
    world.note("edit: plan of \(lead) by hand")
  }

  /// Takes up the leads that were made since: from now on they are merged, converted and deleted
  /// like any other.
  func adopt() {
    let known = Set(ledger.records)
    for id in salesforce.ids(of: "Lead") where !known.contains(id) {
      let email = salesforce.value(id, "Email")
      let twins = made.filter {
        ledger.isLive($0) && salesforce.value($0, "Email")?.emailKey == email?.emailKey
          && !ledger.readdressed.contains($0)
      }
      if let twin = twins.first {
        problems.append("\(id) was made of \(email ?? "-") though \(twin) is there")
      }
      if salesforce.value(id, "LeadSource") != "Intercom" { problems.append("\(id) is not ours") }
      made.append(id)
      ledger.records.append(id)
      ledger.note(record: id)
      // It may bear an address that the person lost while it was made; it is pinned all the same.
      if let maker = maker(of: id) { ledger.note(lead: id, of: maker) }
      ledger.shake(email: email)
      world.note("made: \(id) \(email ?? "-")")
    }
    ledger.noteMatches()
  }

  /// The person of whom a lead was made: every name is another (L4).
  private func maker(of lead: String) -> String? {
    let name = [salesforce.value(lead, "FirstName"), salesforce.value(lead, "LastName")]
      .compactMap { $0 }.joined(separator: " ")
    return ledger.people.first { intercom.contact($0)?["name"]?.string == name }
  }

  // MARK: In the end

  /// What is wrong with the leads and their fields, in words.
  func judge() -> [String] {
    adopt()
    var problems = problems
    let carrier = Oracle(ledger: ledger, preference: .contact)
    var carriers: [String: [String]] = [:]
    for person in ledger.livePeople() {
      let record = carrier.carried(person)[6]
      if let record { carriers[record, default: []].append(person) }
      if fired.contains(person), heads[person] ?? 0 > 500, record == nil {
        if let problem = unmade(person) { problems.append(problem) }
      }
    }
    for (record, people) in carriers where record.hasPrefix("00Q") && people.count == 1 {
      // Whose plan the last one was cannot be told when several had a say.
      let matched = ledger.everMatched.count { $0.value.contains(record) }
      guard let person = people.first, !edited.contains(record), matched == 1,
        !ledger.shaken.contains(person)
      else { continue }
      let plan = salesforce.value(record, "Plan__c")
      if plan != plans[person] {
        problems.append("\(record) has \(plan ?? "no plan"), not \(plans[person] ?? "none")")
      }
    }
    return problems
  }

  /// Whoever fired and has an address is linked, unless a lead of that address was made once and
  /// is gone since.
  private func unmade(_ person: String) -> String? {
    guard let key = intercom.email(of: person)?.emailKey else { return nil }
    let had = ledger.everMatched[person] ?? []
    guard had.isEmpty else { return nil }
    return "\(person) (\(key)) fired and has neither lead nor link"
  }
}
