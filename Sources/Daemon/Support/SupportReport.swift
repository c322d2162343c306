import Control
import CurlTransport
import Engine
import EventLoop
import Glibc
import Store
import SyncCore

/// What the daemon tells somebody who helps: no secret, no name of a person, no e-mail address.
///
/// Whatever a section says goes through ``SupportText/masked(_:)`` at last, since foreign answers are
/// among it.
@EventLoop struct SupportReport {
  private static let errorsMax = 100

  private let daemon: Daemon

  init(_ daemon: Daemon) { self.daemon = daemon }

  func sections() async throws -> [SupportSection] {
    let pause: () async -> Void = { await EventLoop.nextTurn() }
    return [
      section("Versions", versions), section("Process", ProcessFacts.lines),
      section("Configuration in force", SupportText.configuration(daemon.configuration)),
      section("Credentials", credentials), section("Status", status),
      section("Store", try await store(pause)), section("Queue", try await queue(pause)),
      section("Open errors", try errors()), section("Journal", [Self.journal]),
    ]
  }

  private func section(_ title: String, _ lines: [String]) -> SupportSection {
    SupportSection(title: title, text: SupportText.masked(lines.joined(separator: "\n")))
  }

  private static let journal = """
    The daemon keeps no log of its own. The last of what it said, to look through before you send it:
      journalctl -u sfsyncd -n 300 -o short-iso
    """

  private var versions: [String] {
    [
      "sfsyncd \(Product.version), schema \(SyncStore.schemaVersion)",
      "SQLite \(SyncStore.libraryVersion)", CurlVersion.text,
    ]
  }

  // MARK: Credentials

  /// Whether each is there and can be used; nothing of what is in it, not even its length.
  private var credentials: [String] {
    let source = daemon.credentials.isFromSystemd ? "given by systemd" : "read by the daemon itself"
    var lines = ["Directory: \(daemon.credentials.directory), \(source)"]
    let needed = Credentials.needed(for: daemon.configuration.salesforce.flow)
    for name in Credentials.Name.allCases {
      let use = needed.contains(name) ? "needed" : "not needed"
      lines.append("\(name.rawValue): \(presence(name)), \(use)")
    }
    let rotated =
      RotatedToken.directory(
        environment: daemon.environment, store: daemon.configuration.store.path)
      + "/" + RotatedToken.name
    lines.append("rotated refresh token: \(access(rotated, F_OK) == 0 ? "there" : "none")")
    return lines
  }

  private func presence(_ name: Credentials.Name) -> String {
    do {
      return try daemon.credentials.secretIfPresent(name) == nil ? "not there" : "there"
    } catch {
      return "cannot be used"
    }
  }

  // MARK: Status

  private var status: [String] {
    let status = StatusReport(daemon).status()
    let budget = status.budget
    var lines = [
      "State: \(status.state.rawValue), environment: \(status.environment), "
        + "up for \(status.uptime) s",
      "Initial sync: \(status.initialSync.phase.rawValue), \(status.initialSync.done) of "
        + "\(status.initialSync.total)",
      "Links: \(status.links.people) people, \(status.links.leads) to leads, "
        + "\(status.links.contacts) to contacts, \(status.links.ambiguous) ambiguous",
      "Queue: \(status.queue.pending) pending, \(status.queue.parked) parked, "
        + "oldest \(status.queue.oldest) s",
      "Salesforce calls: \(Self.text(budget.salesforce.used)) of "
        + "\(Self.text(budget.salesforce.limit)) used by all, \(budget.salesforce.ours) by us, "
        + "share \(budget.salesforce.share)",
      "Intercom calls: \(Self.text(budget.intercom.remaining)) of "
        + "\(Self.text(budget.intercom.limit)) left in this window",
    ]
    if let poll = status.lastPoll {
      lines.append(
        "Last poll: \(poll.at), \(poll.seconds) s, \(poll.changed) changed, "
          + "\(poll.salesforceCalls) Salesforce and \(poll.intercomCalls) Intercom calls")
    }
    if let next = status.nextPollAt { lines.append("Next poll: \(next)") }
    for health in daemon.engine.healths { lines.append("\(health.name): \(health.state)") }
    return lines + status.notices.map { "Notice: \($0)" }
  }

  private static func text(_ number: Int64?) -> String { number.map(String.init) ?? "unknown" }

  // MARK: Store

  /// Single values that tell how far the store is, and say nothing about anybody.
  private static let marks = [
    "cycle", "sweep", "initial", "full_at", "first_run_at", "restored_at", "restored_from",
    "restored_base", "paused", "guarded", "watch_epoch", "rules_epoch", "mapping_epoch",
  ]

  private func store(_ pause: () async -> Void) async throws -> [String] {
    var lines = ["Size: \(try daemon.store.size()) bytes"]
    for mark in Self.marks {
      guard let value = try daemon.store.get(mark) else { continue }
      let isTime = mark.hasSuffix("_at") || mark == "restored_from"
      let time = isTime ? Int64(value).map { " (\(Timestamp(milliseconds: $0)))" } ?? "" : ""
      lines.append("\(mark): \(value)\(time)")
    }
    for count in try await daemon.store.tableCounts(pause: pause) {
      lines.append("rows of \(count.table): \(count.rows)")
    }
    return lines
  }

  private func queue(_ pause: () async -> Void) async throws -> [String] {
    let found = try await daemon.store.outboxKinds(pause: pause).map { count in
      let side = count.isToSalesforce ? "Salesforce" : "Intercom"
      let kind =
        count.isToSalesforce
        ? SalesforceDeliveryKind(rawValue: count.kind).map { "\($0)" }
        : DeliveryKind(rawValue: count.kind).map { "\($0)" }
      let state =
        count.isToSalesforce
        ? SalesforceDeliveryState(rawValue: count.state).map { "\($0)" }
        : DeliveryState(rawValue: count.state).map { "\($0)" }
      return "to \(side): \(kind ?? "unknown"), \(state ?? "unknown"): \(count.rows)"
    }
    return found.isEmpty ? ["Nothing waits."] : found
  }

  // MARK: Errors

  private func errors() throws -> [String] {
    let entries = try daemon.store.errors(all: true, after: 0, limit: Self.errorsMax)
    let total = try daemon.store.openErrorCount()
    guard !entries.isEmpty else { return ["None."] }
    var lines = entries.map(SupportText.line)
    if total > Int64(entries.count) { lines.append("… \(total) in all") }
    return lines
  }
}
