import EventLoop
import Foundation
import Simulators
import SyncCore

/// What the clauses say of the events that people got (S6, S7, M4).
@EventLoop struct EventOracle {
  let ledger: Ledger
  var world: SimulatedWorld { ledger.world }

  private struct Told: Equatable {
    var name: String
    var record: String
    var from: String
    var to: String
    var second: Int64
  }

  func problems() -> [String] {
    var byPerson: [String: [Told]] = [:]
    for event in world.intercom.events {
      byPerson[event.contactID, default: []].append(
        Told(
          name: event.name, record: text(event, "salesforce_id"), from: text(event, "from"),
          to: text(event, "to"), second: event.createdAt))
    }
    var problems: [String] = []
    for (person, events) in byPerson { problems += repeated(events).map { "\(person): \($0)" } }
    let carrier = Oracle(ledger: ledger, preference: .contact)
    for person in world.intercom.contactIDs() where !ledger.shaken.contains(person) {
      guard let record = carrier.carried(person)[6] else { continue }
      problems += judge(byPerson[person] ?? [], of: record, person).map { "\(person): \($0)" }
    }
    return problems
  }

  private func text(_ event: IntercomSimulator.Event, _ key: String) -> String {
    event.metadata.last { $0.key == key }?.value.string ?? ""
  }

  /// True of everybody: no event says nothing, and none is told twice.
  private func repeated(_ events: [Told]) -> [String] {
    var problems: [String] = []
    for event in events where event.from == event.to {
      problems.append("\(event.name) from and to \(event.from)")
    }
    for (index, event) in events.enumerated() {
      let next = events[(index + 1)...].first {
        $0.name == event.name && $0.record == event.record
      }
      if let next, next.from == event.from, next.to == event.to {
        problems.append("\(event.name) \(event.from) > \(event.to) twice")
      }
    }
    let conversions = events.filter { $0.name == "sf-converted" }
    if Set(conversions.map(\.from)).count != conversions.count {
      problems.append("converted twice: \(conversions)")
    }
    return problems
  }

  /// True of those whose link never moved: the events are a chain from what the first write said
  /// to what holds now.
  private func judge(_ events: [Told], of record: String, _ person: String) -> [String] {
    guard let history = ledger.history[record], let last = history.last else { return [] }
    var problems = events.filter { $0.record != record }.map { "an event of \($0.record)" }
    let puts = world.intercom.puts(to: person)
    func enriched(_ index: Int) -> String {
      let name = SimulatedWorld.attributeNames[index]
      return short(puts.first?["custom_attributes"]?[name]?.string ?? "")
    }
    let kinds: [(String, Int, (Ledger.Moment) -> String?)] = [
      ("sf-status", 0, { record.hasPrefix("00Q") ? $0.status : nil }),
      ("sf-title", 1, { $0.title }),
      ("sf-owner", 2, { $0.ownerID }),
    ]
    for (name, attribute, value) in kinds {
      let isOwner = name == "sf-owner"
      let chain = events.filter { $0.name == name }.map {
        isOwner
          ? (ledger.ownerOfName[$0.from] ?? $0.from, ledger.ownerOfName[$0.to] ?? $0.to)
          : (short($0.from), short($0.to))
      }
      let final = short(value(last) ?? "")
      let known = Set(history.map { short(value($0) ?? "") })
      for (from, to) in chain where !known.contains(from) || !known.contains(to) {
        problems.append("\(name) \(from) > \(to) of values that never were")
      }
      for (one, two) in zip(chain, chain.dropFirst()) where one.1 != two.0 {
        problems.append("\(name) breaks: \(one) then \(two)")
      }
      if let end = chain.last?.1 {
        if end != final { problems.append("\(name) ends at \(end), not \(final)") }
      } else if !puts.isEmpty, enriched(attribute) != final {
        problems.append("no \(name) from \(enriched(attribute)) to \(final)")
      }
    }
    return problems
  }

  /// Long enough to tell them apart, shorter than any cut.
  private func short(_ text: String) -> String { String(text.prefix(100)) }
}
