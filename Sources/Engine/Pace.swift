package import EventLoop
package import HTTP
import Intercom
package import SyncCore

/// Paces all calls to Intercom by what its answers say; one for readers and deliveries alike.
@EventLoop package final class Pace {
  package private(set) var window: RateWindow
  /// Calls made by readers, as against deliveries.
  package private(set) var reads = 0
  private let intercomTime: ServerClock
  private let clock: any Clock
  private let random: () -> Double

  package init(share: Double, clock: any Clock, random: @escaping () -> Double) {
    window = RateWindow(share: share)
    self.clock = clock
    self.random = random
    intercomTime = ServerClock(clock)
  }

  /// What Intercom's clock shows now, in milliseconds UTC, behind by a little; nil before its first
  /// answer.
  package var intercomNow: Int64? { intercomTime.now }

  /// Milliseconds until the next call may be sent.
  package func delay(isAsked: Bool) -> Int64 { window.delay(now: clock.uptime, isAsked: isAsked) }

  package func sent(isAsked: Bool) { window.sent(now: clock.uptime, isAsked: isAsked) }

  /// Takes back a call that turned out to be unnecessary.
  package func notSent() { window.ended() }

  /// Takes a call that ended without an answer, whose headers would have told.
  package func failed(_ failure: Failure) {
    if failure.status == nil { window.ended() }
  }

  /// Waits for a turn, takes it, and makes the call.
  package func call<Value>(
    isAsked: Bool, _ body: () async throws -> Value
  ) async throws -> Value {
    while true {
      let delay = delay(isAsked: isAsked)
      if delay <= 0 { break }
      try await clock.sleep(milliseconds: delay)
    }
    sent(isAsked: isAsked)
    reads += 1
    do {
      return try await body()
    } catch let error as IntercomError {
      failed(error.failure)
      throw error
    }
  }

  /// Takes an answer's headers.
  package func answered(_ response: Response) {
    intercomTime.heard(response.headers["Date"].flatMap { HTTPDate.parse($0) })
    let reading = RateLimit(response.headers).map {
      RateWindow.Reading(
        limit: $0.limit, remaining: $0.remaining, resetSeconds: $0.resetSeconds,
        dateSeconds: response.headers["Date"].flatMap { HTTPDate.parse($0) }.map { $0 / 1000 })
    }
    if response.status == 429 {
      window.refused(reading, now: clock.uptime, random: random())
    } else {
      window.answered(reading, now: clock.uptime)
    }
  }

  /// How much of our share of the window is used, from 0.
  package var fraction: Double { window.fraction(now: clock.uptime) }
}
