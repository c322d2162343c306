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

  private enum Announcement { case none, byName, byScheme }

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
      // `client_secret expired` announces nothing; `client_secret=…` and `"client_secret": "…` do.
      if isAnnounced == .byName, !gap.contains(where: { "=:".utf8.contains($0) }) {
        isAnnounced = .none
      }
      guard position < bytes.count else { break }
      takeWord()
    }
    return result
  }

  private mutating func takeWord() {
    let start = position
    while position < bytes.count, !Self.isSeparator(bytes[position]) { position += 1 }
    // A token of base64 may go on behind a slash, an equals sign or a plus.
    if isAnnounced != .none {
      while position < bytes.count, !Self.isBlank(bytes[position]) { position += 1 }
    }
    var end = position
    while end > start, ".!…".utf8.contains(bytes[end - 1]) { end -= 1 }
    let word = bytes[start..<end]
    let text = String(decoding: word, as: UTF8.self)

    if isAnnounced != .none, Self.schemes.contains(text.lowercased()) {
      result += word
      isAnnounced = .byScheme
    } else if isAnnounced != .none || Self.isSecret(text) {
      result += Array(Redaction.secret.utf8)
      isAnnounced = .none
    } else if !keepEmails, Self.isEmail(text) {
      result += Array(Redaction.email.utf8)
    } else {
      result += word
      isAnnounced = Self.announcement(text)
    }
    if text == "-----BEGIN" {
      result += Array(" \(Redaction.secret)".utf8)
      position = bytes.count
    } else {
      result += bytes[end..<position]
    }
  }

  // MARK: - What words look like

  private static let schemes: Set = ["bearer", "basic"]
  private static let names: Set = [
    "access_token", "refresh_token", "client_secret", "assertion", "password", "authorization",
    "code_verifier", "id_token", "sid", "token", "secret",
  ]

  private static func announcement(_ word: String) -> Announcement {
    let word = word.lowercased()
    if word == "bearer" { return .byScheme }
    return names.contains(word) ? .byName : .none
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
