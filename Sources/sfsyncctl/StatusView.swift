import Control

/// The daemon's state as text.
struct StatusView {
  let status: Status
  let now: Timestamp

  /// Everything, a line for each matter.
  var text: String {
    var lines = [headline]
    lines += status.notices.map { "! \(Terminal.printable($0))" }
    lines += [
      row("Initial sync", initialSync), row("Last poll", lastPoll), row("Next poll", nextPoll),
      row("Links", links), row("Queue", queue), row("Salesforce", salesforce),
      row("Intercom", intercom), row("Errors", errors),
    ]
    return lines.joined(separator: "\n")
  }

  /// One line, for a log.
  var line: String {
    var parts = ["\(now) \(status.state.rawValue)"]
    if status.initialSync.phase != .done { parts.append("initial sync \(progress)") }
    parts.append("\(Words.number(status.queue.pending)) queued")
    parts.append("\(Words.number(status.queue.parked)) refused")
    parts.append("\(Words.count(status.errors.open, "open error"))")
    return parts.joined(separator: ", ")
  }

  private func row(_ name: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(1, 14 - name.count)) + text
  }

  private var headline: String {
    let sandbox = status.environment == "production" ? "" : " on a sandbox"
    let uptime = Words.duration(seconds: status.uptime)
    return "sfsyncd \(Terminal.printable(status.version)) is \(words)\(sandbox), up \(uptime)"
  }

  private var words: String {
    switch status.state {
    case .initialSync: "in its initial sync"
    case .idle: "idle"
    case .polling: "polling"
    case .delivering: "delivering"
    case .paused: "paused ('sfsyncctl resume' ends it)"
    case .degraded: "degraded ('sfsyncctl errors' says why)"
    case .guarded: "holding back a large change ('sfsyncctl plan' shows it)"
    }
  }

  private var progress: String {
    let initial = status.initialSync
    return "\(initial.phase.rawValue) \(Words.number(Int64(fraction * 100))) %"
  }

  private var fraction: Double {
    let fraction = status.initialSync.fraction
    return fraction.isFinite ? min(1, max(0, fraction)) : 0
  }

  private var initialSync: String {
    let initial = status.initialSync
    guard initial.phase != .done else {
      return "done, \(Words.count(initial.total, "person", "people"))"
    }
    let filled = Int(fraction * 20)
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled)
    var text = "\(initial.phase.rawValue) [\(bar)] \(Int(fraction * 100)) %\n"
    text += row("", "\(Words.number(initial.done)) of ")
    text += initial.total > 0 ? Words.number(initial.total) : "?"
    text += ", \(Words.decimal(initial.perSecond))/s"
    if let left = initial.secondsLeft { text += ", \(Words.duration(seconds: left)) left" }
    return text
  }

  private var lastPoll: String {
    guard let poll = status.lastPoll else { return "none yet" }
    let salesforce = Words.count(poll.salesforceCalls, "call")
    let intercom = Words.count(poll.intercomCalls, "call")
    return """
      \(Words.moment(poll.at, now: now)), \(Words.decimal(poll.seconds)) s, \
      \(Words.number(poll.changed)) changed
      """ + "\n" + row("", "\(salesforce) to Salesforce, \(intercom) to Intercom")
  }

  private var nextPoll: String {
    status.nextPollAt.map { Words.moment($0, now: now) } ?? "not scheduled"
  }

  private var links: String {
    let links = status.links
    var text = "\(Words.count(links.people, "person", "people")): "
    text += "\(Words.count(links.leads, "lead")), \(Words.count(links.contacts, "contact"))"
    if links.ambiguous > 0 {
      let ambiguous = Words.number(links.ambiguous)
      text += "\n" + row("", "\(ambiguous) matched by several records ('sfsyncctl matches')")
    }
    return text
  }

  private var queue: String {
    let queue = status.queue
    guard queue.pending > 0 || queue.parked > 0 else { return "empty" }
    var text = "\(Words.number(queue.pending)) waiting"
    if queue.pending > 0 { text += ", the oldest for \(Words.duration(seconds: queue.oldest))" }
    if queue.parked > 0 { text += "; \(Words.number(queue.parked)) refused ('sfsyncctl errors')" }
    return text
  }

  private var salesforce: String {
    let budget = status.budget.salesforce
    guard let used = budget.used, let limit = budget.limit else { return "no answer yet" }
    let share = budget.share.isFinite ? min(1, max(0, budget.share)) : 0
    let ours = Words.decimal((Double(limit) * share).rounded())
    return """
      \(Words.number(used)) of \(Words.number(limit)) calls used today, \
      \(Words.number(budget.ours)) of \(ours) by sfsyncd
      """
  }

  private var intercom: String {
    let budget = status.budget.intercom
    guard let remaining = budget.remaining, let limit = budget.limit else {
      return "no answer yet"
    }
    return """
      \(Words.number(remaining)) of \(Words.number(limit)) calls left in this window of \
      \(budget.window) s
      """
  }

  private var errors: String {
    let open = status.errors.open
    return open == 0 ? "none open" : "\(Words.number(open)) open ('sfsyncctl errors')"
  }
}
