import Control
import Engine
import EventLoop
import Store
import SyncCore

/// `Forget`: somebody's traces in the store, shown first (O6).
@EventLoop extension EngineHandler {
  /// How long what is being written for somebody may take until it is said that it does.
  private static let quietMilliseconds: Int64 = 20_000

  func forget(who: String, isSure: Bool) async throws(ControlError) -> Forgetting {
    let rest = isSure ? try scrubbedRest() : nil
    var traces: Traces
    do { traces = try self.traces(of: who) } catch .notFound {
      throw .notFound(who: who, reason: rest.map { "Nothing is known of \(who). \($0)" })
    }
    guard isSure else { return ForgetText(traces, daemon).forgetting(done: false) }
    try await waitForQuiet(traces)
    traces = try self.traces(of: who)
    if let obstacle = ForgetText(traces, daemon).obstacle {
      throw .refused(reason: "Nothing was erased. \(obstacle)", remedy: ForgetText.obstacleRemedy)
    }
    let people = Set(traces.people.map(\.id))
    try reading {
      try forgetPlan()
      try store.forget(traces)
      engine.forgot(people)
    }
    var forgetting = ForgetText(traces, daemon).forgetting(done: true)
    forgetting.notes += try await scrubbed(traces)
    return forgetting
  }

  /// Everything that an e-mail address, a contact id or a record id leads to.
  private func traces(of who: String) throws(ControlError) -> Traces {
    try reading {
      let people = try Explainer.people(who, in: store)
      let record = SalesforceIDText.normalized(who)
      let traces = try store.traces(of: people, key: EmailText.key(who), record: record)
      guard traces.isEmpty else { return traces }
      // Somebody who has left Intercom, of whom something is still here.
      let left = try store.traces(of: [Person(id: who)])
      guard left.counts.values.contains(where: { $0 > 0 }) || !left.unsettled.isEmpty else {
        throw ControlError.notFound(who: who)
      }
      return left
    }
  }

  /// The answer of a call under way would enter them anew.
  private func waitForQuiet(_ traces: Traces) async throws(ControlError) {
    let people = Set(traces.people.map(\.id))
    let deadline = daemon.clock.uptime + Self.quietMilliseconds
    while try reading({ try engine.isWriting(for: people) }) {
      guard daemon.clock.uptime < deadline else {
        throw .busy(
          reason: "Something is being written for this person at this moment. Ask again later.")
      }
      try? await daemon.clock.sleep(milliseconds: 50)
    }
  }

  /// What came of an earlier one's rest; nil where there was none.
  private func scrubbedRest() throws(ControlError) -> String? {
    do {
      return try store.scrubRest().map { ForgetText.rest($0) }
    } catch {
      throw .refused(
        reason: "What is left of somebody who was erased before could not be removed: \(error).",
        remedy: Self.scrubRemedy)
    }
  }

  private static let scrubRemedy = """
    Look at the disk, and ask again: that, or the daemon's next start, removes what is left.
    """

  private func scrubbed(_ traces: Traces) async throws(ControlError) -> [String] {
    let marks = Set(traces.people.map(\.id) + traces.records.map(\.id)).union(traces.emails)
      .union(traces.names)
    do {
      let scrub = try await store.scrub(of: marks, pause: { await EventLoop.nextTurn() })
      return scrub == .clean ? [] : [ForgetText.rest(scrub)]
    } catch {
      throw .refused(
        reason: "It is erased, but the file could not be looked through: \(error).",
        remedy: Self.scrubRemedy)
    }
  }
}
