import CSystemd
import FoundationEssentials
import Glibc
package import Logging

/// Entries with fields for the systemd journal (sd_journal_sendv(3)).
package struct JournalHandler: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let identifier: String
  private let send: @Sendable ([String]) -> Int32
  private let fallback: @Sendable (String) -> Void

  package init(level: Logger.Level, identifier: String) {
    self.init(
      level: level, identifier: identifier, send: Self.toJournal,
      fallback: PlainHandler.toStandardError)
  }

  /// `send` answers as sd_journal_sendv does; what it refuses goes to `fallback` as a line.
  init(
    level: Logger.Level, identifier: String, send: @escaping @Sendable ([String]) -> Int32,
    fallback: @escaping @Sendable (String) -> Void
  ) {
    logLevel = level
    self.identifier = identifier
    self.send = send
    self.fallback = fallback
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let entry = LogEntry(event, handlerMetadata: metadata)
    if send(entry.journalFields(identifier: identifier)) < 0 {
      fallback(entry.line(at: Date()) + "\n")
    }
  }

  /// Whether stderr is the stream to the journal that systemd made for us.
  ///
  /// `$JOURNAL_STREAM` names its device and inode; a shell started from a service inherits the
  /// variable but not the stream.
  package static func isWanted(environment: [String: String]) -> Bool {
    guard let stream = environment["JOURNAL_STREAM"] else { return false }
    var status = stat()
    guard fstat(2, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }

  static func toJournal(_ fields: [String]) -> Int32 {
    // One block holds all fields, so that every pointer stays good until the call is over.
    let blocks = fields.map { Array($0.utf8) }
    var block = Array(blocks.joined())
    return block.withUnsafeMutableBytes { bytes in
      var vectors: [iovec] = []
      var offset = 0
      for field in blocks {
        vectors.append(
          iovec(iov_base: bytes.baseAddress.map { $0 + offset }, iov_len: field.count))
        offset += field.count
      }
      return sd_journal_sendv(vectors, Int32(vectors.count))
    }
  }
}
