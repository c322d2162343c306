/// Exit codes of the programs, after sysexits.h; `no` is ours.
package enum Sysexit: Int32, Sendable, CaseIterable {
  case ok = 0
  /// The answer is 'no': a sync finished with failures, a check fell short, nothing matched.
  case no = 1
  case usage = 64
  /// A file is missing.
  case noInput = 66
  /// The daemon cannot be reached.
  case unavailable = 69
  /// A defect of ours.
  case software = 70
  /// Disk.
  case ioError = 74
  /// Credentials refused or readable by others, or the caller may not do this.
  case noPermission = 77
  case configuration = 78
}
