/// Lets foreign bytes in as UTF-8 only, since SQLite takes any bytes for text and never looks.
enum UTF8Text {
  /// Appends `text`; what is no UTF-8 becomes U+FFFD.
  @inline(__always)
  static func append(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    if ByteScan.isASCII(text) || isValid(text) { return out.append(contentsOf: text) }
    out.append(contentsOf: String(decoding: text, as: UTF8.self).utf8)
  }

  /// Repairs `bytes` from `start` on.
  static func repair(_ bytes: inout [UInt8], from start: Int) {
    let repaired: String? = bytes.withUnsafeBytes { all in
      let tail = UnsafeRawBufferPointer(rebasing: all[start...])
      return ByteScan.isASCII(tail) || isValid(tail) ? nil : String(decoding: tail, as: UTF8.self)
    }
    guard let repaired else { return }
    bytes.removeSubrange(start...)
    bytes.append(contentsOf: repaired.utf8)
  }

  private static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    text.withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
  }
}
