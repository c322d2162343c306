/// The dates of HTTP headers (RFC 9110, 5.6.7), to and from milliseconds UTC since 1970.
package enum HTTPDate {
  /// Milliseconds of `Sun, 22 Nov 2026 10:00:00 GMT`; nil for anything else.
  ///
  /// The two obsolete forms are refused: neither side sends them, and one has no century.
  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count == 29, has(", ", text, 3), has(" ", text, 7), has(" ", text, 11),
      has(" ", text, 16), has(":", text, 19), has(":", text, 22), has(" GMT", text, 25),
      let day = number(text, 5..<7), let month = names(months, text, 8),
      let year = number(text, 12..<16), let weekday = names(weekdays, text, 0),
      let hour = number(text, 17..<19), let minute = number(text, 20..<22),
      let second = number(text, 23..<25), day >= 1, day <= length(of: month, year),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    let days = days(year, month, day)
    guard weekday == self.weekday(days) else { return nil }
    // A leap second is the one after it, as in POSIX time.
    return (days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000
  }

  /// `Sun, 22 Nov 2026 10:00:00 GMT`, rounded down to the second.
  ///
  /// Times outside the years 0000 to 9999 are brought to the ends of that range.
  package static func format(_ milliseconds: Int64) -> String {
    let time = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    let seconds = floor(time, 1_000)
    let days = floor(seconds, 86_400)
    let rest = seconds - days * 86_400
    let (year, month, day) = civil(days)
    let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { padded($0, 2) }
    return "\(weekdays[Int(weekday(days))]), \(padded(day, 2)) \(months[Int(month) - 1]) "
      + "\(padded(year, 4)) \(clock.joined(separator: ":")) GMT"
  }

  // MARK: Parts

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func has(_ word: StaticString, _ text: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    (0..<word.utf8CodeUnitCount).allSatisfy { text[at + $0] == word.utf8Start[$0] }
  }

  private static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
    var value: Int64 = 0
    for index in range {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }

  /// Months count from 1, weekdays from 0.
  private static func names(
    _ names: [String], _ text: UnsafeRawBufferPointer, _ at: Int
  ) -> Int64? {
    names.firstIndex { $0.utf8.elementsEqual(text[at..<(at + 3)]) }
      .map { Int64(names.count == 12 ? $0 + 1 : $0) }
  }

  private static func padded(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  // MARK: Calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms")

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = floor(year, 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let era = floor(days + 719_468, 146_097)
    let dayOfEra = days + 719_468 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// 1970-01-01 was a Thursday, which is 3.
  private static func weekday(_ days: Int64) -> Int64 { days + 3 - floor(days + 3, 7) * 7 }

  private static func length(of month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
