import ArgumentParser
import Control

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Every record that matches a person, which one won, and why.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  func run() throws {
    try connection.talk { client in
      let explanations = try client.call(.explain(who: who), as: ExplainReply.self).explanations
      guard let first = explanations.first else {
        throw ControlClientError.answered(.notFound(who: who))
      }
      if connection.json {
        let isOne = explanations.count == 1
        Terminal.show(
          isOne ? try JSONOutput.document(first) : try JSONOutput.document(explanations))
      } else {
        Terminal.show(
          explanations.map { ExplanationView(explanation: $0).text(width: Terminal.width) }
            .joined(separator: "\n\n"))
      }
    }
  }
}

/// One person's matching and state as text.
struct ExplanationView {
  let explanation: Explanation

  func text(width: Int?) -> String {
    [
      person, Self.candidates(explanation.candidates, width: width), sent(width), pending,
      errors(width),
    ].compactMap(\.self).joined(separator: "\n\n")
  }

  private var person: String {
    guard let contact = explanation.contact else { return "No person in Intercom matches." }
    return Terminal.printable(
      "Intercom \(contact.role) \(contact.id), \(contact.email ?? "without an e-mail address")")
  }

  static func candidates(_ candidates: [Candidate], width: Int?) -> String {
    guard !candidates.isEmpty else { return "No Lead or Contact matches." }
    var table = Table(header: ["", "RECORD", "OBJECT", "STATUS", "TITLE", "OWNER"])
    table.rows = candidates.map {
      [
        $0.wins ? "*" : "", $0.id, $0.objectType, $0.status ?? "–", $0.title ?? "–",
        $0.ownerID ?? "–",
      ]
    }
    // The reasons are what was asked for: on lines of their own, where no table cuts them.
    let reasons = candidates.map {
      Terminal.printable("\($0.id) \($0.wins ? "wins" : "does not win"): \($0.why).")
    }
    return ([table.render(width: width), ""] + reasons).joined(separator: "\n")
  }

  private func sent(_ width: Int?) -> String? {
    guard !explanation.sent.isEmpty else { return nil }
    var table = Table(header: ["ATTRIBUTE", "LAST SENT"])
    table.rows = explanation.sent.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    return table.render(width: width)
  }

  private var pending: String? {
    guard !explanation.pending.isEmpty else { return nil }
    return explanation.pending.map {
      Terminal.printable(
        """
        \($0.state.rawValue): \($0.kind.rawValue) to \($0.to.rawValue), \
        \(Words.count($0.attempts, "attempt")): \(Words.changes($0.changes))
        """)
    }.joined(separator: "\n")
  }

  private func errors(_ width: Int?) -> String? {
    guard !explanation.errors.isEmpty else { return nil }
    return explanation.errors.map(ErrorsView.details).joined(separator: "\n\n")
  }
}
