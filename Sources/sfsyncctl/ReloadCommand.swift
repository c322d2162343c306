import ArgumentParser
import Control

struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Reads the configuration file again.")

  @OptionGroup var connection: ConnectionOptions

  func run() throws {
    try connection.talk { client in
      do {
        let result = try client.call(.reload, as: ReloadResult.self)
        Terminal.show(connection.json ? try JSONOutput.document(result) : Self.text(result))
      } catch ControlClientError.answered(.refused(let reason, let remedy)) {
        Terminal.complain("\(reason) \(remedy)")
        throw ExitCode(Sysexit.configuration.rawValue)
      }
    }
  }

  static func text(_ result: ReloadResult) -> String {
    guard !result.changes.isEmpty else { return "Nothing changed: the file says what is in use." }
    return result.changes.map(Terminal.printable).joined(separator: "\n")
  }
}
