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
}
