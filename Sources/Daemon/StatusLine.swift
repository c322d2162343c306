import Control
import Engine
import EventLoop
import Store

/// One line for systemd and for the journal: the state that people care about (I2).
struct StatusLine {
  let status: Status
  /// Why it is degraded: an entry's code and cause.
  var trouble: String?

  @EventLoop static func of(_ daemon: Daemon) -> String {
    StatusLine(status: StatusReport(daemon).status(), trouble: trouble(of: daemon)).text
  }

  @EventLoop private static func trouble(of daemon: Daemon) -> String? {
    for health in daemon.engine.healths where health.state != .well {
      let entry = try? daemon.store.openError(subjectKey: health.subjectKey)
      if let entry { return "\(clause(entry.cause)) (\(entry.code))" }
    }
    return nil
  }

  var text: String {
    switch status.state {
    case .initialSync: [initial, waiting, errors].joined
    case .idle: ["Idle", waiting, links, nextPoll, errors].joined
    case .polling: ["Reading both sides", links, errors].joined
    case .delivering: ["Writing \(changes(status.queue.pending))", waiting, links, errors].joined
    case .paused:
      [
        "Paused ('sfsyncctl resume' ends it)",
        status.queue.pending > 0 ? "\(changes(status.queue.pending)) waiting" : nil, errors,
      ].joined
    case .degraded:
      [
        "Degraded: " + (trouble ?? status.notices.first.map(Self.clause) ?? Self.noEntry), nextTry,
        errors,
      ].joined
    case .guarded:
      [
        "Holding back a large change: \(changes(status.queue.pending)) waiting ('sfsyncctl plan' "
          + "shows them, 'sfsyncctl sync --yes' lets them through)", errors,
      ].joined
    }
  }

  private static let noEntry = "a side asked sfsync to wait, or does not answer"

  // MARK: Parts

  var initial: String {
    let initial = status.initialSync
    let phase =
      switch initial.phase {
      case .salesforce: "reading Salesforce"
      case .intercom: "reading Intercom"
      case .match: "matching people with records"
      case .deliver: "writing to Intercom"
      case .done: "done"
      }
    guard initial.total > 0 else { return "Initial sync: \(phase)" }
    let percent = Int(min(1, max(0, initial.fraction)) * 100)
    var text = "Initial sync: \(phase), \(percent) % "
    text += "(\(Self.number(initial.done)) of \(Self.number(initial.total)))"
    if let left = initial.secondsLeft { text += ", \(Self.duration(left)) left" }
    return text
  }

  /// Our share of Salesforce's day is used up (S2).
  private var waiting: String? { status.notices.first { $0.hasPrefix("Waiting") }.map(Self.clause) }

  private var links: String { "\(Self.count(status.links.people, "person", "people")) linked" }

  private var nextPoll: String? { status.nextPollAt.map { "next poll \(Self.time($0))" } }

  private var nextTry: String? { status.nextPollAt.map { "next try \(Self.time($0))" } }

  private var errors: String? {
    let open = status.errors.open
    return open > 0 ? "\(Self.count(open, "error", "errors")) ('sfsyncctl errors')" : nil
  }

  private func changes(_ count: Int64) -> String { Self.count(count, "change", "changes") }

  // MARK: Words

  /// A sentence without its full stop.
  private static func clause(_ sentence: String) -> String {
    sentence.last == "." ? String(sentence.dropLast()) : sentence
  }

  /// `10:05 UTC`.
  private static func time(_ time: Timestamp) -> String {
    "\(time.description.dropFirst(11).prefix(5)) UTC"
  }

  private static func count(_ value: Int64, _ one: String, _ many: String) -> String {
    "\(number(value)) \(value == 1 ? one : many)"
  }

  /// `1,234,567`.
  private static func number(_ value: Int64) -> String {
    var digits = String(value.magnitude)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return (value < 0 ? "-" : "") + digits
  }

  /// `50 s`, `5 min`, `2 h 10 min`.
  private static func duration(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\((seconds + 30) / 60) min" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}

extension [String?] {
  fileprivate var joined: String { compactMap(\.self).joined(separator: "; ") }
}
