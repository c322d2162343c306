/// Undoes the HTML escapes with which Intercom gives names back (`Phone &amp; SMS`).
package enum HTMLText {
  /// Replaces the escapes in `bytes` from `start` on, in place, once: `&amp;lt;` becomes `&lt;`.
  ///
  /// Knows `&amp;` `&lt;` `&gt;` `&quot;` `&apos;` and the numeric forms; what is no escape stays.
  package static func unescape(_ bytes: inout [UInt8], from start: Int = 0) {
    guard start >= 0, start < bytes.count else { return }
    let length = bytes.withUnsafeMutableBytes { all in
      unescape(UnsafeMutableRawBufferPointer(rebasing: all[start...]))
    }
    bytes.removeLast(bytes.count - start - length)
  }

  /// Appends `text` to `out`, escapes undone.
  package static func append(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: text)
    unescape(&out, from: start)
  }

  /// Appends the decoded `text` to `out`, escapes undone.
  package static func append(_ text: JSONString, to out: inout [UInt8]) {
    let start = out.count
    text.append(to: &out)
    unescape(&out, from: start)
  }

  package static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var bytes = Array(text.utf8)
    unescape(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the length that is left; an escape is always longer than what it stands for.
  private static func unescape(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
    let all = UnsafeRawBufferPointer(bytes)
    var source = ByteScan.first(UInt8(ascii: "&"), in: all, from: 0)
    var target = source
    while source < bytes.count {
      if bytes[source] == UInt8(ascii: "&"), let escape = escape(all, at: source) {
        for byte in UTF8.encode(escape.scalar) ?? UTF8.encodedReplacementCharacter {
          bytes[target] = byte
          target += 1
        }
        source += escape.length
      } else {
        bytes[target] = bytes[source]
        target += 1
        source += 1
      }
    }
    return target
  }

  private static func escape(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (scalar: Unicode.Scalar, length: Int)? {
    // The longest is `&#x10FFFF;`.
    let window = bytes[start..<min(start + 10, bytes.count)]
    guard let end = window.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    let name = UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<end])
    guard let scalar = scalar(name) else { return nil }
    return (scalar, end + 1 - start)
  }

  private static func scalar(_ name: UnsafeRawBufferPointer) -> Unicode.Scalar? {
    if name.first == UInt8(ascii: "#") { return number(name.dropFirst()) }
    for (known, scalar) in names where name.elementsEqual(known) { return scalar }
    return nil
  }

  private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar? {
    let isHex = text.first == UInt8(ascii: "x") || text.first == UInt8(ascii: "X")
    let digits = String(decoding: isHex ? text.dropFirst() : text, as: UTF8.self)
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-")
    else { return nil }
    guard let value = UInt32(digits, radix: isHex ? 16 : 10), value > 0 else { return nil }
    return Unicode.Scalar(value)
  }

  private static let names: [([UInt8], Unicode.Scalar)] = [
    (Array("amp".utf8), "&"), (Array("lt".utf8), "<"), (Array("gt".utf8), ">"),
    (Array("quot".utf8), "\""), (Array("apos".utf8), "'"),
  ]
}
