import Testing

@testable import Wire

@Suite struct HTMLTextTests {
  @Test(
    "S10: the escapes of Intercom's names are undone, once, and nothing else is touched",
    arguments: [
      ("Phone &amp; SMS", "Phone & SMS"), ("&lt;b&gt; &quot;x&quot;", "<b> \"x\""),
      ("O&#39;Neil O&#x27;Neil O&#X27;Neil O&apos;Neil", "O'Neil O'Neil O'Neil O'Neil"),
      ("&amp;lt;", "&lt;"), ("&#128512;", "😀"), ("&#x10FFFF;", "\u{10FFFF}"), ("&#8364;", "€"),
      ("AT&T", "AT&T"), ("&", "&"), ("&;", "&;"), ("&#;", "&#;"), ("&#x;", "&#x;"),
      ("&#+39;", "&#+39;"), ("&#xD800;", "&#xD800;"), ("&#x110000;", "&#x110000;"),
      ("&#0;", "&#0;"), ("&nope;", "&nope;"), ("&amp", "&amp"), ("a&&amp;b", "a&&b"),
      ("&#99999999999999999999;", "&#99999999999999999999;"),
      ("Zürich &amp; Łódź", "Zürich & Łódź"),
      ("", ""), ("plain", "plain"),
    ])
  func undone(text: String, expected: String) {
    #expect(HTMLText.unescaped(text) == expected)
    var bytes = Array("&amp;".utf8)
    var copy = text
    copy.withUTF8 { HTMLText.append(UnsafeRawBufferPointer($0), to: &bytes) }
    #expect(String(decoding: bytes, as: UTF8.self) == "&amp;" + expected)
  }

  @Test("a start out of range changes nothing")
  func start() {
    var bytes = Array("&amp;".utf8)
    HTMLText.unescape(&bytes, from: 9)
    HTMLText.unescape(&bytes, from: -1)
    #expect(bytes == Array("&amp;".utf8))
  }
}
