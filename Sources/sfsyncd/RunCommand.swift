import ArgumentParser
import Daemon
import FoundationEssentials

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the daemon (the default).")

  @OptionGroup var places: Places

  @Flag(help: "Read and write nothing until 'sfsyncctl resume'; 'sfsyncctl plan' works meanwhile.")
  var paused = false

  func run() async throws {
    let code = await DaemonProgram.run(
      configurationFile: places.config, credentials: places.credentials,
      environment: ProcessInfo.processInfo.environment, isDebug: places.debug,
      isPaused: paused)
    throw ArgumentParser.ExitCode(code)
  }
}
