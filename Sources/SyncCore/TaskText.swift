/// The words of a task (T2).
package enum TaskText {
  /// Of Task.Description by describe; the caller gives the org's own where it knows it.
  package static let descriptionMax = 32_000
  /// Of Task.Subject.
  package static let subjectMax = 255
  private static let firstWordsMax = 80

  /// `Intercom: ` and the first words of the first message that has some.
  package static func subject(_ messages: [Message]) -> String {
    let texts = messages.lazy.map { plain($0).split(whereSeparator: \.isWhitespace) }
    guard let words = texts.first(where: { !$0.isEmpty }) else {
      return messages.contains { !$0.attachments.isEmpty }
        ? "Intercom: attachment" : "Intercom: conversation"
    }
    let line = words.prefix(firstWordsMax).joined(separator: " ")
    return "Intercom: " + firstWords(line)
  }

  /// Cut between words where there is a word that fits.
  private static func firstWords(_ line: String) -> String {
    let short = Text.cut(line, utf16Units: firstWordsMax)
    guard short.utf8.count < line.utf8.count else { return line }
    let isWhole = line.dropFirst(short.count).first?.isWhitespace ?? true
    let end = isWhole ? nil : short.lastIndex(of: " ")
    return Fitting.trimmed(end.map { String(short[..<$0]) } ?? short) + "…"
  }

  /// Who wrote what and when, then the link, then the marker, in at most `utf16Units`.
  ///
  /// What is too long is cut with a note; link and marker stay. `time` writes a moment
  /// (milliseconds UTC) in the org's zone.
  package static func description(
    _ item: LogItem, link: String?, utf16Units: Int = descriptionMax, time: (Int64) -> String
  ) -> String {
    let body = item.messages.map { entry($0, time) }.joined(separator: "\n\n")
    let end = ([link, marker(part: item.keyPart)] as [String?]).compactMap(\.self)
      .joined(separator: "\n")
    let whole = body + "\n\n" + end
    guard whole.utf16.count > utf16Units else { return whole }
    let note = "\n\n(cut here: the rest is in Intercom)\n\n" + end
    let left = utf16Units - note.utf16.count
    guard left > 0 else { return marker(part: item.keyPart) }
    return Fitting.trimmed(Text.cut(body, utf16Units: left)) + note
  }

  private static func entry(_ message: Message, _ time: (Int64) -> String) -> String {
    let kind = message.kind == "note" ? ", note" : ""
    var lines = ["\(author(message.author))\(kind), \(time(message.createdAt)):"]
    let text = plain(message)
    if !text.isEmpty { lines.append(text) }
    lines += message.attachments.map { "[attachment: \($0)]" }
    return lines.joined(separator: "\n")
  }

  private static func author(_ author: Message.Author) -> String {
    for name in [author.name, author.email] {
      let plain = name.map(Fitting.trimmed) ?? ""
      if !plain.isEmpty { return plain }
    }
    switch author.kind {
    case "user", "lead", "contact": return "Customer"
    case "admin", "team": return "Teammate"
    case "bot": return "Bot"
    default: return "Somebody"
    }
  }

  private static func plain(_ message: Message) -> String {
    message.isRedacted ? "" : message.body.map(PlainText.of) ?? ""
  }

  // MARK: Marker

  /// The line by which a task is found again when its answer was lost (T4).
  package static func marker(part: String) -> String { "[Intercom message \(part)]" }

  /// Whether a line of `description` is the marker of `part`.
  package static func hasMarker(_ description: String, part: String) -> Bool {
    let marker = marker(part: part)
    return description.split(whereSeparator: \.isNewline).contains { line in
      Fitting.trimmed(String(line)) == marker
    }
  }
}
