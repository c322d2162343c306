/// Where a server is: scheme, host and port, nothing else.
package struct ServerURL: Sendable, Equatable, CustomStringConvertible {
  /// Lower case: `https`.
  package let scheme: String
  /// Lower case; an IPv6 address without its brackets.
  package let host: String
  /// Nil when the URL names none.
  package let port: Int?

  /// `localhost`, its subdomains, 127.0.0.0/8 and ::1.
  package var isLoopback: Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Without a slash at its end: a path starts where this ends.
  package var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "")
  }

  /// Nil unless it is one of the schemes, a plausible host and port, and no path, query, fragment
  /// or credentials.
  package init?(_ text: String, schemes: [String]) {
    guard let (scheme, rest) = Self.split(text, at: "://"),
      schemes.contains(scheme.lowercased())
    else { return nil }
    let authority = rest.hasSuffix("/") ? rest.dropLast() : rest[...]
    guard let (host, port) = Self.hostAndPort(authority) else { return nil }
    self.scheme = scheme.lowercased()
    self.host = host.lowercased()
    self.port = port
  }

  /// The https server of that name.
  init(host: String) {
    scheme = "https"
    self.host = host
    port = nil
  }

  /// Host and port of `host:port`, `[::1]:port` or a host alone.
  static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
    var host = text
    var port: Int?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      let isAddress = host.utf8.allSatisfy { $0.isHexadecimal || $0 == 0x3a || $0 == 0x2e }
      guard isAddress, host.contains(":") else { return nil }
      if !rest.isEmpty {
        guard rest.hasPrefix(":"), let number = portNumber(rest.dropFirst()) else { return nil }
        port = number
      }
      return (String(host), port)
    }
    if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      guard let number = portNumber(text[text.index(after: colon)...]) else { return nil }
      port = number
    }
    let isPlausible = host.utf8.allSatisfy { $0.isASCIIWord || $0 == 0x2d || $0 == 0x2e }
    guard isPlausible, !host.isEmpty, !host.hasPrefix("."), !host.contains("..") else { return nil }
    return (String(host), port)
  }

  private static func portNumber(_ digits: Substring) -> Int? {
    guard digits.utf8.allSatisfy(\.isASCIIDigit), let port = UInt16(digits), port > 0 else {
      return nil
    }
    return Int(port)
  }

  private static func split(_ text: String, at mark: String) -> (String, String)? {
    guard let range = text.firstRange(of: mark) else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }
}

extension UInt8 {
  fileprivate var isHexadecimal: Bool { isASCIIDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
}
