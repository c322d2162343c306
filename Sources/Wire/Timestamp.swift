/// Times as both sides write them, to and from milliseconds UTC since 1970, without Foundation.
///
/// Salesforce answers `2026-01-02T03:04:05.000+0000` by REST and `…000Z` in Bulk CSV, and takes
/// `2026-01-02T03:04:05Z` in SOQL. Proleptic Gregorian calendar, years 0000 to 9999, no leap second.
package enum Timestamp {
  /// The first millisecond of the year 0000, and the last of 9999.
  package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  /// Milliseconds of `YYYY-MM-DD` (midnight UTC) or of `YYYY-MM-DDThh:mm:ss`, a fraction of any
  /// length (cut to milliseconds) and `Z`, `±hhmm` or `±hh:mm`; nil for anything else.
  package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count >= 10, text[4] == dash, text[7] == dash,
      let century = two(text, 0), let year = two(text, 2),
      let month = two(text, 5), let day = two(text, 8),
      let date = days(century &* 100 &+ year, month, day)
    else { return nil }
    if text.count == 10 { return date &* 86_400_000 }
    guard text.count >= 20, text[10] == UInt8(ascii: "T"), text[13] == colon, text[16] == colon,
      let hour = two(text, 11), let minute = two(text, 14), let second = two(text, 17),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var index = 19
    guard let fraction = fraction(text, &index), let offset = offset(text, index) else {
      return nil
    }
    let seconds = date &* 86_400 &+ hour &* 3_600 &+ (minute &- offset) &* 60 &+ second
    return seconds &* 1_000 &+ fraction
  }

  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  /// A SOQL literal, `2026-01-02T03:04:05Z`: whole seconds, rounded down.
  ///
  /// Times outside ``range`` are brought to its ends, here and below.
  package static func seconds(_ milliseconds: Int64) -> String {
    var out: [UInt8] = []
    append(milliseconds, withMilliseconds: false, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// `2026-01-02T03:04:05.678Z`.
  package static func milliseconds(_ milliseconds: Int64) -> String {
    var out: [UInt8] = []
    append(milliseconds, withMilliseconds: true, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// `2026-01-02`, the day in UTC.
  package static func day(_ milliseconds: Int64) -> String {
    var out: [UInt8] = []
    append(milliseconds, withMilliseconds: false, to: &out)
    return String(decoding: out[..<10], as: UTF8.self)
  }

  /// Appends `milliseconds` as ``seconds(_:)`` or ``milliseconds(_:)`` write it.
  package static func append(
    _ milliseconds: Int64, withMilliseconds: Bool, to out: inout [UInt8]
  ) {
    let time = min(max(milliseconds, range.lowerBound), range.upperBound)
    let (date, rest) = divided(time, by: 86_400_000)
    let (year, month, day) = civil(date)
    append(year, digits: 4, to: &out)
    out.append(dash)
    append(month, digits: 2, to: &out)
    out.append(dash)
    append(day, digits: 2, to: &out)
    out.append(UInt8(ascii: "T"))
    append(rest / 3_600_000, digits: 2, to: &out)
    out.append(colon)
    append(rest / 60_000 % 60, digits: 2, to: &out)
    out.append(colon)
    append(rest / 1_000 % 60, digits: 2, to: &out)
    if withMilliseconds {
      out.append(UInt8(ascii: "."))
      append(rest % 1_000, digits: 3, to: &out)
    }
    out.append(UInt8(ascii: "Z"))
  }

  // MARK: Parts

  private static let dash = UInt8(ascii: "-")
  private static let colon = UInt8(ascii: ":")

  @inline(__always)
  private static func two(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
    let high = text[index] &- UInt8(ascii: "0")
    let low = text[index + 1] &- UInt8(ascii: "0")
    guard high < 10, low < 10 else { return nil }
    return Int64(high) &* 10 &+ Int64(low)
  }

  private static func fraction(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Int64? {
    guard text[index] == UInt8(ascii: ".") else { return 0 }
    index += 1
    let start = index
    var value: Int64 = 0
    var scale: Int64 = 100
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value &+= Int64(digit) &* scale
      scale /= 10
      index += 1
    }
    return index > start ? value : nil
  }

  /// Minutes east of UTC; the zone must end the text.
  private static func offset(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
    let left = text.count - index
    guard left > 0 else { return nil }
    if text[index] == UInt8(ascii: "Z") { return left == 1 ? 0 : nil }
    let isEast = text[index] == UInt8(ascii: "+")
    guard isEast || text[index] == dash else { return nil }
    guard left == 5 || (left == 6 && text[index + 3] == colon),
      let hours = two(text, index + 1), let minutes = two(text, text.count - 2),
      hours < 24, minutes < 60
    else { return nil }
    let all = hours &* 60 &+ minutes
    return isEast ? all : -all
  }

  private static func append(_ value: Int64, digits: Int, to out: inout [UInt8]) {
    var scale: Int64 = digits == 4 ? 1_000 : digits == 3 ? 100 : 10
    while scale > 0 {
      out.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / scale % 10))
      scale /= 10
    }
  }

  private static func divided(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let rest = value % divisor
    return rest < 0 ? (value / divisor - 1, rest + divisor) : (value / divisor, rest)
  }

  // MARK: Calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms")

  /// Days since 1970-01-01, or nil for a day that does not exist.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard (1...12).contains(month), day >= 1, day <= length(of: month, year) else { return nil }
    let year = month <= 2 ? year &- 1 : year
    let era = (year >= 0 ? year : year &- 399) / 400
    let yearOfEra = year &- era &* 400
    let dayOfYear = (153 &* (month > 2 ? month &- 3 : month &+ 9) &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }

  private static func length(of month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
