import ArgumentParser
import Daemon
import FoundationEssentials

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Test configuration, credentials and both accounts; changes nothing.",
    discussion: """
      Prints one line a check, and the remedy below where it is not good. Ends with 0 when \
      nothing failed, 1 when a check failed, 66 for a missing file, 77 for credentials, 78 for the \
      configuration.
      """)

  @OptionGroup var places: Places

  @Flag(
    help: """
      Also find out, by reading only, whether what sfsync believes of Salesforce and Intercom \
      without proof (ASSUMPTIONS.md) is so: each belief is confirmed, refuted or still open. Costs \
      some twenty calls, and one small bulk export.
      """)
  var probe = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let code = await CheckProgram.run(
      configurationFile: places.config, credentials: places.credentials,
      environment: ProcessInfo.processInfo.environment, isJSON: json, isProbing: probe)
    throw ArgumentParser.ExitCode(code)
  }
}
