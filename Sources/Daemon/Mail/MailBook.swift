/// What is known about mail from one start to the next: kept in the store as one value (O5).
struct MailBook: Codable, Equatable {
  /// What a mail is about, beside the initial sync.
  enum Subject: String, Codable, CaseIterable {
    case salesforce, intercom
    /// The guard waits for somebody's consent (G1).
    case `guard`
  }

  /// A subject that is in trouble now, or was.
  struct Condition: Codable, Equatable {
    /// Since when it is in trouble and counted as broken; nil while all is well.
    var since: Int64?
    var code = ""
    /// When it last began to count as broken: the next time is an hour later at the earliest.
    var toldAt: Int64 = 0
    /// Message-ID of the mail that said so; empty where no such mail is wanted.
    var messageID = ""
  }

  /// A mail that the server has not taken yet.
  struct Owed: Codable, Equatable {
    var messageID: String
    var inReplyTo = ""
    var occasion: Configuration.Mail.Occasion
    var subject: String
    var body: String
    /// Milliseconds UTC.
    var at: Int64
    /// Was about to be handed over: the server may have it.
    var isHandedOver = false
    /// The settings under which the server refused it; with others it is tried again.
    var refusedBy: String?
  }

  /// Since when the initial sync runs; nil when it is over, or was before mail was configured.
  var initialSince: Int64?
  private var conditions: [String: Condition] = [:]
  /// The oldest first.
  var owed: [Owed] = []

  init(initialSince: Int64?) { self.initialSince = initialSince }

  subscript(subject: Subject) -> Condition {
    get { conditions[subject.rawValue] ?? Condition() }
    set { conditions[subject.rawValue] = newValue }
  }

  /// What has become of a subject.
  enum Change: Equatable {
    case none
    case broken, recovered
    /// In trouble, but told of only then.
    case notBefore(Int64)
  }

  /// One pair of mails an hour for each subject.
  static let pairMilliseconds: Int64 = 3_600_000
  /// An outage that heals by itself counts as broken when it lasts this long.
  static let patienceMilliseconds: Int64 = 900_000

  /// Takes note of how a subject is now.
  mutating func observe(_ subject: Subject, _ trouble: TroubleNow?, now: Int64) -> Change {
    var condition = self[subject]
    guard let trouble else {
      guard condition.since != nil else { return .none }
      condition.since = nil
      self[subject] = condition
      return .recovered
    }
    guard condition.since == nil else { return .none }
    var start = trouble.isPassing ? trouble.since + Self.patienceMilliseconds : now
    // A clock that was set back must not keep anybody in the dark.
    if condition.toldAt <= now { start = max(start, condition.toldAt + Self.pairMilliseconds) }
    guard start <= now else { return .notBefore(start) }
    condition.since = trouble.since
    condition.code = trouble.code
    condition.toldAt = now
    self[subject] = condition
    return .broken
  }
}
