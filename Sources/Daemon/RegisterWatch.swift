import EventLoop
import Store

/// Tells the journal what is opened and closed in the error register: a line a code at once, and
/// then no more than one in ten minutes, however many records it concerns.
@EventLoop final class RegisterWatch {
  static let pauseMilliseconds: Int64 = 600_000

  private let store: SyncStore
  private let clock: any Clock
  private let log: Log
  /// When a code was last told, by the clock that never jumps.
  private var toldAt: [Key: Int64] = [:]

  private struct Key: Hashable {
    var code: String
    var isOpened: Bool
  }

  init(store: SyncStore, clock: any Clock, log: Log) throws {
    self.store = store
    self.clock = clock
    self.log = log
    try store.watchRegister()
  }

  /// Tells what is new and due.
  func look() {
    do {
      for news in try store.registerNews() {
        let key = Key(code: news.code, isOpened: news.isOpened)
        if let last = toldAt[key], clock.uptime - last < Self.pauseMilliseconds { continue }
        toldAt[key] = clock.uptime
        try tell(news)
        try store.forget(news)
      }
    } catch {
      log.debug("The error register could not be read for the journal: \(error)")
    }
  }

  private func tell(_ news: RegisterNews) throws {
    guard news.isOpened else { return try tellClosed(news) }
    guard let entry = try store.error(news.lastID) else { return }
    guard news.count == 1 else {
      return log.event(
        .errorOpened,
        "\(news.count) new errors \(news.code): \(entry.cause) \(entry.remedy) "
          + "'sfsyncctl errors' lists them.", [.code: news.code])
    }
    log.event(
      .errorOpened,
      "Could not \(entry.what): \(entry.cause) \(entry.remedy) "
        + "'sfsyncctl errors show \(entry.id)' tells more.",
      [
        .contact: entry.personID ?? "",
        .record: entry.recordID ?? "",
        .object: Journalist.object(of: entry.recordID ?? ""),
        .code: entry.code,
        .httpStatus: entry.status.map(String.init) ?? "",
        .requestID: entry.requestID ?? "",
      ])
  }

  private func tellClosed(_ news: RegisterNews) throws {
    let entry = try store.error(news.lastID)
    let ended = news.count == 1 ? "An error is over" : "\(news.count) errors are over"
    let open = try store.openErrorCount()
    let rest = open == 0 ? "None is open any more." : "\(open) of all kinds are still open."
    log.event(
      .errorClosed, "\(ended): \(news.code). \(rest)",
      [
        .contact: news.count == 1 ? entry?.personID ?? "" : "",
        .record: news.count == 1 ? entry?.recordID ?? "" : "",
        .code: news.code,
      ])
  }
}
