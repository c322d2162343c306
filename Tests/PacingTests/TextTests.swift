import Testing

@testable import SyncCore

@Suite struct TextTests {
  @Test(
    "S3: text is cut at a whole grapheme that fits in so many UTF-16 units",
    arguments: [
      ("abcdef", 3, "abc"), ("abc", 3, "abc"), ("abc", 255, "abc"), ("", 0, ""), ("", 5, ""),
      ("ab😀", 3, "ab"), ("ab😀", 4, "ab😀"), ("e\u{301}e\u{301}", 3, "e\u{301}"),
      ("x👨‍👩‍👧y", 8, "x"), ("x👨‍👩‍👧y", 9, "x👨‍👩‍👧"), ("🇩🇪🇫🇷", 7, "🇩🇪"), ("a\r\nb", 2, "a"),
      ("żółć", 3, "żół"), ("abc", 0, ""), ("abc", -1, ""),
    ])
  func cut(text: String, units: Int, expected: String) {
    // Compared by scalars: canonical equivalence would hide a cut.
    #expect(Array(Text.cut(text, utf16Units: units).utf8) == Array(expected.utf8))
    var bytes = Array(("keep" + text).utf8)
    Text.cut(&bytes, from: 4, utf16Units: units)
    #expect(bytes == Array(("keep" + expected).utf8))
  }

  @Test("S3: a first grapheme that is too long by itself is cut at a scalar, never to nothing")
  func longGrapheme() {
    let tower = "e" + String(repeating: "\u{301}", count: 400)
    let short = Text.cut(tower, utf16Units: 255)
    #expect(short.utf16.count == 255 && short.unicodeScalars.first == "e")
    let family = Text.cut("👨‍👩‍👧", utf16Units: 6)
    #expect(Array(family.utf8) == Array("👨\u{200D}👩\u{200D}".utf8.prefix(14)))
  }

  @Test("S3: whatever the text, the cut is a start of it, fits, and one grapheme more does not")
  func property() {
    var random = SeededRandom(state: 7)
    let parts = ["a", "é", "e\u{301}", "😀", "👨‍👩‍👧", "🇩🇪", "\r\n", "한", "\u{200D}", "\u{FE0F}", " "]
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...20, using: &random))
        .map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
      let units = Int.random(in: 1...30, using: &random)
      let short = Text.cut(text, utf16Units: units)
      #expect(text.utf8.starts(with: short.utf8) && short.utf16.count <= units)
      #expect(text.isEmpty == short.isEmpty || text.unicodeScalars.first?.utf16.count == 2)
      if short.count < text.count, text.hasPrefix(short) {
        #expect(text.prefix(short.count + 1).utf16.count > units)
      }
    }
  }

  @Test("S3: a start out of range changes nothing")
  func start() {
    var bytes = Array("abc".utf8)
    Text.cut(&bytes, from: -1, utf16Units: 1)
    Text.cut(&bytes, from: 4, utf16Units: 1)
    #expect(bytes == Array("abc".utf8))
  }
}
