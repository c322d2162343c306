/// Why a backup was not put back; nothing was changed then.
package struct RestoreError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String
  package var exitCode: ExitCode

  init(_ description: String, _ exitCode: ExitCode) {
    self.description = description
    self.exitCode = exitCode
  }

  static func file(_ path: String, _ what: String, _ code: Int32) -> RestoreError {
    RestoreError("\(path) cannot be \(what): \(SystemError.text(code))", .disk)
  }
}
