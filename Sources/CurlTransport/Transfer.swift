import CCurl
import Glibc
import HTTP

/// One request under way: an easy handle and everything that curl's pointers lead to.
final class Transfer {
  /// What every request of one transport shares.
  struct Settings {
    var userAgent: String
    /// nil for the system's certification authorities.
    var caFile: String?
    var connectLimit: Duration
  }

  let easy: UnsafeMutableRawPointer
  let reader: AnswerReader
  let upload: Upload?
  let url: ParsedURL
  private let method: Request.Method
  private let settings: Settings
  private let errorText: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?

  init(
    _ request: Request, to url: ParsedURL, sink: (any BodySink)?, settings: Settings
  ) throws(TransportError) {
    for field in request.headers.fields where !Self.isSafe(field) {
      throw TransportError(
        .forbidden, "A header of the request holds a line break or has no proper name.")
    }
    guard let easy = curl_easy_init() else {
      throw TransportError(.notSent, "There is no memory for another request.")
    }
    self.easy = easy
    self.url = url
    self.method = request.method
    self.settings = settings
    reader = AnswerReader(bytesLimit: request.answerBytesLimit, sink: sink)
    upload = Self.upload(of: request)
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    configureConnection(streams: sink != nil)
    configureRequest(request)
    reader.attach(to: easy)
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headers)
    errorText.deallocate()
  }

  /// Names where the request went and how, for a sentence; never a path, which may hold an address.
  var label: String { "\(method.rawValue.uppercased()) \(url.host):\(url.port)" }

  /// What curl wrote about its last failure.
  var curlText: String { String(cString: errorText) }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return sf_easy_get_long(easy, info, &value) == CURLE_OK ? value : 0
  }

  func size(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return sf_easy_get_size(easy, info, &value) == CURLE_OK ? Int(value) : 0
  }

  private func configureConnection(streams: Bool) {
    sf_easy_set_error_text(easy, errorText)
    sf_easy_set_url(easy, url.handle)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_NOSIGNAL, 1)
    // An abandoned look-up of a name must not hold the loop until the resolver gives up.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    // Wait a moment for a connection that may carry many requests, rather than open one for each.
    set(CURLOPT_PIPEWAIT, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    // What is said to a proxy is neither an answer nor holds the request's headers.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    configureAuthorities()
    set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(settings.connectLimit))
    // The environment's proxy is for the far sides, never for this machine.
    if url.isLoopback { set(CURLOPT_NOPROXY, "*") }
    // A stream is paused again and again, and must not hold up what shares its connection.
    if streams { set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) }
  }

  private func configureAuthorities() {
    var system: UnsafeMutablePointer<CChar>?
    if let caFile = settings.caFile {
      set(CURLOPT_CAINFO, caFile)
    } else {
      sf_easy_get_string(easy, CURLINFO_CAINFO, &system)
      guard let system, access(system, R_OK) == 0 else { return }
    }
    // One file instead of file and directory: curl then keeps it in memory between connections,
    // and a file that was configured is all that is trusted.
    sf_easy_set_string(easy, CURLOPT_CAPATH, nil)
  }

  private func configureRequest(_ request: Request) {
    set(CURLOPT_TIMEOUT_MS, Self.milliseconds(request.timeLimit))
    set(CURLOPT_USERAGENT, settings.userAgent)
    if request.headers["Accept-Encoding"] == nil { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    if request.method == .head { set(CURLOPT_NOBODY, 1) }
    if let upload {
      set(CURLOPT_POST, 1)
      sf_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.byteCount))
      upload.attach(to: easy)
    }
    if request.method != .head {
      set(CURLOPT_CUSTOMREQUEST, request.method.rawValue.uppercased())
    }
    // A body's lack leaves nothing to refuse to repeat; without reuse curl never repeats.
    if !request.method.isRepeatable, upload == nil || upload?.byteCount == 0 {
      set(CURLOPT_FRESH_CONNECT, 1)
    }
    for field in request.headers.fields {
      append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    if upload != nil {
      // curl's own ideas: a form's type, and a second's wait before a large body.
      if request.headers["Content-Type"] == nil { append("Content-Type:") }
      if request.headers["Expect"] == nil { append("Expect:") }
    }
    sf_easy_set_headers(easy, headers)
  }

  private func append(_ line: String) { headers = curl_slist_append(headers, line) ?? headers }

  private func set(_ option: CURLoption, _ value: Int) { sf_easy_set_long(easy, option, value) }

  private func set(_ option: CURLoption, _ value: String) {
    sf_easy_set_string(easy, option, value)
  }

  private static func upload(of request: Request) -> Upload? {
    switch request.method {
    case .post, .put, .patch:
      Upload(request.body ?? [], mayRepeat: request.method.isRepeatable)
    case .get, .delete, .head:
      request.body.map { Upload($0, mayRepeat: request.method.isRepeatable) }
    }
  }

  private static func milliseconds(_ limit: Duration) -> Int {
    let (seconds, attoseconds) = limit.components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    // 0 would mean no limit to curl.
    return max(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000), 1)
  }

  private static func isSafe(_ field: Headers.Field) -> Bool {
    let isToken = field.name.utf8.allSatisfy {
      $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";")
    }
    return isToken && !field.name.isEmpty
      && field.value.utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
  }
}

extension Request.Method {
  /// Sending it twice leaves the far side as sending it once does (RFC 9110, 9.2.2).
  var isRepeatable: Bool {
    switch self {
    case .get, .head, .put, .delete: true
    case .post, .patch: false
    }
  }
}
