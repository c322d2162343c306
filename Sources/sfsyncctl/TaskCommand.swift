import ArgumentParser
import Control

struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Logs an Intercom conversation as a Salesforce task.",
    subcommands: [TaskCreateCommand.self])
}

struct TaskCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Logs the conversation now, on every record that matches the person.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("Intercom's id of the conversation.", valueName: "CONVERSATION"))
  var conversation: String

  @Option(
    help: ArgumentHelp(
      "Logs this message or note alone, not everything that is not logged yet.",
      valueName: "ID"))
  var part: String?

  func run() throws {
    try connection.talk { client in
      let call = ControlCall.createTask(conversation: conversation, part: part)
      try CreationView(creation: client.call(call, as: Creation.self), noun: .task)
        .report(json: connection.json)
    }
  }
}
