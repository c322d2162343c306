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
    var traces = try traces(of: who)
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

  private func scrubbed(_ traces: Traces) async throws(ControlError) -> [String] {
    let marks = Set(traces.people.map(\.id) + traces.records.map(\.id)).union(traces.emails)
      .union(traces.names)
    do {
      switch try await store.scrub(of: marks, pause: { await EventLoop.nextTurn() }) {
      case .clean: return []
      case .logInUse:
        return [
          """
          Another program is reading the store, so its log could not be emptied and still holds \
          what was erased. It is emptied when the daemon stops, or when this is asked again.
          """
        ]
      case .copiesMayRemain:
        return [
          """
          SQLite could not write the store anew, for want of room most likely, so that copies of \
          some rows may remain in unused parts of the file until they are overwritten.
          """
        ]
      }
    } catch {
      throw .refused(
        reason: "It is erased, but the file could not be looked through: \(error).",
        remedy: "Look at the disk, and ask again.")
    }
  }
}
