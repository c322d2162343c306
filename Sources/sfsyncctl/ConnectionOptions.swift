import ArgumentParser
import Control
import FoundationEssentials

/// What every command takes, before or after its name.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's socket ($SFSYNC_SOCKET, else /run/sfsyncd/control.sock).",
      valueName: "path"))
  var socket: String?

  @Flag(help: "Print JSON for programs.")
  var json = false

  var path: String {
    let environment = ProcessInfo.processInfo.environment["SFSYNC_SOCKET"] ?? ""
    return socket ?? (environment.isEmpty ? "/run/sfsyncd/control.sock" : environment)
  }

  /// Runs a command's conversation; what goes wrong is one sentence on stderr and an exit code.
  func talk(_ body: (ControlClient) throws -> Void) throws {
    do {
      try body(ControlClient(path: path))
    } catch let error as ControlClientError {
      Terminal.complain(error.sentence)
      throw ExitCode(error.exit.rawValue)
    }
  }
}

extension ExitCode {
  /// The answer is 'no'.
  static let no = ExitCode(Sysexit.no.rawValue)
}
