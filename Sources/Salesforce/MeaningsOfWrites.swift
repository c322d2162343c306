package import SyncCore

// Refusals that only the writing of a record meets.
extension SalesforceMeaning {
  package static let recordAccess = Meaning(
    "SF-RECORD-ACCESS", .refused,
    cause: "The integration user may not create or change this record.",
    remedy: "In Setup, Permission Sets, give the integration user Create and Edit on Leads, and "
      + "Edit Tasks for tasks; share the record with it (Sharing Settings) or grant View All and "
      + "Modify All on Leads. Then retry.")
  package static let writeField = Meaning(
    "SF-WRITE-FIELD", .refused,
    cause: "A field that sfsync writes is not there, or the integration user may not write it.",
    remedy: "Correct the name in [mapping], [leads.defaults], leads.external_id_field or "
      + "tasks.external_id_field, or grant edit access to the field in a permission set "
      + "(Object Manager, the object, Fields, Field-Level Security).")
  package static let duplicateHidden = Meaning(
    "SF-DUPLICATE-HIDDEN", .refused,
    cause: "A duplicate rule found records like this one that the integration user may not see.",
    remedy: "Have somebody who sees all leads and contacts look for the person's e-mail address in "
      + "Salesforce and link that record; or share it with the integration user (View All on Leads "
      + "and Contacts); or change the rule that the message names in Setup, Duplicate Rules.")
  package static let ownerUnfit = Meaning(
    "SF-OWNER-UNFIT", .refused, cause: "The user or queue cannot own such a record.",
    remedy: "Give that user or queue access to the object, or have the assignment rule (Setup, "
      + "Lead Assignment Rules) choose another owner. Then retry.")
  package static let noClosedStatus = Meaning(
    "SF-NO-CLOSED-STATUS", .refused, cause: "No status of tasks counts as closed in this org.",
    remedy: "Mark one as Closed in Setup, Object Manager, Task, Fields, Status. Then retry.")

  static let ofWrites = [
    recordAccess, writeField, duplicateHidden, ownerUnfit, noClosedStatus,
  ]

  /// The meaning of a refusal that met the writing of records: one record's access or field is no
  /// reason for the whole side to stop.
  static func ofWrite(code: String?, message: String, status: Int) -> Meaning {
    switch code {
    // A missing object is one that the user has no right to: the reading need not stop for it.
    case "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY", "INVALID_TYPE": recordAccess
    case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" where message.contains("entity type cannot be"):
      recordAccess
    case "INVALID_FIELD": writeField
    case "TRANSFER_REQUIRES_READ", "OP_WITH_INVALID_USER_TYPE_EXCEPTION": ownerUnfit
    case "EXCEEDED_ID_LIMIT": request
    // Words that mean something else in the answers about bulk jobs.
    case "LIMIT_EXCEEDED", "API_ERROR": of(status: status)
    default: of(code: code, message: message, status: status)
    }
  }
}
