import CurlTransport

extension Configuration.Mail {
  /// How the server is reached; `password` where ``user`` is given.
  func server(password: String?, caFile: String?) -> MailServer {
    let encryption: MailServer.Encryption =
      smtpURL.scheme == "smtps" ? .implicit : smtpURL.isLoopback ? .tried : .required
    return MailServer(
      host: smtpURL.host, port: smtpURL.port, encryption: encryption, user: user,
      password: password, caFile: caFile)
  }

  /// What a mail that was refused has to be seen anew for.
  var identity: String { "\(from) \(to) \(user ?? "")@\(smtpURL)" }
}
