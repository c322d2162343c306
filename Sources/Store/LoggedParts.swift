/// What is known of a conversation: what was done for its tag, its closing and its assignment.
package struct KnownConversation: Sendable, Equatable {
  package var id: String
  /// All in milliseconds UTC.
  package var updatedAt: Int64
  /// The latest tag, closing and assignment that were dealt with.
  package var taggedAt: Int64?
  package var closedAt: Int64?
  package var assignedAt: Int64?

  package init(
    id: String, updatedAt: Int64, taggedAt: Int64? = nil, closedAt: Int64? = nil,
    assignedAt: Int64? = nil
  ) {
    self.id = id
    self.updatedAt = updatedAt
    self.taggedAt = taggedAt
    self.closedAt = closedAt
    self.assignedAt = assignedAt
  }
}

/// Which messages are in a task of which record (T4).
extension Store {
  package func isLogged(part partID: String, record recordID: String) throws(SQLError) -> Bool {
    try database.statement("SELECT 1 FROM logged_part WHERE part_id = ? AND record_id = ?").first {
      $0.bind(1, partID)
      $0.bind(2, recordID)
    } read: { _ in
      true
    } ?? false
  }

  /// The task that a message is in, where it is known already.
  package func task(
    ofPart partID: String, record recordID: String
  ) throws(SQLError) -> String? {
    try database.statement("SELECT task_id FROM logged_part WHERE part_id = ? AND record_id = ?")
      .first {
        $0.bind(1, partID)
        $0.bind(2, recordID)
      } read: {
        $0.textOrNull(0)
      } ?? nil
  }

  /// Notes messages as logged, with the intent, and again with the task once there is one.
  package func noteLogged(
    parts: [String], record recordID: String, task taskID: String?, at now: Int64
  ) throws(SQLError) {
    for part in parts {
      try database.statement(
        """
        INSERT INTO logged_part(part_id, record_id, task_id, at) VALUES(?1, ?2, ?3, ?4)
        ON CONFLICT(part_id, record_id) DO UPDATE SET task_id = coalesce(excluded.task_id, task_id)
        """
      ).run {
        $0.bind(1, part)
        $0.bind(2, recordID)
        $0.bind(3, taskID)
        $0.bind(4, now)
      }
    }
  }

  /// Takes back the intents of a person who goes: tasks that were not sent, and never will be.
  func forgetLogged(of personID: String) throws(SQLError) {
    try database.statement(
      """
      DELETE FROM logged_part WHERE task_id IS NULL AND (part_id, record_id) IN (
        SELECT part.value, d.record_id
        FROM salesforce_delivery AS d, json_each(d.payload, '$.parts') AS part
        WHERE d.person_id = ?1 AND d.kind = 2 AND d.state <> 3)
      """
    ).run { $0.bind(1, personID) }
  }

  // MARK: Tasks that are tried again

  /// The tasks of a conversation that a person is owed.
  package func tasks(
    of personID: String, conversation id: String
  ) throws(SQLError) -> [SalesforceDelivery] {
    try salesforceDeliveries(of: personID).filter { $0.kind == .task && $0.conversationID == id }
  }

  /// Puts one that was refused or held back in the queue, since somebody asks for it.
  package func ask(for delivery: SalesforceDelivery) throws(SQLError) {
    try database.statement(
      """
      UPDATE salesforce_delivery SET state = 1, lane = 0, attempts = 0, first_failed_at = NULL,
        next_try_at = 0, generation = generation + 1
      WHERE id = ?1 AND state IN (0, 2)
      """
    ).run { $0.bind(1, delivery.id) }
  }

  /// Puts every refused task back in the queue: what refused it may be mended for all.
  package func unparkTasks() throws(SQLError) {
    try database.statement(
      """
      UPDATE salesforce_delivery INDEXED BY salesforce_delivery_parked
      SET state = 1, attempts = 0, first_failed_at = NULL, next_try_at = 0,
        generation = generation + 1
      WHERE state = 2 AND kind = 2
      """
    ).run()
  }

  package func conversation(_ id: String) throws(SQLError) -> KnownConversation? {
    try database.statement(
      "SELECT id, updated_at, tagged_at, closed_at, assigned_at FROM conversation WHERE id = ?"
    ).first {
      $0.bind(1, id)
    } read: {
      KnownConversation(
        id: $0.text(0), updatedAt: $0.integer(1), taggedAt: $0.integerOrNull(2),
        closedAt: $0.integerOrNull(3), assignedAt: $0.integerOrNull(4))
    }
  }

  /// Writes down what is known of a conversation; times never go back, nor are they forgotten.
  package func note(_ conversation: KnownConversation) throws(SQLError) {
    try database.statement(
      """
      INSERT INTO conversation(id, updated_at, tagged_at, closed_at, assigned_at)
      VALUES(?1, ?2, ?3, ?4, ?5)
      ON CONFLICT(id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at),
        tagged_at = max(coalesce(tagged_at, excluded.tagged_at),
          coalesce(excluded.tagged_at, tagged_at)),
        closed_at = max(coalesce(closed_at, excluded.closed_at),
          coalesce(excluded.closed_at, closed_at)),
        assigned_at = max(coalesce(assigned_at, excluded.assigned_at),
          coalesce(excluded.assigned_at, assigned_at))
      """
    ).run {
      $0.bind(1, conversation.id)
      $0.bind(2, conversation.updatedAt)
      $0.bind(3, conversation.taggedAt)
      $0.bind(4, conversation.closedAt)
      $0.bind(5, conversation.assignedAt)
    }
  }
}
