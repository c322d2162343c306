/// Conversations that are read again by their ids, whether or not they change (T1, A1): those that
/// could not be read, and those for whose people there was no record.
extension Store {
  package struct ConversationAgain: Sendable, Equatable {
    package var id: String
    /// For whose record it waits; nil for one that could not be read.
    package var personID: String?
  }

  /// No try is put off for longer than this, unless the clock was set back.
  private static let againMillisecondsMax: Int64 = 20 * 60_000

  /// Has a conversation read again once one of these people may have a record.
  package func remember(conversation id: String, until people: [String]) throws(SQLError) {
    for person in people {
      try database.statement(
        "INSERT OR IGNORE INTO conversation_again(conversation_id, person_id) VALUES(?, ?)"
      ).run {
        $0.bind(1, id)
        $0.bind(2, person)
      }
    }
  }

  /// Has a conversation that could not be read at `now` read again at `next`, or, with nil, when
  /// somebody asks; since when it cannot be read, in milliseconds UTC.
  @discardableResult
  package func retry(
    conversation id: String, failedAt now: Int64, until next: Int64?
  ) throws(SQLError) -> Int64 {
    try database.statement(
      """
      INSERT INTO conversation_again(conversation_id, person_id, first_failed_at, next_try_at)
      VALUES(?1, '', ?2, ?3)
      ON CONFLICT(conversation_id, person_id) DO UPDATE SET next_try_at = excluded.next_try_at
      """
    ).run {
      $0.bind(1, id)
      $0.bind(2, now)
      $0.bind(3, next)
    }
    return try firstFailure(ofConversation: id) ?? now
  }

  /// Since when a conversation cannot be read, in milliseconds UTC; nil for one that can.
  package func firstFailure(ofConversation id: String) throws(SQLError) -> Int64? {
    try database.statement(
      """
      SELECT first_failed_at FROM conversation_again WHERE conversation_id = ? AND person_id = ''
      """
    ).first {
      $0.bind(1, id)
    } read: {
      $0.integerOrNull(0)
    } ?? nil
  }

  /// What is to be read again at `now`, the longest due first.
  package func conversationsAgain(
    now: Int64, limit: Int
  ) throws(SQLError) -> [ConversationAgain] {
    var due: [ConversationAgain] = []
    try database.statement(
      """
      SELECT conversation_id, person_id FROM conversation_again
      WHERE next_try_at IS NOT NULL AND (next_try_at <= ?1 OR next_try_at > ?2)
      ORDER BY next_try_at LIMIT ?3
      """
    ).rows {
      $0.bind(1, now)
      $0.bind(2, now + Self.againMillisecondsMax)
      $0.bind(3, Int64(limit))
    } each: {
      let person = $0.text(1)
      due.append(ConversationAgain(id: $0.text(0), personID: person.isEmpty ? nil : person))
    }
    return due
  }

  /// The person may have a record now: what waits for it is due.
  package func wakeConversations(of personID: String) throws(SQLError) {
    try database.statement(
      "UPDATE conversation_again SET next_try_at = 0 WHERE person_id = ? AND next_try_at IS NULL"
    ).run { $0.bind(1, personID) }
  }

  /// Somebody asks: what could not be read is due, one conversation or all of them.
  package func wakeUnreadConversations(_ id: String? = nil) throws(SQLError) {
    try database.statement(
      """
      UPDATE conversation_again SET next_try_at = 0
      WHERE person_id = '' AND (?1 IS NULL OR conversation_id = ?1)
      """
    ).run { $0.bind(1, id) }
  }

  /// The person has no record after all.
  package func putOff(_ again: ConversationAgain) throws(SQLError) {
    try database.statement(
      """
      UPDATE conversation_again SET next_try_at = NULL WHERE conversation_id = ? AND person_id = ?
      """
    ).run {
      $0.bind(1, again.id)
      $0.bind(2, again.personID ?? "")
    }
  }

  /// The conversation was read, and nothing of it is open.
  package func forgetAgain(conversation id: String) throws(SQLError) {
    try database.statement("DELETE FROM conversation_again WHERE conversation_id = ?").run {
      $0.bind(1, id)
    }
  }
}
