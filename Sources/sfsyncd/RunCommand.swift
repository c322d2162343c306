import ArgumentParser
import Daemon
import FoundationEssentials

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the daemon (the default).")

  @OptionGroup var places: Places

  func run() async throws {
    let code = await DaemonProgram.run(
      configurationFile: places.config, credentials: places.credentials,
      environment: ProcessInfo.processInfo.environment, isDebug: places.debug)
    throw ArgumentParser.ExitCode(code)
  }
}
