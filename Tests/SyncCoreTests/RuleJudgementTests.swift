import SyncCore
import Testing

@Suite("L1, L1a: what the rules owe a person")
struct RuleJudgementTests {
  /// A person as one rule sees it, in every state that matters.
  struct World {
    var holdsNow = false
    var wasHeld = false
    var isUsed = false
    var isFirst = false
    var isYoung = false
    var isBackfilled = false
    var isLinked = false
    var hasMadeLead = false

    init(_ bits: Int) {
      let bit = { (place: Int) in bits & 1 << place != 0 }
      (holdsNow, wasHeld, isUsed, isFirst) = (bit(0), bit(1), bit(2), bit(3))
      (isYoung, isBackfilled, isLinked, hasMadeLead) = (bit(4), bit(5), bit(6), bit(7))
    }

    var judgement: RuleJudgement {
      let rule = LeadRule(
        name: "r", conditions: [Condition(attribute: "a", comparison: .set)],
        isBackfilled: isBackfilled)
      return RuleJudgement.judge(
        rules: [(rule, 3, 1_000)], holds: wasHeld ? ["r"] : [], used: isUsed ? ["r"] : [],
        personEpoch: isFirst ? 2 : 3, personCreatedAt: isYoung ? 1_000 : 999, isLinked: isLinked,
        hasMadeLead: hasMadeLead, values: holdsNow ? ["a": .flag(true)] : [:])
    }
  }

  static let worlds = (0..<256).map(World.init)

  @Test("L1: nobody who is linked, ever got a lead, or used the rule up gets one by it")
  func never() {
    for world in Self.worlds where world.isLinked || world.hasMadeLead || world.isUsed {
      #expect(world.judgement.fires == nil, "\(world)")
    }
  }

  @Test("L1: a rule fires when it comes to hold, and not while it goes on holding")
  func edges() {
    for world in Self.worlds where !(world.isLinked || world.hasMadeLead || world.isUsed) {
      let fires = world.judgement.fires == "r"
      if !world.holdsNow {
        #expect(!fires, "\(world)")
      } else if !world.isFirst {
        #expect(fires == !world.wasHeld, "\(world)")
      }
    }
  }

  @Test("L1a: at the first look nobody who was there before fires, unless the rule says backfill")
  func baseline() {
    for world in Self.worlds where world.isFirst && world.holdsNow {
      guard !(world.isLinked || world.hasMadeLead || world.isUsed) else { continue }
      let fires = world.judgement.fires == "r"
      if world.isBackfilled {
        #expect(fires, "\(world)")
      } else {
        // What a merged person held is held still (M5).
        #expect(fires == (world.isYoung && !world.wasHeld), "\(world)")
      }
    }
  }

  @Test("L1: holds are noted while they last, and a link uses up what holds")
  func notes() {
    for world in Self.worlds {
      let judgement = world.judgement
      #expect(judgement.holding == (world.holdsNow ? ["r"] : []), "\(world)")
      #expect(judgement.ended == (world.wasHeld && !world.holdsNow ? ["r"] : []), "\(world)")
      let usesUp = world.isLinked && world.holdsNow && !world.isUsed
      #expect(judgement.usedUp == (usesUp ? ["r"] : []), "\(world)")
      #expect(judgement.epoch == 3)
    }
  }

  @Test("L1: judged again with what it noted, nothing changes any more")
  func settled() {
    for var world in Self.worlds {
      let first = world.judgement
      world.wasHeld = first.holding.contains("r")
      world.isUsed = world.isUsed || first.usedUp.contains("r")
      world.isFirst = false
      let second = world.judgement
      #expect(second.fires == nil)
      #expect(second.ended.isEmpty)
      #expect(second.usedUp.isEmpty)
    }
  }

  private func rule(_ name: String, _ attribute: String) -> LeadRule {
    LeadRule(name: name, conditions: [Condition(attribute: attribute, comparison: .set)])
  }

  @Test("L1: of several rules the first fires, in the configuration's order, and all are noted")
  func several() {
    let rules =
      [(rule("z", "z"), 1, 0), (rule("a", "a"), 2, 0), (rule("b", "b"), 5, 0)]
      as [(rule: LeadRule, epoch: Int64, since: Int64)]
    let judgement = RuleJudgement.judge(
      rules: rules, holds: ["z", "gone"], used: [], personEpoch: 5, personCreatedAt: 0,
      isLinked: false, hasMadeLead: false,
      values: ["z": .flag(true), "a": .flag(true), "b": .flag(true)])
    #expect(judgement.fires == "a")
    #expect(judgement.holding == ["z", "a", "b"])
    #expect(judgement.ended == ["gone"])
  }

  @Test("L1a: a new rule is looked at for the first time, an old one beside it is not")
  func newRule() {
    let rules =
      [(rule("old", "old"), 1, 0), (rule("new", "new"), 2, 500)]
      as [(rule: LeadRule, epoch: Int64, since: Int64)]
    func fires(_ values: Values) -> String? {
      RuleJudgement.judge(
        rules: rules, holds: [], used: [], personEpoch: 1, personCreatedAt: 100, isLinked: false,
        hasMadeLead: false, values: values
      ).fires
    }
    #expect(fires(["new": .flag(true)]) == nil)
    #expect(fires(["new": .flag(true), "old": .flag(true)]) == "old")
  }

  @Test("L1: whom a tag holds is known from the search, not from the first ten tags")
  func known() {
    let tagged = LeadRule(
      name: "tag:t",
      conditions: [Condition(attribute: "tag", comparison: .equal, value: .text("t"))])
    func holding(_ known: [String: Bool]) -> Set<String> {
      RuleJudgement.judge(
        rules: [(tagged, 1, 0)], holds: [], used: [], personEpoch: 1, personCreatedAt: 0,
        isLinked: false, hasMadeLead: false, values: ["tag": .list([.text("1")])],
        tagNames: ["1": "t"], known: known
      ).holding
    }
    #expect(holding([:]) == ["tag:t"])
    #expect(holding(["tag:t": false]).isEmpty)
    #expect(holding(["tag:t": true]) == ["tag:t"])
  }
}
