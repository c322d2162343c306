import CCurl
import HTTP

/// A URL as curl's own parser reads it: what is judged here is what curl connects to.
final class ParsedURL {
  let handle: OpaquePointer
  /// Lower case.
  private(set) var scheme: String
  /// Lower case, IPv4 normalised, IPv6 in brackets.
  private(set) var host: String
  private(set) var port: Int

  /// Throws ``TransportError/Reason/forbidden`` for anything but a plain absolute http(s) URL.
  init(_ text: String) throws(TransportError) {
    guard text.utf8.allSatisfy(Self.isURLByte) else {
      throw Self.refusal("holds a byte that a URL may not hold")
    }
    guard let handle = curl_url() else {
      throw Self.refusal("could not be parsed for want of memory")
    }
    self.handle = handle
    // From here on the object exists and `deinit` frees the handle, also when this throws.
    (scheme, host, port) = ("", "", 0)
    // No user information: it is how a URL is made to look like another host's.
    let code = curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER))
    guard code == CURLUE_OK else {
      throw Self.refusal("is refused: \(String(cString: curl_url_strerror(code)))")
    }
    scheme = try part(CURLUPART_SCHEME)
    host = try part(CURLUPART_HOST)
    port = Int(try part(CURLUPART_PORT)) ?? 0
    guard !host.hasSuffix("."), !host.utf8.contains(UInt8(ascii: "%")) else {
      throw Self.refusal("has the unusual host \(host)")
    }
  }

  deinit { curl_url_cleanup(handle) }

  /// 127.0.0.0/8, ::1 or localhost, the only places that plain http and no proxy are for.
  var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.first == "127"
      && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
  }

  private func part(_ part: CURLUPart) throws(TransportError) -> String {
    var text: UnsafeMutablePointer<CChar>?
    let code = curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT))
    guard code == CURLUE_OK, let text else {
      throw Self.refusal("is refused: \(String(cString: curl_url_strerror(code)))")
    }
    defer { curl_free(text) }
    return asciiLowercase(String(cString: text))
  }

  private static func refusal(_ what: String) -> TransportError {
    TransportError(.forbidden, "The URL \(what).")
  }

  /// Printable ASCII without space and backslash, which browsers and curl read differently.
  private static func isURLByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\")
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

func asciiLowercase(_ text: String) -> String {
  String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
}
