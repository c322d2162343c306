import SyncCore
import Testing

@Suite("Q2: values are made to fit the field, or are refused")
struct FittingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var field: FieldDescription
    var value: Value
    /// What goes into the field, or the code of the refusal.
    var expected: Value?
    var code = ""

    var testDescription: String { "\(value) into \(field.type) \(field.name)" }
  }

  private static func goes(_ field: FieldDescription, _ pairs: [(Value, Value)]) -> [Case] {
    pairs.map { Case(field: field, value: $0.0, expected: $0.1) }
  }

  private static func refused(
    _ field: FieldDescription, _ code: String, _ values: [Value]
  ) -> [Case] {
    values.map { Case(field: field, value: $0, expected: nil, code: code) }
  }

  static let short = FieldDescription(name: "A__c", type: "string", length: 5)
  static let flag = FieldDescription(name: "B__c", type: "boolean")
  static let int = FieldDescription(name: "NumberOfEmployees", type: "int", digits: 8)
  static let long = FieldDescription(name: "L__c", type: "long")
  static let money = FieldDescription(name: "M__c", type: "currency", precision: 6, scale: 2)
  static let free = FieldDescription(name: "D__c", type: "double")
  static let date = FieldDescription(name: "T__c", type: "date")
  static let moment = FieldDescription(name: "U__c", type: "datetime")
  static let email = FieldDescription(name: "Email", type: "email", length: 20)
  static let id = FieldDescription(name: "R__c", type: "reference", length: 18)
  static let values = [
    FieldDescription.PicklistValue(value: "banking", label: "Banking & Finance"),
    FieldDescription.PicklistValue(value: "Other", label: "Etc"),
    FieldDescription.PicklistValue(value: "Old", label: "Old", isActive: false),
    FieldDescription.PicklistValue(value: "Etc", label: "Third"),
  ]

  static func picklist(
    _ name: String, isRestricted: Bool = false, type: String = "picklist"
  ) -> FieldDescription {
    FieldDescription(
      name: name, type: type, length: 255, isRestrictedPicklist: isRestricted,
      picklistValues: values)
  }

  static let texts =
    goes(
      short,
      [
        (.text("abcde"), .text("abcde")), (.text("ab😀c"), .text("ab😀c")),
        (.number("12.50"), .text("12.50")), (.flag(true), .text("true")),
        (.list([.text("a"), .text("b")]), .text("a, b")), (.text(" a "), .text(" a ")),
        (.null, .null), (.text(""), .null), (.text(" \n"), .null), (.list([]), .null),
      ])
    + refused(
      short, "MAP-TOO-LONG",
      [.text("abcdef"), .text("abcd😀"), .text("      a"), .number("123456"), .text("👨‍👩‍👧‍👦")])
    + goes(
      FieldDescription(name: "X", type: "textarea"),
      [(.text(String(repeating: "x", count: 40_000)), .text(String(repeating: "x", count: 40_000)))]
    )
    + goes(
      FieldDescription(name: "Phone", type: "phone", length: 40),
      [(.text("+49 30 123"), .text("+49 30 123")), (.number("4930"), .text("4930"))])
    + goes(
      FieldDescription(name: "Website", type: "url", length: 255),
      [(.text("example.com"), .text("example.com"))])
    + goes(email, [(.text(" A@example.com "), .text("A@example.com"))])
    + refused(
      email, "MAP-NOT-AN-EMAIL",
      [
        .text("a"), .text("@b"), .text("a@"), .text("a@b@c"), .text("a b@c.de"), .number("5"),
        .list([.text("a@b.de")]),
      ])
    + refused(email, "MAP-TOO-LONG", [.text("aaaaaaaaaaaa@example.com")])
    + goes(
      id,
      [
        (.text("00Q000000000001"), .text("00Q000000000001")),
        (.text(" 00Q000000000001AAA "), .text("00Q000000000001AAA")),
      ])
    + refused(
      id, "MAP-NOT-AN-ID",
      [
        .text("00Q"), .text("00Q0000000000010"), .text("00Q00000000000é"), .text("00Q000000-00001"),
        .number("123456789012345"),
      ])

  static let numbers =
    goes(
      int,
      [
        (.number("500"), .number("500")), (.text(" 500 "), .number("500")),
        (.number("5e2"), .number("500")), (.number("500.0"), .number("500")),
        (.number("-99999999"), .number("-99999999")), (.null, .null),
      ])
    + refused(
      int, "MAP-NOT-A-NUMBER",
      [.number("12.5"), .text("many"), .text("1,000"), .flag(true), .list([.number("1")])])
    + refused(int, "MAP-NUMBER-RANGE", [.number("100000000"), .number("1e999999")])
    + refused(
      FieldDescription(name: "I", type: "int"), "MAP-NUMBER-RANGE",
      [.number("2147483648"), .number("-2147483649")])
    + goes(long, [(.number("9223372036854775807"), .number("9223372036854775807"))])
    + refused(long, "MAP-NUMBER-RANGE", [.number("9223372036854775808")])
    + goes(
      money,
      [
        (.number("1234.5"), .number("1234.5")), (.text("1234.567"), .number("1234.57")),
        (.number("-0.001"), .number("0")), (.number("9999.994"), .number("9999.99")),
      ])
    + refused(money, "MAP-NUMBER-RANGE", [.number("10000"), .number("9999.995"), .text("1e5")])
    + refused(money, "MAP-NOT-A-NUMBER", [.text("$5"), .text("5 EUR"), .flag(false)])
    + goes(
      free,
      [
        (.number("0.123456"), .number("0.123456")),
        (.number("1e17"), .number("100000000000000000")),
      ])
    + refused(free, "MAP-NUMBER-RANGE", [.number("1e18"), .number("1e999999999")])
    + goes(
      FieldDescription(name: "P", type: "percent", precision: 3), [(.number("12.5"), .number("13"))]
    )

  static let flags =
    goes(
      flag,
      [
        (.flag(true), .flag(true)), (.flag(false), .flag(false)), (.text(" Yes "), .flag(true)),
        (.text("FALSE"), .flag(false)), (.text("no"), .flag(false)), (.text("1"), .flag(true)),
        (.number("1.0"), .flag(true)), (.number("0"), .flag(false)),
      ])
    + refused(
      flag, "MAP-NOT-A-BOOLEAN",
      [.text("maybe"), .number("2"), .number("-1"), .list([.flag(true)])])

  static let times =
    goes(
      date,
      [
        (.number("1769817600"), .text("2026-01-31")), (.number("1769903999"), .text("2026-01-31")),
        (.text("2026-01-31"), .text("2026-01-31")),
        (.text("2026-01-31T23:30:00-05:00"), .text("2026-02-01")),
        (.text("1700-01-01"), .text("1700-01-01")), (.text("4000-12-31"), .text("4000-12-31")),
      ])
    + refused(
      date, "MAP-NOT-A-DATE",
      [
        .text("31.01.2026"), .text("2026-02-30"), .text("1699-12-31"), .text("4001-01-01"),
        .number("1769817600000"), .flag(true), .text("1769817600"),
      ])
    + goes(
      moment,
      [
        (.number("1769817601"), .text("2026-01-31T00:00:01Z")),
        (.text("2026-01-31"), .text("2026-01-31T00:00:00Z")),
        (.text("2026-01-31T01:00:00.5+01:00"), .text("2026-01-31T00:00:00.500Z")),
      ])
    + refused(moment, "MAP-NOT-A-DATE", [.text("soon"), .number("1e30")])

  static let picklists =
    ["Industry", "X__c"].flatMap { name in
      goes(
        picklist(name, isRestricted: name == "X__c"),
        [
          (.text("banking"), .text("banking")), (.text(" BANKING "), .text("banking")),
          (.text("banking & finance"), .text("banking")), (.text("Third"), .text("Etc")),
          // An API name goes before a label.
          (.text("etc"), .text("Etc")), (.null, .null),
        ])
        + refused(
          picklist(name, isRestricted: name == "X__c"), "MAP-NOT-IN-PICKLIST",
          [.text("Bank"), .text("Old"), .text("bankıng"), .number("5")])
    }
    + goes(
      picklist("Free__c"), [(.text("anything"), .text("anything")), (.text("ETC"), .text("Etc"))])
    + refused(picklist("Free__c"), "MAP-NOT-IN-PICKLIST", [.text("Old")])
    + refused(
      picklist("Free__c"), "MAP-TOO-LONG", [.text(String(repeating: "x", count: 256))])
    + refused(
      FieldDescription(name: "Rating", type: "picklist"), "MAP-NOT-IN-PICKLIST", [.text("Hot")])
    + goes(
      picklist("Y__c", isRestricted: true, type: "multipicklist"),
      [
        (.text("Other; BANKING"), .text("Other;banking")),
        (.list([.text("Etc"), .text("third"), .text("Other")]), .text("Etc;Other")),
        (.text("Other;;"), .text("Other")), (.text(" ; "), .null),
      ])
    + refused(
      picklist("Y__c", isRestricted: true, type: "multipicklist"), "MAP-NOT-IN-PICKLIST",
      [.text("Other;Bank"), .text("Other,banking"), .list([.text("Old")])])

  static let foreign = ["address", "location", "base64", "anyType", "time", "json"].flatMap {
    type in
    refused(FieldDescription(name: "F", type: type), "MAP-TYPE", [.text("10:00"), .null])
  }

  static let cases = texts + numbers + flags + times + picklists + foreign

  @Test("Q2: each type of field takes what fits, and says what does not", arguments: cases)
  func fits(one: Case) {
    switch Fitting.fit(one.value, to: one.field) {
    case .success(let value): #expect(value == one.expected)
    case .failure(let misfit):
      #expect(misfit.meaning.code == one.code)
      #expect(one.expected == nil)
      #expect(misfit.field == one.field.name)
    }
  }

  @Test("Q1: nothing empties a field that must not be empty", arguments: cases)
  func required(one: Case) {
    var field = one.field
    field.isNillable = false
    switch Fitting.fit(one.value, to: field) {
    case .success(let value):
      #expect(!value.isBlank)
      #expect(value == one.expected)
    case .failure(let misfit):
      let isEmptied = one.expected?.isBlank == true
      #expect(misfit.meaning.code == (isEmptied ? "MAP-REQUIRED" : one.code))
    }
  }

  @Test("Q2: what fits fits again, and stays what it is", arguments: cases)
  func idempotent(one: Case) {
    guard let value = one.expected, one.code.isEmpty else { return }
    #expect((try? Fitting.fit(value, to: one.field).get()) == value)
  }

  @Test("Q2: a refusal never tells the customer's value", arguments: cases)
  func discreet(one: Case) throws {
    guard case .failure(let misfit) = Fitting.fit(one.value, to: one.field) else { return }
    let told = misfit.of("attribute").sentence
    #expect(told.contains("attribute"))
    #expect(told.contains(one.field.name))
    let secret = one.value.text ?? ""
    if secret.utf8.count > 4 { #expect(!told.contains(secret)) }
  }

  @Test("Q2: a refusal names the limits")
  func limits() {
    func reason(_ value: Value, _ field: FieldDescription) -> String {
      guard case .failure(let misfit) = Fitting.fit(value, to: field) else { return "" }
      return misfit.reason
    }
    #expect(reason(.text("abcdef"), Self.short) == "it has 6 characters, and the field holds 5")
    #expect(reason(.number("10000"), Self.money) == "the field holds 4 digits before the point")
    #expect(reason(.text("x"), Self.picklist("Industry")).contains("3 values"))
  }

  @Test("Q2: no value and no description traps")
  func anything() {
    var random = Seeded(3)
    let types = [
      "string", "boolean", "int", "long", "double", "currency", "percent", "date", "datetime",
      "picklist", "multipicklist", "email", "reference", "phone", "url", "", "new",
    ]
    let limits = [Int.min, -1, 0, 1, 2, 18, 255, Int.max]
    let numbers = [
      "1e1000000", "-1e-1000000", "0.5", "999999999999999999999", "1e99999999999999999",
    ]
    var fitted = 0
    for _ in 0..<20_000 {
      let field = FieldDescription(
        name: random.below(2) == 0 ? "A" : "A__c", type: types[random.below(types.count)],
        length: limits[random.below(8)], digits: limits[random.below(8)],
        precision: limits[random.below(7)], scale: limits[random.below(8)])
      let value =
        random.below(3) == 0 ? .number(numbers[random.below(numbers.count)]) : random.value()
      if case .success = Fitting.fit(value, to: field) { fitted += 1 }
    }
    #expect(fitted > 1_000)
  }

  @Test("E1: each code has one meaning, in plain words, with what to do")
  func meanings() {
    let all = FittingMeaning.all
    #expect(Set(all.map(\.code)).count == all.count)
    for meaning in all {
      #expect(meaning.kind == .refused)
      #expect(meaning.code.hasPrefix("MAP-") || meaning.code.hasPrefix("LEAD-"))
      for text in [meaning.cause, meaning.remedy] {
        #expect(text.hasSuffix("."))
        #expect(!text.contains("\n"))
      }
    }
    let seen = Set(Self.cases.map(\.code)).subtracting([""])
    #expect(seen.isSubset(of: Set(all.map(\.code))))
  }
}
