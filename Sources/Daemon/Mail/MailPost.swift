import CurlTransport
import EventLoop
import Store
import SyncCore

/// Takes what is owed from the book to the mail server, one mail at a time and in order.
@EventLoop final class MailPost {
  private let store: SyncStore
  private let clock: any Clock
  private let carrier: any MailCarrier
  private let credentials: Credentials
  private let caFile: String?
  private let random: () -> Double
  private let log: Log
  /// The store failed; the daemon decides.
  var onStoreFailure: ((any Error) -> Void)?

  /// The clock's uptime of the first failure since a mail went out.
  private var firstFailureAt: Int64?
  private var nextTryAt: Int64 = 0
  private var isHandedOver = false

  /// How long a mail is worth sending.
  static let ageMilliseconds: Int64 = 3 * 86_400_000
  private static let backoff = Backoff(least: 10_000, most: 1_800_000)
  private static let slowBackoff = Backoff(least: 600_000, most: 3_600_000)
  private static let subject = "mail"
  private static let lostSubject = "mail:lost"

  init(
    store: SyncStore, clock: any Clock, carrier: any MailCarrier, credentials: Credentials,
    caFile: String?, random: @escaping () -> Double, log: Log
  ) {
    self.store = store
    self.clock = clock
    self.carrier = carrier
    self.credentials = credentials
    self.caFile = caFile
    self.random = random
    self.log = log
  }

  /// Sends the next mail that is due; milliseconds until there is something to do, nil for none.
  func step(_ settings: Configuration.Mail?) async -> Int64? {
    guard let settings else { return nil }
    do {
      try dropOld()
      let book = try MailBook.load(store)
      guard let owed = book.owed.first(where: { $0.refusedBy != settings.identity }) else {
        return book.owed.isEmpty ? nil : Self.backoff.most
      }
      let left = nextTryAt - clock.uptime
      guard left <= 0 else { return left }
      return try await send(owed, settings)
    } catch {
      onStoreFailure?(error)
      return Self.backoff.most
    }
  }

  /// The next step tries at once.
  func hurry() {
    nextTryAt = 0
    firstFailureAt = nil
  }

  /// Ends a mail under way, unless the server may have it already.
  func interrupt() {
    if !isHandedOver { carrier.cancel() }
  }

  func cutOff() { carrier.cancel() }

  // MARK: One mail

  private func send(_ owed: MailBook.Owed, _ settings: Configuration.Mail) async throws -> Int64 {
    let password: String?
    do throws(CredentialError) {
      password = try settings.user == nil ? nil : credentials.secret(.smtpPassword).reveal()
    } catch {
      return try failed(owed, MailMeaning.credential, answer: "\(error)", isSlow: true)
    }
    defer { isHandedOver = false }
    do throws(MailError) {
      try await carrier.deliver(
        Self.letter(owed, settings),
        to: settings.server(password: password, caFile: caFile),
        mayHandOver: { self.mark(owed) })
    } catch {
      return try failed(owed, error, settings)
    }
    try store.transaction {
      try remove(owed)
      if try MailBook.load(store).owed.allSatisfy({ $0.refusedBy == nil }) { try closeEntries() }
    }
    hurry()
    log.event(.mailSent, "Sent a mail: \(owed.subject).")
    return 0
  }

  private static func letter(_ owed: MailBook.Owed, _ settings: Configuration.Mail) -> Letter {
    let message = MailMessage(
      from: settings.from, to: settings.to, subject: owed.subject, body: owed.body,
      messageID: owed.messageID, inReplyTo: owed.inReplyTo, occasion: owed.occasion.rawValue,
      at: owed.at)
    return Letter(sender: settings.from, recipient: settings.to, text: message.text)
  }

  /// Durable before the server can have the mail; false when it cannot be, and nothing goes out.
  private func mark(_ owed: MailBook.Owed) -> Bool {
    do {
      try change(owed) { $0.isHandedOver = true }
    } catch {
      onStoreFailure?(error)
      return false
    }
    isHandedOver = true
    return true
  }

