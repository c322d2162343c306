import CCrypto

/// The signed JWT of the bearer flow (RFC 7523; Salesforce Help, "OAuth 2.0 JWT Bearer Flow").
enum Assertion {
  /// Why a private key cannot sign.
  struct KeyError: Error {
    var message: String
  }

  /// Salesforce allows five minutes at most; its own clock may be off by a little.
  static let lifetimeSeconds: Int64 = 180

  /// The assertion, good for three minutes from `now` (milliseconds UTC).
  static func make(
    clientID: String, username: String, audience: String, now: Int64, keyPEM: String
  ) throws(KeyError) -> String {
    let claims =
      "{\"iss\":\(Encoding.json(clientID)),\"sub\":\(Encoding.json(username)),"
      + "\"aud\":\(Encoding.json(audience)),\"exp\":\(now / 1000 + lifetimeSeconds)}"
    let text =
      Encoding.base64URL(Array(#"{"alg":"RS256"}"#.utf8)) + "."
      + Encoding.base64URL(Array(claims.utf8))
    return text + "." + Encoding.base64URL(try sign(Array(text.utf8), with: keyPEM))
  }

  private static func sign(_ data: [UInt8], with keyPEM: String) throws(KeyError) -> [UInt8] {
    let pem = Array(keyPEM.utf8)
    // Room for a key of 16,384 bits.
    var signature = [UInt8](repeating: 0, count: 2048)
    var length = signature.count
    let result = pem.withUnsafeBytes { pem in
      data.withUnsafeBytes { data in
        sfsync_rs256(
          pem.baseAddress, pem.count, data.baseAddress, data.count, &signature, &length)
      }
    }
    switch UInt32(result) {
    case SFSYNC_RS256_OK.rawValue: return Array(signature.prefix(length))
    case SFSYNC_RS256_PASSPHRASE.rawValue:
      throw KeyError(message: "the private key is protected by a passphrase")
    case SFSYNC_RS256_NOT_RSA.rawValue:
      throw KeyError(message: "the private key is not an RSA key, and the flow knows RS256 only")
    case SFSYNC_RS256_NO_KEY.rawValue: throw KeyError(message: reason(for: keyPEM))
    default: throw KeyError(message: "OpenSSL could not sign with the private key")
    }
  }

  private static func reason(for pem: String) -> String {
    if pem.contains("BEGIN CERTIFICATE") { return "the file holds a certificate, not a key" }
    if pem.contains("PUBLIC KEY") { return "the file holds a public key, not a private one" }
    if pem.contains("PRIVATE KEY") { return "the private key is damaged" }
    return "the file holds no private key in PEM form"
  }
}
