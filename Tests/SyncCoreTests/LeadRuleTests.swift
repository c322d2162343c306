import SyncCore
import Testing

@Suite("L1: when a rule holds for a person")
struct LeadRuleTests {
  typealias Comparison = Condition.Comparison

  private func holds(_ value: Value?, _ comparison: Comparison, _ with: Value = .null) -> Bool {
    Condition(attribute: "a", comparison: comparison, value: with).holds(for: value)
  }

  static let orders: [(value: Value, with: Value, order: Int)] = [
    (.number("501"), .number("500"), 1), (.number("500"), .number("5e2"), 0),
    (.number("499.9"), .number("500"), -1), (.number("-3"), .number("2"), -1),
    (.text("501"), .number("500"), 1), (.text(" 9 "), .number("10"), -1),
    (.number("9"), .text("10"), -1), (.text("9"), .text("10"), -1),
    (.text("Beta"), .text("alpha"), 1), (.text("ALPHA"), .text("alpha"), 0),
    // 2026-01-31 from 00:00:00 to 23:59:59.
    (.number("1769817600"), .text("2026-01-31"), 0),
    (.number("1769903999"), .text("2026-01-31"), 0),
    (.number("1769904000"), .text("2026-01-31"), 1),
    (.number("1769817599"), .text("2026-01-31"), -1),
    (.number("1769817601"), .text("2026-01-31T00:00:00Z"), 1),
    (.number("1769817600"), .text("2026-01-31T01:00:00+01:00"), 0),
    (.text("2026-01-30"), .text("2026-01-31"), -1),
    (.text("2026-01-31T12:00:00Z"), .text("2026-01-31"), 0),
    (.text("2026-01-31"), .text("2026-01-30T23:00:00-01:00"), 0),
  ]

  @Test(
    "L1: =, != and the four orders agree, for numbers, texts, days and times", arguments: orders)
  func ordered(value: Value, with: Value, order: Int) {
    #expect(holds(value, .equal, with) == (order == 0))
    #expect(holds(value, .notEqual, with) == (order != 0))
    #expect(holds(value, .greater, with) == (order > 0))
    #expect(holds(value, .less, with) == (order < 0))
    #expect(holds(value, .atLeast, with) == (order >= 0))
    #expect(holds(value, .atMost, with) == (order <= 0))
    #expect(holds(value, .in, .list([with])) == (order == 0))
  }

  @Test(
    "L1: what cannot be ordered is neither more nor less",
    arguments: [
      (.text("many"), .number("500")), (.flag(true), .number("0")),
      (.text("x"), .text("2026-01-31")),
      (.flag(true), .text("2026-01-31")), (.text("x"), .text("10")), (.number("5"), .text("x")),
    ] as [(Value, Value)])
  func unordered(value: Value, with: Value) {
    for comparison in [Comparison.greater, .less, .atLeast, .atMost, .equal] {
      #expect(!holds(value, comparison, with))
    }
    #expect(holds(value, .notEqual, with))
  }

  @Test("L1: texts are compared without regard to case")
  func texts() {
    let value = Value.text("Grande Straße GmbH")
    #expect(holds(value, .equal, .text("GRANDE straße gmbh")))
    #expect(holds(value, .contains, .text("STRA")))
    #expect(holds(value, .startsWith, .text("grande ")))
    #expect(holds(value, .endsWith, .text("GMBH")))
    #expect(!holds(value, .startsWith, .text("Straße")))
    #expect(!holds(value, .endsWith, .text("grande")))
    #expect(!holds(value, .contains, .text("AG")))
    #expect(holds(value, .in, .list([.text("x"), .text("grande straße gmbh")])))
    #expect(!holds(value, .in, .list([])))
    #expect(holds(.number("1500"), .startsWith, .text("15")))
  }

  @Test("L1: a flag is true or false, also where the configuration writes it as text")
  func flags() {
    #expect(holds(.flag(true), .equal, .flag(true)))
    #expect(!holds(.flag(true), .equal, .flag(false)))
    #expect(holds(.flag(false), .equal, .text("False")))
    #expect(holds(.text("TRUE"), .equal, .flag(true)))
    #expect(holds(.flag(false), .set))
    #expect(!holds(.flag(false), .unset))
  }

  @Test(
    "L1: for what is missing only unset and != hold",
    arguments: [nil, .null, .text(""), .text("  "), .list([])] as [Value?])
  func missing(value: Value?) {
    for comparison in Comparison.allCases {
      let expected = comparison == .unset || comparison == .notEqual
      for with in [Value.null, .text(""), .number("0"), .flag(false), .list([.text("")])] {
        #expect(holds(value, comparison, with) == expected, "\(comparison)")
      }
    }
  }

  @Test("L1: of a list one member has to do, and != says that none is equal")
  func lists() {
    let value = Value.list([.text("1"), .text("vip-lost"), .number("7")])
    #expect(holds(value, .equal, .text("VIP-lost")))
    #expect(holds(value, .contains, .text("vip")))
    #expect(!holds(value, .equal, .text("vip")))
    #expect(holds(value, .greater, .number("6")))
    #expect(!holds(value, .notEqual, .number("7")))
    #expect(holds(value, .notEqual, .number("8")))
    #expect(holds(value, .in, .list([.text("x"), .text("7")])))
    #expect(holds(value, .set))
  }

  @Test("L1: tags are compared by name; an id whose name is unknown by the id")
  func tags() {
    let values: Values = ["tag": .list([.text("10"), .text("11")])]
    func holds(_ comparison: Comparison, _ name: String) -> Bool {
      LeadRule(
        name: "r",
        conditions: [Condition(attribute: "tag", comparison: comparison, value: .text(name))]
      ).holds(for: values, tagNames: ["10": "VIP", "12": "other"])
    }
    #expect(holds(.equal, "vip"))
    #expect(!holds(.equal, "10"))
    #expect(!holds(.equal, "other"))
    #expect(holds(.notEqual, "other"))
    #expect(!holds(.notEqual, "VIP"))
    #expect(holds(.equal, "11"))
  }

  @Test("L1: every condition of a rule must hold, and a rule without one never does")
  func conjunction() {
    let big = Condition(attribute: "company.size", comparison: .greater, value: .number("500"))
    let user = Condition(attribute: "role", comparison: .equal, value: .text("user"))
    let both = LeadRule(name: "r", conditions: [big, user])
    #expect(both.holds(for: ["company.size": .number("501"), "role": .text("user")]))
    #expect(!both.holds(for: ["company.size": .number("501"), "role": .text("lead")]))
    #expect(!both.holds(for: ["role": .text("user")]))
    #expect(!LeadRule(name: "r", conditions: []).holds(for: ["role": .text("user")]))
  }

  @Test("L1a: whatever changes what a rule says changes its definition, and its name does not")
  func definition() {
    let condition = Condition(attribute: "a", comparison: .in, value: .list([.text("x")]))
    let rule = LeadRule(name: "r", conditions: [condition])
    #expect(rule.definition == #"[false,[["a","in",["x"]]]]"#)
    var others: [LeadRule] = []
    for change in 0..<5 {
      var other = rule
      switch change {
      case 0: other.conditions[0].attribute = "b"
      case 1: other.conditions[0].comparison = .equal
      case 2: other.conditions[0].value = .text("x")
      case 3: other.conditions.append(condition)
      default: other.isBackfilled = true
      }
      others.append(other)
    }
    #expect(Set(others.map(\.definition) + [rule.definition]).count == 6)
    var renamed = rule
    renamed.name = "s"
    #expect(renamed.definition == rule.definition)
  }
}
