import Control
import EventLoop
import FoundationEssentials
import Store

/// Copies of the store for `sfsyncctl backup`.
@EventLoop extension EngineHandler {
  /// Bytes of one part: little to hold, and a message that is encoded in a moment.
  private static let partBytes = 96 << 10

  /// Whether all of it was handed out.
  private func stream(
    _ file: BackupFile, isWanted: () -> Bool,
    send: (BackupPart) async throws(ControlError) -> Void
  ) async throws -> Bool {
    try await send(BackupPart(total: file.size))
    var offset: Int64 = 0
    while offset < file.size, isWanted() {
      let bytes = try file.read(at: offset, count: Self.partBytes)
      offset += Int64(bytes.count)
      try await send(BackupPart(data: Data(bytes).base64EncodedString()))
      await EventLoop.nextTurn()
    }
    return offset == file.size
  }

  func backUp(
    isWanted: () -> Bool, send: (BackupPart) async throws(ControlError) -> Void
  ) async throws(ControlError) {
    guard !isBackingUp else { throw .busy(reason: "Another backup is being made.") }
    isBackingUp = true
    defer { isBackingUp = false }
    do {
      let file = try await BackupFile.make(daemon, isWanted: isWanted)
      let outcome: Result<Bool, any Error>
      do {
        outcome = .success(try await stream(file, isWanted: isWanted, send: send))
      } catch {
        outcome = .failure(error)
      }
      await file.shrink()
      guard try outcome.get() else { return }
      daemon.log.event(.controlChanged, "A backup of \(file.size) bytes was handed out.")
    } catch let error as ControlError {
      throw error
    } catch is CancellationError {
      return
    } catch let error as BackupFile.NoRoom {
      throw .refused(
        reason: "A backup needs \(error.needed) bytes in \(error.directory), and \(error.free) "
          + "are free.", remedy: "Make room there, then ask again.")
    } catch {
      throw .refused(
        reason: "The backup could not be made: \(error).",
        remedy: "Look at the disk and at 'journalctl -u sfsyncd', then ask again.")
    }
  }
}
