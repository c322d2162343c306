import Testing

@testable import Wire

@Suite struct JSONReaderTests {
  private func with<Result>(
    _ text: String, _ body: (inout JSONReader) throws -> Result
  ) rethrows -> Result {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      return try body(&reader)
    }
  }

  private func string(_ text: String) throws -> String {
    try with(text) { try $0.readString().string }
  }

  private func problem(_ text: String) -> JSONError.Problem? {
    (#expect(throws: JSONError.self) {
      try with(text) { reader in
        try reader.skipValue()
        try reader.finish()
      }
    })?.problem
  }

  private static let page = """
    {"type":"list", "data":[{"id":"a\\u00e9\\ud83d\\ude00\\n","n":-12.5e3,"ok":true,"no":false,
    "tags":{"data":[],"x":[1,[2,{}],"\\"\\\\"]},"none":null,"name":"Zoë"}],"total_count":1}
    """

  private func readPage(_ bytes: UnsafeRawBufferPointer) throws {
    var reader = JSONReader(bytes)
    try reader.readObject { reader, key throws(JSONError) in
      guard key == "data" else { return try reader.skipValue() }
      try reader.readArray { reader throws(JSONError) in
        try reader.readObject { reader, key throws(JSONError) in
          switch try reader.peek() {
          case .string: _ = try reader.readString().string
          case .bool: _ = try reader.readBool()
          case .null: try reader.readNull()
          default: _ = try reader.readRawValue()
          }
        }
      }
    }
    try reader.finish()
  }

  @Test("a page cut at any byte is an error, never half a page and never a trap")
  func truncated() throws {
    let whole = Array(Self.page.utf8)
    try whole.withUnsafeBytes { try readPage($0) }
    for length in 0..<whole.count {
      // A copy of its own, so that a read past the end would be seen by the sanitizer.
      let error = #expect(throws: JSONError.self) {
        try Array(whole[..<length]).withUnsafeBytes { try readPage($0) }
      }
      #expect(error?.problem == .truncated, "at \(length)")
      #expect(error.map { $0.offset <= length } == true)
    }
  }

  @Test("a page with any byte replaced is read or refused, never a trap")
  func mutated() throws {
    let whole = Array(Self.page.utf8)
    var refused = 0
    for index in whole.indices {
      for byte: UInt8 in [0, 0x1F, 0x22, 0x2C, 0x5C, 0x5B, 0x7D, 0x80, 0xFF] {
        var copy = whole
        copy[index] = byte
        do { try copy.withUnsafeBytes { try readPage($0) } } catch { refused += 1 }
      }
    }
    #expect(refused > whole.count)
  }

  @Test(
    "strings are decoded: escapes, pairs of surrogates; a lone surrogate is U+FFFD",
    arguments: [
      (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00!""#, "😀!"),
      (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
      (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
      (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\u12""#, "\u{FFFD}12"), (#""\uZZZZ""#, "\u{FFFD}ZZZZ"),
      (#""0123456\n89abcdef""#, "0123456\n89abcdef"), (#""\u0000""#, "\0"), ("\"żółć\"", "żółć"),
    ])
  func strings(text: String, expected: String) throws {
    #expect(try string(text) == expected)
    var row = RowBuffer(columns: 1)
    try with(text) { row.set(0, try $0.readString()) }
    #expect((row.string(0) ?? "") == expected)
  }

  @Test("bytes that are no UTF-8 never reach a row, escaped text or not")
  func invalidUTF8() throws {
    let invalid: [[UInt8]] = [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ]
    for middle in [[], Array("\\n".utf8)] {
      for bad in invalid {
        let text = [0x22, 0x61] + middle + bad + [0x62, 0x22]
        var row = RowBuffer(columns: 1)
        row.set(0, "kept")
        try text.withUnsafeBytes { bytes in
          var reader = JSONReader(bytes)
          row.set(0, try reader.readString())
        }
        row.withColumn(0) { bytes in
          let bytes = bytes.map { Array($0) } ?? []
          #expect(String(validating: bytes, as: UTF8.self) != nil)
          #expect(bytes.first == 0x61 && bytes.last == 0x62)
          #expect(String(decoding: bytes, as: UTF8.self).contains("\u{FFFD}"))
        }
        text.withUnsafeBytes { row.set(0, $0) }
        #expect(row.withColumn(0) { $0.flatMap { String(validating: $0, as: UTF8.self) } } != nil)
      }
    }
  }

  @Test("a key is compared by its bytes")
  func keys() throws {
    try with(#""id""#) { reader in
      let key = try reader.readString()
      #expect(key == "id")
      #expect(!(key == "ix") && !(key == "i") && !(key == "idx"))
      #expect(key.equals(Array("id".utf8)) && !key.equals(Array("ie".utf8)))
    }
  }

  @Test(
    "what is no JSON is refused",
    arguments: [
      "}", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "tru ",
      "nul1", "falsy", "'a'", "\"a\nb\"", "[1]]", "1 1", "[\"a\" \"b\"]", "{\"a\":1 \"b\":2}",
      "<html>", "\u{FEFF}{}", "NaN", "Infinity", "+",
    ])
  func refused(text: String) {
    #expect(problem(text) == .unexpected)
  }

  @Test(
    "a text that ends early says so",
    arguments: ["", " ", "[", "[1", "[1,", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "\"\\"])
  func early(text: String) { #expect(problem(text) == .truncated) }

  @Test("64 levels of nesting are read, one more is refused, and so is a bomb")
  func nesting() throws {
    let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    try with(fits) { try $0.skipValue() }
    #expect(problem("[" + fits + "]") == .tooDeep)
    #expect(problem(String(repeating: "[", count: 1_000_000)) == .tooDeep)
    #expect(problem(String(repeating: "{\"a\":", count: 1_000_000)) == .tooDeep)
    let wide = "[" + String(repeating: "[[]],", count: 1_000) + "0]"
    try with(wide) { try $0.skipValue() }
  }

  @Test(
    "whole numbers are read exactly or not at all",
    arguments: [
      ("0", 0), ("-0", 0), ("-7", -7), ("12.0", 12), ("1.5e1", 15), ("1e3", 1000),
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9007199254740992.0", 1 << 53),
      ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1e400", nil), ("12.5", nil),
      ("9007199254740994.0", nil), ("99999999999999999999999999", nil), ("-", nil), ("--1", nil),
      ("1e", nil), ("1.2.3", nil), ("+1", nil), ("\"1\"", nil), ("true", nil),
    ] as [(String, Int64?)])
  func integers(text: String, expected: Int64?) {
    #expect((try? with(text) { try $0.readInteger() }) == expected)
    let long = String(repeating: "9", count: 100_000)
    #expect((try? with(long) { try $0.readInteger() }) == nil)
  }

  @Test("null stands for no string, and anything else for an error")
  func nullStrings() throws {
    #expect(try with("null") { try $0.readStringOrNull() == nil })
    #expect(try with("\"x\"") { try $0.readStringOrNull()?.string } == "x")
    #expect(throws: JSONError.self) { try with("1") { _ = try $0.readStringOrNull() } }
  }

  @Test("a raw value is the bytes as they stand")
  func raw() throws {
    let value = try with(" {\"a\" : [1, 2]} ,") {
      String(decoding: try $0.readRawValue(), as: UTF8.self)
    }
    #expect(value == "{\"a\" : [1, 2]}")
  }
}
