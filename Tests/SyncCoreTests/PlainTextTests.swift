import SyncCore
import Testing

@Suite("T2: plain text of what Intercom gives as HTML")
struct PlainTextTests {
  @Test(
    "T2: lines and links stay, escapes are undone, scripts go",
    arguments: [
      ("", ""), ("plain", "plain"), ("<p>a</p>", "a"), ("<p>a</p><p>b</p>", "a\nb"),
      ("<p>a</p>\n\n  <p>b</p>\n", "a\nb"), ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
      ("a<br><br><br><br>b", "a\n\nb"), ("<br><p>a</p><br>", "a"),
      ("<div>a<div>b</div>c</div>d", "a\nb\nc\nd"),
      ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\nafter"),
      ("<ol>\n<li><p>one</p><p>more</p></li>\n<li>two</li></ol>", "- one\nmore\n- two"),
      ("a  \n\t b", "a b"), ("<b>a</b> <i> b</i>", "a b"), ("a<b>b</b>c", "abc"),
      ("<pre>a\n  b</pre>c", "a\n  b\nc"),
      ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
      (
        #"see <a href="https://x.de/a?b=1&amp;c=2">the page</a>."#,
        "see the page (https://x.de/a?b=1&c=2)."
      ),
      (#"<a href='https://x.de'>https://x.de</a>"#, "https://x.de"),
      (#"<a href=https://x.de/>https://x.de</a>!"#, "https://x.de!"),
      (
        #"<a class="b" href = "https://x.de" target=_blank>  x <b>y</b>  </a>"#,
        "x y (https://x.de)"
      ),
      (#"<a href="mailto:a@b.de">a@b.de</a>"#, "a@b.de"),
      (#"<a href="https://x.de"></a>"#, "https://x.de"),
      (#"<a href="https://x.de"><img src="i.png"></a>"#, "[image] (https://x.de)"),
      (#"<a href="javascript:alert(1)">x</a>"#, "x"), (#"<a name="top">x</a>"#, "x"),
      (#"<a href="java&#10;script:x">x</a>"#, "x"), (#"<a href="/relative">x</a>"#, "x"),
      (#"<a href="https://x.de">x<p>y</p></a>"#, "x\ny (https://x.de)"),
      (
        #"<a href="https://x.de">x<a href="https://y.de">y</a>"#, "x (https://x.de)y (https://y.de)"
      ),
      (#"<a href="https://x.de">left open"#, "left open (https://x.de)"), ("x</a>y", "xy"),
      (#"<img src="a.png" alt="A">b"#, "[image]b"),
      ("a<script>if (1 < 2) { x('</p>') }</script>b", "ab"), ("a<STYLE>p{}</Style >b", "ab"),
      ("a<script>never closed", "a"), ("<head><title>t</title></head>a", "a"),
      ("a<!-- <p>no</p> -->b", "ab"), ("a<!-- never closed", "a"), ("<!DOCTYPE html>a", "a"),
      ("<?xml version='1'?>a", "a"),
      ("a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#x27;", "a & b <c> \"d\" 'e'"),
      ("&amp;lt;", "&lt;"), ("a&nbsp;&nbsp;b", "a b"), ("&hellip;&ndash;&euro;", "…–€"),
      ("&#128512;&#xD800;&#0;&nope;&", "😀&#xD800;&#0;&nope;&"), ("a&#10;b", "a b"),
      ("a\u{0}\u{1B}b\u{7F}", "ab"), ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"), ("a <3 b", "a <3 b"),
      ("a < b", "a < b"), ("a<", "a<"), ("a</", "a</"), ("a<b", "a<b"), ("a<>b", "a<>b"),
      (#"<p title="a > b">c</p>"#, "c"), (#"<p title="never closed>c</p>d"#, "c\nd"),
      ("Zürich <b>Łódź</b> 😀", "Zürich Łódź 😀"), ("<custom-tag x>a</custom-tag>", "a"),
      (#"<a href="tel:+49 30">call</a>"#, "call (tel:+4930)"), ("</p></p>a", "a"),
    ])
  func plain(html: String, text: String) { #expect(PlainText.of(html: html) == text) }

  @Test("T2: no text traps it, and nothing comes out that reads as a tag of ours")
  func anything() {
    var random = Seeded(6)
    let parts = [
      "<", ">", "</", "<p>", "</p>", "<br", "<a href=", "\"", "'", "https://x.de", "</a>", "<li>",
      "<script>", "</script>", "<!--", "-->", "<pre>", "</pre>", "&", "&amp;", "&#", ";", "x", " ",
      "\n", "é", "😀", "=", "/", "\u{0}",
    ]
    var kept = 0
    for _ in 0..<30_000 {
      let html = (0..<random.below(12)).map { _ in parts[random.below(parts.count)] }.joined()
      let text = PlainText.of(html: html)
      if !text.isEmpty { kept += 1 }
      #expect(!text.contains("\n\n\n") || html.contains("<pre>"))
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })
      #expect(text.first?.isWhitespace != true)
    }
    #expect(kept > 10_000)
  }

  @Test("T2: what is meant to take long does not", .timeLimit(.minutes(1)))
  func hostile() {
    for part in [
      "<", "<a", "<a href=\"", "<!--", "</", "<script>", "&", "&#", "<a href=x>", "<p>", "<li>",
    ] {
      _ = PlainText.of(html: String(repeating: part, count: 20_000))
    }
    #expect(PlainText.of(html: String(repeating: "<b", count: 100_000)).utf8.count == 200_000)
    let quotes = String(repeating: "<a \">\" ", count: 60_000)
    #expect(PlainText.of(html: quotes + "'").utf8.count < quotes.utf8.count)
    #expect(PlainText.of(html: "<script>" + String(repeating: "</script", count: 60_000)) == "")
  }
}
