import ArgumentParser
import Daemon
import EventLoop

@main
struct Sfsyncd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sfsyncd", abstract: "Keeps Intercom true to Salesforce.",
    discussion: "Run by systemd as sfsyncd.service; ask it with sfsyncctl.",
    version: DaemonVersion.text, subcommands: [Run.self, Check.self, RestoreCommand.self],
    defaultSubcommand: Run.self)

  /// Ignored before anything else can write to a peer that is gone.
  static func main() async {
    ignoreSIGPIPE()
    await main(nil)
  }
}

/// What every way of running takes.
struct Places: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config = "/etc/sfsyncd/sfsyncd.toml"

  @Option(
    help: ArgumentHelp(
      "Where the secrets are (default: $CREDENTIALS_DIRECTORY, else /etc/sfsyncd/credentials).",
      valueName: "directory"))
  var credentials: String?

  @Flag(name: .long, help: "Log in detail; names e-mail addresses.")
  var debug = false
}
