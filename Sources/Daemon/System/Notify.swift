import CSystemd
import Glibc

/// What systemd is told about the service (sd_notify(3)); without systemd nothing happens.
package struct Notify: Sendable {
  private let send: @Sendable (String) -> Int32
  private let log: Log

  package init(log: Log) {
    self.init(log: log) { sd_notify(0, $0) }
  }

  /// `send` answers as sd_notify does: negative is an errno.
  init(log: Log, send: @escaping @Sendable (String) -> Int32) {
    self.log = log
    self.send = send
  }

  package func ready(_ status: String) { tell("READY=1\nSTATUS=\(Self.line(status))") }

  /// The line that `systemctl status` shows.
  package func status(_ status: String) { tell("STATUS=\(Self.line(status))") }

  package func stopping() { tell("STOPPING=1") }

  /// Begins a reload, which ``ready(_:)`` must end.
  ///
  /// systemd 253 and later want the time with it.
  package func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    tell("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
  }

  /// From the loop's own timer, so that a stuck loop is noticed.
  package func watchdog() { tell("WATCHDOG=1") }

  /// From work that holds the loop and cannot be sliced, every second or so: it goes on.
  package func working() { tell("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000") }

  /// How often ``watchdog()`` is due, in milliseconds: half of what the unit allows.
  ///
  /// Nil when the unit has no watchdog.
  package func watchdogInterval() -> Int64? {
    var microseconds: UInt64 = 0
    let answer = sd_watchdog_enabled(0, &microseconds)
    if answer < 0 { report(answer) }
    guard answer > 0, microseconds > 0 else { return nil }
    return max(1, Int64(min(microseconds, UInt64(Int64.max)) / 2000))
  }

  private func tell(_ message: String) {
    let answer = send(message)
    if answer < 0 { report(answer) }
  }

  private func report(_ answer: Int32) {
    log.debug("systemd could not be told about the service: \(SystemError.text(-answer))")
  }

  // A newline would begin another assignment.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
