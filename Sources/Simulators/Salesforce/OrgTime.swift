/// The vendor's ways of writing moments and days, all UTC.
enum OrgTime {
  enum Style {
    /// `2011-07-07T00:37:00.000+0000`, in REST answers.
    case rest
    /// `2011-07-07T00:37:00.000Z`, in Bulk CSV.
    case bulk
  }

  static let day: Int64 = 86_400_000

  static func append(_ moment: Int64, _ style: Style, to out: inout [UInt8]) {
    let days = floorDivide(moment, day)
    let rest = moment - days * day
    appendDay(days, to: &out)
    out.append(UInt8(ascii: "T"))
    appendTwo(rest / 3_600_000, to: &out)
    out.append(UInt8(ascii: ":"))
    appendTwo(rest / 60_000 % 60, to: &out)
    out.append(UInt8(ascii: ":"))
    appendTwo(rest / 1000 % 60, to: &out)
    out.append(UInt8(ascii: "."))
    appendTwo(rest % 1000 / 10, to: &out)
    out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
    switch style {
    case .rest:
      out.append(UInt8(ascii: "+"))
      appendTwo(0, to: &out)
      appendTwo(0, to: &out)
    case .bulk: out.append(UInt8(ascii: "Z"))
    }
  }

  static func string(_ moment: Int64, _ style: Style = .rest) -> String {
    var out: [UInt8] = []
    append(moment, style, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The day on which a moment lies, `2011-07-07`.
  static func dayString(_ moment: Int64) -> String {
    var out: [UInt8] = []
    appendDay(floorDivide(moment, day), to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// A moment with `Z`, `+hh:mm` or `+hhmm`, with or without a fraction; seconds may be missing.
  static func parse(_ text: String) -> Int64? {
    var reader = Reader(bytes: Array(text.utf8))
    guard let days = reader.day(), reader.take(UInt8(ascii: "T")),
      let hour = reader.number(2), hour < 24, reader.take(UInt8(ascii: ":")),
      let minute = reader.number(2), minute < 60
    else { return nil }
    var moment = days * day + hour * 3_600_000 + minute * 60_000
    if reader.take(UInt8(ascii: ":")) {
      guard let second = reader.number(2), second < 60 else { return nil }
      moment += second * 1000
      if reader.take(UInt8(ascii: ".")) {
        guard let fraction = reader.fraction() else { return nil }
        moment += fraction
      }
    }
    guard let offset = reader.offset(), reader.isAtEnd else { return nil }
    return moment - offset
  }

  /// Midnight of a day written `2011-07-07`.
  static func parseDay(_ text: String) -> Int64? {
    var reader = Reader(bytes: Array(text.utf8))
    guard let days = reader.day(), reader.isAtEnd, dayString(days * day) == text else {
      return nil  // the 30th of February among others
    }
    return days * day
  }

  /// `Thu, 03 Sep 2020 21:35:07 GMT` (RFC 9110, 5.6.7).
  static func httpDate(_ moment: Int64) -> String {
    let days = floorDivide(moment, day)
    let civil = civil(days)
    let name = weekdays[Int((days % 7 + 11) % 7)]
    let second = (moment - days * day) / 1000
    return "\(name), \(two(civil.day)) \(months[Int(civil.month) - 1]) \(civil.year) "
      + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
  }

  static func parseHTTPDate(_ text: String) -> Int64? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
    guard words.count >= 7, let day = Int64(words[1]), let year = Int64(words[3]),
      let month = months.firstIndex(of: String(words[2])), let hour = Int64(words[4]),
      let minute = Int64(words[5]), let second = Int64(words[6]), (1...9999).contains(year),
      (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    let days = daysFromCivil(year: year, month: Int64(month) + 1, day: day)
    return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    value >= 0 ? value / by : -((by - 1 - value) / by)
  }

  private static func appendDay(_ days: Int64, to out: inout [UInt8]) {
    let civil = civil(days)
    appendTwo(civil.year / 100, to: &out)
    appendTwo(civil.year % 100, to: &out)
    out.append(UInt8(ascii: "-"))
    appendTwo(civil.month, to: &out)
    out.append(UInt8(ascii: "-"))
    appendTwo(civil.day, to: &out)
  }

  private static func appendTwo(_ value: Int64, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10))
    out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
  }

  // Days and dates after H. Hinnant, "chrono-compatible low-level date algorithms".

  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  fileprivate static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
      guard position < bytes.count, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    mutating func number(_ digits: Int) -> Int64? {
      guard position + digits <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[position..<position + digits] {
        guard byte >= 0x30 && byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      position += digits
      return value
    }

    mutating func day() -> Int64? {
      guard let year = number(4), take(UInt8(ascii: "-")), let month = number(2),
        (1...12).contains(month), take(UInt8(ascii: "-")), let day = number(2),
        (1...31).contains(day)
      else { return nil }
      return OrgTime.daysFromCivil(year: year, month: month, day: day)
    }

    mutating func fraction() -> Int64? {
      var value: Int64 = 0
      var digits = 0
      while let digit = number(1) {
        if digits < 3 { value = value * 10 + digit }
        digits += 1
      }
      guard digits > 0 else { return nil }
      while digits < 3 {
        value *= 10
        digits += 1
      }
      return value
    }

    mutating func offset() -> Int64? {
      if take(UInt8(ascii: "Z")) { return 0 }
      var sign: Int64 = 1
      if take(UInt8(ascii: "-")) { sign = -1 } else if !take(UInt8(ascii: "+")) { return nil }
      guard let hours = number(2) else { return nil }
      _ = take(UInt8(ascii: ":"))
      guard let minutes = number(2) else { return nil }
      return sign * (hours * 60 + minutes) * 60_000
    }
  }
}
