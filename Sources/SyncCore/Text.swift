/// Makes texts fit where the far side counts in UTF-16 units.
package enum Text {
  /// The longest start of `text` of whole graphemes that is at most `utf16Units` long (S3).
  ///
  /// When the first grapheme alone is longer, as many whole scalars of it as fit.
  package static func cut(_ text: String, utf16Units: Int) -> String {
    // UTF-16 is never longer than UTF-8 in units.
    guard text.utf8.count > utf16Units, text.utf16.count > utf16Units else { return text }
    let graphemes = end(text, utf16Units, text.indices) { text[$0].utf16.count }
    guard graphemes == text.startIndex else { return String(text[..<graphemes]) }
    let scalars = text.unicodeScalars
    return String(scalars[..<end(text, utf16Units, scalars.indices) { scalars[$0].utf16.count }])
  }

  /// Cuts the UTF-8 `bytes` from `start` on as ``cut(_:utf16Units:)`` does.
  package static func cut(_ bytes: inout [UInt8], from start: Int, utf16Units: Int) {
    guard start >= 0, start < bytes.count, bytes.count - start > utf16Units else { return }
    let text = String(decoding: bytes[start...], as: UTF8.self)
    let short = cut(text, utf16Units: utf16Units)
    guard short.utf8.count < text.utf8.count else { return }
    bytes.removeSubrange(start...)
    bytes.append(contentsOf: short.utf8)
  }

  /// The index of the first of `parts` that does not fit any more.
  private static func end<Parts: Sequence<String.Index>>(
    _ text: String, _ utf16Units: Int, _ parts: Parts, _ length: (String.Index) -> Int
  ) -> String.Index {
    var left = utf16Units
    for part in parts {
      left -= length(part)
      if left < 0 { return part }
    }
    return text.endIndex
  }
}
