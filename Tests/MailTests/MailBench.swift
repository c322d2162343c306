import CurlTransport
import Engine
import EventLoop
import Foundation
import Logging
import Store
import SyncCore
import TestSupport

@testable import Daemon

/// Takes mails as the test wants, and keeps what it was given.
@EventLoop final class FakeCarrier: MailCarrier {
  /// Each answer once, then it takes everything.
  var answers: [MailError.Reason] = []
  private(set) var letters: [Letter] = []
  private(set) var servers: [MailServer] = []
  private(set) var tries = 0
  /// Runs when the mark has been made.
  var onMark: () -> Void = {}

  @EventLoop func deliver(
    _ letter: Letter, to server: MailServer, mayHandOver: () -> Bool
  ) async throws(MailError) {
    tries += 1
    servers.append(server)
    let answer = answers.isEmpty ? nil : answers.removeFirst()
    if let answer, answer != .unsure { throw MailError(answer, "said no to ops@example.com") }
    guard mayHandOver() else { throw MailError(.cancelled, "not marked") }
    onMark()
    if let answer { throw MailError(answer, "no answer") }
    letters.append(letter)
  }

  func cancel() {}

  /// Which occasions were told, in order.
  var occasions: [String] {
    letters.map { letter in
      letter.text.split(separator: "\r\n").first { $0.hasPrefix("X-Sfsync-Occasion: ") }
        .map { String($0.dropFirst(19)) } ?? ""
    }
  }

  var subjects: [String] {
    letters.map { letter in
      letter.text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }
        .map { String($0.dropFirst(9)) } ?? ""
    }
  }
}

/// A mailer over a store of its own, on a virtual clock.
@EventLoop final class MailBench {
  let directory: String
  let store: SyncStore
  let clock = VirtualClock()
  let carrier = FakeCarrier()
  private(set) var mailer: Mailer
  private var running: Task<Void, Never>?
  private(set) var failures = 0
  private var lastID = 0

  nonisolated static let settings = Configuration.Mail(
    to: "ops@example.com", from: "sfsync@example.org",
    smtpURL: .init("smtp://localhost:25", schemes: ["smtp"]) ?? .init(host: "localhost"),
    user: nil, on: [.initialSync, .broken, .recovered])

  init(_ settings: Configuration.Mail? = MailBench.settings) throws {
    directory = NSTemporaryDirectory() + "sfsync-mail-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    store = try SyncStore.open(path: directory + "/sfsync.db", settings: .init()).store
    mailer = Self.mailer(settings, store, clock, carrier, directory) { "<0@example.org>" }
    restart(settings)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// As after the end of the process: nothing but the store is left.
  func restart(_ settings: Configuration.Mail? = MailBench.settings) {
    running?.cancel()
    mailer = Self.mailer(settings, store, clock, carrier, directory) { [unowned self] in
      lastID += 1
      return "<\(lastID)@example.org>"
    }
    let mailer = mailer
    mailer.onStoreFailure = { [unowned self] _ in failures += 1 }
    mailer.post.onStoreFailure = mailer.onStoreFailure
  }

  /// Begins as the daemon does, and runs until the test ends it.
  func run() throws {
    try mailer.begin()
    let mailer = mailer
    running = Task { @EventLoop in await mailer.run() }
  }

  func end() { running?.cancel() }

  private static func mailer(
    _ settings: Configuration.Mail?, _ store: SyncStore, _ clock: VirtualClock,
    _ carrier: FakeCarrier, _ directory: String, _ makeID: @escaping () -> String
  ) -> Mailer {
    let quiet = Log(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let post = MailPost(
      store: store, clock: clock, carrier: carrier,
      credentials: Credentials(directory: directory, isFromSystemd: false), caFile: nil,
      random: { 0.5 }, log: quiet)
    return Mailer(
      settings, store: store, clock: clock, post: post, host: "box",
      makeMessageID: { _ in makeID() })
  }

  // MARK: What happens to sfsync

  static let token = Meaning(
    "IC-TOKEN", .broken, cause: "The token is refused.", remedy: "Make a new one.")
  static let weather = Meaning(
    "SF-UNAVAILABLE", .passing, cause: "It is away.", remedy: "Nothing to do.")

  func breaks(_ meaning: Meaning, _ subject: String) throws {
    try store.transaction { try enters(meaning, subject) }
  }

  /// The same, inside a transaction of the caller.
  func enters(_ meaning: Meaning, _ subject: String) throws {
    try store.enter(Report(meaning, what: "read", subjectKey: subject), now: clock.now)
    mailer.note(.sideBroken)
  }

  func recovers(_ subject: String) throws {
    try store.transaction {
      try store.closeErrors(subjectKey: subject, at: clock.now)
      mailer.note(.sideRecovered)
    }
  }

  func finishInitialSync() throws { try store.transaction { try store.set("initial", "done") } }

  var codes: [String] {
    get throws { try store.errors(all: true, after: 0, limit: 100).map(\.code) }
  }
}
