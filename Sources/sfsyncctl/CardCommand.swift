import ArgumentParser
import Control

struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "What Salesforce knows about a person, on one screen.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  func run() throws {
    try connection.talk { client in
      let cards = try client.call(.card(who: who), as: CardReply.self).cards
      guard !cards.isEmpty else { throw ControlClientError.answered(.notFound(who: who)) }
      Terminal.show(
        connection.json
          ? try JSONOutput.document(cards)
          : cards.map { CardView(card: $0).text }.joined(separator: "\n\n"))
    }
  }
}

/// One person's record as text (C1); links are never cut.
struct CardView {
  let card: Card

  var text: String {
    ([record] + [others].compactMap(\.self)).joined(separator: "\n\n")
  }

  private var record: String {
    guard let id = card.id else {
      return rows([("Person", person ?? "nobody in Intercom"), ("Record", whyNone)])
    }
    let isContact = card.objectType == "Contact"
    return rows([
      ("Name", card.name), ("Title", card.title), (isContact ? "Account" : "Company", card.company),
      ("Account owner", card.accountOwner.map(Self.words)), ("Status", card.status),
      (isContact ? "Contact owner" : "Owner", card.owner.map(Self.words)),
      (card.objectType ?? "Record", card.link ?? id),
      ("Person", person ?? "nobody in Intercom matches"),
    ])
  }

  private var whyNone: String {
    card.others.isEmpty
      ? "none: no Lead or Contact matches"
      : "none chosen: several match ('sfsyncctl link WHO RECORD' chooses one)"
  }

  private var person: String? {
    card.contact.map { "Intercom \($0), \(card.email ?? "without an e-mail address")" }
  }

  /// What is not known is left out.
  private func rows(_ rows: [(name: String, text: String?)]) -> String {
    rows.compactMap { name, text in
      text.map {
        name + String(repeating: " ", count: max(1, 15 - name.count)) + Terminal.printable($0)
      }
    }.joined(separator: "\n")
  }

  private var others: String? {
    guard !card.others.isEmpty else { return nil }
    let lines = card.others.flatMap { other in
      let facts = [other.name, other.title, other.company, other.status]
      let owner = other.owner.map { "owner \($0.name ?? $0.id)" }
      let line = ([other.objectType] + facts + [owner]).compactMap(\.self).joined(separator: ", ")
      return ["  " + Terminal.printable(line), "    " + Terminal.printable(other.link)]
    }
    return ([card.id == nil ? "Matching:" : "Also matching:"] + lines).joined(separator: "\n")
  }

  /// `Grace Hopper, grace@example.com, Sales EMEA`.
  private static func words(_ owner: CardOwner) -> String {
    [owner.name ?? owner.id, owner.email, owner.role].compactMap(\.self).joined(separator: ", ")
  }
}
