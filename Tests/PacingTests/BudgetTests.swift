import Testing

@testable import SyncCore

@Suite struct BudgetTests {
  private let hour: Int64 = 3_600_000

  @Test("S2: our calls of the last 24 hours are counted against our share, and fall out of it")
  func rolling() {
    var budget = APIBudget(share: 0.2)
    budget.observe(used: 500, limit: 1_000, now: 0)
    for now in 0..<24 as Range<Int64> { budget.count(5, now: now * hour) }
    #expect(budget.ours(now: 23 * hour) == 120)
    #expect(budget.fraction(now: 23 * hour) == 0.6)
    #expect(budget.ours(now: 30 * hour) == 85)
    #expect(!budget.isExhausted(now: 23 * hour))
    budget.count(80, now: 23 * hour)
    #expect(budget.isExhausted(now: 23 * hour))
    #expect(budget.ours(now: 48 * hour) == 0)
    budget.count(now: 48 * hour)
    #expect(budget.buckets.count == 1)
  }

  @Test("S2: nothing is exhausted before a limit is known; with a share or limit of none all is")
  func unknown() {
    var budget = APIBudget(share: 0.2)
    budget.count(1_000_000, now: 0)
    #expect(budget.fraction(now: 0) == 0 && !budget.isExhausted(now: 0))
    budget.observe(used: 0, limit: 0, now: 0)
    #expect(budget.isExhausted(now: 0))
    var none = APIBudget(share: 0)
    none.observe(used: 0, limit: 1_000, now: 0)
    #expect(none.isExhausted(now: 0))
  }

  @Test("S2: an org that others have used up is exhausted, until the word is an hour old")
  func others() {
    var budget = APIBudget(share: 0.2)
    budget.observe(used: 1_000, limit: 1_000, now: 0)
    #expect(budget.isExhausted(now: 0) && budget.isExhausted(now: hour - 1))
    #expect(!budget.isExhausted(now: hour))
    #expect(budget.fraction(now: 0) == 1)
  }

  @Test("O4: a clock that was set back or numbers that make no sense trap nowhere")
  func hostile() {
    var budget = APIBudget(share: 0.2)
    budget.count(10, now: 100 * hour)
    budget.count(5, now: 2 * hour)
    #expect(budget.ours(now: 2 * hour) == 5)
    for now in [Int64.min, -1, 0, .max] {
      for calls in [Int64.min, -1, 0, .max] {
        budget.count(calls, now: now)
        budget.count(calls, now: now)
        budget.observe(used: calls, limit: .max, now: now)
        #expect(budget.ours(now: now) >= 0)
        #expect(budget.fraction(now: .max) >= 0)
      }
    }
  }

  @Test(
    "E2: the next wait is as long as the failure has lasted, within its bounds and 20 %",
    arguments: [
      (0, 5), (5, 5), (10, 10), (80, 80), (640, 640), (900, 900), (1_280, 900), (1_000_000, 900),
      (-30, 5),
    ] as [(Int64, Int64)])
  func backoff(age: Int64, wait: Int64) {
    let backoff = Backoff()
    #expect(
      backoff.wait(firstFailure: 7_000, now: 7_000 + age * 1_000, random: 0.5) == wait * 1_000)
    #expect(backoff.wait(firstFailure: 7_000, now: 7_000 + age * 1_000, random: 0) == wait * 800)
    let most = backoff.wait(firstFailure: 7_000, now: 7_000 + age * 1_000, random: 0.999_999)
    #expect((wait * 1_199...wait * 1_200).contains(most))
  }

  @Test("E2: a failure that lasts is tried eleven times in the first hour, then four times an hour")
  func backoffSequence() {
    var now: Int64 = 0
    var tries: [Int64] = []
    while now < 7_200_000 {
      now += Backoff().wait(firstFailure: 0, now: now, random: 0.5)
      tries.append(now)
    }
    #expect(tries.filter { $0 < 3_600_000 }.count == 11)
    #expect(tries.filter { $0 >= 3_600_000 && $0 < 7_200_000 }.count == 4)
  }

  @Test("E2: times that make no sense wait the least, or the most")
  func backoffHostile() {
    #expect(Backoff().wait(firstFailure: .min, now: .max, random: 0.5) == 5_000)
    #expect(Backoff().wait(firstFailure: .max, now: .min, random: 0.5) == 5_000)
    #expect(Backoff().wait(firstFailure: 0, now: .max, random: .infinity) == 1_080_000)
    #expect(Backoff(least: 10, most: 5).wait(firstFailure: 0, now: 0, random: 0.5) == 10)
  }
}
