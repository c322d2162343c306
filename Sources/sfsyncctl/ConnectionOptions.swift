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

  @Option(
    help: ArgumentHelp(
      "Ask sfsyncd@NAME instead of sfsyncd, where several run.", valueName: "name"))
  var instance: String?

  @Flag(help: "Print JSON for programs.")
  var json = false

  var path: String {
    if let socket { return socket }
    if let path = instance.flatMap(SocketPlace.of) { return path }
    let environment = ProcessInfo.processInfo.environment["SFSYNC_SOCKET"] ?? ""
    return environment.isEmpty ? SocketPlace.usual : environment
  }

  func validate() throws {
    guard let instance else { return }
    if socket != nil { throw ValidationError("Give --socket or --instance, not both.") }
    if SocketPlace.of(instance: instance) == nil {
      throw ValidationError(
        "The name of an instance has letters, digits, -, _ and . only: '\(instance)'.")
    }
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
