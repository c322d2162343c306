/// The rule by which a zone goes on after its last listed transition: a POSIX TZ text
/// (POSIX.1-2024, "8.3 Other Environment Variables", with RFC 9636's wider hours).
struct ZoneRule: Sendable, Equatable {
  private enum Day: Equatable {
    /// 1 to 365, 29 February not counted.
    case julian(Int64)
    /// 0 to 365, 29 February counted.
    case ordinal(Int64)
    /// The n-th weekday of a month; week 5 is the last.
    case weekday(month: Int64, week: Int64, weekday: Int64)
  }

  private struct Change: Equatable {
    var day: Day
    /// Seconds after local midnight; may be negative or more than a day.
    var time: Int64
  }

  private struct Summer: Equatable {
    var offset: Int64
    var start: Change
    var end: Change
  }

  /// Seconds east of UTC.
  private var standard: Int64
  private var summer: Summer?

  /// Nil for what is no such text.
  init?(_ text: String) {
    var scan = Scan(Array(text.utf8))
    guard scan.name(), let west = scan.time(hoursMax: 24) else { return nil }
    standard = -west
    guard !scan.isAtEnd else { return }
    guard scan.name() else { return nil }
    var offset = standard + 3_600
    if scan.peek != UInt8(ascii: ",") {
      guard let west = scan.time(hoursMax: 24) else { return nil }
      offset = -west
    }
    guard scan.skip(","), let start = Self.change(&scan), scan.skip(","),
      let end = Self.change(&scan), scan.isAtEnd
    else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }

  /// Seconds east of UTC at unix `seconds`.
  func offset(_ seconds: Int64) -> Int64 {
    guard let summer else { return standard }
    // Changes are by local time: the year of standard time, and its neighbours for its edges.
    let year = Self.civilYear(TimeZoneFile.floored(seconds + standard, by: 86_400))
    var latest: (at: Int64, offset: Int64)?
    for year in (year - 1)...(year + 1) {
      let start = Self.moment(summer.start, year) - standard
      let end = Self.moment(summer.end, year) - summer.offset
      // All year round: the end of one is the start of the next, and the start wins.
      for (at, offset) in [(end, standard), (start, summer.offset)] where at <= seconds {
        if latest.map({ at >= $0.at }) ?? true { latest = (at, offset) }
      }
    }
    return latest?.offset ?? standard
  }

  // MARK: Calendar

  /// Local seconds since 1970 of `change` in `year`.
  private static func moment(_ change: Change, _ year: Int64) -> Int64 {
    let january = days(year, 1, 1)
    let day: Int64
    switch change.day {
    case .julian(let number):
      let isLeap = days(year + 1, 1, 1) - january == 366
      day = january + number - 1 + (isLeap && number >= 60 ? 1 : 0)
    case .ordinal(let number): day = january + number
    case .weekday(let month, let week, let weekday):
      let first = days(year, month, 1)
      let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
      // 1970-01-01 was a Thursday.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      var found = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      if found >= next { found -= 7 }
      day = found
    }
    return day * 86_400 + change.time
  }

  /// Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = TimeZoneFile.floored(year, by: 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civilYear(_ day: Int64) -> Int64 {
    // A guess from the mean length, set right by at most one.
    let guess = 1970 + TimeZoneFile.floored(day * 400, by: 146_097)
    if days(guess, 1, 1) > day { return guess - 1 }
    return days(guess + 1, 1, 1) <= day ? guess + 1 : guess
  }

  // MARK: Text

  private static func change(_ scan: inout Scan) -> Change? {
    guard let day = day(&scan) else { return nil }
    guard scan.skip("/") else { return Change(day: day, time: 7_200) }
    return scan.time(hoursMax: 167).map { Change(day: day, time: $0) }
  }

  private static func day(_ scan: inout Scan) -> Day? {
    if scan.skip("J") { return scan.number(1...365).map(Day.julian) }
    guard scan.skip("M") else { return scan.number(0...365).map(Day.ordinal) }
    guard let month = scan.number(1...12), scan.skip("."), let week = scan.number(1...5),
      scan.skip("."), let weekday = scan.number(0...6)
    else { return nil }
    return .weekday(month: month, week: week, weekday: weekday)
  }

  private struct Scan {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard peek == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    /// `CET` or `<+03>`.
    mutating func name() -> Bool {
      let start = position
      if skip("<") {
        while let byte = peek, byte != UInt8(ascii: ">") { position += 1 }
        return skip(">")
      }
      while let byte = peek, (byte | 0x20) &- 0x61 < 26 { position += 1 }
      return position > start
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
      var value: Int64 = 0
      let start = position
      while let byte = peek, byte &- 0x30 < 10, position - start < 4 {
        value = value * 10 + Int64(byte &- 0x30)
        position += 1
      }
      return position > start && range.contains(value) ? value : nil
    }

    /// `[+-]h[h][:mm[:ss]]` in seconds.
    mutating func time(hoursMax: Int64) -> Int64? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hours = number(0...hoursMax) else { return nil }
      var seconds = hours * 3_600
      for unit: Int64 in [60, 1] where skip(":") {
        guard let value = number(0...59) else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }
  }
}
