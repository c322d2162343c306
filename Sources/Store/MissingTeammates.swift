/// Owners and assignments that wait for a teammate who is not there (A1, A2): parked, with a payload
/// that says for whom.
extension Store {
  /// What such a payload says: `owner:005…`, `acting`, and `|` with how the teammate stood whom
  /// Intercom refused although its list names it.
  package struct Waiting: Sendable, Equatable {
    /// Nil for the teammate who acts.
    package var ownerID: String?
    package var refused: String?

    package init(ownerID: String?, refused: String? = nil) {
      self.ownerID = ownerID
      self.refused = refused
    }

    package init(_ payload: String) {
      let parts = payload.split(separator: "|", maxSplits: 1)
      let whom = parts.first ?? ""
      ownerID = whom.hasPrefix("owner:") ? String(whom.dropFirst("owner:".count)) : nil
      refused = parts.count > 1 ? String(parts[1]) : nil
    }

    package var payload: String {
      (ownerID.map { "owner:\($0)" } ?? "acting") + (refused.map { "|\($0)" } ?? "")
    }
  }

  /// What is parked for such a reason: no refusal of the person's own.
  static let isWaitingForTeammate =
    "(kind IN (2, 3) AND (payload = 'acting' OR payload GLOB 'acting|*' OR payload GLOB 'owner:*'))"

  /// Puts what of a kind waits for just that back in the queue; how many there were.
  @discardableResult
  package func unparkWaiting(
    for payload: String, kind: DeliveryKind
  ) throws(SQLError) -> Int64 {
    try database.statement(
      """
      UPDATE delivery SET state = 1, attempts = 0, first_failed_at = NULL, next_try_at = 0,
        payload = NULL
      WHERE state = 2 AND kind = ?2 AND payload = ?1
      """
    ).run {
      $0.bind(1, payload)
      $0.bind(2, kind.rawValue)
    }
    return database.changes
  }

  /// What was refused waits as if nobody had been there.
  package func rename(waiting payload: String, to plain: String) throws(SQLError) {
    try database.statement(
      "UPDATE delivery SET payload = ?2 WHERE state = 2 AND kind IN (2, 3) AND payload = ?1"
    ).run {
      $0.bind(1, payload)
      $0.bind(2, plain)
    }
  }

  /// Ends all owners that people are owed; how many there were.
  package func disownOwners() throws(SQLError) -> Int64 {
    try database.statement("DELETE FROM delivery INDEXED BY delivery_owner WHERE kind = 2").run()
    return database.changes
  }

  /// Ends all assignments that conversations are owed; how many there were.
  package func disownAssignments() throws(SQLError) -> Int64 {
    try database.statement("DELETE FROM delivery INDEXED BY delivery_assign WHERE kind = 3").run()
    return database.changes
  }

  /// What is waited for, each once.
  package func missingTeammates() throws(SQLError) -> [String] {
    var payloads: [String] = []
    try database.statement(
      """
      SELECT DISTINCT payload FROM delivery WHERE state = 2 AND \(Self.isWaitingForTeammate)
      """
    ).rows { _ in
    } each: {
      payloads.append($0.text(0))
    }
    return payloads
  }
}
