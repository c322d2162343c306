/// A day or a moment as people write it: `2026-01-31`, or an RFC 3339 time.
///
/// Proleptic Gregorian calendar, years 0000 to 9999, days in UTC.
struct CalendarTime: Equatable {
  /// UTC since 1970; of a day its midnight.
  var milliseconds: Int64
  /// Written without a time of day.
  var isDay: Bool

  /// The years that a date or time of Salesforce may have (Object Reference, "Primitive Data Types").
  static let salesforceYears: ClosedRange<Int64> = 1700...4000

  init(milliseconds: Int64, isDay: Bool = false) {
    self.milliseconds = milliseconds
    self.isDay = isDay
  }

  /// Of unix seconds, whole or not; nil outside the years 0000 to 9999.
  init?(unixSeconds text: String) {
    guard let number = DecimalText(text)?.rounded(scale: 3), number.integerDigits <= 12,
      let seconds = Double(number.plain)
    else { return nil }
    let milliseconds = Int64((seconds * 1_000).rounded())
    guard Self.range.contains(milliseconds) else { return nil }
    self.init(milliseconds: milliseconds)
  }

  /// Nil for what is neither a day nor a time with its zone.
  init?(_ text: String) {
    var bytes = text.utf8.drop { $0 <= 0x20 }
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    var scan = DigitScan(Array(bytes))
    guard let year = scan.digits(4), scan.skip("-"), let month = scan.digits(2), scan.skip("-"),
      let day = scan.digits(2), let days = Self.days(year, month, day)
    else { return nil }
    guard !scan.isAtEnd else {
      self.init(milliseconds: days * 86_400_000, isDay: true)
      return
    }
    guard scan.skip("T") || scan.skip("t") || scan.skip(" "), let hour = scan.digits(2),
      scan.skip(":"), let minute = scan.digits(2), scan.skip(":"), let second = scan.digits(2),
      hour < 24, minute < 60, second < 60, let fraction = scan.fraction(),
      let offset = scan.offset(), scan.isAtEnd
    else { return nil }
    let seconds = days * 86_400 + hour * 3_600 + (minute - offset) * 60 + second
    self.init(milliseconds: seconds * 1_000 + fraction)
  }

  static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  var days: Int64 { Self.divided(milliseconds, by: 86_400_000).quotient }

  var year: Int64 { Self.civil(days).year }

  /// `2026-01-31`, in UTC.
  var day: String {
    let (year, month, day) = Self.civil(days)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
  }

  /// `2026-01-31T10:22:33Z`, with milliseconds where there are any.
  var moment: String {
    let rest = Self.divided(milliseconds, by: 86_400_000).rest
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { Self.padded($0, 2) }
    let fraction = rest % 1_000 == 0 ? "" : "." + Self.padded(rest % 1_000, 3)
    return "\(day)T\(clock.joined(separator: ":"))\(fraction)Z"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  // MARK: Calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms")

  private static func divided(
    _ value: Int64, by divisor: Int64
  ) -> (quotient: Int64, rest: Int64) {
    let rest = value % divisor
    return rest < 0 ? (value / divisor - 1, rest + divisor) : (value / divisor, rest)
  }

  /// Days since 1970-01-01, or nil for a day that does not exist.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard (1...12).contains(month), day >= 1 else { return nil }
    let shifted = year * 12 + month - 3
    let (cycle, months) = divided(shifted, by: 4_800)
    let (years, monthOfYear) = (months / 12, months % 12)
    let dayOfYear = (153 * monthOfYear + 2) / 5 + day - 1
    let days = cycle * 146_097 + years * 365 + years / 4 - years / 100 + dayOfYear - 719_468
    return civil(days) == (year, month, day) ? days : nil
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

/// Takes the parts of a written time one by one.
private struct DigitScan {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func digits(_ count: Int) -> Int64? {
    guard bytes.count - position >= count else { return nil }
    var value: Int64 = 0
    for byte in bytes[position..<position + count] {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    position += count
    return value
  }

  /// Milliseconds; 0 where no point stands.
  mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    var (value, scale, count): (Int64, Int64, Int) = (0, 100, 0)
    while let digit = digits(1) {
      value += digit * scale
      scale /= 10
      count += 1
    }
    return count > 0 ? value : nil
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let isEast = skip("+")
    guard isEast || skip("-"), let hours = digits(2) else { return nil }
    _ = skip(":")
    guard let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
    return isEast ? hours * 60 + minutes : -(hours * 60 + minutes)
  }
}
