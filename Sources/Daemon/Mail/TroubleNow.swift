import Store
import SyncCore

/// What stops a subject now, in the words of the register.
struct TroubleNow: Equatable {
  var id: Int64
  var code: String
  var cause: String
  var remedy: String
  /// Milliseconds UTC.
  var since: Int64
  /// It heals by itself, sooner or later.
  var isPassing: Bool

  /// Nil when nothing stops it; what needs a person before what heals by itself, then the oldest.
  init?(_ subject: MailBook.Subject, among troubles: [Trouble]) {
    let ours = troubles.filter { Self.subject(of: $0) == subject }.map(\.entry)
    guard let entry = ours.first(where: { $0.kind != .passing }) ?? ours.first else { return nil }
    id = entry.id
    code = entry.code
    cause = entry.cause
    remedy = entry.remedy
    since = entry.firstSeen
    isPassing = entry.kind == .passing
  }

  /// Subjects of the register and beginnings of such.
  static let subjects = ["guard"]
  static let prefixes = ["side:", "attribute:"]

  private static func subject(of trouble: Trouble) -> MailBook.Subject? {
    if trouble.subjectKey == "guard" { return .guard }
    if trouble.subjectKey.hasPrefix("side:salesforce") { return .salesforce }
    if trouble.subjectKey.hasPrefix("side:intercom") { return .intercom }
    // One attribute that cannot be written stops all of Intercom (S4).
    return trouble.entry.kind == .broken ? .intercom : nil
  }
}
