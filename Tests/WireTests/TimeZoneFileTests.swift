import Testing

@testable import Wire

@Suite("T2: the day in the org's time zone")
struct TimeZoneFileTests {
  static let hasZones = TimeZoneFile(named: "Europe/Berlin") != nil

  /// Zone, unix seconds, and minute there, as Python's zoneinfo has them.
  static let moments: [(String, Int64, String)] = [
    ("UTC", 1_767_225_600, "2026-01-01 00:00"),
    ("Europe/Berlin", 1_774_745_999, "2026-03-29 01:59"),
    ("Europe/Berlin", 1_774_746_000, "2026-03-29 03:00"),
    ("Europe/Berlin", 1_792_889_999, "2026-10-25 02:59"),
    ("Europe/Berlin", 1_792_890_000, "2026-10-25 02:00"),
    ("Europe/Berlin", 4_086_547_200, "2099-07-01 02:00"),
    ("America/Los_Angeles", 1_772_963_999, "2026-03-08 01:59"),
    ("America/Los_Angeles", 1_772_964_000, "2026-03-08 03:00"),
    ("America/Los_Angeles", 1_793_523_599, "2026-11-01 01:59"),
    ("America/Los_Angeles", 1_793_523_600, "2026-11-01 01:00"),
    ("America/New_York", -1_633_280_401, "1918-03-31 01:59"),
    ("America/New_York", -1_633_280_400, "1918-03-31 03:00"),
    ("Asia/Kolkata", 1_769_884_199, "2026-01-31 23:59"),
    ("Asia/Kolkata", 1_769_884_200, "2026-02-01 00:00"),
    ("Asia/Kathmandu", 1_767_225_600, "2026-01-01 05:45"),
    ("Australia/Lord_Howe", 1_775_314_799, "2026-04-05 01:59"),
    ("Australia/Lord_Howe", 1_775_314_800, "2026-04-05 01:30"),
    ("Australia/Sydney", 1_798_722_000, "2027-01-01 00:00"),
    ("Pacific/Apia", 1_325_239_199, "2011-12-29 23:59"),
    ("Pacific/Apia", 1_325_239_200, "2011-12-31 00:00"),
    ("Pacific/Kiritimati", 1_767_261_600, "2026-01-02 00:00"),
    ("America/St_Johns", 1_782_864_000, "2026-06-30 21:30"),
    ("America/Sao_Paulo", 1_767_225_600, "2025-12-31 21:00"),
    ("Etc/GMT+3", 1_767_232_800, "2025-12-31 23:00"),
  ]

  @Test("T2: day and minute of the system's zones", .enabled(if: hasZones), arguments: moments)
  func there(zone: String, seconds: Int64, expected: String) throws {
    let zone = try #require(TimeZoneFile(named: zone))
    #expect(zone.minute(seconds * 1_000) == expected)
    #expect(zone.day(seconds * 1_000) == String(expected.prefix(10)))
    #expect(zone.minute(seconds * 1_000 + 999) == expected)
  }

