import EventLoop
import Simulators

/// Builds a small world and changes it as people on both sides do.
@EventLoop struct Edits {
  let ledger: Ledger
  var world: SimulatedWorld { ledger.world }
  var random: SeededRandom { world.random }
  var salesforce: SalesforceSimulator { world.salesforce }
  var intercom: IntercomSimulator { world.intercom }

  /// How late a transaction may become visible.
  var lateness: Int64 = 240_000

  nonisolated static let statuses = [
    "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted",
  ]
  nonisolated static let titles: [String?] = [
    nil, "CEO", "R&D <Lead>", "営業部長", "مدير", "👩‍💻 Developer", "VP, \"Growth\" &amp; more",
    "O'Brien's",
    String(repeating: "Very senior ", count: 20) + String(repeating: "👨‍👩‍👧‍👦", count: 10),
  ]

  // MARK: The beginning

  func build(people: Int, records: Int) {
    world.past(30 * 86_400_000) {
      for name in ["EMEA & Co", "Partners <x>"] {
        ledger.roles.append(salesforce.createRole(name: name))
      }
      for number in 0..<4 {
        let id = salesforce.createUser(
          firstName: number == 2 ? nil : "Ann\(number)", lastName: "Owner <\(ledger.number())>",
          email: "owner\(number)@example.com", role: number < 2 ? ledger.roles[number] : nil,
          title: number == 2 ? "Account Executive" : nil)
        ledger.owners.append(id)
      }
      for number in 0..<2 {
        let id = salesforce.createQueue(
          name: "Queue & \(ledger.number())", email: number == 0 ? "queue@example.com" : nil)
        ledger.owners.append(id)
        ledger.queues.append(id)
      }
      for owner in ledger.owners { ledger.note(owner: owner) }
      ledger.note(owner: salesforce.runningUserID)
    }
    for _ in 0..<records {
      world.past(random.within(1...20) * 86_400_000 + random.within(0...50_000_000)) { newRecord() }
    }
    for _ in 0..<people {
      world.past(random.within(1...20) * 86_400_000) { newPerson() }
    }
    world.past(3_600_000) { history(records / 8) }
    ledger.noteMatches()
  }

  private func history(_ count: Int) {
    for _ in 0..<count {
      switch random.below(3) {
      case 0: delete(late: 0)
      case 1: convert(late: 0)
      default: mergeRecords(late: 0)
      }
    }
  }

  private func email() -> String? {
    switch random.below(12) {
    case 0: return nil
    case 1: return "  Person\(random.below(24))@Example.COM"
    default: return "person\(random.below(24))@example.com"
    }
  }

  // MARK: Salesforce

  func newRecord(late: Int64 = 0) {
    let fields: SalesforceSimulator.Fields = [
      "Title": random.pick(Self.titles) ?? nil, "OwnerId": random.pick(ledger.owners),
      "Status": random.pick(Self.statuses),
    ]
    let address = email()
    let id: String
    if random.happens(oneIn: 3) {
      var fields = fields
      fields["Status"] = nil
      fields["OwnerId"] = random.pick(ledger.owners.filter { !ledger.queues.contains($0) })
      id = salesforce.createContact(
        email: address, lastName: "Contact \(ledger.number())", fields: fields,
        visibleAfter: late)
    } else {
      id = salesforce.createLead(
        email: address, lastName: "Lead \(ledger.number())", fields: fields, visibleAfter: late)
    }
    ledger.records.append(id)
    ledger.note(record: id)
    ledger.shake(email: address)
    world.note("edit: new \(id) \(address ?? "-")")
  }

  private func record() -> String? { random.pick(ledger.liveRecords()) }

