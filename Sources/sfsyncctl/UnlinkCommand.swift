import ArgumentParser
import Control

struct UnlinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlink", abstract: "Ends a link that was made by hand; matching decides again.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  func run() throws {
    try connection.talk { client in
      let pin = try client.call(.unlink(who: who), as: Pin.self)
      let record = pin.record.map { " to \($0)" } ?? ""
      Terminal.show(
        connection.json
          ? try JSONOutput.document(pin)
          : "Person \(pin.contact) is no longer linked by hand\(record); matching decides again.")
    }
  }
}
