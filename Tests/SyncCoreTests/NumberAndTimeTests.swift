import Testing

@testable import SyncCore

@Suite("Q2: numbers and times as they are written")
struct NumberAndTimeTests {
  @Test(
    "a number keeps every digit, however it is written",
    arguments: [
      ("500", "500"), (" 500\n", "500"), ("+5", "5"), ("-0", "0"), ("007", "7"), ("5.", "5"),
      (".5", "0.5"), ("-1.50", "-1.5"), ("1e3", "1000"), ("1.5E+3", "1500"), ("15e-1", "1.5"),
      ("-5e-3", "-0.005"), ("0e999999999", "0"),
      ("12345678901234567890.5", "12345678901234567890.5"),
    ])
  func numbers(text: String, plain: String) { #expect(DecimalText(text)?.plain == plain) }

  @Test(
    "what is no number is none",
    arguments: [
      "", " ", ".", "-", "+-5", "1,000", "1 000", "$5", "5%", "0x10", "1e", "1e+", "1e1.5", "1.2.3",
      "NaN", "inf", "٥", "5e99999999999999999999", "--1", "1_000",
    ])
  func noNumbers(text: String) { #expect(DecimalText(text) == nil) }

  @Test(
    "numbers are rounded half away from zero",
    arguments: [
      ("1.005", 2, "1.01"), ("1.004", 2, "1"), ("-1.005", 2, "-1.01"), ("9.995", 2, "10"),
      ("0.5", 0, "1"), ("0.4", 0, "0"), ("-0.4", 0, "0"), ("99.9", 0, "100"), ("0.0004", 3, "0"),
      ("0.0005", 3, "0.001"), ("12", 2, "12"), ("1e-900000", 18, "0"),
    ] as [(String, Int, String)])
  func rounded(text: String, scale: Int, plain: String) {
    #expect(DecimalText(text)?.rounded(scale: scale).plain == plain)
  }

  @Test("numbers compare as Double does, where Double is exact")
  func ordered() throws {
    let texts = [
      "-1e20", "-1000", "-10.5", "-10", "-1", "-0.5", "-0.25", "0", "0.25", "0.5", "1", "1.5", "9",
      "10", "10.5", "99", "100", "1e3", "1e20",
    ]
    for one in texts {
      for other in texts {
        let (left, right) = try #require(
          DecimalText(one).flatMap { a in DecimalText(other).map { (a, $0) } })
        let (a, b) = try #require(Double(one).flatMap { a in Double(other).map { (a, $0) } })
        #expect((left < right) == (a < b), "\(one) \(other)")
        #expect((left == right) == (a == b), "\(one) \(other)")
      }
    }
  }

  @Test(
    "days and times are read, and written for Salesforce",
    arguments: [
      ("2026-01-31", "2026-01-31T00:00:00Z"), (" 2026-01-31 ", "2026-01-31T00:00:00Z"),
      ("2026-01-31T10:22:33Z", "2026-01-31T10:22:33Z"),
      ("2026-01-31t10:22:33.5z", "2026-01-31T10:22:33.500Z"),
      ("2026-01-31 23:30:00-05:00", "2026-02-01T04:30:00Z"),
      ("2026-01-01T00:30:00+0100", "2025-12-31T23:30:00Z"),
      ("2024-02-29", "2024-02-29T00:00:00Z"),
      ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
      ("0001-01-01", "0001-01-01T00:00:00Z"), ("9999-12-31", "9999-12-31T00:00:00Z"),
    ])
  func times(text: String, moment: String) { #expect(CalendarTime(text)?.moment == moment) }

  @Test(
    "what is no time is none",
    arguments: [
      "", "2026", "2026-1-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31",
      "2026-01-00", "2026-01-31T", "2026-01-31T10:22", "2026-01-31T10:22:33",
      "2026-01-31T24:00:00Z", "2026-01-31T10:60:00Z", "2026-01-31T10:22:33.Z",
      "2026-01-31T10:22:33Zx", "2026-01-31T10:22:33+24:00", "31.01.2026", "01/31/2026",
      "-026-01-31",
      "1767323045",
    ])
  func noTimes(text: String) { #expect(CalendarTime(text) == nil) }

  @Test("every day of twelve centuries comes back as it went, and days follow one another")
  func everyDay() throws {
    var expected = try #require(CalendarTime("1600-01-01")).days
    for year in 1600...2800 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        for day in year % 50 < 5 ? 1...length : length...length {
          let text = "\(year)-\(two(month + 1))-\(two(day))"
          let time = try #require(CalendarTime(text))
          guard time.day == text, time.days == expected + Int64(day - 1) else {
            Issue.record("\(text) is \(time.day)")
            return
          }
        }
        expected += Int64(length)
        #expect(CalendarTime("\(year)-\(two(month + 1))-\(two(length + 1))") == nil)
      }
    }
  }

  private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  @Test("unix seconds, whole or not, and nothing beyond the calendar")
  func unixSeconds() {
    #expect(CalendarTime(unixSeconds: "1767323045")?.moment == "2026-01-02T03:04:05Z")
    #expect(CalendarTime(unixSeconds: "1.767323045e9")?.moment == "2026-01-02T03:04:05Z")
    #expect(CalendarTime(unixSeconds: "1767323045.6784")?.moment == "2026-01-02T03:04:05.678Z")
    #expect(CalendarTime(unixSeconds: "-1")?.moment == "1969-12-31T23:59:59Z")
    #expect(CalendarTime(unixSeconds: "253402300799")?.day == "9999-12-31")
    for text in ["253402300800", "1e300", "-1e12", "999999999999", "x", ""] {
      #expect(CalendarTime(unixSeconds: text) == nil, "\(text)")
    }
  }
}