  func change(late: Int64) {
    guard let id = record() else { return }
    var fields: SalesforceSimulator.Fields = [:]
    let isContact = id.hasPrefix("003")
    if random.happens(oneIn: 2) { fields["Title"] = random.pick(Self.titles) ?? nil }
    if random.happens(oneIn: 2), !isContact { fields["Status"] = random.pick(Self.statuses) }
    if fields.isEmpty || random.happens(oneIn: 3) {
      let owners = isContact ? ledger.owners.filter { !ledger.queues.contains($0) } : ledger.owners
      fields["OwnerId"] = random.pick(owners)
    }
    salesforce.update(id, fields, visibleAfter: late)
    ledger.note(record: id)
    world.note("edit: change \(id) \(fields.mapValues { $0?.prefix(20) }) late \(late)")
  }

  func touch(late: Int64) {
    guard let id = record() else { return }
    salesforce.touch(id, visibleAfter: late)
    world.note("edit: touch \(id)")
  }

  func changeEmail(late: Int64) {
    guard let id = record() else { return }
    let address = email()
    ledger.shake(record: id)
    ledger.readdress(id)
    salesforce.update(id, ["Email": address], visibleAfter: late)
    ledger.shake(record: id)
    world.note("edit: e-mail of \(id) \(address ?? "-")")
  }

  func convert(late: Int64) {
    guard let id = random.pick(ledger.liveRecords().filter { $0.hasPrefix("00Q") }) else { return }
    let contacts = ledger.liveRecords().filter { $0.hasPrefix("003") }
    let target = random.happens(oneIn: 3) ? random.pick(contacts) : nil
    ledger.shake(record: id)
    guard let made = salesforce.convert(lead: id, into: target, visibleAfter: late) else { return }
    if target == nil { ledger.records.append(made) }
    ledger.follow(from: id, to: made)
    ledger.note(record: id)
    ledger.note(record: made)
    ledger.shake(record: made)
    world.note("edit: convert \(id) to \(made)")
  }

  func mergeRecords(late: Int64) {
    let live = ledger.liveRecords()
    guard let winner = random.pick(live) else { return }
    let victims = live.filter { $0.prefix(3) == winner.prefix(3) && $0 != winner }
    guard let victim = random.pick(victims) else { return }
    ledger.shake(record: victim)
    ledger.shake(record: winner)
    salesforce.merge(into: winner, from: [victim], visibleAfter: late)
    ledger.follow(from: victim, to: winner)
    world.note("edit: merge \(victim) into \(winner)")
  }

  func delete(late: Int64) {
    guard let id = record() else { return }
    ledger.shake(record: id)
    salesforce.delete(id, visibleAfter: late)
    world.note("edit: delete \(id)")
  }

  func hardDelete() {
    guard let id = record() else { return }
    ledger.shake(record: id)
    salesforce.hardDelete(id)
    world.note("edit: hard delete \(id)")
  }

  func undelete(late: Int64) {
    let dead = ledger.records.filter {
      !salesforce.isAlive($0) && salesforce.value($0, "LastName") != nil
    }
    guard let id = random.pick(dead) else { return }
    salesforce.undelete(id, visibleAfter: late)
    guard salesforce.isAlive(id) else { return }
    ledger.shake(record: id)
    world.note("edit: undelete \(id)")
  }

  func rename() {
    switch random.below(4) {
    case 0:
      guard let role = random.pick(ledger.roles) else { return }
      salesforce.renameRole(role, "Role \(ledger.number())")
      world.note("edit: rename \(role)")
    case 1:
      guard let queue = random.pick(ledger.queues) else { return }
      salesforce.renameQueue(queue, "Queue <\(ledger.number())>")
      ledger.note(owner: queue)
      world.note("edit: rename \(queue)")
    default:
      let users = ledger.owners.filter { !ledger.queues.contains($0) }
      guard let user = random.pick(users) else { return }
      switch random.below(4) {
      case 0:
        salesforce.setUserRole(user, random.happens(oneIn: 3) ? nil : random.pick(ledger.roles))
      case 1: salesforce.update(user, ["Email": "mail\(ledger.number())@example.com"])
      case 2: salesforce.update(user, ["Title": random.happens(oneIn: 2) ? nil : "Boss"])
      default: salesforce.renameUser(user, firstName: "Né", lastName: "Owner \(ledger.number())")
      }
      ledger.note(owner: user)
      world.note("edit: user \(user)")
    }
  }

