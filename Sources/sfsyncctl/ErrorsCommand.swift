import ArgumentParser
import Control

struct ErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors", abstract: "What failed, why, and what to do.",
    subcommands: [
      ErrorsListCommand.self, ErrorsShowCommand.self, ErrorsRetryCommand.self,
      ErrorsDismissCommand.self,
    ], defaultSubcommand: ErrorsListCommand.self)
}

struct ErrorsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The error register (this is what 'errors' alone does).")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Show the dismissed ones too.")
  var all = false

  @Flag(help: "Stay, and print each entry again when it is seen again.")
  var follow = false

  func run() throws {
    try connection.talk { client in
      let query = ErrorQuery(all: all, follow: follow)
      guard follow else {
        return try ListOutput<ErrorEntry>(
          call: .errors(query), whenEmpty: "No errors.",
          render: { ErrorsView(entries: $0).table(width: $1) }
        ).print(client, json: connection.json)
      }
      try client.stream(.errors(query), as: ListPage<ErrorEntry>.self) { page in
        for entry in page.entries {
          Terminal.show(
            connection.json ? try JSONOutput.line(entry) : ErrorsView.line(entry))
        }
        return true
      }
    }
  }
}

struct ErrorsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One error with its cause and its remedy.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("The error's number.", valueName: "ID"))
  var id: Int64

  func run() throws {
    try connection.talk { client in
      let page = try client.call(.errors(ErrorQuery(id: id)), as: ListPage<ErrorEntry>.self)
      guard let entry = page.entries.first(where: { $0.id == id }) else {
        Terminal.complain(
          "There is no error \(id): it may have been settled since. 'sfsyncctl errors' lists them.")
        throw ExitCode.no
      }
      Terminal.show(
        connection.json ? try JSONOutput.document(entry) : ErrorsView.details(entry))
    }
  }
}

struct ErrorsRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Tries again now what was refused.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("The errors' numbers.", valueName: "ID"))
  var ids: [Int64] = []

  @Flag(help: "Retry all errors.")
  var all = false

  func validate() throws {
    guard ids.isEmpty == all else {
      throw ValidationError("Name the errors to retry (ID…) or say --all, one of the two.")
    }
  }

  func run() throws {
    try connection.talk { client in
      let reply = try client.call(.retryErrors(ids: all ? nil : ids), as: CountReply.self)
      try ErrorsView.report(
        reply, of: all ? nil : ids, did: "will be tried again now", json: connection.json)
    }
  }
}

struct ErrorsDismissCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dismiss", abstract: "Puts errors out of sight, also if they come again.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("The errors' numbers.", valueName: "ID"))
  var ids: [Int64]

  func run() throws {
    try connection.talk { client in
      let reply = try client.call(.dismissErrors(ids: ids), as: CountReply.self)
      try ErrorsView.report(reply, of: ids, did: "dismissed", json: connection.json)
    }
  }
}
