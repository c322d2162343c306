import Testing

@testable import SyncCore

@Suite struct PollIntervalTests {
  private let interval = PollInterval(every: 300_000, atMost: 600_000)

  @Test(
    "S2: the interval stretches from every to at_most as either budget is used up",
    arguments: [
      (0, 0, 300_000), (0.5, 0.2, 300_000), (0.75, 0, 450_000), (0, 0.75, 450_000),
      (1, 0, 600_000), (0, 7, 600_000), (-3, 0, 300_000), (.infinity, 0, 600_000),
      (.nan, 0, 600_000),
    ] as [(Double, Double, Int64)])
  func stretches(salesforce: Double, intercom: Double, expected: Int64) {
    let wait = interval.next(salesforce: salesforce, intercom: intercom, random: 0.5)
    #expect(abs(wait - expected) <= 1)
  }

  @Test("S2: jitter keeps within 5 % and within the two bounds")
  func jitter() {
    for step in 0..<100 {
      let random = Double(step) / 100
      for used in stride(from: 0.0, through: 1.2, by: 0.1) {
        let wait = interval.next(salesforce: used, intercom: 0, random: random)
        let middle = interval.next(salesforce: used, intercom: 0, random: 0.5)
        #expect((300_000...600_000).contains(wait))
        #expect(abs(Double(wait - middle)) <= 0.05 * Double(middle) + 1)
      }
    }
    #expect(interval.next(salesforce: 0.75, intercom: 0, random: 0) == 427_500)
    #expect(interval.next(salesforce: 0.75, intercom: 0, random: 0.999_999) == 472_499)
  }

  @Test("S2: bounds the wrong way round are one bound")
  func inverted() {
    let interval = PollInterval(every: 10, atMost: 5)
    #expect(interval.next(salesforce: 1, intercom: 1, random: 0.9) == 10)
  }
}
