import ArgumentParser
import Control

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "What was done for a person, oldest first.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(
    help: ArgumentHelp("E-mail, Intercom contact id or Salesforce id.", valueName: "WHO"))
  var who: String

  func run() throws {
    try connection.talk { client in
      try ListOutput<HistoryEntry>(
        call: .history(who: who, PageRequest()),
        whenEmpty: "Nothing has changed since the first sync, which is not listed.",
        render: { entries, _ in Self.timeline(entries) }
      ).print(client, json: connection.json)
    }
  }

  /// A line an entry; what it changed on lines of their own below it, where nothing cuts them.
  static func timeline(_ entries: [HistoryEntry]) -> String {
    entries.flatMap { entry in
      let about = [entry.record, entry.contact].compactMap(\.self).first.map { " (\($0))" } ?? ""
      let line = "\(entry.at)  \(entry.side.padded(to: 10))  \(entry.what)\(about): \(entry.result)"
      let changes = entry.changes.sorted { $0.key < $1.key }.map {
        "    \($0.key): \($0.value.from) → \($0.value.to)"
      }
      return ([line] + changes).map(Terminal.printable)
    }.joined(separator: "\n")
  }
}

extension String {
  /// With blanks up to a width.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
