/// What Intercom says of its rate limit in the headers of an answer.
///
/// `X-RateLimit-Limit` and `-Remaining` count the calls of a window of ten seconds;
/// `X-RateLimit-Reset` is in Unix seconds.
package struct RateLimit: Sendable, Equatable {
  package var limit: Int64
  package var remaining: Int64
  /// When the next window is said to begin, in seconds since 1970; nil when not said.
  package var resetSeconds: Int64?

  /// Nil unless both counts are there and are whole numbers.
  package init?(_ headers: Headers) {
    guard let limit = HeaderNumber.parse(headers["X-RateLimit-Limit"]),
      let remaining = HeaderNumber.parse(headers["X-RateLimit-Remaining"])
    else { return nil }
    self.limit = limit
    self.remaining = remaining
    resetSeconds = HeaderNumber.parse(headers["X-RateLimit-Reset"])
  }
}

enum HeaderNumber {
  /// A whole number that is not negative, white space around it allowed.
  static func parse(_ text: String?) -> Int64? { text.flatMap { parse($0.utf8[...]) } }

  static func parse(_ text: Substring.UTF8View) -> Int64? {
    var text = text
    while let first = text.first, isSpace(first) { text.removeFirst() }
    while let last = text.last, isSpace(last) { text.removeLast() }
    guard !text.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
