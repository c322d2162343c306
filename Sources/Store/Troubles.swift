/// An open entry that stops more than one record, with its place in the register.
package struct Trouble: Sendable, Equatable {
  /// `side:salesforce`, `guard`.
  package var subjectKey: String
  package var entry: RegisterEntry
}

extension Store {
  /// The open entries whose subject is `subjects` or begins with one of `prefixes`, oldest first.
  ///
  /// Dismissed ones too: what somebody does not want to see still stops the side.
  package func troubles(
    subjects: [String], prefixes: [String]
  ) throws(SQLError) -> [Trouble] {
    var found: [(subject: String, id: Int64)] = []
    let ranges = subjects.map { ($0, $0) } + prefixes.map { ($0, $0 + "\u{10FFFF}") }
    for (first, last) in ranges {
      try database.statement(
        """
        SELECT subject_key, id FROM error
        WHERE subject_key >= ?1 AND subject_key <= ?2 AND closed_at IS NULL
        """
      ).rows {
        $0.bind(1, first)
        $0.bind(2, last)
      } each: {
        found.append(($0.text(0), $0.integer(1)))
      }
    }
    var troubles: [Trouble] = []
    for (subject, id) in found.sorted(by: { $0.id < $1.id }) {
      if let entry = try error(id) { troubles.append(Trouble(subjectKey: subject, entry: entry)) }
    }
    return troubles
  }
}
