import CCurl
import Glibc

extension MailError {
  /// What it means that libcurl could not connect, encrypt or log in.
  init(_ code: CURLcode, of connection: MailConnection) {
    let reason = Self.reason(code, reply: connection.replies.reply.code)
    let what = Self.describe(reason, code, connection)
    self.init(reason, "\(connection.server.place): \(what)")
  }

  private static func reason(_ code: CURLcode, reply: Int) -> Reason {
    switch code {
    case CURLE_USE_SSL_FAILED: .noEncryption
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .certificate
    case CURLE_SSL_CONNECT_ERROR: .unreachable
    case CURLE_LOGIN_DENIED: (400...499).contains(reply) ? .later : .login
    // An answer that came before the connection ended is what the server had to say.
    case _ where (400...499).contains(reply): .later
    case _ where (500...599).contains(reply): .refused
    default: .unreachable
    }
  }

  private static func describe(
    _ reason: Reason, _ code: CURLcode, _ connection: MailConnection
  ) -> String {
    let reply = connection.replies.reply
    switch reason {
    case .noEncryption: return "the server does not offer STARTTLS"
    case .certificate: return "the certificate is refused: \(certificateCause(code, connection))"
    // The words of a refused login may repeat what was sent.
    case .login where reply.code >= 400: return "the server answered \(reply.code) to the login"
    case .login: return "the server offers no way to log in that sfsync knows"
    case .later, .refused:
      return "the server answered \(code == CURLE_LOGIN_DENIED ? "\(reply.code)" : reply.text)"
    case .unreachable, .unsure, .cancelled: return noConnection(code, connection)
    }
  }

  private static func noConnection(_ code: CURLcode, _ connection: MailConnection) -> String {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: return "the name of the host cannot be resolved"
    case CURLE_COULDNT_CONNECT:
      let number = connection.long(CURLINFO_OS_ERRNO)
      return "no connection" + (number > 0 ? ": \(String(cString: strerror(Int32(number))))" : "")
    case CURLE_OPERATION_TIMEDOUT: return "no answer within the time limit"
    case CURLE_SSL_CONNECT_ERROR: return "the TLS handshake failed"
    case CURLE_WEIRD_SERVER_REPLY: return "what answers there is no mail server"
    default: return String(cString: curl_easy_strerror(code))
    }
  }

  /// The numbers are OpenSSL's X509_V_ERR codes, which curl passes on.
  private static func certificateCause(
    _ code: CURLcode, _ connection: MailConnection
  ) -> String {
    if code == CURLE_SSL_CACERT_BADFILE {
      return "the file of certification authorities cannot be read"
    }
    switch connection.long(CURLINFO_SSL_VERIFYRESULT) {
    case 9: return "it is not yet valid"
    case 10: return "it has expired"
    case 2, 18, 19, 20, 21: return "it was issued by an unknown authority"
    case 23: return "it was revoked"
    case _ where connection.curlText.contains("subject name"):
      return "it is for another name than \(connection.server.host)"
    case let number: return "its check failed with code \(number)"
    }
  }
}
