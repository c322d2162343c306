/// Scheme, host and port of a URL: where calls go, and the fence that foreign URLs stay within.
struct Origin: Sendable, Equatable {
  let isSecure: Bool
  /// Lower case.
  let host: String
  let port: Int

  /// The origin as it stands before a path: `https://example.my.salesforce.com`.
  var text: String {
    let standard = isSecure ? 443 : 80
    return (isSecure ? "https://" : "http://") + host + (port == standard ? "" : ":\(port)")
  }

  /// Splits an absolute URL; nil unless it is plain `https`, or `http` to a loopback host.
  static func split(_ url: String) -> (origin: Origin, path: String)? {
    guard isPlain(url) else { return nil }
    let isSecure: Bool
    let rest: Substring
    if url.hasPrefix("https://") {
      isSecure = true
      rest = url.dropFirst(8)
    } else if url.hasPrefix("http://") {
      isSecure = false
      rest = url.dropFirst(7)
    } else {
      return nil
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let origin = Origin(authority: authority, isSecure: isSecure) else { return nil }
    return (origin, String(rest.dropFirst(authority.count)))
  }

  private init?(authority: Substring, isSecure: Bool) {
    var host = authority
    var port = isSecure ? 443 : 80
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = authority[...end]
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
    }
    let after = authority.dropFirst(host.count)
    if !after.isEmpty {
      guard after.hasPrefix(":"), let number = Int(after.dropFirst()), (1...65535).contains(number)
      else { return nil }
      port = number
    }
    let name = host.lowercased()
    guard Self.isLoopback(name) || Self.isName(name) else { return nil }
    guard isSecure || Self.isLoopback(name) else { return nil }
    self.isSecure = isSecure
    self.host = name
    self.port = port
  }

  /// Whether a URL that a server handed back may be called with the token: the same host and port,
  /// or within `salesforce.com` and `force.com`.
  func allows(_ other: Origin) -> Bool {
    if other == self { return true }
    guard other.isSecure, other.port == 443 else { return false }
    return other.host.hasSuffix(".salesforce.com") || other.host.hasSuffix(".force.com")
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "[::1]" || host == "127.0.0.1"
  }

  private static func isName(_ host: String) -> Bool {
    !host.isEmpty && !host.hasPrefix(".") && !host.hasPrefix("-")
      && host.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
      }
  }

  /// Whether nothing in `url` could end a request line or hide a host.
  static func isPlain(_ url: String) -> Bool {
    url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
  }
}
