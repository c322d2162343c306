import FoundationEssentials
import Glibc
package import Logging

/// Plain lines for a terminal, each one write(2) to stderr.
package struct PlainHandler: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let now: @Sendable () -> Date
  private let write: @Sendable (String) -> Void

  package init(level: Logger.Level) {
    self.init(level: level, now: { Date() }, write: Self.toStandardError)
  }

  init(
    level: Logger.Level, now: @escaping @Sendable () -> Date,
    write: @escaping @Sendable (String) -> Void
  ) {
    logLevel = level
    self.now = now
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    write(LogEntry(event, handlerMetadata: metadata).line(at: now()) + "\n")
  }

  /// A full pipe or a closed terminal must not stop the daemon: what does not go out is lost.
  static func toStandardError(_ line: String) {
    var rest = Array(line.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
