import CurlTransport
import Engine
import EventLoop
import Store
import SyncCore

/// Tells by mail when the initial sync is done, and when a side breaks and recovers (I2, O5).
///
/// What is owed stands in the store from the moment at which it became true. A mail is marked
/// before the end of its text goes out, and never goes out again after that: at most one for each
/// occasion, whatever crashes.
@EventLoop final class Mailer {
  let store: SyncStore
  let clock: any Clock
  let post: MailPost
  private let host: String
  private let makeMessageID: (String) -> String
  private(set) var settings: Configuration.Mail?
  /// The store failed; the daemon decides.
  var onStoreFailure: ((any Error) -> Void)?

  private let wake = Signal()
  private var isStopping = false
  /// Something is to be looked at again then, in milliseconds UTC.
  private var lookAt: Int64?

  init(
    _ settings: Configuration.Mail?, store: SyncStore, clock: any Clock, post: MailPost,
    host: String, makeMessageID: @escaping (String) -> String
  ) {
    self.settings = settings
    self.store = store
    self.clock = clock
    self.post = post
    self.host = host
    self.makeMessageID = makeMessageID
  }

  // MARK: What has happened

  /// Before the engine runs: what became true, or was under way, when the last run ended.
  func begin() throws {
    try store.transaction {
      guard settings != nil else { return try forget() }
      if try post.settleHandedOver() { wake.raise() }
      try look()
    }
  }

  /// Takes what the engine reports; inside its transaction where it has one.
  func note(_ kind: Occurrence.Kind) {
    guard settings != nil else { return }
    switch kind {
    case .initialStarted, .initialFinished, .sideBroken, .sideRecovered, .guardStopped,
      .guardReleased, .pollFinished, .fullFinished:
      attempt { try look(isInitialStart: kind == .initialStarted) }
    case .pollFailed, .budgetExhausted, .budgetReleased, .deliveryParked, .attributesPrepared,
      .personDropped, .delivered, .storeRestored:
      break
    }
  }

  /// Other settings: what the old ones had refused is tried with them.
  func adopt(_ settings: Configuration.Mail?) throws {
    guard settings != self.settings else { return }
    post.interrupt()
    self.settings = settings
    try begin()
    retry()
  }

  /// Somebody asked for another try.
  func retry() {
    attempt {
      guard var book = try MailBook.find(store) else { return }
      for index in book.owed.indices { book.owed[index].refusedBy = nil }
      try store.transaction { try book.save(store) }
    }
    post.hurry()
    wake.raise()
  }

  private func forget() throws {
    try MailBook.remove(store)
    try post.closeEntries()
  }

  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch { onStoreFailure?(error) }
  }

  /// Compares what is true now with what was told, and notes what is owed.
  private func look(isInitialStart: Bool = false) throws {
    let kept = try MailBook.find(store)
    var book = try kept ?? MailBook.new(store, now: clock.now)
    if isInitialStart, book.initialSince != nil { book.initialSince = clock.now }
    try lookAtInitialSync(&book)
    let troubles = try store.troubles(
      subjects: TroubleNow.subjects, prefixes: TroubleNow.prefixes)
    lookAt = nil
    for subject in MailBook.Subject.allCases {
      look(at: subject, TroubleNow(subject, among: troubles), &book)
    }
    guard book != kept else { return }
    try book.save(store)
    wake.raise()
  }

  private func lookAtInitialSync(_ book: inout MailBook) throws {
    guard let since = book.initialSince, try store.get("initial") == "done" else { return }
    book.initialSince = nil
    let text = MailText.initialSync(
      try store.linkCounts(), openErrors: try store.openErrorCount(),
      seconds: (clock.now - since) / 1_000, host: host)
    owe(.initialSync, text, &book)
  }

  private func look(at subject: MailBook.Subject, _ trouble: TroubleNow?, _ book: inout MailBook) {
    let before = book[subject]
    switch book.observe(subject, trouble, now: clock.now) {
    case .none: break
    case .notBefore(let time): lookAt = min(lookAt ?? time, time)
    case .broken:
      guard let trouble else { break }
      book[subject].messageID = owe(
        .broken, MailText.broken(subject, trouble, host: host), &book)
    case .recovered:
      let text = MailText.recovered(
        subject, code: before.code, since: before.since ?? clock.now, now: clock.now, host: host)
      owe(.recovered, text, &book, inReplyTo: before.messageID)
    }
  }

  /// The mail's Message-ID; empty where such mails are not wanted.
  @discardableResult private func owe(
    _ occasion: Configuration.Mail.Occasion, _ text: MailText, _ book: inout MailBook,
    inReplyTo: String = ""
  ) -> String {
    guard let settings, settings.on.contains(occasion) else { return "" }
    let id = makeMessageID(settings.from)
    book.owed.append(
      MailBook.Owed(
        messageID: id, inReplyTo: inReplyTo, occasion: occasion, subject: text.subject,
        body: text.body, at: clock.now))
    return id
  }

  // MARK: Sending

  /// Sends what is owed until the task is cancelled.
  func run() async {
    while !isStopping, !Task.isCancelled {
      var wait = await post.step(settings)
      if let lookAt {
        let left = lookAt - clock.now
        if left <= 0 { attempt { try store.transaction { try look() } } }
        wait = min(wait ?? .max, max(1_000, left))
      }
      guard !isStopping else { return }
      await wake.wait(milliseconds: wait, clock: clock)
    }
  }

  /// Begins no other mail; one whose text is out already may still be answered until ``cutOff()``.
  func stop() {
    isStopping = true
    post.interrupt()
    wake.raise()
  }

  /// Ends also what waits for its answer.
  func cutOff() { post.cutOff() }
}
