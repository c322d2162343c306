extension IntercomSimulator {
  /// A workspace's time zone: an offset, and a summer rule where there is one.
  ///
  /// A small table instead of the system's: the simulated world has to be the same everywhere.
  package struct Zone: Sendable {
    package enum Summer: Sendable { case none, europe, america, australia }

    package let name: String
    let standard: Int64
    let summer: Summer

    private static let table: [String: (Int64, Summer)] = [
      "UTC": (0, .none), "Etc/UTC": (0, .none), "Europe/London": (0, .europe),
      "Europe/Dublin": (0, .europe), "Europe/Berlin": (1, .europe), "Europe/Paris": (1, .europe),
      "Europe/Athens": (2, .europe), "America/Los_Angeles": (-8, .america),
      "America/Denver": (-7, .america), "America/Chicago": (-6, .america),
      "America/New_York": (-5, .america), "America/Sao_Paulo": (-3, .none),
      "Asia/Tokyo": (9, .none), "Asia/Singapore": (8, .none), "Australia/Sydney": (10, .australia),
      "Pacific/Honolulu": (-10, .none),
    ]

    /// An IANA name of the table or `+HH:MM`; anything else is UTC.
    package init(_ name: String) {
      self.name = name
      if name == "Asia/Kolkata" {
        (standard, summer) = (19_800, .none)
      } else if let known = Self.table[name] {
        (standard, summer) = (known.0 * 3600, known.1)
      } else {
        (standard, summer) = (Self.fixed(name) ?? 0, .none)
      }
    }

    private static func fixed(_ text: String) -> Int64? {
      guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
      let parts = text.dropFirst().split(separator: ":")
      guard parts.count == 2, let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
        (0...18) ~= hours, (0...59) ~= minutes
      else { return nil }
      return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }

    /// Seconds east of UTC at a moment.
    package func offset(at second: Int64) -> Int64 {
      let year = Self.civil(day: Self.floorDiv(second, 86_400)).year
      let isSummer: Bool
      switch summer {
      case .none: isSummer = false
      case .europe:
        isSummer =
          second >= Self.lastSunday(year, 3) * 86_400 + 3600
          && second < Self.lastSunday(year, 10) * 86_400 + 3600
      case .america:
        isSummer =
          second >= Self.sunday(year, 3, nth: 2) * 86_400 + 7200 - standard
          && second < Self.sunday(year, 11, nth: 1) * 86_400 + 3600 - standard
      case .australia:
        isSummer =
          second >= Self.sunday(year, 10, nth: 1) * 86_400 + 7200 - standard
          || second < Self.sunday(year, 4, nth: 1) * 86_400 + 7200 - standard
      }
      return standard + (isSummer ? 3600 : 0)
    }

    /// The midnights that begin and end the local day of a moment, in seconds UTC.
    package func day(of second: Int64) -> Range<Int64> {
      let local = Self.floorDiv(second + offset(at: second), 86_400)
      return midnight(local)..<midnight(local + 1)
    }

    private func midnight(_ day: Int64) -> Int64 {
      let guess = day * 86_400 - standard
      let summer = guess - 3600
      return offset(at: summer) == standard + 3600 ? summer : guess
    }

    // MARK: Calendar

    static func floorDiv(_ a: Int64, _ b: Int64) -> Int64 {
      a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    /// Days since 1970 of a date of the proleptic Gregorian calendar.
    static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
      let y = month <= 2 ? year - 1 : year
      let era = floorDiv(y, 400)
      let yearOfEra = y - era * 400
      let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
      return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        - 719_468
    }

    static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
      let z = day + 719_468
      let era = floorDiv(z, 146_097)
      let doe = z - era * 146_097
      let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
      let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
      let shifted = (5 * doy + 2) / 153
      let month = shifted < 10 ? shifted + 3 : shifted - 9
      return (yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * shifted + 2) / 5 + 1)
    }

    /// 0 is Sunday.
    static func weekday(_ day: Int64) -> Int64 { ((day + 4) % 7 + 7) % 7 }

    private static func sunday(_ year: Int64, _ month: Int64, nth: Int64) -> Int64 {
      let first = days(year, month, 1)
      return first + (7 - weekday(first)) % 7 + (nth - 1) * 7
    }

    private static func lastSunday(_ year: Int64, _ month: Int64) -> Int64 {
      let last = days(year, month, 31)
      return last - weekday(last)
    }

    /// A moment as HTTP writes it (RFC 9110, 5.6.7).
    static func httpDate(_ second: Int64) -> String {
      let day = floorDiv(second, 86_400)
      let rest = second - day * 86_400
      let (year, month, date) = civil(day: day)
      let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
      let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ]
      func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
      let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
      return
        "\(names[Int(weekday(day))]), \(two(date)) \(months[Int(month - 1)]) \(year) \(time) GMT"
    }
  }
}
