import CSystemd

/// What a process that holds tokens does before it reads one.
package enum Hardening {
  /// No core dump, no ptrace by others of the same user: either would show the tokens.
  ///
  /// Returns what could not be done, for the log; the daemon runs all the same.
  package static func apply() -> [String] {
    var failures: [String] = []
    let dumpable = sfsync_forbid_dump()
    if dumpable != 0 { failures.append("PR_SET_DUMPABLE: \(SystemError.text(dumpable))") }
    let core = sfsync_forbid_core()
    if core != 0 { failures.append("RLIMIT_CORE: \(SystemError.text(core))") }
    return failures
  }
}
