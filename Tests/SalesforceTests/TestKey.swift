import CCrypto

/// A private key made for one test, and its public half.
final class TestKey {
  enum Kind { case rsa, ellipticCurve }

  private let key: OpaquePointer

  init?(_ kind: Kind) {
    let id = kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC
    guard let context = EVP_PKEY_CTX_new_id(id, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else { return nil }
    switch kind {
    case .rsa: guard EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1 else { return nil }
    case .ellipticCurve:
      guard EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1 else {
        return nil
      }
    }
    var made: OpaquePointer?
    guard EVP_PKEY_keygen(context, &made) == 1, let made else { return nil }
    key = made
  }

  deinit { EVP_PKEY_free(key) }

  /// PKCS #8, encrypted when there is a passphrase.
  func pem(passphrase: String? = nil) -> String {
    text { bio in
      guard let passphrase else {
        return PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil)
      }
      var bytes = Array(passphrase.utf8)
      return PEM_write_bio_PrivateKey(
        bio, key, EVP_aes_256_cbc(), &bytes, Int32(bytes.count), nil, nil)
    }
  }

  var publicPEM: String { text { PEM_write_bio_PUBKEY($0, key) } }

  /// Whether `signature` is RS256 of `data` by this key.
  func verifies(_ signature: [UInt8], of data: [UInt8]) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, data, data.count) == 1
  }

  private func text(_ write: (OpaquePointer) -> Int32) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { return "" }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = BIO_read(bio, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
  }
}

/// Undoes base64url.
func base64URLDecoded(_ text: Substring) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  var out: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for byte in text.utf8 {
    guard let value = alphabet.firstIndex(of: byte) else { return [] }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      bits &= (1 << UInt32(count)) - 1
    }
  }
  return out
}
