import SyncCore
import Testing

@Suite("Q1, Q3: which mapped attributes go to the lead")
struct FieldPlanTests {
  static let fields = [
    FieldDescription(name: "A__c", type: "string", length: 5),
    FieldDescription(name: "B__c", type: "int", digits: 3),
    FieldDescription(name: "C__c", type: "string", length: 5, isNillable: false),
    FieldDescription(name: "Made__c", type: "string", length: 5, isUpdateable: false),
  ]
  static let mapping = ["a": "A__c", "b": "b__C", "c": "C__c"]

  private func plan(
    _ values: Values, base: Values = [:], refused: Values = [:],
    mapping: [String: String] = mapping
  ) -> FieldPlan {
    FieldPlan.make(
      values: values, base: base, refused: refused, mapping: mapping, fields: Self.fields)
  }

  @Test("Q1: a value goes when, and only when, it changed in Intercom")
  func changed() {
    let plan = plan(
      ["a": .text("new"), "b": .number("5.0"), "c": .text("old")],
      base: ["a": .text("old"), "b": .number("5"), "c": .text("old")])
    #expect(plan.set == ["a"])
    #expect(plan.fill.isEmpty)
    let write = plan.write()
    #expect(write.fields == ["A__c": .text("new")])
    #expect(write.attributes == ["A__c": "a"])
    #expect(write.base == ["a": .text("new")])
    #expect(write.refused.isEmpty)
    #expect(write.misfits.isEmpty)
  }

  @Test("Q1: an absent key is no news, and neither is one way to say nothing for another")
  func absent() {
    #expect(plan([:], base: ["a": .text("old")]).isEmpty)
    #expect(plan(["a": .null], base: ["a": .text("")]).isEmpty)
    #expect(plan(["x": .text("not mapped")]).isEmpty)
  }

  @Test("Q1: an explicit null clears the field, but never a required one")
  func cleared() {
    let plan = plan(
      ["a": .null, "c": .null], base: ["a": .text("old"), "c": .text("old")])
    #expect(plan.set == ["a"])
    #expect(plan.write().fields == ["A__c": .null])
    #expect(plan.misfits.map(\.meaning) == [FittingMeaning.required])
    #expect(plan.misfits.map(\.attribute) == ["c"])
    #expect(plan.refused == ["c": .null])
  }

  @Test("Q2: one bad value does not hold back the others, and is not tried again as it is")
  func refused() {
    let values: Values = ["a": .text("too long"), "b": .number("7"), "c": .text("x")]
    let base: Values = ["a": .text("a"), "b": .number("1"), "c": .text("c")]
    let first = plan(values, base: base)
    #expect(first.set == ["b", "c"])
    #expect(first.misfits.map(\.attribute) == ["a"])
    let write = first.write()
    #expect(write.refused == ["a": .text("too long")])
    let known = base.merging(write.base) { $1 }
    #expect(plan(values, base: known, refused: write.refused).isEmpty)
    let mended = plan(["a": .text("fits")], base: known, refused: write.refused)
    #expect(mended.set == ["a"])
    #expect(mended.mended == ["a"])
    // Put back to what Salesforce has: nothing to write, and refused no more.
    let back = plan(["a": .text("a")], base: known, refused: write.refused)
    #expect(back.set.isEmpty)
    #expect(back.mended == ["a"])
    // Another value that does not fit takes its place.
    let worse = plan(["a": .text("longer than that")], base: known, refused: write.refused)
    #expect(worse.mended.isEmpty)
    #expect(worse.refused == ["a": .text("longer than that")])
  }

  @Test("Q3: what was never compared with this lead fills empty fields only, and is the base then")
  func fill() {
    let plan = plan(["a": .text("mine"), "b": .number("7"), "c": .null])
    #expect(plan.set.isEmpty)
    #expect(plan.fill == ["a", "b"])
    #expect(plan.fields == ["a": "A__c", "b": "B__c"])
    #expect(plan.rebase == ["c": .null])
    let write = plan.write(current: ["A__c": .text("theirs"), "B__c": .null])
    #expect(write.fields == ["B__c": .number("7")])
    #expect(write.attributes == ["B__c": "b"])
    #expect(write.base == ["a": .text("mine"), "b": .number("7"), "c": .null])
  }

  @Test("Q3: what does not fit is told only where the field is empty")
  func fillMisfit() {
    let plan = plan(["a": .text("too long"), "b": .text("many")])
    let write = plan.write(current: ["A__c": .text("theirs")])
    #expect(write.fields.isEmpty)
    #expect(write.base == ["a": .text("too long")])
    #expect(write.misfits.map(\.attribute) == ["b"])
    #expect(write.refused == ["b": .text("many")])
  }

  @Test("Q3: a field that is missing or read-only is passed over, and told once")
  func unmappable() {
    let mapping = ["a": "A__c", "m": "Made__c", "g": "Gone__c"]
    let plan = plan(
      ["a": .text("x"), "m": .text("x"), "g": .text("x")],
      base: ["a": .null, "m": .null, "g": .null], mapping: mapping)
    #expect(plan.set == ["a"])
    #expect(plan.misfits.isEmpty)
    let told = FieldPlan.unmappable(mapping: mapping, fields: Self.fields)
    #expect(told.map(\.attribute) == ["g", "m"])
    #expect(told.map(\.meaning) == [FittingMeaning.noField, FittingMeaning.readOnly])
    #expect(FieldPlan.unmappable(mapping: Self.mapping, fields: Self.fields).isEmpty)
  }

  @Test("Q1: whatever changes, once written nothing is owed, and the lead holds Intercom's values")
  func settles() {
    var random = Seeded(5)
    let texts: [Value] = [.null, .text(""), .text("x"), .text("y"), .text("too long")]
    let numbers: [Value] = [.null, .number("1"), .text("2"), .number("9999"), .text("many")]
    for _ in 0..<2_000 {
      var (base, refused, lead): (Values, Values, Values) = ([:], [:], [:])
      if random.below(2) == 0 { lead["A__c"] = .text("sales") }
      var values: Values = [:]
      for _ in 0..<5 {
        if random.below(2) == 0 { values["a"] = texts[random.below(5)] }
        if random.below(2) == 0 { values["b"] = numbers[random.below(5)] }
        if random.below(2) == 0 { values["c"] = texts[random.below(5)] }
        let before = base
        let write = plan(values, base: base, refused: refused).write(current: lead)
        for (name, value) in write.fields {
          // Only what changed in Intercom, or an empty field.
          let attribute = write.attributes[name] ?? ""
          let isEmpty = lead[name]?.isBlank ?? true
          #expect(before[attribute] != nil || isEmpty)
          lead[name] = value
        }
        base.merge(write.base) { $1 }
        for attribute in plan(values, base: before, refused: refused).mended {
          refused[attribute] = nil
        }
        refused.merge(write.refused) { $1 }
        let again = plan(values, base: base, refused: refused)
        #expect(again.isEmpty, "\(values) \(base) \(refused) \(again)")
      }
    }
  }
}
