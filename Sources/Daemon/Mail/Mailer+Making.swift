import CurlTransport
import EventLoop
import FoundationEssentials
import Glibc

/// The daemon's own mailer, with the real carrier.
extension Mailer {
  static func make(
    _ configuration: Configuration, store: SyncStore, clock: any Clock, credentials: Credentials,
    log: Log
  ) -> Mailer {
    let post = MailPost(
      store: store, clock: clock, carrier: MailTransport(), credentials: credentials,
      caFile: configuration.tls.caFile, random: { Double.random(in: 0..<1) }, log: log)
    return Mailer(
      configuration.mail, store: store, clock: clock, post: post, host: hostName,
      makeMessageID: { messageID(from: $0) })
  }

  /// The password's credential has to be there where a user is named.
  static func checkPassword(
    _ mail: Configuration.Mail?, _ credentials: Credentials
  ) throws(CredentialError) {
    if mail?.user != nil { _ = try credentials.secret(.smtpPassword) }
  }

  /// Unique for all time; the sender's domain is ours to use.
  private static func messageID(from sender: String) -> String {
    let domain = sender.split(separator: "@").last ?? "sfsync.invalid"
    return "<\(UUID().uuidString.lowercased()).sfsync@\(domain)>"
  }

  /// For the subject line; letters, digits, dots and hyphens alone.
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "this host" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let isPlain = bytes.allSatisfy { $0.isASCIIWord || $0 == 0x2D || $0 == 0x2E }
    return bytes.isEmpty || !isPlain ? "this host" : String(decoding: bytes, as: UTF8.self)
  }
}
