/// Why `tls.ca_file` cannot be used, and what to do.
struct CertificateError: Error, CustomStringConvertible {
  let description: String
  let exitCode: ExitCode

  /// Looks now, as curl would say it only at the first call, and then of every call.
  static func check(_ configuration: Configuration) throws(CertificateError) {
    for result in LocalChecks.certificates(configuration) where result.mark == .failed {
      throw CertificateError(
        description: "\(result.found). \(result.remedy ?? "")",
        exitCode: result.exitCode ?? .configuration)
    }
  }
}
