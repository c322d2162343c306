import FoundationEssentials
import Logging

/// An entry made fit for either handler: redacted, on one line, its fields in a fixed order.
struct LogEntry {
  var level: Logger.Level
  var sentence: String
  /// By ``LogField``'s name, and whatever else a library adds.
  var fields: [(name: String, value: String)]
  var event: JournalEvent?

  static let eventKey = "event"

  init(_ event: LogEvent, handlerMetadata: Logger.Metadata) {
    level = event.level
    let keepEmails = event.level < .info
    func clean(_ text: String) -> String {
      Self.oneLine(Redaction.clean(text, keepEmails: keepEmails))
    }
    var metadata = handlerMetadata.merging(event.metadata ?? [:]) { $1 }
    self.event = metadata.removeValue(forKey: Self.eventKey)
      .flatMap { JournalEvent(rawValue: $0.description) }
    sentence = clean(event.message.description)
    fields = []
    for field in LogField.allCases {
      guard let value = metadata.removeValue(forKey: field.rawValue) else { continue }
      fields.append((field.rawValue, clean(value.description)))
    }
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      fields.append((Self.oneLine(name), clean(value.description)))
    }
    if let error = event.error { fields.append(("error", clean("\(error)"))) }
  }

  /// Control characters would forge lines or colour a terminal.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var line = ""
    for scalar in text.unicodeScalars {
      if !isControl(scalar) {
        line.unicodeScalars.append(scalar)
      } else if scalar == "\n" {
        line += "\\n"
      } else {
        line += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return line
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar.value == 0x2028
      || scalar.value == 0x2029
  }

  /// A line for people: `2026-11-22T10:00:00Z info poll.finished: sentence key=value`.
  func line(at date: Date) -> String {
    var line = "\(date.ISO8601Format()) \(level)"
    if let event { line += " \(event.rawValue)" }
    line += ": \(sentence)"
    for (name, value) in fields {
      let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
      line += " \(name)=\(isPlain ? value : TOMLText.quoted(value))"
    }
    return line
  }

  /// `NAME=value` each, as sd_journal_sendv takes them.
  func journalFields(identifier: String) -> [String] {
    var list = [
      "MESSAGE=\(sentence)", "PRIORITY=\(priority)", "SYSLOG_IDENTIFIER=\(identifier)",
    ]
    if let event {
      list += ["MESSAGE_ID=\(event.messageID)", "SFSYNC_EVENT=\(event.rawValue)"]
    }
    for (name, value) in fields {
      guard let journalName = Self.journalName(name) else { continue }
      list.append("\(journalName)=\(value)")
    }
    return list
  }

  /// Upper case, digits and underscores, at most 64 (systemd.journal-fields(7)).
  private static func journalName(_ name: String) -> String? {
    let bytes = name.utf8.map { $0.isASCIIWord ? $0 : UInt8(ascii: "_") }
    guard !bytes.isEmpty, bytes.count <= 57 else { return nil }
    return "SFSYNC_" + String(decoding: bytes, as: UTF8.self).uppercased()
  }

  /// syslog's number.
  private var priority: Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
