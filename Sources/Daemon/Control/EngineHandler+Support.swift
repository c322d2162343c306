import Control
import EventLoop

/// What somebody who helps wants to know.
@EventLoop extension EngineHandler {
  func support() async throws(ControlError) -> SupportReply {
    do {
      return SupportReply(sections: try await SupportReport(daemon).sections())
    } catch {
      throw .refused(
        reason: "The store could not be used: \(error).",
        remedy: "Look at the disk and at 'journalctl -u sfsyncd'.")
    }
  }
}
