import FoundationEssentials
import Testing

@testable import Control

@Suite struct JSONParserTests {
  @Test(
    "control: a JSON text is read as what it says",
    arguments: [
      ("null", JSONValue.null), (" true ", .bool(true)), ("-0", .integer(0)),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5e2", .number(150)),
      (#""a\"\\\/\b\f\n\r\té\ud83d\ude00ü""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀ü")),
      ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
      ("{}", .object([:])),
      (
        #"{"a":{"b":null},"c":[true]}"#,
        .object(["a": .object(["b": .null]), "c": .array([.bool(true)])])
      ),
    ])
  func reads(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
  }

  @Test(
    "control: what is no JSON is refused, whatever it is",
    arguments: [
      "", " ", "nul", "tru", "truex", "01", "-", "1.", ".5", "1e", "1e+", "+1", "1e999", "0x1",
      #"""#, #""\x""#, #""\u12""#, #""\u+123""#, #""\ud83d""#, #""\ude00""#, #""\ud83dA""#,
      "\"\n\"", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{1:2}", #"{"a"}"#, #"{"a":}"#,
      #"{"a":1,}"#, #"{"a":1"#, #"{"a":1,"a":2}"#, "{} {}", "'a'", "NaN", "\u{FEFF}{}",
      String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
      String(repeating: "1", count: 100_000),
    ])
  func refuses(text: String) {
    #expect(throws: JSONParser.Problem.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test("control: text that is not UTF-8 is refused")
  func notUTF8() {
    let quote = UInt8(ascii: "\"")
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
      #expect(throws: JSONParser.Problem.self) { try JSONParser.parse([quote] + bytes + [quote]) }
    }
  }

  @Test("control: nesting is bounded, and what it bounds is read")
  func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONParser.parse(nested(JSONParser.deepest))
    #expect(throws: JSONParser.Problem.self) {
      try JSONParser.parse(nested(JSONParser.deepest + 1))
    }
  }

  @Test("control: every prefix of a message is refused without a trap")
  func prefixes() {
    let message = Array(
      #"{"method":"a.B","parameters":{"n":-1.5e3,"t":"é😀","l":[true,null]}}"#.utf8)
    for count in 0..<message.count {
      #expect(throws: JSONParser.Problem.self) { try JSONParser.parse(Array(message[..<count])) }
    }
  }

  @Test("control: a value encodes to what it was read from")
  func roundTrip() throws {
    let value = JSONValue.object([
      "a": .null, "b": .bool(false), "c": .integer(-7), "d": .number(0.5), "e": .string("é"),
      "f": .array([.object([:])]),
    ])
    let data = try JSONEncoder().encode(value)
    #expect(try JSONParser.parse(Array(data)) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
  }

  @Test("control: the number of values is bounded, and what it bounds is read")
  func manyValues() throws {
    func list(_ count: Int) -> [UInt8] {
      Array("[\(Array(repeating: "1", count: count - 1).joined(separator: ","))]".utf8)
    }
    _ = try JSONParser.parse(list(JSONParser.mostValues))
    #expect(throws: JSONParser.Problem.self) {
      try JSONParser.parse(list(JSONParser.mostValues + 1))
    }
  }

  @Test("control: what is read after any change of bytes is what Foundation reads, or refused")
  func mutations() {
    let message = Array(
      #"{"method":"a.B","parameters":{"n":-1.5e3,"t":"é\ud83d\ude00","l":[true,null]}}"#.utf8)
    var random = SplitMix(state: 7)
    for _ in 0..<20_000 {
      var bytes = message
      for _ in 0...Int(random.next() % 3) {
        let position = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: position)
        default: bytes.insert(message[Int(random.next() % UInt64(message.count))], at: position)
        }
      }
      guard let value = try? JSONParser.parse(bytes) else { continue }
      let foreign = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
      #expect(
        foreign.map(Self.withoutIntegers) == Self.withoutIntegers(value),
        "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

extension JSONParserTests {
  /// Foundation takes `1.5e3` for an integer too.
  fileprivate static func withoutIntegers(_ value: JSONValue) -> JSONValue {
    switch value {
    case .integer(let integer): .number(Double(integer))
    case .array(let values): .array(values.map(withoutIntegers))
    case .object(let values): .object(values.mapValues(withoutIntegers))
    default: value
    }
  }
}

/// Numbers that are the same in every run.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
