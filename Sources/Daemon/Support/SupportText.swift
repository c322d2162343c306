import Control
import Store
import SyncCore

/// The words of a support report, with what is nobody's business taken out.
enum SupportText {
  /// The last net: whatever looks like a secret or an e-mail address.
  static func masked(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Redaction.clean(String($0), keepEmails: false) }
      .joined(separator: "\n")
  }

  /// One entry of the register: ids instead of people, and what the far side said.
  static func line(_ entry: RegisterEntry) -> String {
    let subject = [entry.personID, entry.recordID].compactMap(\.self).joined(separator: " / ")
    let status = entry.status.map { ", HTTP \($0)" } ?? ""
    let answer = entry.kind == .refused ? withoutValues(entry.answer) : entry.answer
    let request = entry.requestID.map { ", request \($0)" } ?? ""
    return
      "#\(entry.id) \(entry.code) \(entry.kind.rawValue), \(entry.state.rawValue)\(status)\(request), "
      + "\(entry.count) times from \(Timestamp(milliseconds: entry.firstSeen)) to "
      + "\(Timestamp(milliseconds: entry.lastSeen))"
      + (subject.isEmpty ? "" : ", \(subject)")
      + "\n   could not \(entry.what)" + (answer.isEmpty ? "" : ": \(answer)")
  }

  /// What a side says of a value that it refuses often quotes the value: what stands within quotes,
  /// or behind a code and one more colon, is left out.
  static func withoutValues(_ answer: String) -> String {
    var kept = ""
    var closing: Character?
    var isColonSeen = false
    var before: Character = " "
    for character in answer {
      defer { before = character }
      if let end = closing {
        if character == end { closing = nil }
        continue
      }
      if let end = quotes[character], !before.isLetter, !before.isNumber {
        closing = end
        kept += "…"
      } else if character == ":" {
        let isCode = kept.allSatisfy { $0.isUppercase || $0.isNumber || "_ ".contains($0) }
        if isColonSeen || !isCode { return kept + ": …" }
        isColonSeen = true
        kept.append(character)
      } else {
        kept.append(character)
      }
    }
    return kept
  }

  private static let quotes: [Character: Character] = [
    "\"": "\"", "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“",
  ]

  /// The configuration as a file, its addresses of people and its client id shortened.
  static func configuration(_ configuration: Configuration) -> [String] {
    var configuration = configuration
    configuration.salesforce.clientID = shortened(configuration.salesforce.clientID)
    configuration.salesforce.username = configuration.salesforce.username.map(mailbox)
    configuration.assign.actingAdmin = configuration.assign.actingAdmin.map(mailbox)
    if let mail = configuration.mail {
      configuration.mail?.to = mailbox(mail.to)
      configuration.mail?.from = mailbox(mail.from)
    }
    return configuration.description.split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  /// `3MVG…`: enough to tell two apart.
  private static func shortened(_ text: String) -> String { text.prefix(4) + "…" }

  /// `s… at com`: the first letter, and the domain's last label.
  static func mailbox(_ address: String) -> String {
    guard let first = address.first, let at = address.lastIndex(of: "@") else {
      return address.isEmpty ? "" : "…"
    }
    let label = address[address.index(after: at)...].split(separator: ".").last ?? ""
    return "\(first)… at \(label)"
  }
}
