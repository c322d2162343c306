import CCurl
import Glibc

/// A connection to a mail server: libcurl greets, encrypts and logs in; what follows is said here.
///
/// libcurl could carry the mail as well, but waits for the answer to its text, and to QUIT, without
/// letting the loop run (libcurl-multi(3), "BLOCKING").
final class MailConnection {
  /// What came of a try to receive.
  enum Received { case bytes(Int), nothingYet, ended }

  let easy: UnsafeMutableRawPointer
  let server: MailServer
  let replies = ReplyReader()
  private let errorText: UnsafeMutablePointer<CChar>

  /// Nil when there is no memory for it.
  ///
  /// `isEncrypted` false leaves out STARTTLS where it would only be tried.
  init?(to server: MailServer, isEncrypted: Bool) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.server = server
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    configure()
    configureEncryption(isEncrypted: isEncrypted)
    if let user = server.user {
      set(CURLOPT_USERNAME, user)
      set(CURLOPT_PASSWORD, server.password ?? "")
    }
    replies.attach(to: easy)
  }

  deinit {
    curl_easy_cleanup(easy)
    errorText.deallocate()
  }

  /// What curl wrote about its last failure; never a secret, nor the server's words.
  var curlText: String { String(cString: errorText) }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return sf_easy_get_long(easy, info, &value) == CURLE_OK ? value : 0
  }

  /// The connected socket, which stays curl's.
  var socket: Int32? {
    var socket: curl_socket_t = -1
    return sf_easy_get_socket(easy, &socket) == CURLE_OK && socket >= 0 ? socket : nil
  }

  /// Sends what it can now; the number of bytes that went out, nil when the connection is gone.
  func send(_ bytes: ArraySlice<UInt8>) -> Int? {
    var count = 0
    let code = bytes.withUnsafeBytes { curl_easy_send(easy, $0.baseAddress, $0.count, &count) }
    return code == CURLE_OK ? count : code == CURLE_AGAIN ? 0 : nil
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
    var count = 0
    switch curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .ended
    case CURLE_AGAIN: return .nothingYet
    default: return .ended
    }
  }

  private func configure() {
    sf_easy_set_error_text(easy, errorText)
    set(CURLOPT_URL, server.url)
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    set(CURLOPT_CONNECT_ONLY, 1)
    set(CURLOPT_NOSIGNAL, 1)
    // An abandoned look-up of a name must not hold the loop until the resolver gives up.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(server.connectLimit))
    set(CURLOPT_TIMEOUT_MS, milliseconds(server.timeLimit))
    if server.isLoopback { set(CURLOPT_NOPROXY, "*") }
  }

  private func configureEncryption(isEncrypted: Bool) {
    let level =
      switch server.encryption {
      case .implicit, .required: CURLUSESSL_ALL
      case .tried: isEncrypted ? CURLUSESSL_TRY : CURLUSESSL_NONE
      }
    set(CURLOPT_USE_SSL, Int(level.rawValue))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    guard let caFile = server.caFile else { return }
    set(CURLOPT_CAINFO, caFile)
    // What was configured is all that is trusted.
    sf_easy_set_string(easy, CURLOPT_CAPATH, nil)
  }

  private func set(_ option: CURLoption, _ value: Int) { sf_easy_set_long(easy, option, value) }

  private func set(_ option: CURLoption, _ value: String) {
    sf_easy_set_string(easy, option, value)
  }

  private func milliseconds(_ duration: Duration) -> Int {
    let parts = duration.components
    return Int(clamping: parts.seconds) &* 1_000 + Int(parts.attoseconds / 1_000_000_000_000_000)
  }
}
