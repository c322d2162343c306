/// A task as the outbox keeps it until it is made: everything but its owner, its status and the
/// record that it ends up on (T2, T4).
struct TaskPayload: Payload, Equatable {
  var conversationID: String
  /// The part that names the task, here and in Salesforce.
  var keyPart: String
  /// Every part that it tells of.
  var parts: [String]
  var subject: String
  var description: String
  /// `2026-11-22`, in the org's time zone.
  var activityDate: String
  /// The value of `tasks.external_id_field`: the part's id and the record's at the time of the intent.
  var externalID: String?
  /// The field that bore that value when it was last sent: only there may it be looked for.
  var sentField: String?
  /// Of the teammate to whom the conversation was assigned (T3).
  var teammateEmail: String?
  /// When the first of its messages was written, milliseconds UTC: no task of it is older.
  var messageAt: Int64
  /// The conversation is older than the store, which may have been built anew: the task may be there
  /// (O4).
  var isLookedUp: Bool

  init(
    conversationID: String, keyPart: String, parts: [String], subject: String,
    description: String, activityDate: String, externalID: String?, teammateEmail: String?,
    messageAt: Int64, isLookedUp: Bool
  ) {
    self.conversationID = conversationID
    self.keyPart = keyPart
    self.parts = parts
    self.subject = subject
    self.description = description
    self.activityDate = activityDate
    self.externalID = externalID
    self.teammateEmail = teammateEmail
    self.messageAt = messageAt
    self.isLookedUp = isLookedUp
  }
}
