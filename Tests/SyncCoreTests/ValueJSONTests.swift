import Testing

@testable import SyncCore

@Suite("Q1: values are kept as canonical JSON")
struct ValueJSONTests {
  static let forms: [(Value, String)] = [
    (.null, "null"), (.flag(true), "true"), (.flag(false), "false"), (.number("500"), "500"),
    (.number("-1.5e3"), "-1.5e3"), (.number("1E+2"), "1E+2"), (.number("0"), "0"),
    (.text(""), "\"\""), (.text("a\"b\\c\n\t\u{1}é😀/"), "\"a\\\"b\\\\c\\n\\t\\u0001é😀/\""),
    (.list([]), "[]"), (.list([.text("1"), .null, .list([.flag(false)])]), "[\"1\",null,[false]]"),
  ]

  @Test("every kind of value is written, and read again", arguments: forms)
  func bothWays(value: Value, json: String) {
    #expect(value.json == json)
    #expect(Value(json: json) == value)
  }

  @Test("what JSON writes otherwise is read alike")
  func lenient() {
    #expect(Value(json: " [ 1 ,\t2\r\n] ") == .list([.number("1"), .number("2")]))
    #expect(Value(json: #""\u00e9\ud83d\ude00\/\b\f""#) == .text("é😀/\u{8}\u{C}"))
    #expect(Value(json: #""\ud83d""#) == .text("\u{FFFD}"))
    #expect(Value(json: #""\ude00x""#) == .text("\u{FFFD}x"))
    #expect(Value(json: #""\ud83d\u0041""#) == .text("\u{FFFD}A"))
  }

  @Test(
    "what is no JSON is no value",
    arguments: [
      "", " ", "nul", "nulll", "tru", "+1", "01", "1.", ".5", "1e", "1e+", "-", "--1", "1 2",
      "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "[", "[1", "[1,", "[,]",
      "[1,]", "]", "{}", "[{}]", "NaN", "'a'", "\u{FEFF}1",
    ])
  func refused(json: String) { #expect(Value(json: json) == nil) }

  @Test("a number that is none does not spoil the text")
  func badNumber() {
    let values: Values = ["a": .number("1,5"), "b": .number(""), "c": .number("\",\"x\":\"")]
    #expect(
      Values(json: values.json)
        == ["a": .text("1,5"), "b": .text(""), "c": .text("\",\"x\":\"")])
  }

  @Test("nesting is bounded, on the way in")
  func depth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(Value(json: nested(16)) != nil)
    #expect(Value(json: nested(17)) == nil)
    #expect(Value(json: String(repeating: "[", count: 1_000_000)) == nil)
  }

  @Test("keys stand in the order of their bytes, so that the same values give the same text")
  func order() {
    let values: Values = [
      "b": .null, "a": .number("1"), "B": .flag(true), "ä": .text("x"), "a.b": .list([]),
      "😀": .null, "\u{FFFD}": .null,
    ]
    let text = #"{"B":true,"a":1,"a.b":[],"b":null,"ä":"x",""# + "\u{FFFD}\":null,\"😀\":null}"
    #expect(values.json == text)
    #expect(Values(json: text) == values)
    // Not by characters: `é` in two scalars begins with an `e`.
    let accented: Values = ["f": .null, "e\u{301}": .null]
    #expect(accented.json == "{\"e\u{301}\":null,\"f\":null}")
  }

  @Test(
    "what is no object of values is no values",
    arguments: [
      nil, "", "[]", "null", "{", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":{}}",
      "{\"a\":1 \"b\":2}",
    ] as [String?])
  func noObject(json: String?) { #expect(Values(json: json).isEmpty) }

  @Test("any values come back as they went")
  func roundTrip() {
    var random = Seeded(1)
    for _ in 0..<2_000 {
      let values = random.values()
      let text = values.json
      #expect(Values(json: text) == values)
      #expect(Values(json: text).json == text)
    }
  }

  @Test("no text traps the reader")
  func anyText() {
    var random = Seeded(2)
    let parts = [
      "{", "}", "[", "]", "\"", "\\", "\\u", "d83d", ":", ",", "1", "-", ".", "e", "null", "true",
      " ", "é", "\u{0}",
    ]
    var readable = 0
    for _ in 0..<20_000 {
      let text = (0..<random.below(9)).map { _ in parts[random.below(parts.count)] }.joined()
      if let value = Value(json: text) {
        readable += 1
        #expect(Value(json: value.json) == value)
      }
      #expect(Values(json: Values(json: text).json) == Values(json: text))
    }
    #expect(readable > 100)
  }

  @Test("Q1: the same number written otherwise is no change, and neither is nothing for nothing")
  func same() {
    #expect(Value.number("500").isSame(as: .number("5e2")))
    #expect(Value.number("500.0").isSame(as: .number("500")))
    #expect(!Value.number("500").isSame(as: .number("501")))
    #expect(!Value.number("500").isSame(as: .text("500")))
    #expect(Value.null.isSame(as: .text(" ")))
    #expect(Value.list([]).isSame(as: .null))
    #expect(!Value.null.isSame(as: .flag(false)))
    #expect(!Value.text("a").isSame(as: .text("A")))
  }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &self) }

  mutating func text() -> String {
    let letters = ["a", "B", "0", " ", "\"", "\\", "\n", "\u{1}", "é", "😀", "/", "\u{2028}", ";"]
    return (0..<below(6)).map { _ in letters[below(letters.count)] }.joined()
  }

  mutating func value(depth: Int = 0) -> Value {
    switch below(depth < 3 ? 6 : 5) {
    case 0: .null
    case 1: .flag(below(2) == 0)
    case 2: .number(["0", "-1", "12.50", "1e9", "-0.001"][below(5)])
    case 3, 4: .text(text())
    default: .list((0..<below(4)).map { _ in value(depth: depth + 1) })
    }
  }

  mutating func values() -> Values {
    Values((0..<below(6)).map { _ in (text(), value()) }) { _, last in last }
  }
}
