import ArgumentParser
import Control

struct UninstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Shows, and with --yes takes away, what sfsync has set up.",
    discussion: """
      Stops all work for good, archives the attributes in Intercom, revokes the Salesforce token, \
      and empties the store. Can be run again when something is left. Exit code 1: something is.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Do it; without this it is only shown.")
  var yes = false

  func run() throws {
    try connection.talk { client in
      let uninstalling = try client.call(.uninstall(isSure: yes), as: Uninstalling.self)
      Terminal.show(
        connection.json
          ? try JSONOutput.document(uninstalling)
          : UninstallingView(uninstalling: uninstalling, isSure: yes).text)
      if yes, !uninstalling.done { throw ExitCode.no }
    }
  }
}

/// What an uninstall takes away, or has taken, in plain words.
struct UninstallingView {
  let uninstalling: Uninstalling
  let isSure: Bool

  var text: String {
    [attributes, rest, left, notes, next].compactMap(\.self).joined(separator: "\n\n")
  }

  private var attributes: String? {
    guard !uninstalling.attributes.isEmpty else {
      return uninstalling.left.isEmpty ? "No attribute in Intercom is left to archive." : nil
    }
    let lines = uninstalling.attributes.map { attribute in
      let outcome = isSure ? (attribute.archived ? ": archived" : ": not archived") : ""
      return "  " + Terminal.printable("\(attribute.name) (id \(attribute.id))\(outcome)")
    }
    let title =
      isSure ? "Attributes in Intercom:" : "Attributes in Intercom that would be archived:"
    return ([title] + lines).joined(separator: "\n")
  }

  private var rest: String {
    let deliveries = Words.count(uninstalling.deliveries, "delivery", "deliveries")
    let people = Words.count(uninstalling.people, "linked person", "linked people")
    guard isSure else {
      return """
        Would stop: all polls and deliveries; \(deliveries) still waiting would be thrown away.
        Would revoke: the Salesforce token that the daemon holds.
        Would empty: the local store, with \(people).
        """
    }
    return """
      Salesforce token: \(uninstalling.revoked ? "revoked" : "not revoked").
      Local store: \(uninstalling.emptied ? "emptied; \(deliveries) thrown away" : "not emptied").
      """
  }

  private var left: String? {
    guard !uninstalling.left.isEmpty else { return nil }
    let title = isSure ? "Left to do:" : "In the way:"
    return ([title] + uninstalling.left.map { "  " + Terminal.printable($0) })
      .joined(separator: "\n")
  }

  private var notes: String? {
    guard !uninstalling.notes.isEmpty else { return nil }
    return uninstalling.notes.map(Terminal.printable).joined(separator: "\n")
  }

  private var next: String? {
    isSure ? nil : "Nothing was done yet: say the same with --yes to do it."
  }
}
