import ArgumentParser
import Control

struct LeadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lead", abstract: "Creates a Salesforce Lead from an Intercom person.",
    subcommands: [LeadCreateCommand.self])
}

struct LeadCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Creates the lead now; a Lead or Contact with that e-mail is linked instead.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      """
      Sends this value: NAME is name, email, phone, company or the API name of a Lead field. \
      Can be given several times.
      """, valueName: "NAME=VALUE"))
  var assignments: [String] = []

  func validate() throws { _ = try FieldAssignments.read(assignments) }

  func run() throws {
    let call = ControlCall.createLead(who: who, fields: try FieldAssignments.read(assignments))
    try connection.talk { client in
      try CreationView(creation: client.call(call, as: Creation.self), noun: .lead)
        .report(json: connection.json)
    }
  }
}

/// `NAME=VALUE` as it is typed: the first `=` parts the two, and a value may be empty.
enum FieldAssignments {
  static func read(_ texts: [String]) throws -> [String: String] {
    var fields: [String: String] = [:]
    for text in texts {
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
        throw ValidationError("'\(text)' is no NAME=VALUE, such as --field company=Acme.")
      }
      let name = String(text[..<sign])
      guard fields[name] == nil else {
        throw ValidationError("The field '\(name)' is given twice.")
      }
      fields[name] = String(text[text.index(after: sign)...])
    }
    return fields
  }
}
