import Engine
import Glibc
import Store

/// What can be told without calling anybody: the file, the secrets, the store, the socket.
struct LocalChecks {
  let credentials: Credentials
  let environment: [String: String]

  // MARK: Configuration

  static func configuration(
    file: String, environment: [String: String] = [:]
  ) -> (results: [CheckResult], configuration: Configuration?) {
    let name = "configuration"
    do {
      let loaded = try Configuration.load(file: file, environment: environment)
      let warnings = loaded.warnings.map {
        CheckResult.warning(
          name, $0, remedy: "It works as it is; change the key if that is not what you want.")
      }
      return (
        [.good(name, file)] + warnings + unused(loaded.configuration), loaded.configuration
      )
    } catch {
      let remedy =
        error is ConfigurationMissing
        ? "Or name another file with --config." : "Mend the line and check again."
      let result = CheckResult.failed(
        name, "\(error)", remedy: remedy, exitCode: ExitCode(error))
      return ([result], nil)
    }
  }

  private static func unused(_ configuration: Configuration) -> [CheckResult] {
    configuration.notYet.map {
      .warning("configuration", $0, remedy: "Leave it for a later release, or take it out.")
    }
  }

  // MARK: Credentials

  /// One result for each secret that the configuration needs.
  func secrets(_ configuration: Configuration) -> [CheckResult] {
    Credentials.needed(for: configuration.salesforce.flow).map { name in
      let check = "credential \(name.rawValue)"
      do throws(CredentialError) {
        if name == .salesforceRefreshToken {
          _ = try rotated(configuration).current()
        } else {
          _ = try credentials.secret(name)
        }
        return .good(check, "readable, in \(credentials.directory)")
      } catch {
        // The message is "what; what to do".
        let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
        return .failed(
          check, parts.first ?? error.description,
          remedy: Self.sentence(parts.dropFirst().first ?? "Put the secret into that file"),
          exitCode: error.exitCode)
      }
    }
  }

  func rotated(_ configuration: Configuration) -> RotatedToken {
    RotatedToken(
      directory: RotatedToken.directory(
        environment: environment, store: configuration.store.path),
      credentials: credentials)
  }

  // MARK: Certificates

  /// Nothing where the system's certification authorities are used.
  static func certificates(_ configuration: Configuration) -> [CheckResult] {
    guard let file = configuration.tls.caFile else { return [] }
    let name = "certificates"
    do throws(SecureFile.Problem) {
      let bytes = try SecureFile.read(file, limit: 16 << 20)
      guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
        return [
          .failed(
            name, "\(file) holds no certificate in PEM form",
            remedy: "Set tls.ca_file to a PEM file, or remove it to use the system's.",
            exitCode: .configuration)
        ]
      }
      return [.good(name, file)]
    } catch {
      return [
        .failed(
          name, "\(file): \(error)", remedy: "Set tls.ca_file to a file that is there.",
          exitCode: error == .missing ? .missingFile : .configuration)
      ]
    }
  }

  // MARK: Store

  /// Where a store keeps what it was built from.
  static let orgKey = Preparation.orgKey
  static let workspaceKey = Preparation.workspaceKey
  /// `done` once the initial sync is.
  static let initialKey = "initial"

  /// What an existing store says, and whether a daemon holds it.
  struct StoreState {
    var pins: [String: String] = [:]
    var isHeld = false
  }

  static func store(_ configuration: Configuration) -> (result: CheckResult, state: StoreState) {
    let name = "store"
    let path = configuration.store.path
    var state = StoreState()
    if let trouble = DirectoryTrouble(of: path) {
      return (trouble.result(name, key: "store.path", unit: "StateDirectory="), state)
    }
    let holder = LockProbe.look(store: path)
    state.isHeld = holder.isHeld
    do {
      let values = try SyncStore.peek([orgKey, workspaceKey, initialKey], at: path)
      state.pins = values ?? [:]
      let what = values == nil ? "will be made at the start" : "is there"
      return (.good(name, "\(path) \(what)\(holder.text)"), state)
    } catch {
      return (Self.trouble(name, path, error), state)
    }
  }

  private static func trouble(_ name: String, _ path: String, _ error: any Error) -> CheckResult {
    guard let error = error as? SQLError else {
      return .failed(name, "\(path): \(error)", remedy: "Set store.path.", exitCode: .configuration)
    }
    guard error.problem == .damaged else {
      return .failed(
        name, "\(path): \(error.message)",
        remedy: "Give the daemon's user read and write access to the file.", exitCode: .disk)
    }
    return .warning(
      name, "\(path) is damaged: \(error.message)",
      remedy: "The daemon sets it aside at the start and builds a new one; check the disk.")
  }

  // MARK: Control socket

  static func socket(_ configuration: Configuration, isRunning: Bool) -> CheckResult {
    let name = "control socket"
    let path = configuration.control.socket
    // sun_path holds 108 bytes with its end.
    guard path.utf8.count <= 107 else {
      return .failed(
        name, "the path has \(path.utf8.count) bytes, and 107 may be",
        remedy: "Set a shorter control.socket.", exitCode: .configuration)
    }
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFSOCK else {
        return .failed(
          name, "\(path) is there and is no socket",
          remedy: "Remove it, or set another control.socket.", exitCode: .configuration)
      }
      return .good(name, isRunning ? "\(path), in use by the running daemon" : path)
    }
    if let trouble = DirectoryTrouble(of: path) {
      // The socket unit makes directory and socket, whoever runs this.
      if path.hasPrefix("/run/sfsyncd"), access("/run/systemd/system", F_OK) == 0 {
        return .good(name, "\(path) will be made by systemd at the start")
      }
      return trouble.result(name, key: "control.socket", unit: "ListenStream= of the socket unit")
    }
    return .good(name, "\(path) will be made at the start")
  }

  static func adminGroup(_ configuration: Configuration) -> CheckResult {
    let group = configuration.control.adminGroup
    guard ControlAccess.systemGroupID(group) != nil else {
      return .warning(
        "control group",
        "there is no group '\(group)': only root and the daemon's user may change things",
        remedy: "Make it with 'groupadd --system \(group)', or set control.admin_group.")
    }
    return .good("control group", group)
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}

/// Why a file could not be made in its directory.
enum DirectoryTrouble {
  case missing(String)
  case notWritable(String)

  /// Nil when the directory of `path` is there and may be written to.
  init?(of path: String) {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    if access(directory, F_OK) != 0 {
      self = .missing(directory)
    } else if faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0 {
      self = .notWritable(directory)
    } else {
      return nil
    }
  }

  func result(_ name: String, key: String, unit: String) -> CheckResult {
    switch self {
    case .missing(let directory):
      .warning(
        name, "the directory \(directory) is not there yet",
        remedy: "systemd makes it at the start (\(unit)); without systemd make it, or set \(key).")
    case .notWritable(let directory):
      .failed(
        name, "the directory \(directory) cannot be written to by this user",
        remedy: "Check as the user that the daemon runs as, give it the directory, or set \(key).",
        exitCode: .disk)
    }
  }
}
