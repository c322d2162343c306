/// The net under everything that is logged: what looks like a secret is taken out always, what
/// looks like an e-mail address above debug.
///
/// Nobody should log either; this is for the server's answer that nobody foresaw. It errs on the
/// side of taking out too much.
package enum Redaction {
  package static let secret = "‹secret›"
  package static let email = "‹e-mail›"

  /// The text with the suspicious words replaced.
  package static func clean(_ text: String, keepEmails: Bool) -> String {
    var cleaner = Cleaner(bytes: Array(text.utf8), keepEmails: keepEmails)
    return String(decoding: cleaner.run(), as: UTF8.self)
  }
}

/// Goes through the words of a text once.
private struct Cleaner {
  let bytes: [UInt8]
  let keepEmails: Bool
  private var result: [UInt8] = []
  private var position = 0
  /// The word before was one that announces a secret.
  private var isAnnounced = Announcement.none

  private enum Announcement {
    case none
    /// `Bearer`: the next word.
    case byScheme
    /// `client_secret`: what follows a colon or an equals sign.
    case byField
    /// `token`: the same, but `the token: expired` is prose.
    case byWord
  }

  init(bytes: [UInt8], keepEmails: Bool) {
    self.bytes = bytes
    self.keepEmails = keepEmails
  }

  mutating func run() -> [UInt8] {
    while position < bytes.count {
      let gapStart = position
      while position < bytes.count, Self.isSeparator(bytes[position]) { position += 1 }
      let gap = bytes[gapStart..<position]
      result += gap
      let marks =
        switch isAnnounced {
        case .byField: "=:"
        case .byWord: "=\""
        case .byScheme, .none: ""
        }
      if !marks.isEmpty, !gap.contains(where: marks.utf8.contains) { isAnnounced = .none }
      guard position < bytes.count else { break }
      takeWord()
    }
    return result
  }

  private mutating func takeWord() {
    let start = position
    skipWord()
    var end = position
    while end > start, ".!".utf8.contains(bytes[end - 1]) { end -= 1 }
    let word = String(decoding: bytes[start..<end], as: UTF8.self)

    if isAnnounced != .none, Self.schemes.contains(word.lowercased()) {
      result += bytes[start..<position]
      isAnnounced = .byScheme
    } else if let replacement = replacement(for: word) {
      result += Array(replacement.utf8) + bytes[end..<position]
      isAnnounced = .none
    } else {
      result += bytes[start..<position]
      isAnnounced = Self.announcement(word)
    }
    // A PEM block: nothing after it is worth its risk.
    if word == "-----BEGIN" {
      result += Array(" \(Redaction.secret)".utf8)
      position = bytes.count
    }
  }

  /// Moves behind the word, and behind all of a token that a word before has announced.
  private mutating func skipWord() {
    let start = position
    while position < bytes.count, !Self.isSeparator(bytes[position]) { position += 1 }
    let head = String(decoding: bytes[start..<position], as: UTF8.self).lowercased()
    if isAnnounced == .byScheme, Self.challenge.contains(head) { isAnnounced = .none }
    guard isAnnounced != .none else { return }
    // Base64 goes on behind a slash or an equals sign.
    while position < bytes.count, !Self.isBlank(bytes[position]) { position += 1 }
  }

  private func replacement(for word: String) -> String? {
    if isAnnounced != .none || Self.isSecret(word) { return Redaction.secret }
    return !keepEmails && Self.isEmail(word) ? Redaction.email : nil
  }

  // MARK: - What words look like

  private static let schemes: Set = ["bearer", "basic"]
  /// What stands behind `Bearer` where it is no token: prose, and WWW-Authenticate (RFC 6750).
  private static let challenge: Set = ["token", "tokens", "realm", "error", "scope"]
  private static let fields: Set = [
    "access_token", "refresh_token", "client_secret", "code_verifier", "id_token",
    "authorization",
  ]
  private static let words: Set = ["token", "secret", "password", "assertion", "sid"]

  private static func announcement(_ word: String) -> Announcement {
    let word = word.lowercased()
    if word == "bearer" { return .byScheme }
    if fields.contains(word) { return .byField }
    return words.contains(word) ? .byWord : .none
  }

  private static func isSecret(_ word: String) -> Bool {
    // Salesforce: a session id begins with the org's id; a refresh token with 5Aep.
    if word.hasPrefix("00D"), let mark = word.firstRange(of: word.contains("!") ? "!" : "%21") {
      let id = word[..<mark.lowerBound]
      if [15, 18].contains(id.utf8.count), mark.upperBound < word.endIndex { return true }
    }
    if word.hasPrefix("5Aep"), word.utf8.count > 20 { return true }
    // Intercom: base64 of `tok:`.
    if word.hasPrefix("dG9rO"), word.utf8.count > 10 { return true }
    return isJWT(word)
  }

  /// Three parts of base64url; the first is JSON, so it begins with `{"`.
  private static func isJWT(_ word: String) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return word.hasPrefix("eyJ") && word.utf8.count > 20 }
    let isBase64 = parts.allSatisfy { part in
      part.utf8.allSatisfy { $0.isASCIIWord || $0 == UInt8(ascii: "-") }
    }
    return isBase64
      && (word.hasPrefix("eyJ") || parts.allSatisfy { $0.utf8.count >= 16 })
  }

  private static func isEmail(_ word: String) -> Bool {
    for mark in ["@", "%40"] {
      guard let range = word.firstRange(of: mark) else { continue }
      if range.lowerBound > word.startIndex, range.upperBound < word.endIndex { return true }
    }
    return false
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    isBlank(byte) || "=:/|".utf8.contains(byte)
  }

  /// What ends even a token.
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7f || "\"'<>()[]{},;&?`\\".utf8.contains(byte)
  }
}
