package import SyncCore

// Refusals of one record.
extension SalesforceMeaning {
  package static let requiredField = Meaning(
    "SF-REQUIRED-FIELD", .refused,
    cause: "Salesforce requires a value in a field that was left empty.",
    remedy: "Map an attribute to the named field, or give it a value in [leads.defaults].")
  package static let tooLong = Meaning(
    "SF-TOO-LONG", .refused, cause: "A value is longer than its Salesforce field allows.",
    remedy: "Shorten the value in Intercom, or map it to a longer field.")
  package static let email = Meaning(
    "SF-INVALID-EMAIL", .refused, cause: "Salesforce does not take the e-mail address for one.",
    remedy: "Correct the address in Intercom.")
  package static let wrongType = Meaning(
    "SF-WRONG-TYPE", .refused, cause: "A value has another type than its Salesforce field.",
    remedy: "Correct the value in Intercom, or map the attribute to a field of its type.")
  package static let picklist = Meaning(
    "SF-PICKLIST", .refused, cause: "A value is not among those that the picklist allows.",
    remedy: "Add the value to the picklist in Salesforce Setup, or correct it in Intercom.")
  package static let numberRange = Meaning(
    "SF-NUMBER-RANGE", .refused, cause: "A number is out of the range of its Salesforce field.",
    remedy: "Correct the value in Intercom, or widen the field in Salesforce Setup.")
  package static let malformedID = Meaning(
    "SF-MALFORMED-ID", .refused, cause: "An id that was sent is not a Salesforce id.",
    remedy: "Correct the id; if nobody entered one by hand, report this as a defect.")
  package static let validation = Meaning(
    "SF-VALIDATION", .refused,
    cause: "A validation rule of your org refuses the record; its message says why.",
    remedy: "Correct the data that the message names, or exempt the integration user in the rule.")
  package static let integrity = Meaning(
    "SF-FIELD-INTEGRITY", .refused,
    cause: "A value contradicts another value of the record or a setting of the org.",
    remedy: "Correct the field that the message names.")
  package static let lookupFilter = Meaning(
    "SF-LOOKUP-FILTER", .refused, cause: "A look-up filter does not allow the record pointed to.",
    remedy: "Point to another record, or change the look-up filter in Salesforce Setup.")
  package static let trigger = Meaning(
    "SF-TRIGGER", .refused,
    cause: "An Apex trigger of your org refused or failed; its message says why.",
    remedy: "Give the message to whoever looks after the org's Apex code.")
  package static let flow = Meaning(
    "SF-FLOW", .refused, cause: "A flow or process of your org failed on the record.",
    remedy: "Open the failed flow in Setup, Paused And Failed Flow Interviews, and mend it.")
  package static let duplicate = Meaning(
    "SF-DUPLICATE", .refused, cause: "A duplicate rule found records like this one.",
    remedy: "Link the person to the record found, merge the duplicates, or change the rule.")
  package static let duplicateValue = Meaning(
    "SF-DUPLICATE-VALUE", .refused, cause: "A field that must be unique has this value already.",
    remedy: "Link the person to the record that the message names, or correct one of the two.")
  package static let duplicateExternalID = Meaning(
    "SF-DUPLICATE-EXTERNAL-ID", .refused,
    cause: "Several records bear the external id that was meant to find one.",
    remedy: "Make the external-id field unique and correct the records that share the value.")
  package static let several = Meaning(
    "SF-SEVERAL", .refused, cause: "Several records have this external id.",
    remedy: "Make the external-id field unique and correct the records that share the value.")
  package static let converted = Meaning(
    "SF-CONVERTED", .refused,
    cause: "The lead is converted, and converted leads cannot be changed.",
    remedy: "Nothing to do: the link follows to the contact at the next poll.")
  package static let deleted = Meaning(
    "SF-DELETED", .refused, cause: "What was asked for is not there, or no longer.",
    remedy: "Nothing to do if it was deleted: the next poll ends the link. Undelete it to bring "
      + "it back.")
  package static let reference = Meaning(
    "SF-REFERENCE", .refused, cause: "An id points to a record that is gone or of another kind.",
    remedy: "Nothing to do at first: the target is looked up again. If it stays, correct the id.")
  package static let referenceAccess = Meaning(
    "SF-REFERENCE-ACCESS", .refused,
    cause: "The integration user may not see or use the record pointed to.",
    remedy: "Share that record with the integration user, or grant it View All on the object.")
  package static let approval = Meaning(
    "SF-APPROVAL-LOCK", .refused, cause: "The record is locked by an approval process.",
    remedy: "Finish or recall the approval, then retry.")
  package static let inactiveOwner = Meaning(
    "SF-INACTIVE-OWNER", .refused, cause: "The owner is an inactive user.",
    remedy: "Activate the user or give the record another owner, then retry.")
  package static let halted = Meaning(
    "SF-HALTED", .passing, cause: "The record was sent together with one that failed.",
    remedy: "Nothing to do: it is sent again.")
  package static let locked = Meaning(
    "SF-LOCKED", .passing, cause: "Another process was changing the record at the same moment.",
    remedy: "Nothing to do: it is tried again. If it stays, look for a long-running job in "
      + "Salesforce.")
  package static let conflict = Meaning(
    "SF-CONFLICT", .refused, cause: "The request contradicts the present state of the target.",
    remedy: "Retry; if it stays, report this as a defect.")
  package static let stale = Meaning(
    "SF-STALE", .passing, cause: "The record changed after sfsync had read it.",
    remedy: "Nothing to do: it is read and tried again.")
  package static let refused = Meaning(
    "SF-REFUSED", .refused,
    cause: "Salesforce refused for a reason that sfsync does not know; its message says more.",
    remedy: "Follow the message; after the change, retry.")

  static let ofRecords = [
    requiredField, tooLong, email, wrongType, picklist, numberRange, malformedID, validation,
    integrity, lookupFilter, trigger, flow, duplicate, duplicateValue, duplicateExternalID, several,
    converted, deleted, reference, referenceAccess, approval, inactiveOwner, halted, locked,
    conflict, stale, refused,
  ]
}