  @Test(
    "T2: a name that is no zone, or leads out of the folder, is none",
    arguments: [
      "", ".", "..", "/", "/etc/passwd", "../../../etc/passwd", "Europe/../UTC", "Europe",
      "Europe/",
      "Nowhere/City", "zone.tab", "tzdata.zi", "UTC\u{0}", "Ütc", "Europe/Berlin ",
      String(repeating: "a", count: 5_000),
    ])
  func names(name: String) { #expect(TimeZoneFile(named: name) == nil) }

  // MARK: Rules

  /// A file with the given transitions and footer; types are offsets.
  private static func file(
    _ transitions: [(Int64, UInt8)] = [], types: [Int64] = [0], footer: String = ""
  ) -> [UInt8] {
    func number(_ value: Int64, _ width: Int) -> [UInt8] {
      (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }
    func header(_ counts: [Int]) -> [UInt8] {
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        + counts.flatMap { number(Int64($0), 4) }
    }
    // The first block has one transition, which is not to be looked at.
    var bytes = header([1, 1, 1, 1, 1, 4]) + number(7, 4) + [0] + number(9, 4) + [0, 0]
    bytes += Array("ABC\0".utf8) + number(1, 8) + [0, 0]
    bytes += header([0, 0, 0, transitions.count, types.count, 4])
    bytes += transitions.flatMap { number($0.0, 8) } + transitions.map(\.1)
    bytes += types.flatMap { number($0, 4) + [0, 0] } + Array("ABC\0".utf8)
    return bytes + [0x0A] + Array(footer.utf8) + [0x0A]
  }

  private func offset(_ footer: String, _ time: String) -> Int64? {
    guard let milliseconds = Timestamp.parse(time) else { return nil }
    return TimeZoneFile(Self.file(footer: footer))?.offset(milliseconds)
  }

  @Test(
    "T2: the footer's rule, in every form of POSIX and RFC 9636",
    arguments: [
      ("UTC0", "2026-01-01T00:00:00Z", 0), ("<+0530>-5:30", "2026-01-01T00:00:00Z", 19_800),
      ("XYZ3:15:20", "2026-01-01T00:00:00Z", -11_720),
      // Last Sunday of March, 01:00 UTC.
      ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 3_600),
      ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 7_200),
      ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 7_200),
      ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 3_600),
      // Summer over new year.
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 39_600),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T00:00:00Z", 36_000),
      ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:59:59Z", 39_600),
      // Negative "summer" in winter.
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3_600),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01T00:00:00Z", 0),
      // Hours beyond a day, and before it.
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-25T23:59:59Z", 7_200),
      ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26T00:00:00Z", 10_800),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7_200),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z", -3_600),
      // Days of the year, without and with 29 February.
      ("A0B,J60/0,J61/0", "2024-02-29T12:00:00Z", 0),
      ("A0B,J60/0,J61/0", "2024-03-01T12:00:00Z", 3_600),
      ("A0B,J60/0,J61/0", "2026-03-01T12:00:00Z", 3_600),
      ("AAA0BBB,59/0,60/0", "2024-02-29T12:00:00Z", 3_600),
      ("AAA0BBB,59/0,60/0", "2026-03-01T12:00:00Z", 3_600),
      ("AAA0BBB,59/0,60/0", "2026-03-02T12:00:00Z", 0),
      // Summer all year round.
      ("XXX3EDT4,0/0,J365/23", "2026-01-01T00:00:00Z", -14_400),
      ("XXX3EDT4,0/0,J365/23", "2026-12-31T23:59:59Z", -14_400),
      ("EST5EDT,0/0,J365/25", "2026-01-01T04:30:00Z", -14_400),
      ("A0B,M12.5.4/2,M12.5.4/3", "2026-12-31T02:30:00Z", 3_600),
    ] as [(String, String, Int64)])
  func rules(footer: String, time: String, expected: Int64) {
    #expect(offset(footer, time) == expected)
  }

  @Test(
    "T2: what is no rule is no zone",
    arguments: [
      "A", "5", "<A5", "A25", "A5B", "A5B,", "A5B,M3.2.0", "A5B,M3.2.0,", "A5B,M13.1.0,M1.1.0",
      "A5B,M3.6.0,M1.1.0", "A5B,M3.0.0,M1.1.0", "A5B,M3.1.7,M1.1.0", "A5B,J0,J1", "A5B,J366,J1",
      "A5B,366,J1", "A5B,M3.1.0/168,M1.1.0", "A5B,M3.1.0,M1.1.0x", "A5:60", "A99999999999999999999",
      "A5B,M3.1.0/2:,M1.1.0", "Ä5",
    ])
  func noRule(footer: String) { #expect(TimeZoneFile(Self.file(footer: footer)) == nil) }

  @Test("T2: listed transitions count until the last, the rule from there, type 0 before the first")
  func listed() throws {
    let bytes = Self.file(
      [(0, 1), (1_000, 2), (2_000, 1)], types: [-75, 3_600, 7_200], footer: "AAA-3")
    let zone = try #require(TimeZoneFile(bytes))
    let expected: [(Int64, Int64)] = [
      (-1, -75), (0, 3_600), (999, 3_600), (1_000, 7_200), (1_999, 7_200), (2_000, 10_800),
      (.max / 1_000, 10_800), (.min / 1_000, -75),
    ]
    for (seconds, offset) in expected { #expect(zone.offset(seconds * 1_000) == offset) }
    #expect(zone.offset(-1) == -75)
    let fixed = try #require(TimeZoneFile(Self.file([(0, 1)], types: [0, 3_600])))
    #expect(fixed.offset(4_000_000_000_000) == 3_600)
    #expect(fixed.day(.max) == "9999-12-31")
    #expect(fixed.day(.min) == "0000-01-01")
  }

  @Test("T2: a file that is cut anywhere, or not in order, is no zone")
  func damaged() {
    let whole = Self.file(
      [(0, 1), (1_000, 0)], types: [0, 3_600], footer: "CET-1CEST,M3.5.0,M10.5.0")
    #expect(TimeZoneFile(whole) != nil)
    for length in 0..<whole.count { #expect(TimeZoneFile(Array(whole[..<length])) == nil) }
    #expect(TimeZoneFile(Self.file([(5, 0), (5, 0)])) == nil)
    #expect(TimeZoneFile(Self.file([(5, 1)])) == nil)
    #expect(TimeZoneFile(Self.file(types: [])) == nil)
    #expect(TimeZoneFile(Self.file(types: [93_600])) == nil)
    var first = whole
    first[4] = 0
    #expect(TimeZoneFile(first) == nil)
  }

  @Test("T2: no file traps the reader")
  func anyFile() {
    var random = Seeded()
    let whole = Self.file(
      [(0, 1), (1_000, 0)], types: [0, 3_600], footer: "CET-1CEST-2,M3.5.0,M10.5.0/3")
    var readable = 0
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] =
          [
            0, 1, 0x30, 0x39, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random),
          ][Int.random(in: 0..<8, using: &random)]
      }
      guard let zone = TimeZoneFile(bytes) else { continue }
      readable += 1
      for time in [Int64.min, -1, 0, 500_000, 1_774_746_000_000, .max] {
        #expect(abs(zone.offset(time)) < 26 * 3_600)
        #expect(zone.day(time).utf8.count == 10)
      }
    }
    #expect(readable > 1_000)
  }
}

/// Numbers that look random and are the same in every run (Knuth's linear congruence).
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state << 32 | state >> 32
  }
}
