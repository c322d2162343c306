import Control
import FoundationEssentials
import Testing

@Suite struct TimestampTests {
  @Test(
    "control: a moment is written as ISO 8601 and read back",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_341_600_000, "2026-11-22T10:00:00Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"), (-1000, "1969-12-31T23:59:59Z"),
      (4_107_542_399_000, "2100-02-28T23:59:59Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
    ] as [(Int64, String)])
  func both(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test("control: moments agree with Foundation's over four centuries")
  func agrees() throws {
    for day in stride(from: Int64(-80_000), to: 80_000, by: 97) {
      let moment = Timestamp(milliseconds: (day * 86_400 + 45_296) * 1000)
      let date = try Date(moment.description, strategy: .iso8601)
      #expect(Int64(date.timeIntervalSince1970) * 1000 == moment.milliseconds)
      #expect(Timestamp(moment.description) == moment)
    }
  }

  @Test("control: a fraction of a second is read to the millisecond")
  func fraction() {
    #expect(Timestamp("1970-01-01T00:00:01.5Z")?.milliseconds == 1500)
    #expect(Timestamp("1970-01-01T00:00:01.123456Z")?.milliseconds == 1123)
  }

  @Test(
    "control: what is no moment is refused",
    arguments: [
      "", "Z", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00:00+00:00",
      "2026-13-22T10:00:00Z", "2026-11-00T10:00:00Z", "2026-11-22T24:00:00Z",
      "2026-11-22T10:60:00Z", "2026-11-22 10:00:00Z", "+026-11-22T10:00:00Z",
      "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00.xZ", "é026-11-22T10:00:00Z",
      "2026-11-22T10:00:00.1234567890123456789012345Z",
    ])
  func refuses(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("control: no number of milliseconds is a trap")
  func extremes() {
    #expect(!Timestamp(milliseconds: .max).description.isEmpty)
    #expect(!Timestamp(milliseconds: .min).description.isEmpty)
  }
}
