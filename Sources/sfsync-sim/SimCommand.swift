import ArgumentParser

@main
struct SimCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sfsync-sim",
    abstract: "A simulated Salesforce org and Intercom workspace, for demos, tests and benchmarks.",
    subcommands: [Serve.self], defaultSubcommand: Serve.self)
}
