package import SyncCore

// Refusals that concern fields, objects, permissions, and the org's limits.
extension SalesforceMeaning {
  package static let field = Meaning(
    "SF-FIELD", .refused, cause: "A field is not there, or hidden from the integration user.",
    remedy: "Correct the name, or grant read access in a permission set (Field-Level Security).")
  package static let fieldHidden = Meaning(
    "SF-FIELD-HIDDEN", .broken,
    cause: "A field that the sync cannot do without is hidden from the integration user.",
    remedy: "Grant read access to the named field in a permission set of the integration user.")
  package static let fieldNotWritable = Meaning(
    "SF-FIELD-NOT-WRITABLE", .refused, cause: "The integration user may not write a field.",
    remedy: "Grant edit access to the named field in a permission set, or remove the mapping.")
  package static let object = Meaning(
    "SF-OBJECT", .broken, cause: "An object is not there, or hidden from the integration user.",
    remedy: "Grant Read and View All on the named object in a permission set. For UserRole: View "
      + "Roles and Role Hierarchy.")

  static let ofFields = [field, fieldHidden, fieldNotWritable, object]

  package static let permission = Meaning(
    "SF-PERMISSION", .broken, cause: "The integration user lacks a permission.",
    remedy: "Grant API Enabled, and View All and the needed rights on Lead and Contact.")
  package static let apiOff = Meaning(
    "SF-API-OFF", .broken, cause: "The API is switched off for the org or the user.",
    remedy: "Use an edition with API access, and grant API Enabled to the integration user.")
  package static let securityPolicy = Meaning(
    "SF-SECURITY-POLICY", .broken,
    cause: "A transaction security policy of the org refuses sfsync.",
    remedy: "Exempt the integration user in Setup, Transaction Security Policies.")
  package static let storage = Meaning(
    "SF-STORAGE-FULL", .broken, cause: "The org's storage is full.",
    remedy: "Delete data or buy storage; Setup, Storage Usage, tells what fills it.")
  package static let license = Meaning(
    "SF-LICENSE", .broken, cause: "The org has used up its licences for this.",
    remedy: "Ask the Salesforce administrator to free or buy licences.")
  package static let trial = Meaning(
    "SF-TRIAL-EXPIRED", .broken, cause: "The org's trial has ended.",
    remedy: "Subscribe, or configure another org.")
  package static let orgLocked = Meaning(
    "SF-ORG-LOCKED", .broken, cause: "Salesforce has locked the org.",
    remedy: "Ask Salesforce Support.")
  package static let versionRetired = Meaning(
    "SF-VERSION-RETIRED", .broken, cause: "Salesforce has retired this version of its API.",
    remedy: "Raise salesforce.api_version in the configuration.")

  static let ofAccess = [
    permission, apiOff, securityPolicy, storage, license, trial, orgLocked, versionRetired,
  ]

  package static let dailyLimit = Meaning(
    "SF-DAILY-LIMIT", .broken,
    cause: "The org has no API calls left for these 24 hours; all its programs share them.",
    remedy: "Nothing is lost: sfsync goes on as calls come free. Setup, Company Information, "
      + "shows the use; find the caller that spends most, or buy calls.")
  package static let concurrentLimit = Meaning(
    "SF-CONCURRENT-LIMIT", .passing, cause: "Too many long requests run in the org at once.",
    remedy: "Nothing to do: it is tried again shortly. If it stays, spread the org's "
      + "integrations out.")
  package static let metering = Meaning(
    "SF-METERING", .passing, cause: "A security policy of the org slows sfsync down.",
    remedy: "Nothing to do: it is tried again.")
  package static let bulkQuota = Meaning(
    "SF-BULK-QUOTA", .passing, cause: "The org's Bulk API jobs of the last 24 hours are used up.",
    remedy: "Nothing to do: the rows are read by REST instead.")
  package static let bulkUnsupported = Meaning(
    "SF-BULK-UNSUPPORTED", .passing, cause: "The Bulk API does not offer this object or query.",
    remedy: "Nothing to do: the rows are read by REST instead.")
  package static let bulkOff = Meaning(
    "SF-BULK-OFF", .passing, cause: "The Bulk API is switched off for the org or the user.",
    remedy: "Nothing to do: the rows are read by REST instead.")
  package static let bulkFailed = Meaning(
    "SF-BULK-FAILED", .passing, cause: "Salesforce gave up the bulk job.",
    remedy: "Nothing to do: the rows are read anew.")
  package static let bulkState = Meaning(
    "SF-BULK-STATE", .passing, cause: "The bulk job is not in a state that allows this.",
    remedy: "Nothing to do: it is tried again.")

  static let ofLimits = [
    dailyLimit, concurrentLimit, metering, bulkQuota, bulkUnsupported, bulkOff, bulkFailed,
    bulkState,
  ]
}
