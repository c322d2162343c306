/// The form of an e-mail address that both sides are matched by: trimmed and lower-cased (M1).
///
/// The one function for it, on every path: SQLite's `lower()` knows ASCII only.
package enum EmailKey {
  /// Appends the key of the UTF-8 `text` to `out`.
  package static func append(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    var start = 0
    var end = text.count
    while start < end, isSpace(text[start]) { start += 1 }
    while end > start, isSpace(text[end - 1]) { end -= 1 }
    let trimmed = text[start..<end]
    guard trimmed.allSatisfy({ $0 < 0x80 }) else {
      let folded = String(decoding: trimmed, as: UTF8.self).lowercased()
      return out.append(contentsOf: folded.utf8)
    }
    for byte in trimmed { out.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) }
  }

  /// The key of `text`, or nil when nothing is left of it.
  package static func of(_ text: String) -> String? {
    var text = text
    var out: [UInt8] = []
    text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &out) }
    return out.isEmpty ? nil : String(decoding: out, as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }
}
