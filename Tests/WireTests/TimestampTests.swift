import Testing

@testable import Wire

@Suite struct TimestampTests {
  @Test(
    "REST, Bulk and SOQL forms are read",
    arguments: [
      ("2026-01-02T03:04:05.000+0000", 1_767_323_045_000),
      ("2026-01-02T03:04:05.678+00:00", 1_767_323_045_678),
      ("2026-01-02T03:04:05Z", 1_767_323_045_000),
      ("2026-01-02T03:04:05-05:30", 1_767_342_845_000),
      ("2026-01-02T03:04:05.5Z", 1_767_323_045_500),
      ("2026-01-02T03:04:05.1239999Z", 1_767_323_045_123),
      ("2026-01-02", 1_767_312_000_000),
      ("1970-01-01T00:00:00Z", 0),
      ("1969-12-31T23:59:59.999Z", -1),
      ("0000-01-01", -62_167_219_200_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("2000-02-29", 951_782_400_000),
      ("1970-01-01T00:00:00+23:59", -86_340_000),
    ] as [(String, Int64)])
  func reads(text: String, expected: Int64) {
    #expect(Timestamp.parse(text) == expected)
  }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "2026", "2026-1-02", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
      "2026-04-31", "2026-01-02T", "2026-01-02T03:04:05", "2026-01-02T03:04Z",
      "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z", "2026-01-02T03:04:60Z",
      "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+00",
      "2026-01-02T03:04:05+0:00", "2026-01-02T03:04:05+2400", "2026-01-02T03:04:05+00:60",
      "2026-01-02T03:04:05+000", "2026-01-02T03:04:05+00000", "2026-01-02 03:04:05Z",
      "2026-01-02t03:04:05Z", "-026-01-02", "2026/01/02", "２026-01-02", "2026-01-02T03:04:05.12",
    ])
  func refuses(text: String) { #expect(Timestamp.parse(text) == nil) }

  @Test("a text cut anywhere is no time, but for the day that begins it")
  func truncated() {
    let whole = "2026-01-02T03:04:05.678+00:00"
    for length in 0..<whole.utf8.count {
      let isTime = Timestamp.parse(String(whole.prefix(length))) != nil
      #expect(isTime == (length == 10), "\(length)")
    }
  }

  @Test("every day of the calendar comes back as it went, and days follow one another")
  func everyDay() {
    var expected = Timestamp.range.lowerBound
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    for year in stride(from: 0, through: 9999, by: 1) {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      // All days of some years, the first of each month of the others.
      for month in 1...12 {
        let days = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
        for day in year % 97 == 0 ? 1...days : 1...1 {
          let text = Timestamp.day(expected + Int64(day - 1) * 86_400_000)
          if text != "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            || Timestamp.parse(text) != expected + Int64(day - 1) * 86_400_000
          {
            Issue.record("\(text) is not \(year)-\(month)-\(day)")
            return
          }
        }
        expected += Int64(days) * 86_400_000
      }
    }
    #expect(expected == Timestamp.range.upperBound + 1)
  }

  @Test("times are written for SOQL in whole seconds, and with milliseconds")
  func writes() {
    #expect(Timestamp.seconds(1_767_323_045_678) == "2026-01-02T03:04:05Z")
    #expect(Timestamp.milliseconds(1_767_323_045_678) == "2026-01-02T03:04:05.678Z")
    #expect(Timestamp.milliseconds(-1) == "1969-12-31T23:59:59.999Z")
    #expect(Timestamp.seconds(-1) == "1969-12-31T23:59:59Z")
    #expect(Timestamp.day(-1) == "1969-12-31")
  }

  @Test("a time out of range is written as the end of the range")
  func writesOutside() {
    #expect(Timestamp.milliseconds(.max) == "9999-12-31T23:59:59.999Z")
    #expect(Timestamp.milliseconds(.min) == "0000-01-01T00:00:00.000Z")
  }

  private func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
