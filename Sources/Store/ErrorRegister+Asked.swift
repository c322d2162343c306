/// Entries for somebody who waits for them.
extension Store {
  /// Enters what stood in the way of something asked for, once, and closes it again: whoever asked
  /// is told, and nothing stays open.
  package func tell(_ report: Report, now: Int64) throws(SQLError) -> RegisterEntry? {
    let entry = try error(try enter(report, now: now).id)
    try closeErrors(subjectKey: report.subjectKey, at: now)
    return entry
  }

  /// The newest open entry of a subject.
  package func openError(subjectKey: String) throws(SQLError) -> RegisterEntry? {
    let id: Int64? = try database.statement(
      "SELECT max(id) FROM error WHERE subject_key = ? AND closed_at IS NULL"
    ).first {
      $0.bind(1, subjectKey)
    } read: {
      $0.integer(0)
    }
    return try id.flatMap { id throws(SQLError) in try error(id) }
  }

  /// What an entry is about, as it was entered.
  package func subjectKey(ofError id: Int64) throws(SQLError) -> String? {
    try database.statement("SELECT subject_key FROM error WHERE id = ?").first {
      $0.bind(1, id)
    } read: {
      $0.text(0)
    }
  }
}
