package import SyncCore

/// What tasks and assignment find by themselves (T1, A1, A2).
extension EngineMeaning {
  package static let noTeammate = Meaning(
    "IC-NO-TEAMMATE", .refused,
    cause: "No teammate in Intercom has the e-mail address of the record's owner.",
    remedy: "Invite the owner to Intercom with that address, or give the records an owner who is "
      + "there. What waits is then assigned by itself.")
  package static let teammateWithoutSeat = Meaning(
    "IC-TEAMMATE-WITHOUT-SEAT", .refused,
    cause: "The record's owner has no seat in Intercom's inbox, so conversations cannot be "
      + "assigned.",
    remedy: "Give the teammate a seat (Intercom, Settings, Teammates), or give the records an "
      + "owner who has one. What waits is then assigned by itself.")
  package static let noActingTeammate = Meaning(
    "IC-NO-ACTING-TEAMMATE", .refused,
    cause: "The teammate whom assign.acting_admin names is not in this workspace.",
    remedy: "Set it to the e-mail address of a teammate with a seat in the inbox, or leave it out "
      + "to act as the one whose token it is. What waits is then assigned by itself.")
  package static let taskAccess = Meaning(
    "SF-TASK-ACCESS", .broken,
    cause: "Salesforce does not let the integration user see tasks, their fields or statuses.",
    remedy: "Give it the permission 'Access Activities' and the fields of Task that the manual "
      + "lists, or leave tasks.tag empty and tasks.on_close off. Tasks wait; nothing else does.")
  package static let taskWithoutRecord = Meaning(
    "TASK-NO-RECORD", .refused,
    cause: "Nobody in the conversation matches a Salesforce record.",
    remedy: "Create a lead for the person ('sfsyncctl lead create'), or link one by hand, and ask "
      + "again.")
  package static let taskWithoutMessage = Meaning(
    "TASK-NOTHING-TO-LOG", .refused,
    cause: "The conversation, or the message asked for, has nothing to log: it is empty, was "
      + "deleted, or is not among the newest 500 messages.",
    remedy: "Look at the conversation in Intercom; correct the number of the message.")
  package static let assignmentWithoutLink = Meaning(
    "ASSIGN-NO-RECORD", .refused,
    cause: "Nobody in the conversation is linked to a Salesforce record with an owner.",
    remedy: "Link the person to a record, or assign the conversation by hand.")

  package static let ofConversations = [
    noTeammate, teammateWithoutSeat, noActingTeammate, taskAccess, taskWithoutRecord,
    taskWithoutMessage, assignmentWithoutLink,
  ]
}
