import ArgumentParser
import Control

struct MatchesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matches", abstract: "People whom several records match.")

  @OptionGroup var connection: ConnectionOptions

  func run() throws {
    try connection.talk { client in
      try ListOutput<Match>(
        call: .matches(PageRequest()), whenEmpty: "No person is matched by several records.",
        render: Self.table
      ).print(client, json: connection.json)
    }
  }

  /// A line a candidate, the winning one with a star.
  static func table(_ matches: [Match], width: Int?) -> String {
    var table = Table(header: ["CONTACT", "E-MAIL", "", "RECORD", "OBJECT", "WHY"])
    for match in matches {
      for (index, candidate) in match.candidates.enumerated() {
        table.rows.append([
          index == 0 ? match.contact : "", index == 0 ? match.email ?? "–" : "",
          candidate.id == match.winner ? "*" : "", candidate.id, candidate.objectType,
          candidate.why,
        ])
      }
    }
    return """
      \(table.render(width: width))

      * is linked; 'sfsyncctl link WHO RECORD' chooses another.
      """
  }
}
