/// Owners and assignments that wait for a teammate who is not there (A1, A2): parked, with a payload
/// that says for whom.
extension Store {
  package static func waitingFor(owner ownerID: String) -> String { "owner:\(ownerID)" }

  package static let waitingForActing = "acting"

  /// What is parked for such a reason: no refusal of the person's own.
  static let isWaitingForTeammate =
    "(kind IN (2, 3) AND (payload = 'acting' OR payload GLOB 'owner:*'))"

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
