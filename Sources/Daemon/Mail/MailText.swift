import Store

/// What mails say: plain sentences, counts and codes, and nothing about any customer.
struct MailText: Equatable {
  var subject: String
  var body: String

  // MARK: Occasions

  /// `seconds` is how long it took.
  static func initialSync(
    _ links: LinkCounts, openErrors: Int64, seconds: Int64, host: String
  ) -> Self {
    var body = """
      The initial sync is done. It took \(duration(seconds)).

      People linked:         \(links.people)
        to leads:            \(links.leads)
        to contacts:         \(links.contacts)
      With several matches:  \(links.ambiguous)
      Open errors:           \(openErrors)

      From now on sfsync looks for changes at the interval of its configuration.

      """
    if links.ambiguous > 0 {
      body += "\nTo see who has several matches, run: sfsyncctl matches\n"
    }
    if openErrors > 0 {
      body += "\nTo see the open errors and what to do about them, run: sfsyncctl errors\n"
    }
    return Self(subject: "[sfsync] Initial sync done on \(host)", body: body)
  }

  static func broken(_ subject: MailBook.Subject, _ trouble: TroubleNow, host: String) -> Self {
    let body = """
      \(happened(subject))

      Since:   \(time(trouble.since))
      Code:    \(trouble.code)
      Cause:   \(trouble.cause)
      Remedy:  \(trouble.remedy)

      Nothing is lost: what is owed waits. \(next(subject))

      To see more, run: sfsyncctl errors show \(trouble.id)

      """
    return Self(subject: "[sfsync] \(headline(subject)) on \(host)", body: body)
  }

  /// Both times are milliseconds UTC.
  static func recovered(
    _ subject: MailBook.Subject, code: String, since: Int64, now: Int64, host: String
  ) -> Self {
    let body = """
      \(again(subject))

      Since:   \(time(now))
      Before:  stopped for \(duration((now - since) / 1_000)), since \(time(since))
      Code:    \(code)

      What had to wait is being delivered. To see how far it is, run: sfsyncctl status

      """
    let headline = subject == .guard ? "Goes on" : "\(name(subject)) has recovered"
    return Self(subject: "[sfsync] \(headline) on \(host)", body: body)
  }

  // MARK: Words

  private static func name(_ subject: MailBook.Subject) -> String {
    switch subject {
    case .salesforce: "Salesforce"
    case .intercom: "Intercom"
    case .guard: "sfsync"
    }
  }

  private static func headline(_ subject: MailBook.Subject) -> String {
    subject == .guard ? "Waits for your consent" : "\(name(subject)) is broken"
  }

  private static func happened(_ subject: MailBook.Subject) -> String {
    subject == .guard
      ? "sfsync has stopped before writing, and waits for somebody to look at it."
      : "sfsync cannot work with \(name(subject)) any more."
  }

  private static func next(_ subject: MailBook.Subject) -> String {
    subject == .guard
      ? "sfsync goes on when you let it, or when the change is undone."
      : "sfsync tries again by itself, and at once on 'sfsyncctl sync'. Another mail says when "
        + "\(name(subject)) works again, if such mails are wanted."
  }

  private static func again(_ subject: MailBook.Subject) -> String {
    subject == .guard
      ? "sfsync writes again: it was let go, or the change was undone."
      : "\(name(subject)) answers again as it should."
  }

  // MARK: Values

  /// `22 Nov 2026 10:00:00 UTC`.
  static func time(_ milliseconds: Int64) -> String { MailDate.plain(milliseconds) }

  /// `2 hours 5 minutes`: the two largest units.
  static func duration(_ seconds: Int64) -> String {
    let units: [(name: String, seconds: Int64)] = [
      ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1),
    ]
    let seconds = max(0, seconds)
    guard let first = units.firstIndex(where: { seconds >= $0.seconds }) else {
      return "less than a second"
    }
    var rest = seconds
    var parts: [String] = []
    for unit in units[first...].prefix(2) {
      let count = rest / unit.seconds
      rest -= count * unit.seconds
      if count > 0 { parts.append("\(count) \(unit.name)\(count == 1 ? "" : "s")") }
    }
    return parts.joined(separator: " ")
  }
}
