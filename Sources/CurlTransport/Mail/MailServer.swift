/// Where mail is handed in, and how the way there is kept private.
package struct MailServer: Sendable, Equatable {
  package enum Encryption: Sendable, Equatable {
    /// TLS from the first byte (`smtps`).
    case implicit
    /// STARTTLS, or nothing is said at all.
    case required
    /// STARTTLS where the server offers it: for this machine only.
    case tried
  }

  package var host: String
  /// Nil is 25, or 465 with ``Encryption/implicit``.
  package var port: Int?
  package var encryption: Encryption
  package var user: String?
  package var password: String?
  /// PEM; nil is the system's certification authorities.
  package var caFile: String?
  package var connectLimit: Duration = .seconds(30)
  /// For the whole of one mail.
  package var timeLimit: Duration = .seconds(120)

  package init(
    host: String, port: Int?, encryption: Encryption, user: String? = nil, password: String? = nil,
    caFile: String? = nil
  ) {
    self.host = host
    self.port = port
    self.encryption = encryption
    self.user = user
    self.password = password
    self.caFile = caFile
  }

  /// Without user and password.
  var url: String { (encryption == .implicit ? "smtps://" : "smtp://") + place }

  /// For a sentence: `mail.example.com:587`.
  var place: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return name + (port.map { ":\($0)" } ?? "")
  }

  /// 127.0.0.0/8, ::1, localhost and its subdomains.
  var isLoopback: Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
