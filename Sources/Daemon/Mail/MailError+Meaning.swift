import CurlTransport
import SyncCore

extension MailError.Reason {
  /// The register's words for it; nil for what we did ourselves.
  var meaning: Meaning? {
    switch self {
    case .unreachable: MailMeaning.unreachable
    case .noEncryption: MailMeaning.noEncryption
    case .certificate: MailMeaning.certificate
    case .login: MailMeaning.login
    case .later: MailMeaning.later
    case .refused: MailMeaning.refused
    case .unsure: MailMeaning.unsure
    case .cancelled: nil
    }
  }

  /// Trying soon would be of no use, and a login that is refused often locks the account.
  var isSlow: Bool { self == .login || self == .noEncryption || self == .certificate }
}