  private func failed(
    _ owed: MailBook.Owed, _ error: MailError, _ settings: Configuration.Mail
  ) throws -> Int64 {
    guard let meaning = error.reason.meaning else { return 0 }
    if error.reason == .unsure {
      try store.transaction { try lost(owed, meaning, answer: error.message) }
      return 0
    }
    try change(owed) {
      $0.isHandedOver = false
      if error.reason == .refused { $0.refusedBy = settings.identity }
    }
    let wait = try failed(
      owed, meaning, answer: error.message, isSlow: error.reason.isSlow)
    // The next mail may be another matter.
    return error.reason == .refused ? 0 : wait
  }

  private func failed(
    _ owed: MailBook.Owed, _ meaning: Meaning, answer: String, isSlow: Bool
  ) throws -> Int64 {
    let first = firstFailureAt ?? clock.uptime
    firstFailureAt = first
    let wait = (isSlow ? Self.slowBackoff : Self.backoff).wait(
      firstFailure: first, now: clock.uptime, random: random())
    if meaning.kind != .refused { nextTryAt = clock.uptime + wait }
    let isNew = try store.transaction {
      try store.closeErrors(subjectKey: Self.subject, exceptCode: meaning.code, at: clock.now)
      return try enter(meaning, owed, answer: answer, subject: Self.subject)
    }
    if isNew { tell(meaning, owed, answer) }
    return wait
  }

  // MARK: The book and the register

  private func change(_ owed: MailBook.Owed, _ body: (inout MailBook.Owed) -> Void) throws {
    var book = try MailBook.load(store)
    guard let place = book.owed.firstIndex(where: { $0.messageID == owed.messageID }) else {
      return
    }
    body(&book.owed[place])
    try store.transaction { try book.save(store) }
  }

  private func remove(_ owed: MailBook.Owed) throws {
    var book = try MailBook.load(store)
    let count = book.owed.count
    book.owed.removeAll { $0.messageID == owed.messageID }
    // Gone already where mail was switched off meanwhile.
    if book.owed.count < count { try book.save(store) }
  }

  /// What an ended run left between the end of a text and its answer; true if there was any.
  ///
  /// Inside a transaction.
  func settleHandedOver() throws -> Bool {
    let found = try MailBook.load(store).owed.filter(\.isHandedOver)
    for owed in found {
      try lost(owed, MailMeaning.unsure, answer: "sfsyncd ended before the answer came")
    }
    return !found.isEmpty
  }

  private func dropOld() throws {
    let oldest = clock.now - Self.ageMilliseconds
    for owed in try MailBook.load(store).owed where owed.at < oldest {
      try store.transaction {
        try store.closeErrors(subjectKey: Self.subject, at: clock.now)
        try lost(owed, MailMeaning.givenUp, answer: "")
      }
    }
  }

  private func lost(_ owed: MailBook.Owed, _ meaning: Meaning, answer: String) throws {
    try remove(owed)
    if try enter(meaning, owed, answer: answer, subject: Self.lostSubject) {
      tell(meaning, owed, answer)
    }
  }

  func closeEntries() throws {
    try store.closeErrors(subjectKey: Self.subject, at: clock.now)
    try store.closeErrors(subjectKey: Self.lostSubject, at: clock.now)
  }

  /// True for a new entry.
  private func enter(
    _ meaning: Meaning, _ owed: MailBook.Owed, answer: String, subject: String
  ) throws -> Bool {
    // What the server said may name addresses.
    let words = Redaction.clean(answer, keepEmails: false)
    return try store.enter(
      Report(
        meaning, what: "send the mail '\(owed.subject)'", answer: words, subjectKey: subject),
      now: clock.now
    ).isNew
  }

  private func tell(_ meaning: Meaning, _ owed: MailBook.Owed, _ answer: String) {
    let said = answer.isEmpty ? "" : " (\(answer))"
    log.event(
      .mailFailed,
      "Could not send the mail '\(owed.subject)'\(said): \(meaning.cause) \(meaning.remedy)",
      [.code: meaning.code])
  }
}
