import ArgumentParser
import Control

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Ends a pause: sfsync reads and writes again.")

  @OptionGroup var connection: ConnectionOptions

  func run() throws {
    try connection.talk { client in
      let reply = try client.call(.resume, as: EmptyReply.self)
      Terminal.show(connection.json ? try JSONOutput.line(reply) : "Running again.")
    }
  }
}
