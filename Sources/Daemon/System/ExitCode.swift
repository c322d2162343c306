import Store

/// How the daemon ends, by sysexits (interface, "Programs").
package enum ExitCode: Int32, Sendable {
  case done = 0
  case usage = 64
  case missingFile = 66
  case unreachable = 69
  /// A defect of ours.
  case defect = 70
  case disk = 74
  /// Credentials refused, or readable by others.
  case noPermission = 77
  /// The configuration, another org's or workspace's account included.
  case configuration = 78

  /// The code of an error that stops the start.
  package init(_ error: any Error) {
    switch error {
    case let error as CredentialError: self = error.exitCode
    case let error as CertificateError: self = error.exitCode
    case let error as RestoreError: self = error.exitCode
    case is ConfigurationMissing: self = .missingFile
    case is ConfigurationError: self = .configuration
    case let error as InstanceLockError: self = error.exitCode
    case is StoreError: self = .configuration
    case is SQLError: self = .disk
    default: self = .defect
    }
  }
}
