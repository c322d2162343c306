import Control
import Engine
import EventLoop
import Intercom
import Store
import SyncCore

/// `Uninstall`: what there is to take away, shown first (O6).
@EventLoop extension EngineHandler {
  /// How long somebody waits for an uninstall; it goes on when they leave.
  private static let patience: Int64 = 180_000

  func uninstall(isSure: Bool) async throws(ControlError) -> Uninstalling {
    guard !daemon.isUninstalling else {
      throw .busy(reason: "An uninstall is under way already.")
    }
    guard isSure else { return try await shown() }
    try forgetPlan()
    let work = Asking { [self] in try await carriedOut() }
    do {
      guard let done = try await work.outcome(within: Self.patience, daemon.clock) else {
        throw ControlError.refused(
          reason: "It is still going on.",
          remedy: "'sfsyncctl status' says when it is through; then ask again.")
      }
      return done
    } catch let error as ControlError {
      throw error
    } catch {
      throw .refused(
        reason: "The uninstall could not be carried out: \(error).",
        remedy: "Look at the disk and at 'journalctl -u sfsyncd', and ask again.")
    }
  }

  /// Refuses what would call either side although everything was taken away.
  func checkInstalled() throws(ControlError) {
    let isBusy = daemon.isUninstalling
    guard try reading({ try isBusy || engine.uninstalled() == .done }) else { return }
    throw .refused(
      reason: isBusy ? "An uninstall is under way." : "sfsync is uninstalled here.",
      remedy: "Run 'sfsyncctl resume' to begin anew.")
  }

  private func shown() async throws(ControlError) -> Uninstalling {
    var shown = try summary()
    do throws(Failure) {
      let attributes = try await engine.ownAttributes()
      shown.attributes = attributes.toArchive.map {
        Uninstalling.Attribute(name: $0.name, id: $0.id)
      }
      shown.notes += Uninstaller.notes(foreign: attributes.foreign)
    } catch {
      shown.left = [Uninstaller.sentence(error)]
    }
    return shown
  }

  private func summary() throws(ControlError) -> Uninstalling {
    try reading {
      let outbox = try store.outboxCounts()
      return Uninstalling(
        done: false, attributes: [], deliveries: outbox.pending + outbox.parked + outbox.held,
        people: try store.linkCounts().people,
        notes: Uninstaller.notes + Uninstaller.notes(copies: store.wholeCopies))
    }
  }

  /// From the first step on nothing is read or written any more, whatever happens to the rest.
  private func carriedOut() async throws(ControlError) -> Uninstalling {
    var uninstaller = Uninstaller(daemon, try summary())
    try reading {
      try engine.pause(true) {
        try store.set(Engine.goneKey, Engine.Uninstalled.begun.rawValue)
      }
    }
    try await daemon.withoutEngine { engine in await uninstaller.run(engine) }
    return uninstaller.report
  }
}
