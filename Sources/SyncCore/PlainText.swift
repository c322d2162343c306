/// Plain text of what Intercom gives as HTML (T2).
package enum PlainText {
  /// The text of `html` with its lines and links.
  ///
  /// Paragraphs, divisions, list items, rows and breaks begin a line, and more than one empty line
  /// in a row becomes one. A link becomes `text (url)`, an image `[image]`; scripts and styles are
  /// dropped, escapes undone. What is no HTML stays as it is. Takes time in proportion to the
  /// length, whatever is in it.
  package static func of(html: String) -> String {
    var reader = HTMLTokens(html)
    var writer = PlainTextWriter()
    while let token = reader.next() {
      switch token {
      case .text(let text): writer.append(text: text)
      case .open(let name, let attributes): open(name, attributes, &reader, &writer)
      case .close(let name): close(name, &writer)
      }
    }
    return writer.finish()
  }

  private static let blocks: Set<String> = [
    "p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
    "section", "article", "header", "footer", "figure", "figcaption", "dl", "dt", "dd", "hr",
    "address", "form", "fieldset", "center",
  ]
  private static let dropped: Set<String> = [
    "script", "style", "head", "title", "template", "noscript", "iframe", "object",
  ]

  private static func open(
    _ name: String, _ attributes: ArraySlice<UInt8>, _ reader: inout HTMLTokens,
    _ writer: inout PlainTextWriter
  ) {
    switch name {
    case "br": writer.breakLine()
    case "li":
      writer.beginItem()
    case "td", "th": writer.space()
    case "img": writer.append(word: "[image]")
    case "pre": writer.preformatted += 1
    case "a": writer.openLink(HTMLTokens.attribute("href", in: attributes))
    case _ where dropped.contains(name): reader.skip(past: name)
    case _ where blocks.contains(name): writer.beginLine()
    default: break
    }
    if name == "pre" { writer.beginLine() }
  }

  private static func close(_ name: String, _ writer: inout PlainTextWriter) {
    switch name {
    case "a": writer.closeLink()
    case "li": writer.beginLine()
    case "pre":
      writer.preformatted = max(0, writer.preformatted - 1)
      writer.beginLine()
    case _ where blocks.contains(name): writer.beginLine()
    default: break
    }
  }
}

/// Collects text as a browser would lay it out: white space in a row is one blank.
private struct PlainTextWriter {
  /// How many `pre` are open.
  var preformatted = 0
  private var out: [UInt8] = []
  /// Line ends that come before the next text; at the beginning none do.
  private var lines = 0
  private var isSpaced = false
  /// Where the sign of a list item ends.
  private var itemStart: Int?
  private var link: (address: String, start: Int)?

  mutating func append(text: ArraySlice<UInt8>) {
    for byte in HTMLTokens.unescaped(text) {
      switch byte {
      case 0x0A where preformatted > 0: breakLine()
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
        if preformatted > 0, byte != 0x0D { append(byte) } else { space() }
      // Nothing that a person reads, and no field of Salesforce holds it.
      case 0..<0x20, 0x7F: break
      default: append(byte)
      }
    }
  }

  mutating func append(word: String) {
    for byte in word.utf8 { append(byte) }
  }

  mutating func beginItem() {
    itemStart = nil
    beginLine()
    append(word: "- ")
    itemStart = out.count
  }

  private mutating func append(_ byte: UInt8) {
    if lines > 0 {
      for _ in 0..<lines { out.append(0x0A) }
    } else if isSpaced {
      out.append(0x20)
    }
    lines = 0
    isSpaced = false
    out.append(byte)
  }

  mutating func space() {
    if !out.isEmpty, lines == 0, out.last != 0x20 { isSpaced = true }
  }

  mutating func beginLine() {
    // A paragraph within an item goes on behind its sign.
    if !out.isEmpty, out.count != itemStart { lines = max(lines, 1) }
  }

  mutating func breakLine() {
    if !out.isEmpty { lines = min(lines + 1, 2) }
  }

  mutating func openLink(_ address: String?) {
    closeLink()
    guard let address, Self.isShown(address) else { return }
    link = (address, out.count)
  }

  mutating func closeLink() {
    guard let (address, start) = link else { return }
    link = nil
    let text = start < out.count ? String(decoding: out[start...], as: UTF8.self) : ""
    let shown = Fitting.trimmed(text)
    if shown.isEmpty { return append(word: address) }
    let isSaid = address == shown || address.hasSuffix(":" + shown) || address == shown + "/"
    guard !isSaid else { return }
    // Right behind the text; a blank or line that was to follow it follows the address.
    let following = (lines, isSpaced)
    (lines, isSpaced) = (0, false)
    append(word: " (\(address))")
    (lines, isSpaced) = following
  }

  /// What a person can follow; never a script.
  private static func isShown(_ address: String) -> Bool {
    let folded = address.lowercased()
    return ["https://", "http://", "mailto:", "tel:"].contains { folded.hasPrefix($0) }
  }

  consuming func finish() -> String {
    closeLink()
    return Fitting.trimmed(String(decoding: out, as: UTF8.self))
  }
}
