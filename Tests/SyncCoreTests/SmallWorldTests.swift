import SyncCore
import Testing

/// Exhaustive: every world of up to three records, every preference, link and pin.
@Suite("M1 to M7 in every small world")
struct SmallWorldTests {
  private struct Case {
    var world: SmallWorlds.World
    var preference: Preference
    var current: Record?
    var pinned: Record?

    func decide(isWhole: Bool = false) -> LinkDecision {
      LinkDecision.decide(
        key: SmallWorlds.email, current: current, pinned: pinned, candidates: world.candidates,
        preference: preference, isWhole: isWhole, keyOf: \.email, lookup: world.lookup)
    }

    /// The case as the decision leaves it.
    func after(_ decision: LinkDecision) -> Case {
      var next = self
      next.current = decision.record
      next.pinned = decision.pin.flatMap(world.lookup)
      return next
    }

    var text: String {
      "\(world), \(preference), linked to \(current?.id ?? "-"), pinned to \(pinned?.id ?? "-")"
    }
  }

  private func each(_ body: (Case) -> Void) {
    SmallWorlds.each { world in
      for preference in Preference.allCases {
        for current in [nil] + world.records.map(Optional.some) {
          for pinned in [nil] + world.records.map(Optional.some) {
            body(
              Case(world: world, preference: preference, current: current, pinned: pinned))
          }
        }
      }
    }
  }

  /// Collects what is wrong, so that one broken rule does not print a thousand lines.
  private func expectNone(_ broken: (Case) -> Bool) -> (count: Int, broken: [String]) {
    var count = 0
    var found: [String] = []
    each {
      count += 1
      if broken($0), found.count < 5 { found.append($0.text) }
    }
    return (count, found)
  }

  @Test("M2: one winner or none, and it is live unless its successor is still to be read")
  func winner() {
    let result = expectNone { world in
      let decision = world.decide()
      let winners = decision.candidates.filter(\.wins)
      guard winners.count <= 1, winners.first?.record == decision.record else { return true }
      return decision.record.map { !$0.isLive && !decision.isHeld } ?? false
    }
    #expect(result.broken == [])
    #expect(result.count > 20_000)
  }

  @Test("M1: whoever wins matches, or is pinned, or was followed to, or was linked before")
  func reasonToWin() {
    let result = expectNone { world in
      guard let record = world.decide().record else { return false }
      let chains = [world.current, world.pinned].compactMap { $0 }.map {
        Succession.follow($0, lookup: world.world.lookup).record?.id
      }
      return record.email != SmallWorlds.email && !chains.contains(record.id)
        && record.id != world.current?.id
    }
    #expect(result.broken == [])
  }

  @Test("M2: deciding again with what was decided changes nothing")
  func stable() {
    let result = expectNone { world in
      let first = world.decide()
      let second = world.after(first).decide()
      return second.record != first.record || second.pin != first.pin
        || second.convertedFrom != nil || second.isHeld != first.isHeld
    }
    #expect(result.broken == [])
  }

  @Test("M2: being touched wins nothing")
  func touched() {
    let result = expectNone { world in
      let before = world.decide()
      return world.world.records.indices.contains { index in
        var touched = world
        touched.world.records[index].modifiedAt = 99
        touched.world.records[index].title = "touched"
        return touched.decide().record?.id != before.record?.id
      }
    }
    #expect(result.broken == [])
  }

  @Test("M4, M5, M7: a pin with a live end holds, whatever the e-mails say")
  func pins() {
    let result = expectNone { world in
      guard let pinned = world.pinned,
        let end = Succession.follow(pinned, lookup: world.world.lookup).record
      else { return false }
      let decision = world.decide()
      return decision.record != end || decision.pin != end.id || decision.isAmbiguous
    }
    #expect(result.broken == [])
  }

  @Test("M6: a pin whose record is gone is kept, and undelete revives it")
  func dormantPins() {
    let result = expectNone { world in
      guard let pinned = world.pinned, pinned.isDeleted, pinned.masterRecordID == nil else {
        return false
      }
      let decision = world.decide()
      guard decision.record?.id != pinned.id else { return true }
      // A link that followed its own merge or conversion to another e-mail is pinned there anew.
      guard decision.pin == pinned.id else { return decision.pin != decision.record?.id }
      var revived = world.after(decision)
      guard let index = world.world.records.firstIndex(of: pinned) else { return true }
      revived.world.records[index].isDeleted = false
      revived.current = decision.record.flatMap { revived.world.lookup($0.id) }
      revived.pinned = revived.world.records[index]
      return revived.decide().record?.id != pinned.id
    }
    #expect(result.broken == [])
  }

  @Test("M2: with none nobody wins among several, but a link that was there stays")
  func none() {
    let result = expectNone { world in
      guard world.preference == .none, world.pinned == nil else { return false }
      let live = world.world.candidates.filter(\.isLive)
      guard live.count > 1, world.current?.isLive != false else { return false }
      let stays = world.current?.email == SmallWorlds.email
      return world.decide().record?.id != (stays ? world.current?.id : nil)
        || !world.decide().isAmbiguous
    }
    #expect(result.broken == [])
  }

  @Test("M6: after a whole read nothing dead is held on to")
  func whole() {
    let result = expectNone { world in
      let decision = world.decide(isWhole: true)
      return decision.isHeld || decision.record?.isLive == false
    }
    #expect(result.broken == [])
  }

  @Test("M2: the order in which records are found decides nothing")
  func orderOfRows() {
    let result = expectNone { world in
      var reversed = world
      reversed.world.records.reverse()
      return reversed.decide().record != world.decide().record
    }
    #expect(result.broken == [])
  }
}
