/// The directory that holds one secret a file, trailing newlines ignored.
package struct Credentials: Sendable {
  package enum Name: String, Sendable, CaseIterable {
    case salesforceClientSecret = "salesforce-client-secret"
    /// PEM.
    case salesforcePrivateKey = "salesforce-private-key"
    case salesforceRefreshToken = "salesforce-refresh-token"
    case intercomAccessToken = "intercom-access-token"
    case smtpPassword = "smtp-password"
  }

  package let directory: String
  /// systemd's own directory: read-only and ours alone, so that modes say nothing there.
  package let isFromSystemd: Bool
  /// Where people put the files: systemd's directory holds copies of them.
  let origin: String

  static let limit = 64 << 10

  /// `origin` is needed for systemd's directory only.
  package init(directory: String, isFromSystemd: Bool, origin: String? = nil) {
    self.directory = directory
    self.isFromSystemd = isFromSystemd
    self.origin = origin ?? directory
  }

  /// The directory of the option, else `$CREDENTIALS_DIRECTORY`, else that of the instance.
  package init(option: String?, environment: [String: String], instance: Instance) {
    let systemd = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    let directory = option ?? systemd ?? instance.credentials
    let isFromSystemd = directory == systemd
    self.init(
      directory: directory, isFromSystemd: isFromSystemd,
      origin: isFromSystemd ? instance.credentials : directory)
  }

  /// The credentials that a flow needs, beside Intercom's (interface, `[salesforce]`).
  package static func needed(for flow: Configuration.Salesforce.Flow) -> [Name] {
    switch flow {
    case .clientCredentials: [.salesforceClientSecret, .intercomAccessToken]
    case .jwtBearer: [.salesforcePrivateKey, .intercomAccessToken]
    // The client secret too where the app demands one.
    case .refreshToken: [.salesforceRefreshToken, .intercomAccessToken]
    }
  }

  package func secret(_ name: Name) throws(CredentialError) -> Secret {
    let (path, bytes) = try read(name)
    do throws(CredentialError.Problem) {
      return try Self.secret(bytes, isKey: name == .salesforcePrivateKey)
    } catch {
      throw CredentialError(path: path, problem: error)
    }
  }

  /// The same, or nil where there is no such file.
  package func secretIfPresent(_ name: Name) throws(CredentialError) -> Secret? {
    do throws(CredentialError) {
      return try secret(name)
    } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  /// What `LoadCredential=sfsyncd:DIRECTORY` puts in front of each file's name (systemd.exec(5)).
  static let directoryPrefix = "sfsyncd_"

  /// The file's bytes, and its path for the messages.
  ///
  /// A credential of its own in the unit, such as an encrypted one, goes before the same one out
  /// of a directory.
  private func read(
    _ name: Name
  ) throws(CredentialError) -> (path: String, bytes: [UInt8]) {
    let prefixes = isFromSystemd ? ["", Self.directoryPrefix] : [""]
    for prefix in prefixes {
      let path = "\(directory)/\(prefix)\(name.rawValue)"
      do {
        return (path, try SecureFile.read(path, limit: Self.limit, isPrivate: !isFromSystemd))
      } catch .missing {
        continue
      } catch {
        throw CredentialError(path: path, problem: .file(error))
      }
    }
    throw CredentialError(
      path: "\(origin)/\(name.rawValue)",
      problem: isFromSystemd ? .notPassed : .file(.missing))
  }

  /// The text of a file's bytes: a PEM key, or one word.
  static func secret(_ bytes: [UInt8], isKey: Bool) throws(CredentialError.Problem) -> Secret {
    guard var text = String(validating: bytes, as: UTF8.self) else { throw .binary }
    while let last = text.last, last.isNewline { text.removeLast() }
    guard !text.isEmpty else { throw .empty }
    let isText = text.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && scalar.value != 0x7f || "\n\r\t".unicodeScalars.contains(scalar)
    }
    guard isText else { throw .binary }
    if isKey {
      guard text.hasPrefix("-----BEGIN "), text.hasSuffix("-----") else { throw .notAKey }
    } else if text.contains(where: \.isWhitespace) {
      throw .severalWords
    }
    return Secret(text)
  }
}

/// A credential that cannot be used, and what to do about it.
package struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Problem: Error, Sendable, Equatable {
    case file(SecureFile.Problem)
    /// systemd gave the service no such credential; the path is where the file belongs.
    case notPassed
    case empty
    case binary
    case severalWords
    case notAKey
  }

  package var path: String
  package var problem: Problem

  package var isMissing: Bool { problem == .file(.missing) || problem == .notPassed }

  package var exitCode: ExitCode {
    switch problem {
    case .file(.missing), .notPassed: .missingFile
    case .file(.exposed), .file(.notPermitted): .noPermission
    case .file(.system): .disk
    default: .configuration
    }
  }

  package var description: String {
    switch problem {
    case .file(.missing):
      "\(path): there is no such file; write the secret into it and run chmod 600 on it"
    case .notPassed:
      "\(path): there was no such file when the service started; write the secret into it, run "
        + "chmod 600 on it, and start the service again"
    case .file(.exposed(let mode)):
      "\(path): \(SecureFile.Problem.exposed(mode: mode)); run chmod 600 on it, and exchange the "
        + "secret if others may have seen it"
    case .file(let problem): "\(path): \(problem); a plain file with the secret is wanted"
    case .empty: "\(path): is empty; write the secret into it"
    case .binary: "\(path): is not text; a plain file with the secret is wanted"
    case .severalWords: "\(path): has spaces or several lines; the secret alone is wanted"
    case .notAKey:
      "\(path): is not a PEM key; it must begin with -----BEGIN PRIVATE KEY----- or alike"
    }
  }
}
