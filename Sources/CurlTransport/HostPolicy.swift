package import HTTP

/// The places that requests may go to, whatever URL a server hands back.
///
/// Plain `http` is for loopback hosts only, also when an origin says otherwise.
package struct HostPolicy: Sendable {
  private struct Origin: Sendable, Hashable {
    let scheme: String
    let host: String
    let port: Int
  }

  private let origins: Set<Origin>
  private let suffixes: [String]

  /// Where Salesforce's own hosts are.
  package static let salesforceSuffixes = [".salesforce.com", ".force.com"]

  /// Allows the scheme, host and port of each of `origins` (absolute URLs, paths are ignored), and
  /// https at port 443 of every host that ends in one of `suffixes` (lower case, with their dot).
  ///
  /// Throws ``TransportError/Reason/forbidden`` for an origin that could never be used.
  package init(
    origins: [String], suffixes: [String] = salesforceSuffixes
  ) throws(TransportError) {
    var known: Set<Origin> = []
    for text in origins {
      let url = try ParsedURL(text)
      try Self.checkScheme(url)
      known.insert(Origin(scheme: url.scheme, host: url.host, port: url.port))
    }
    self.origins = known
    self.suffixes = suffixes
  }

  /// Whether the scheme, host (both in lower case) and port are among those allowed.
  package func allows(scheme: String, host: String, port: Int) -> Bool {
    if origins.contains(Origin(scheme: scheme, host: host, port: port)) { return true }
    guard scheme == "https", port == 443 else { return false }
    return suffixes.contains { host.hasSuffix($0) && host.utf8.count > $0.utf8.count }
  }

  /// Reads `text` and throws ``TransportError/Reason/forbidden``, naming the host, if it leads
  /// anywhere else.
  func admit(_ text: String) throws(TransportError) -> ParsedURL {
    let url = try ParsedURL(text)
    try Self.checkScheme(url)
    guard allows(scheme: url.scheme, host: url.host, port: url.port) else {
      throw TransportError(
        .forbidden,
        "\(url.scheme)://\(url.host):\(url.port) is not a host that the configuration allows.")
    }
    return url
  }

  private static func checkScheme(_ url: ParsedURL) throws(TransportError) {
    switch url.scheme {
    case "https": return
    case "http" where url.isLoopback: return
    case "http":
      throw TransportError(
        .forbidden,
        "Plain http is for loopback hosts only; \(url.host) must be reached by https.")
    default:
      throw TransportError(.forbidden, "The scheme \(url.scheme) is neither https nor http.")
    }
  }
}
