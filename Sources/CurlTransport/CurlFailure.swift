import CCurl
import Glibc
import HTTP

extension TransportError {
  /// What curl's result means for the caller: did the far side perhaps act, and what happened.
  init(_ code: CURLcode, of transfer: Transfer) {
    switch transfer.reader.stop {
    case .tooLarge:
      self.init(.tooLarge, "\(transfer.label): the answer is longer than its limit.")
      return
    case .sinkStopped:
      self.init(.cancelled, "\(transfer.label): the reader of the answer ended the transfer.")
      return
    case nil: break
    }
    let wasSent = Self.mayHaveArrived(code, transfer)
    let what = Self.describe(code, transfer, wasSent: wasSent)
    self.init(wasSent ? .answerLost : .notSent, "\(transfer.label): \(what).")
  }

  /// Whether any of the request went out; when in doubt, yes.
  private static func mayHaveArrived(_ code: CURLcode, _ transfer: Transfer) -> Bool {
    if transfer.upload?.wasRepeated == true { return true }
    if transfer.size(CURLINFO_SIZE_UPLOAD_T) > 0 { return true }
    // A proxy that said no: the bytes that were sent went to it alone.
    let proxyStatus = transfer.long(CURLINFO_HTTP_CONNECTCODE)
    if proxyStatus >= 300, transfer.reader.answer.status == 0 { return false }
    return !isBeforeSending(code) && transfer.long(CURLINFO_REQUEST_SIZE) > 0
  }

  private static func isBeforeSending(_ code: CURLcode) -> Bool {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
      CURLE_PROXY, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_URL_MALFORMAT,
      CURLE_UNSUPPORTED_PROTOCOL, CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
      true
    default: false
    }
  }

  private static func describe(
    _ code: CURLcode, _ transfer: Transfer, wasSent: Bool
  ) -> String {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: "the name of the host cannot be resolved"
    case CURLE_COULDNT_RESOLVE_PROXY: "the name of the proxy cannot be resolved"
    case CURLE_COULDNT_CONNECT: "no connection: \(connectCause(transfer))"
    case CURLE_PEER_FAILED_VERIFICATION: "the certificate is refused: \(certificateCause(transfer))"
    case CURLE_SSL_CACERT_BADFILE: "the file of certification authorities cannot be read"
    case CURLE_SSL_CONNECT_ERROR: "the TLS handshake failed: \(clean(transfer.curlText))"
    case CURLE_OPERATION_TIMEDOUT where wasSent: "no whole answer within the time limit"
    case CURLE_OPERATION_TIMEDOUT: "no connection within the time limit"
    case CURLE_PARTIAL_FILE: "the answer broke off"
    case CURLE_BAD_CONTENT_ENCODING: "the answer's compression is damaged"
    case CURLE_GOT_NOTHING: "the connection was closed without an answer"
    case CURLE_SEND_FAIL_REWIND: "the connection broke before the answer"
    default: clean("\(String(cString: curl_easy_strerror(code)))\(detail(transfer))")
    }
  }

  private static func connectCause(_ transfer: Transfer) -> String {
    let number = transfer.long(CURLINFO_OS_ERRNO)
    return number > 0 ? String(cString: strerror(Int32(number))) : clean(transfer.curlText)
  }

  /// The numbers are OpenSSL's X509_V_ERR codes, which curl passes on.
  private static func certificateCause(_ transfer: Transfer) -> String {
    switch transfer.long(CURLINFO_SSL_VERIFYRESULT) {
    case 9: "it is not yet valid"
    case 10: "it has expired"
    case 2, 18, 19, 20, 21: "it was issued by an unknown authority"
    case 23: "it was revoked"
    case _ where transfer.curlText.contains("subject name"):
      // curl compares names itself and leaves the code as it was.
      "it is for another name than \(transfer.url.host)"
    case let code: "\(clean(transfer.curlText)) (code \(code))"
    }
  }

  private static func detail(_ transfer: Transfer) -> String {
    transfer.curlText.isEmpty ? "" : " (\(transfer.curlText))"
  }

  /// One short line of printable ASCII, whatever the far side put into it.
  private static func clean(_ text: String) -> String {
    let bytes = text.utf8.prefix(200).map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: " ") }
    let line = String(decoding: bytes, as: UTF8.self)
    return line.isEmpty ? "no cause was given" : line
  }
}