  // MARK: Intercom

  func newPerson() {
    let isUser = random.happens(oneIn: 2)
    let address = email()
    let id = intercom.createContact(
      .init(
        role: isUser ? .user : .lead, email: address, name: "Person \(ledger.number())",
        externalID: isUser ? "user-\(ledger.number())" : nil))
    ledger.people.append(id)
    world.note("edit: new person \(id) \(address ?? "-")")
  }

  private func person() -> String? { random.pick(ledger.livePeople()) }

  func changePersonEmail() {
    guard let id = person() else { return }
    let address = email()
    ledger.shake(person: id)
    intercom.update(id, "email", .text(address))
    world.note("edit: e-mail of \(id) \(address ?? "-")")
  }

  func editByHand() {
    guard let id = person(), let name = random.pick(SimulatedWorld.attributeNames) else { return }
    let value: IntercomSimulator.JSON = random.happens(oneIn: 2) ? .null : .string("by hand")
    guard intercom.attributeExists(name, on: id) else { return }
    intercom.setAttribute(id, name, value)
    world.note("edit: \(name) of \(id) by hand")
  }

  func losePerson() {
    guard let id = person() else { return }
    ledger.shake(person: id)
    switch random.below(4) {
    case 0: intercom.delete(id)
    case 1: intercom.block(id)
    default: intercom.archive(id)
    }
    world.note("edit: lose \(id)")
  }

  func findPerson() {
    let gone = ledger.people.filter { !ledger.livePeople().contains($0) }
    guard let id = random.pick(gone) else { return }
    ledger.shake(person: id)
    intercom.unarchive(id)
    world.note("edit: unarchive \(id)")
  }

  func mergePeople() {
    let live = ledger.livePeople()
    let leads = live.filter { intercom.contact($0)?["role"]?.string == "lead" }
    guard let lead = random.pick(leads) else { return }
    let key = intercom.email(of: lead)?.emailKey
    let users = live.filter {
      intercom.contact($0)?["role"]?.string == "user" && intercom.email(of: $0)?.emailKey == key
    }
    guard key != nil, let user = random.pick(users) else { return }
    ledger.shake(person: lead)
    ledger.shake(person: user)
    intercom.merge(lead, into: user)
    world.note("edit: merge \(lead) into \(user)")
  }

  func archiveAttribute() {
    guard let name = random.pick(SimulatedWorld.attributeNames) else { return }
    intercom.archiveAttribute(name)
    world.note("edit: archive \(name)")
  }

  // MARK: Any

  /// One edit; a calm one moves no link.
  func any(isCalm: Bool) {
    world.tick()
    let late = random.happens(oneIn: 4) ? random.within(0...lateness) : 0
    let choice = random.below(isCalm ? 60 : 100)
    switch choice {
    case 0..<34: change(late: late)
    case 34..<40: touch(late: late)
    case 40..<50: rename()
    case 50..<58: editByHand()
    case 58..<60: archiveAttribute()
    case 60..<65: changeEmail(late: late)
    case 65..<70: convert(late: late)
    case 70..<75: mergeRecords(late: late)
    case 75..<79: delete(late: late)
    case 79..<81: hardDelete()
    case 81..<85: undelete(late: late)
    case 85..<88: newRecord(late: late)
    case 88..<91: newPerson()
    case 91..<94: changePersonEmail()
    case 94..<96: losePerson()
    case 96..<98: findPerson()
    default: mergePeople()
    }
    if choice >= 60 { ledger.noteMatches() }
  }
}

extension IntercomSimulator {
  /// Whether the person shows the attribute, which then is neither undefined nor archived.
  func attributeExists(_ name: String, on id: String) -> Bool {
    contact(id)?["custom_attributes"]?[name] != nil
  }
}
