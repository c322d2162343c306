package import SyncCore

/// One entry of the error register: what failed, why, what to do (E1).
package struct RegisterEntry: Sendable, Equatable {
  package enum State: String, Sendable {
    case open, retrying, dismissed, closed
  }

  package var id: Int64
  package var code: String
  package var kind: Meaning.Kind
  package var personID: String?
  package var recordID: String?
  package var what: String
  package var cause: String
  package var remedy: String
  package var answer: String
  package var status: Int64?
  package var requestID: String?
  package var count: Int64
  package var firstSeen: Int64
  package var lastSeen: Int64
  package var state: State
}

/// Something to be entered: a failure with the subject it concerns.
package struct Report: Sendable {
  package var meaning: Meaning
  /// What failed, in plain words.
  package var what: String
  package var answer: String
  package var personID: String?
  package var recordID: String?
  /// Tells apart entries of one code; the person and record where it is empty.
  package var subjectKey: String
  package var status: Int?
  package var requestID: String?

  package init(
    _ meaning: Meaning, what: String, answer: String = "", personID: String? = nil,
    recordID: String? = nil, subjectKey: String? = nil, status: Int? = nil,
    requestID: String? = nil
  ) {
    self.meaning = meaning
    self.what = what
    self.answer = answer
    self.personID = personID
    self.recordID = recordID
    self.subjectKey = subjectKey ?? "\(personID ?? "")/\(recordID ?? "")"
    self.status = status
    self.requestID = requestID
  }

  package init(
    _ failure: Failure, personID: String? = nil, recordID: String? = nil,
    subjectKey: String? = nil
  ) {
    self.init(
      failure.meaning, what: failure.attempt, answer: failure.answer, personID: personID,
      recordID: recordID, subjectKey: subjectKey, status: failure.status,
      requestID: failure.requestID)
  }
}

extension Store {
  /// How long closed entries can still be shown by their id.
  static let closedMillisecondsMax: Int64 = 30 * 86_400_000

  private static let errorColumns = """
    id, code, kind, person_id, record_id, what, cause, remedy, answer, status, request_id, count,
    first_seen, last_seen, iif(closed_at IS NULL, state, 'closed')
    """

  private static func entry(_ row: Statement) -> RegisterEntry {
    RegisterEntry(
      id: row.integer(0), code: row.text(1), kind: Meaning.Kind(rawValue: row.text(2)) ?? .refused,
      personID: row.textOrNull(3), recordID: row.textOrNull(4), what: row.text(5),
      cause: row.text(6), remedy: row.text(7), answer: row.text(8), status: row.integerOrNull(9),
      requestID: row.textOrNull(10), count: row.integer(11), firstSeen: row.integer(12),
      lastSeen: row.integer(13), state: RegisterEntry.State(rawValue: row.text(14)) ?? .open)
  }

  /// Enters a report once, and returns the entry's id and whether it is new.
  ///
  /// A repetition counts up. It opens an entry that is being retried, and leaves a dismissed one.
  @discardableResult
  package func enter(_ report: Report, now: Int64) throws(SQLError) -> (id: Int64, isNew: Bool) {
    let result: (Int64, Int64)? = try database.statement(
      """
      INSERT INTO error(subject_key, code, kind, person_id, record_id, what, cause, remedy, answer,
        status, request_id, count, first_seen, last_seen, state, closed_at)
      VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, ?12, 'open', NULL)
      ON CONFLICT(code, subject_key) WHERE closed_at IS NULL DO UPDATE SET
        count = count + 1, last_seen = excluded.last_seen, what = excluded.what,
        cause = excluded.cause, remedy = excluded.remedy, answer = excluded.answer,
        status = excluded.status, request_id = excluded.request_id,
        state = iif(state = 'retrying', 'open', state)
      RETURNING id, count
      """
    ).first {
      $0.bind(1, report.subjectKey)
      $0.bind(2, report.meaning.code)
      $0.bind(3, report.meaning.kind.rawValue)
      $0.bind(4, report.personID)
      $0.bind(5, report.recordID)
      $0.bind(6, report.what)
      $0.bind(7, report.meaning.cause)
      $0.bind(8, report.meaning.remedy)
      $0.bind(9, report.answer)
      $0.bind(10, report.status.map(Int64.init))
      $0.bind(11, report.requestID)
      $0.bind(12, now)
    } read: {
      ($0.integer(0), $0.integer(1))
    }
    return (result?.0 ?? 0, result?.1 == 1)
  }

  /// Closes what concerns a person and nothing narrower; a nil time removes all of it, for a person
  /// who is gone.
  ///
  /// An entry with a subject key of its own, such as that of one field, is closed by that key.
  package func closeErrors(ofPerson personID: String, at now: Int64?) throws(SQLError) {
    guard let now else {
      return try database.statement(
        "DELETE FROM error WHERE person_id = ? AND closed_at IS NULL"
      ).run { $0.bind(1, personID) }
    }
    try database.statement(
      """
      UPDATE error SET closed_at = ?2 WHERE person_id = ?1 AND closed_at IS NULL
        AND kind <> 'broken' AND code <> 'IC-VALUE-ALTERED'
        AND substr(subject_key, 1, length(?1) + 1) = ?1 || '/'
      """
    ).run {
      $0.bind(1, personID)
      $0.bind(2, now)
    }
  }

