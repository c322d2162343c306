package import SyncCore

/// What each refusal of Salesforce means; the one table, and the look-up from its words to it.
///
/// Sources: SOAP API Developer Guide, "Core Data Types" (the codes); REST API Developer Guide,
/// "Status Codes and Error Responses"; Salesforce Help, "OAuth 2.0 flow errors".
package enum SalesforceMeaning {
  package static let all: [Meaning] =
    ofRecords + ofWrites + ofFields + ofAccess + ofLimits + ofLogin + ofConnection + ofReading

  /// The meaning of one error of an answer.
  ///
  /// `code` is Salesforce's own (`errorCode` or `statusCode`), `message` its text, which alone
  /// tells some cases apart, `status` that of HTTP.
  static func of(code: String?, message: String, status: Int) -> Meaning {
    guard let code else { return of(status: status) }
    switch code {
    case "REQUEST_LIMIT_EXCEEDED":
      return message.contains("Concurrent") ? concurrentLimit : dailyLimit
    case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER":
      if message.contains("UNABLE_TO_LOCK_ROW") || message.contains("Concurrent") { return locked }
      return code == "CANNOT_EXECUTE_FLOW_TRIGGER" ? flow : trigger
    case "INVALID_QUERY_LOCATOR":
      return message.contains("TEMPORARY_QUERY_MORE_FAILURE") ? locatorBusy : locator
    case "INVALID_SESSION_ID": return isUnfit(message) ? sessionUnfit : session
    default: return byCode[code] ?? of(status: status)
    }
  }

  /// The meaning of a status that came without a code that we know.
  static func of(status: Int) -> Meaning {
    switch status {
    case 300: several
    case 401: session
    case 404: deleted
    case 405, 413, 414, 415, 431: request
    case 406, 420: edge
    case 409: conflict
    case 410: versionRetired
    case 412, 428: stale
    case 429: concurrentLimit
    case 502, 503, 504: unavailable
    case 500...: serverError
    case 400...: refused
    default: unreadable
    }
  }

  /// Whether a refresh cannot heal a 401 (two texts loop for ever, jsforce `http-api.ts`).
  static func isUnfit(_ message: String) -> Bool {
    message.contains("not valid for use with the REST API")
      || message.contains("Connected app is not attached to Agent")
  }

  /// The codes that have one meaning whatever the message says.
  static let byCode: [String: Meaning] = [
    "REQUIRED_FIELD_MISSING": requiredField, "STRING_TOO_LONG": tooLong,
    "INVALID_EMAIL_ADDRESS": email, "INVALID_TYPE_ON_FIELD_IN_RECORD": wrongType,
    "JSON_PARSER_ERROR": wrongType, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": picklist,
    "NUMBER_OUTSIDE_VALID_RANGE": numberRange, "MALFORMED_ID": malformedID,
    "INVALID_QUERY_FILTER_OPERATOR": malformedID,
    "MALFORMED_QUERY": query, "FIELD_CUSTOM_VALIDATION_EXCEPTION": validation,
    "FIELD_INTEGRITY_EXCEPTION": integrity, "FIELD_FILTER_VALIDATION_EXCEPTION": lookupFilter,
    "INVALID_FIELD": field, "INVALID_FIELD_FOR_INSERT_UPDATE": fieldNotWritable,
    "INVALID_TYPE": object, "DUPLICATES_DETECTED": duplicate, "DUPLICATE_VALUE": duplicateValue,
    "DUPLICATE_EXTERNAL_ID": duplicateExternalID, "CANNOT_UPDATE_CONVERTED_LEAD": converted,
    "ENTITY_IS_DELETED": deleted, "NOT_FOUND": deleted, "INVALID_CROSS_REFERENCE_KEY": reference,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": referenceAccess,
    "ENTITY_IS_LOCKED": approval, "INACTIVE_OWNER_OR_USER": inactiveOwner,
    "INSUFFICIENT_ACCESS": permission, "INSUFFICIENT_ACCESS_OR_READONLY": permission,
    "API_DISABLED_FOR_ORG": apiOff, "API_CURRENTLY_DISABLED": apiOff,
    "TXN_SECURITY_NO_ACCESS": securityPolicy, "UNABLE_TO_LOCK_ROW": locked,
    "QUERY_TIMEOUT": queryTimeout, "SERVER_UNAVAILABLE": unavailable,
    "UNKNOWN_EXCEPTION": serverError, "TEMPORARY_QUERY_MORE_FAILURE": locatorBusy,
    "TXN_SECURITY_METERING_ERROR": metering, "STORAGE_LIMIT_EXCEEDED": storage,
    "LICENSE_LIMIT_EXCEEDED": license, "TRIAL_EXPIRED": trial, "ORG_LOCKED": orgLocked,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": halted, "PROCESSING_HALTED": halted,
    "QUERY_LOCATOR_EXPIRED": locator, "QUERY_LOCATOR_NOT_FOUND": locator,
    "UNAUTHORIZED_USER_FOR_CURSOR": locator, "QUERY_TOO_COMPLICATED": queryTooComplicated,
    "OPERATION_TOO_LARGE": operationTooLarge, "EXCEEDED_ID_LIMIT": replication,
    "INVALID_REPLICATION_DATE": replication, "LIMIT_EXCEEDED": bulkQuota,
    "INVALIDENTITY": bulkUnsupported, "INVALIDJOBSTATE": bulkState, "API_ERROR": bulkState,
    "INVALID_AUTH_HEADER": authHeader, "INVALID_HEADER_TYPE": authHeader,
    "LOGIN_RATE_EXCEEDED": loginRate, "INVALID_LOGIN": credentials,
  ]
}

extension Failure {
  /// Whether Bulk API 2.0 is refused as such, so that the same rows are to be read by REST (I1).
  package var refusesBulk: Bool {
    [
      SalesforceMeaning.bulkQuota, SalesforceMeaning.bulkUnsupported, SalesforceMeaning.bulkOff,
    ].contains(meaning)
  }

  /// Whether a page's `next` is dead: the reading goes on from the last committed key.
  package var isDeadLocator: Bool { meaning == SalesforceMeaning.locator }
}
