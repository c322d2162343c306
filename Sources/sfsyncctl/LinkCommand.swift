import ArgumentParser
import Control

struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Links a person to one record by hand, whatever else matches.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  @Argument(help: ArgumentHelp("The id of a Lead or Contact.", valueName: "RECORD"))
  var record: String

  func run() throws {
    try connection.talk { client in
      let pin = try client.call(.link(who: who, record: record), as: Pin.self)
      Terminal.show(
        connection.json
          ? try JSONOutput.document(pin)
          : "Person \(pin.contact) is now linked to \(pin.record ?? record), until 'unlink'.")
    }
  }
}