  /// Closes the entries of one code, of one subject or of all.
  @discardableResult
  package func closeErrors(
    code: String, subjectKey: String? = nil, at now: Int64
  ) throws(SQLError) -> Int64 {
    try database.statement(
      """
      UPDATE error SET closed_at = ?3
      WHERE code = ?1 AND closed_at IS NULL AND (?2 IS NULL OR subject_key = ?2)
      """
    ).run {
      $0.bind(1, code)
      $0.bind(2, subjectKey)
      $0.bind(3, now)
    }
    return database.changes
  }

  /// Closes what `subjectKey` names, whatever its code.
  @discardableResult
  package func closeErrors(subjectKey: String, at now: Int64) throws(SQLError) -> Int64 {
    try database.statement(
      "UPDATE error SET closed_at = ?2 WHERE subject_key = ?1 AND closed_at IS NULL"
    ).run {
      $0.bind(1, subjectKey)
      $0.bind(2, now)
    }
    return database.changes
  }

  /// Closes what concerns a person of whom neither side refuses anything any more.
  package func closeErrorsUnlessParked(ofPerson personID: String, at now: Int64) throws(SQLError) {
    let isParked =
      try database.statement(
        """
        SELECT 1 FROM delivery WHERE person_id = ?1 AND state = 2
          AND NOT coalesce(\(Self.isWaitingForTeammate), 0)
        UNION ALL SELECT 1 FROM salesforce_delivery WHERE person_id = ?1 AND state = 2 LIMIT 1
        """
      ).first {
        $0.bind(1, personID)
      } read: { _ in
        true
      } ?? false
    if !isParked { try closeErrors(ofPerson: personID, at: now) }
  }

  /// Closes entries whose subject begins with `prefix`, but for those that `kept` names.
  package func closeErrors(
    subjectPrefix prefix: String, except kept: Set<String>, at now: Int64
  ) throws(SQLError) {
    var subjects: Set<String> = []
    try database.statement("SELECT subject_key FROM error WHERE closed_at IS NULL").rows(each: {
      row in
      let subject = row.text(0)
      if subject.hasPrefix(prefix), !kept.contains(subject) { subjects.insert(subject) }
    })
    for subject in subjects { try closeErrors(subjectKey: subject, at: now) }
  }

  /// Entries after `id` that are not closed, oldest first; with `all`, dismissed ones too.
  package func errors(all: Bool, after id: Int64, limit: Int) throws(SQLError) -> [RegisterEntry] {
    var entries: [RegisterEntry] = []
    try database.statement(
      """
      SELECT \(Self.errorColumns) FROM error
      WHERE id > ?1 AND closed_at IS NULL AND (?2 OR state <> 'dismissed') ORDER BY id LIMIT ?3
      """
    ).rows {
      $0.bind(1, id)
      $0.bind(2, all ? 1 : 0)
      $0.bind(3, Int64(limit))
    } each: {
      entries.append(Self.entry($0))
    }
    return entries
  }

  package func error(_ id: Int64) throws(SQLError) -> RegisterEntry? {
    try database.statement("SELECT \(Self.errorColumns) FROM error WHERE id = ?").first {
      $0.bind(1, id)
    } read: {
      Self.entry($0)
    }
  }

  package func openErrors(ofPerson personID: String) throws(SQLError) -> [RegisterEntry] {
    var entries: [RegisterEntry] = []
    try database.statement(
      "SELECT \(Self.errorColumns) FROM error WHERE person_id = ? AND closed_at IS NULL"
    ).rows {
      $0.bind(1, personID)
    } each: {
      entries.append(Self.entry($0))
    }
    return entries
  }

  package func openErrorCount() throws(SQLError) -> Int64 {
    try count("SELECT sum(count) FROM error_tally WHERE state <> 'dismissed'")
  }

  /// Marks an open entry; false when there is none of that id.
  package func setState(
    _ state: RegisterEntry.State, ofError id: Int64
  ) throws(SQLError) -> Bool {
    try database.statement("UPDATE error SET state = ?2 WHERE id = ?1 AND closed_at IS NULL").run {
      $0.bind(1, id)
      $0.bind(2, state.rawValue)
    }
    return database.changes > 0
  }

  /// Forgets a slice of the closed entries that nobody has looked at for a month.
  package func trimErrors(now: Int64) throws(SQLError) {
    try database.statement(
      """
      DELETE FROM error WHERE id IN (SELECT id FROM error WHERE closed_at < ? LIMIT 1000)
      """
    ).run { $0.bind(1, now - Self.closedMillisecondsMax) }
  }
}
