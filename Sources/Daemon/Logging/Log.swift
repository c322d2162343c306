package import Logging

extension String {
  /// With a full stop, unless it has one.
  var sentence: String { last == "." || last == "!" || last == "?" ? self : self + "." }
}

/// The daemon's one way to say something.
///
///     log.event(.pollFinished, "Read 3 changed records.", [.cycle: 12])
package struct Log: Sendable {
  package var logger: Logger

  package init(_ logger: Logger) { self.logger = logger }

  /// To the journal under systemd, else plain lines on stderr.
  package init(
    identifier: String = "sfsyncd", level: Logger.Level = .info, environment: [String: String]
  ) {
    let isJournal = JournalHandler.isWanted(environment: environment)
    logger = Logger(label: identifier) { label in
      isJournal
        ? JournalHandler(level: level, identifier: label) as any LogHandler
        : PlainHandler(level: level)
    }
  }

  /// One plain sentence about an event, at its level or at a lower one.
  package func event(
    _ event: JournalEvent, _ sentence: @autoclosure () -> String,
    _ fields: KeyValuePairs<LogField, any CustomStringConvertible> = [:],
    level: Logger.Level? = nil
  ) {
    let level = level ?? event.level
    guard level >= logger.logLevel else { return }
    var metadata: Logger.Metadata = [LogEntry.eventKey: .string(event.rawValue)]
    for (field, value) in fields where !value.description.isEmpty {
      metadata[field.rawValue] = .string(value.description)
    }
    logger.log(level: level, "\(sentence())", metadata: metadata)
  }

  /// Detail for someone who looks for a fault; the only level that may name an e-mail address.
  package func debug(
    _ sentence: @autoclosure () -> String,
    _ fields: KeyValuePairs<LogField, any CustomStringConvertible> = [:]
  ) {
    guard logger.logLevel <= .debug else { return }
    var metadata: Logger.Metadata = [:]
    for (field, value) in fields { metadata[field.rawValue] = .string(value.description) }
    logger.debug("\(sentence())", metadata: metadata)
  }
}
