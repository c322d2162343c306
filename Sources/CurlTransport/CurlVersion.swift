import CCurl

/// The library that carries our calls.
package enum CurlVersion {
  /// libcurl and what it was built with: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
  package static var text: String { curl_version().map { String(cString: $0) } ?? "unknown" }
}
