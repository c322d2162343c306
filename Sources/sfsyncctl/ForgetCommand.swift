import ArgumentParser
import Control

struct ForgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Shows, and with --yes erases, what is stored of a person.",
    discussion: """
      Only the local store is meant: delete the person in Intercom and Salesforce first, or the \
      next change there brings the person back.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  @Flag(help: "Erase it; without this it is only shown.")
  var yes = false

  func run() throws {
    try connection.talk { client in
      let forgetting = try client.call(.forget(who: who, isSure: yes), as: Forgetting.self)
      Terminal.show(
        connection.json
          ? try JSONOutput.document(forgetting) : ForgettingView(forgetting: forgetting).text)
    }
  }
}

/// What is stored of somebody, in plain words.
struct ForgettingView {
  let forgetting: Forgetting

  var text: String {
    [people, records, rows, stays, notes, next].compactMap(\.self).joined(separator: "\n\n")
  }

  private var people: String? {
    guard !forgetting.people.isEmpty else {
      return "Nobody in Intercom; only Salesforce records match."
    }
    return list(
      "People:",
      forgetting.people.map { person in
        let email = person.email ?? "without an e-mail address"
        let record = person.record.map { ", linked to \($0)" } ?? ""
        return "Intercom \(person.contact), \(email)\(record)"
      })
  }

  private var records: String? {
    guard !forgetting.records.isEmpty else { return nil }
    return list(
      "Salesforce records in the local copy:",
      forgetting.records.map { record in
        let facts = [record.objectType + " " + record.id, record.name, record.email]
        let stays = record.stays.map { " (stays: Intercom \($0) needs it)" } ?? ""
        return facts.compactMap(\.self).joined(separator: ", ") + stays
      })
  }

  /// In the order in which they are told; what a newer daemon counts comes after them.
  private static let kinds: [(name: String, one: String, many: String)] = [
    ("profiles", "profile with the last known values", "profiles with the last known values"),
    ("links", "link", "links"), ("records", "copy of a record", "copies of records"),
    ("deliveries", "delivery waiting", "deliveries waiting"),
    ("errors", "error entry", "error entries"), ("history", "line of history", "lines of history"),
    (
      "notes", "note of rules, mapped fields and event times",
      "notes of rules, mapped fields and event times"
    ), ("companies", "company that nobody else has", "companies that nobody else has"),
    ("made_leads", "note that a lead was made", "notes that a lead was made"),
    ("logged_messages", "note that a message is in a task", "notes that a message is in a task"),
  ]

  private func lines(_ counts: [String: Int64]) -> [String] {
    let known = Self.kinds.compactMap { kind in
      counts[kind.name].flatMap { $0 > 0 ? Words.count($0, kind.one, kind.many) : nil }
    }
    let names = Self.kinds.map(\.name)
    let others = counts.filter { !names.contains($0.key) && $0.value > 0 }
    return known + others.sorted { $0.key < $1.key }.map { "\(Words.number($0.value)) \($0.key)" }
  }

  private var rows: String? {
    let lines = lines(forgetting.counts)
    guard !lines.isEmpty else { return nil }
    return list(forgetting.done ? "Erased:" : "Would be erased:", lines)
  }

  private var stays: String? {
    let lines = lines(forgetting.kept)
    return lines.isEmpty ? nil : list("Stays:", lines)
  }

  private var notes: String? {
    guard !forgetting.notes.isEmpty else { return nil }
    return forgetting.notes.map(Terminal.printable).joined(separator: "\n")
  }

  private var next: String? {
    if forgetting.done { return nil }
    return Terminal.printable(
      forgetting.obstacle ?? "Nothing was erased yet: say the same with --yes to do it.")
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    ([title] + lines.map { "  " + Terminal.printable($0) }).joined(separator: "\n")
  }
}
