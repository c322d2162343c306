/// Ids of Salesforce: 15 case-sensitive characters, or 18 whose last three restate the case.
///
/// Source: Object Reference, "Field Types", ID.
package enum SalesforceID {
  /// The 18-character form of `text`, or nil when it is no id.
  package static func normalized(_ text: String) -> String? {
    var text = text
    var out: [UInt8] = []
    let isID = text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &out) }
    return isID ? String(decoding: out, as: UTF8.self) : nil
  }

  /// Appends the 18-character form of `raw` to `out`; false, and nothing appended, when it is none.
  package static func append(_ raw: UnsafeRawBufferPointer, to out: inout [UInt8]) -> Bool {
    guard raw.count == 15 || raw.count == 18, raw.allSatisfy(isAlphanumeric) else { return false }
    out.append(contentsOf: raw)
    guard raw.count == 15 else { return true }
    for group in 0..<3 {
      var bits = 0
      for place in 0..<5 where isUpper(raw[group * 5 + place]) { bits |= 1 << place }
      out.append(bits < 26 ? UInt8(ascii: "A") + UInt8(bits) : UInt8(ascii: "0") + UInt8(bits - 26))
    }
    return true
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isUpper(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
