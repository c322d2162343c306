import ArgumentParser
import Control

/// Entries of the error register as text.
struct ErrorsView {
  let entries: [ErrorEntry]

  func table(width: Int?) -> String {
    var table = Table(header: ["ID", "CODE", "STATE", "COUNT", "ABOUT", "WHAT"])
    table.rows = entries.map {
      [
        String($0.id), $0.code, $0.state.rawValue, Words.number($0.count), $0.subject.line,
        $0.what,
      ]
    }
    return """
      \(table.render(width: width))

      'sfsyncctl errors show ID' tells the cause and what to do.
      """
  }

  /// One entry in one line, for a log.
  static func line(_ entry: ErrorEntry) -> String {
    Terminal.printable(
      """
      \(entry.lastSeen) \(entry.id) \(entry.code) \(entry.state.rawValue) \
      \(entry.subject.line): \(entry.what) (seen \(Words.count(entry.count, "time")))
      """)
  }

  /// One entry with everything that is known about it.
  static func details(_ entry: ErrorEntry) -> String {
    let rows = [
      ("Error", "\(entry.id), \(entry.code) (\(entry.kind)), \(entry.state.rawValue)"),
      ("About", entry.subject.line), ("What", entry.what), ("Why", entry.cause),
      ("What to do", entry.remedy),
      (
        "Seen",
        "\(Words.count(entry.count, "time")), first \(entry.firstSeen), last \(entry.lastSeen)"
      ),
    ]
    return rows.map { name, text in
      name + String(repeating: " ", count: 12 - name.count) + Terminal.printable(text)
    }.joined(separator: "\n")
  }

  /// Says how many entries were met; fewer than were named is a 'no'.
  ///
  /// `ids` nil means all.
  static func report(
    _ reply: CountReply, of ids: [Int64]?, did action: String, json: Bool
  ) throws {
    let count = Words.count(reply.count, "error")
    Terminal.show(json ? try JSONOutput.document(reply) : "\(count) \(action).")
    guard let ids, reply.count < Set(ids).count else { return }
    Terminal.complain("Not every number is in the register: 'sfsyncctl errors --all' lists it.")
    throw ExitCode.no
  }
}
