import Engine
import EventLoop
import Store

/// One line for systemd: the state that people care about (I2).
@EventLoop enum StatusLine {
  static func of(_ daemon: Daemon) -> String {
    do {
      let state = try daemon.engine.state()
      guard state == .initialSync else { return "\(state.rawValue); \(try links(daemon))" }
      let progress = try daemon.engine.initialProgress()
      let percent = Int(progress.fraction * 100)
      return "initial sync: \(progress.phase.rawValue) \(percent) %"
        + " (\(progress.done) of \(progress.total))"
    } catch {
      return "the store cannot be read"
    }
  }

  private static func links(_ daemon: Daemon) throws -> String {
    let pending = try daemon.store.outboxCounts().pending
    return "\(pending) deliveries pending, \(try daemon.store.openErrorCount()) errors"
  }
}
