import ArgumentParser
import Control

struct PauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stops reading and writing until 'resume', over restarts too.")

  @OptionGroup var connection: ConnectionOptions

  func run() throws {
    try connection.talk { client in
      let reply = try client.call(.pause, as: EmptyReply.self)
      Terminal.show(
        connection.json ? try JSONOutput.line(reply) : "Paused; 'sfsyncctl resume' ends it.")
    }
  }
}
