import EventLoop
import Intercom
import Store
import SyncCore
import Wire

/// Reads who bears `leads.tag`, since tagging a person does not move its `updated_at` (L1).
@EventLoop struct TagReader {
  private let parts: EngineParts
  private let planner: SalesforcePlanner
  private let cycle: Int64
  private let isAsked: Bool

  init(_ parts: EngineParts, planner: SalesforcePlanner, cycle: Int64, isAsked: Bool) {
    self.parts = parts
    self.planner = planner
    self.cycle = cycle
    self.isAsked = isAsked
  }

  /// Says that the people who bore the tag of that epoch at the first look are noted.
  private static let baselineKey = "tag_baseline"
  /// More people than this are not kept in mind at once: who lost the tag is then not noticed.
  private static let peopleMax = 5_000

  /// The first page, or with `isDeep` all of them; one call more where the tag is not known yet.
  func read(isDeep: Bool) async throws {
    guard let name = parts.settings.leads.tag, let rule = planner.tagRule,
      let epoch = planner.tagEpoch
    else { return }
    let isBaseline = try parts.store.get(Self.baselineKey) != String(epoch)
    guard let tag = try await tagID(name) else {
      // A tag that does not exist is borne by nobody: whoever gets it from now on is news.
      if isBaseline { try noteBaseline(epoch) }
      return
    }
    var seen: Set<String>? = []
    var next: String?
    repeat {
      let page = try await parts.pace.call(isAsked: isAsked) {
        try await parts.intercom.people(withTag: tag, startingAfter: next)
      }
      let ids = page.ids
      try parts.store.transaction {
        for id in ids { try note(id, rule: rule, isBaseline: isBaseline) }
      }
      if let kept = seen {
        seen = kept.count + ids.count <= Self.peopleMax ? kept.union(ids) : nil
      }
      next = page.next
      if next != nil, !isDeep, !isBaseline { return }
      await EventLoop.nextTurn()
    } while next != nil
    try parts.store.transaction {
      if isBaseline { try parts.store.set(Self.baselineKey, String(epoch)) }
      if let seen { try forget(rule, except: seen) }
    }
  }

  private func noteBaseline(_ epoch: Int64) throws {
    try parts.store.transaction { try parts.store.set(Self.baselineKey, String(epoch)) }
  }

  private func tagID(_ name: String) async throws -> String? {
    if let known = planner.tagID { return known }
    let tags = try await parts.pace.call(isAsked: isAsked) { try await parts.intercom.tags() }
    let wanted = name.lowercased()
    planner.tagID = tags.first { $0.name.lowercased() == wanted }?.id
    return planner.tagID
  }

  /// Owes a lead to who bears the tag and did not before; people who are not known yet are left to
  /// their own search, and are met here again.
  private func note(_ personID: String, rule: String, isBaseline: Bool) throws {
    let store = parts.store
    guard let person = try store.person(personID) else { return }
    let holds = try store.holds(of: personID)
    guard !holds.contains(where: { $0.rule == rule }) else { return }
    try store.setHolds(Set(holds.map(\.rule)).union([rule]), of: personID)
    let isLinked = try store.link(of: personID) != nil || store.pin(of: personID) != nil
    if isLinked { return try store.setUsed(person: personID) }
    guard !isBaseline, try store.madeLead(of: personID) == nil else { return }
    try planner.oweLead(
      of: person, cause: rule, lane: isAsked ? .asked : .fresh, cycle: cycle,
      now: parts.clock.now)
  }

  /// Who bears the tag no more may be tagged anew, and is owed nothing by it (L1).
  private func forget(_ rule: String, except seen: Set<String>) throws {
    var after = ""
    while true {
      let people = try parts.store.people(holding: rule, after: after, limit: 500)
      guard let last = people.last else { return }
      for person in people where !seen.contains(person) {
        let others = try parts.store.holds(of: person).map(\.rule).filter { $0 != rule }
        try parts.store.setHolds(Set(others), of: person)
        try planner.disown(rule, of: person, now: parts.clock.now)
      }
      after = last
    }
  }
}
