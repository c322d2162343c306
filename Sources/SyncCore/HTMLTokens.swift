/// Takes HTML apart into texts and tags, in one pass over its bytes (WHATWG HTML, "Tokenization", in
/// rough lines).
struct HTMLTokens {
  enum Token {
    case text(ArraySlice<UInt8>)
    /// The name in lower case, and the bytes of the attributes.
    case open(String, ArraySlice<UInt8>)
    case close(String)
  }

  private let bytes: [UInt8]
  private var position = 0
  /// No `>` is left: the rest is text.
  private var isTextOnly = false
  /// A quote was opened that never ends: from there on quotes are letters like any other.
  private var ignoresQuotes = false

  init(_ html: String) { bytes = Array(html.utf8) }

  mutating func next() -> Token? {
    while position < bytes.count {
      let start = position
      if bytes[position] == UInt8(ascii: "<"), let token = tag() { return token }
      // A comment or declaration was passed over.
      guard position == start else { continue }
      position += 1
      while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
      return .text(bytes[start..<position])
    }
    return nil
  }

  /// Passes over everything up to and with `</name>`; without one, over the rest.
  mutating func skip(past name: String) {
    let word = Array("</\(name)".utf8)
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<"), matches(word, at: position) {
        // Without any `>` ahead there is none for a later one either.
        position = end(from: position).map { $0 + 1 } ?? bytes.count
        return
      }
      position += 1
    }
  }

  private func matches(_ word: [UInt8], at start: Int) -> Bool {
    guard bytes.count - start >= word.count else { return false }
    return zip(bytes[start...], word).allSatisfy { Self.lowered($0) == $1 }
  }

  // MARK: Tags

  /// The tag that begins here; nil, with the position moved, for a comment or declaration, and nil
  /// where no tag begins.
  private mutating func tag() -> Token? {
    guard position + 1 < bytes.count, !isTextOnly else { return nil }
    let mark = bytes[position + 1]
    if matches(Array("<!--".utf8), at: position) {
      skipComment()
      return nil
    }
    let isClosing = mark == UInt8(ascii: "/")
    let nameStart = position + (isClosing ? 2 : 1)
    let isNamed = nameStart < bytes.count && Self.isLetter(bytes[nameStart])
    guard isNamed || mark == UInt8(ascii: "!") || mark == UInt8(ascii: "?"),
      let end = end(from: nameStart)
    else { return nil }
    position = end + 1
    guard isNamed else { return nil }
    let name = bytes[nameStart..<end].prefix { Self.isLetter($0) || $0 &- 0x30 < 10 }
    let text = String(decoding: name.map(Self.lowered), as: UTF8.self)
    return isClosing ? .close(text) : .open(text, bytes[name.endIndex..<end])
  }

  private mutating func skipComment() {
    position += 4
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "-"), matches(Array("-->".utf8), at: position) {
        position += 3
        return
      }
      position += 1
    }
  }

  /// Where the `>` stands that ends the tag; nil where there is none.
  private mutating func end(from start: Int) -> Int? {
    var quote: UInt8 = 0
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: ">") {
        return index
      } else if !ignoresQuotes, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      index += 1
    }
    // Its quotes never end: then `>` ends it wherever it stands, and so it does for all that follow,
    // or each of them would look for the end of the same quote.
    ignoresQuotes = true
    let end = bytes[min(start, bytes.count)...].firstIndex(of: UInt8(ascii: ">"))
    isTextOnly = end == nil
    return end
  }

  // MARK: Attributes

  /// The value of the attribute `name`, escapes undone.
  static func attribute(_ name: String, in bytes: ArraySlice<UInt8>) -> String? {
    var rest = bytes
    while !rest.isEmpty {
      rest = rest.drop { isSpace($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }
      let key = rest.prefix { !isSpace($0) && $0 != UInt8(ascii: "=") }
      rest = rest.dropFirst(key.count).drop(while: isSpace)
      guard rest.first == UInt8(ascii: "=") else { continue }
      rest = rest.dropFirst().drop(while: isSpace)
      let value: ArraySlice<UInt8>
      if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst(value.count + 2)
      } else {
        value = rest.prefix { !isSpace($0) }
        rest = rest.dropFirst(value.count)
      }
      if key.map(lowered).elementsEqual(name.utf8) {
        let plain = unescaped(value).filter { !isSpace($0) && $0 >= 0x20 && $0 != 0x7F }
        return String(decoding: plain, as: UTF8.self)
      }
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}

extension HTMLTokens {
  /// `text` with its escapes undone, once; what is no escape stays.
  static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var rest = text
    while let byte = rest.first {
      // The longest is `&#x10FFFF;`.
      if byte == UInt8(ascii: "&"), let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")),
        let plain = plain(rest[(rest.startIndex + 1)..<end])
      {
        out.append(contentsOf: plain.utf8)
        rest = rest[(end + 1)...]
      } else {
        out.append(byte)
        rest = rest.dropFirst()
      }
    }
    return out
  }

  private static func plain(_ name: ArraySlice<UInt8>) -> String? {
    let name = String(decoding: name, as: UTF8.self)
    guard name.hasPrefix("#") else { return names[name] }
    let isHex = name.dropFirst().first == "x" || name.dropFirst().first == "X"
    let digits = name.dropFirst(isHex ? 2 : 1)
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
      let value = UInt32(digits, radix: isHex ? 16 : 10), value > 0
    else { return nil }
    return Unicode.Scalar(value).map { $0 == "\u{A0}" ? " " : String(Character($0)) }
  }

  private static let names: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "hellip": "…",
    "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
    "bull": "•", "middot": "·", "euro": "€", "pound": "£", "copy": "©", "reg": "®",
    "trade": "™", "laquo": "«", "raquo": "»", "times": "×", "deg": "°", "shy": "",
  ]
}
