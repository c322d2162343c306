import Wire

/// The refresh token that Salesforce gave in exchange for the last one, kept on disk.
///
/// Using an old token again revokes the whole grant, so the new one is on disk before the access
/// token that came with it is used, and wins over the credential from then on. An operator who
/// puts a new token into the credential is recognised by the content, not the time of the file
/// (systemd copies credentials at each start, and a restored backup is new as well): beside the
/// token stand fingerprints of every credential that it descends from. A credential that is among
/// them is spent and loses; one never seen wins.
package struct RotatedToken: Sendable {
  /// The state directory.
  package let directory: String
  package let credentials: Credentials

  static let name = Credentials.Name.salesforceRefreshToken.rawValue
  static let ancestorLimit = 100

  package init(directory: String, credentials: Credentials) {
    self.directory = directory
    self.credentials = credentials
  }

  /// The first of `$STATE_DIRECTORY`, else where the store is.
  package static func directory(environment: [String: String], store: String) -> String {
    if let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
      return String(first)
    }
    guard let slash = store.lastIndex(of: "/"), slash > store.startIndex else { return "/" }
    return String(store[..<slash])
  }

  /// The token to use now.
  package func current() throws(CredentialError) -> Secret {
    guard let rotated = try stored() else {
      return try credentials.secret(.salesforceRefreshToken)
    }
    guard let credential = try credentials.secretIfPresent(.salesforceRefreshToken),
      credential != rotated.token, !rotated.ancestors.contains(Self.fingerprint(credential))
    else { return rotated.token }
    return credential
  }

  /// Puts a new token in the place of the current one; it is on disk when this returns.
  ///
  /// The old one is spent by now, so neither a damaged file nor a credential that cannot be read
  /// any more may keep the new one from the disk.
  package func store(_ token: Secret) throws(CredentialError) {
    var ancestors = (try? stored())?.ancestors ?? []
    if let credential = try? credentials.secret(.salesforceRefreshToken) {
      let fingerprint = Self.fingerprint(credential)
      if !ancestors.contains(fingerprint) { ancestors.append(fingerprint) }
    }
    let lines = [token.reveal()] + ancestors.suffix(Self.ancestorLimit)
    do {
      try SecureFile.replace(
        Self.name, in: directory, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    } catch {
      throw CredentialError(path: path, problem: .file(error))
    }
  }

  /// Takes the token and what is known of its ancestors away, once it is revoked (O6).
  package func remove() throws(CredentialError) {
    do {
      try SecureFile.remove(Self.name, in: directory)
    } catch {
      throw CredentialError(path: path, problem: .file(error))
    }
  }

  private var path: String { "\(directory)/\(Self.name)" }

  private func stored() throws(CredentialError) -> (token: Secret, ancestors: [String])? {
    let bytes: [UInt8]
    do throws(SecureFile.Problem) {
      bytes = try SecureFile.read(path, limit: Credentials.limit, isPrivate: true)
    } catch {
      if error == .missing { return nil }
      throw CredentialError(path: path, problem: .file(error))
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    do throws(CredentialError.Problem) {
      let token = try Credentials.secret(Array(lines.first ?? []), isKey: false)
      return (token, lines.dropFirst().map { String(decoding: $0, as: UTF8.self) })
    } catch {
      throw CredentialError(path: path, problem: error)
    }
  }

  /// Tells tokens apart and gives none away: they are long and random, so nobody guesses one.
  private static func fingerprint(_ secret: Secret) -> String {
    var hasher = Fingerprint.Hasher()
    Array(secret.reveal().utf8).withUnsafeBytes { hasher.combine($0) }
    return hasher.finish().bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
