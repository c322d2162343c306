/// The values of TOML that stand without quotes: numbers, booleans, dates.
///
/// The parser's own assertions end the process on some texts that are none of them (`e15`), so
/// that this decides first. Of dates, which no key takes, only the usual forms pass.
enum TOMLBareValue {
  static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text == "true" || text == "false" || isNumber(text) || isMoment(text)
  }

  private static func isNumber(_ text: String) -> Bool {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
      return isDigits(text.dropFirst(2), radix: radix)
    }
    var rest = text[...]
    if rest.hasPrefix("+") || rest.hasPrefix("-") { rest.removeFirst() }
    if rest == "inf" || rest == "nan" { return true }

    let (mantissa, exponent) = split(rest) { $0 == "e" || $0 == "E" }
    if var exponent {
      if exponent.hasPrefix("+") || exponent.hasPrefix("-") { exponent.removeFirst() }
      guard isDigits(exponent, radix: 10) else { return false }
    }
    let (whole, fraction) = split(mantissa) { $0 == "." }
    if let fraction, !isDigits(fraction, radix: 10) { return false }
    return isDigits(whole, radix: 10) && (whole == "0" || !whole.hasPrefix("0"))
  }

  /// What stands before and behind the first mark.
  private static func split(
    _ text: Substring, at isMark: (Character) -> Bool
  ) -> (Substring, Substring?) {
    guard let mark = text.firstIndex(where: isMark) else { return (text, nil) }
    return (text[..<mark], text[text.index(after: mark)...])
  }

  /// Digits with single underscores between them.
  private static func isDigits(_ text: Substring, radix: Int) -> Bool {
    text.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { group in
      !group.isEmpty
        && group.utf8.allSatisfy { byte in
          (byte.isASCIIDigit || byte.isASCIILetter)
            && Character(Unicode.Scalar(byte)).hexDigitValue.map { $0 < radix } == true
        }
    }
  }

  private static func isMoment(_ text: String) -> Bool {
    let shape = String(decoding: text.utf8.map { $0.isASCIIDigit ? 0x30 : $0 }, as: UTF8.self)
    return [
      "0000-00-00", "00:00:00", "0000-00-00T00:00:00", "0000-00-00T00:00:00Z",
      "0000-00-00 00:00:00",
    ].contains(shape)
  }
}
