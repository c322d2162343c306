import Control
import EventLoop
import Glibc
import Logging

/// The whole life of the process: harden, start, run, end with a code of sysexits.
package enum DaemonProgram {
  package static func run(
    configurationFile: String, credentials: String?, environment: [String: String], isDebug: Bool,
    isPaused: Bool = false
  ) async -> Int32 {
    let log = Log(level: isDebug ? .debug : .info, environment: environment)
    log.event(.serviceStarting, "sfsyncd \(Product.version) starts, with \(configurationFile).")
    // The store holds customers' addresses; the control socket gets its own mode.
    umask(0o077)
    for failure in Hardening.apply() { log.debug("Could not harden the process: \(failure)") }
    return await start(configurationFile, credentials, environment, log, isPaused).rawValue
  }

  @EventLoop private static func start(
    _ file: String, _ credentials: String?, _ environment: [String: String], _ log: Log,
    _ isPaused: Bool
  ) async -> ExitCode {
    let daemon: Daemon
    do {
      daemon = try Daemon(
        configurationFile: file, credentials: credentials, environment: environment, log: log,
        isPaused: isPaused)
    } catch {
      log.event(.serviceFailed, "sfsyncd cannot start: \(error)".sentence)
      return ExitCode(error)
    }
    return await daemon.run()
  }
}

package enum DaemonVersion {
  package static let text = Product.version
}
