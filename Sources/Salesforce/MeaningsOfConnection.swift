package import SyncCore

// Failures between the two sides, and of whole queries.
extension SalesforceMeaning {
  package static let unreachable = Meaning(
    "SF-UNREACHABLE", .passing, cause: "Salesforce cannot be reached.",
    remedy: "Nothing to do if it is short. Else look at the network, DNS, proxy and certificates "
      + "here, and at status.salesforce.com.")
  package static let answerLost = Meaning(
    "SF-ANSWER-LOST", .passing, cause: "The connection broke before the answer was complete.",
    remedy: "Nothing to do: sfsync finds out whether it was done before it tries again.")
  package static let answerTooLarge = Meaning(
    "SF-ANSWER-TOO-LARGE", .passing, cause: "An answer was longer than sfsync accepts.",
    remedy: "Report this as a defect.")
  package static let cancelled = Meaning(
    "SF-CANCELLED", .passing, cause: "The call was given up because the daemon stops or moves on.",
    remedy: "Nothing to do: it is made again.")
  package static let forbidden = Meaning(
    "SF-URL", .broken, cause: "The configuration does not allow the URL to be called.",
    remedy: "Set salesforce.login_url to the https address of the org's My Domain.")
  package static let unreadable = Meaning(
    "SF-UNREADABLE", .passing,
    cause: "The answer is not one of Salesforce's: a proxy or sign-in page may have given it.",
    remedy: "Nothing to do if it is short. Else look for a proxy or a sign-in page on the way.")
  package static let edge = Meaning(
    "SF-EDGE", .passing, cause: "Salesforce is still preparing its servers for this org.",
    remedy: "Nothing to do: it is tried again.")
  package static let unavailable = Meaning(
    "SF-UNAVAILABLE", .passing, cause: "Salesforce is unavailable or under maintenance.",
    remedy: "Nothing to do: it is tried again. status.salesforce.com tells how long it will take.")
  package static let serverError = Meaning(
    "SF-SERVER-ERROR", .passing, cause: "Salesforce had an error of its own.",
    remedy: "Nothing to do: it is tried again. If it stays, give the request id to Salesforce "
      + "Support.")
  package static let request = Meaning(
    "SF-REQUEST", .refused, cause: "Salesforce does not take a request of this form.",
    remedy: "Report this as a defect, with the message.")

  static let ofConnection = [
    unreachable, answerLost, answerTooLarge, cancelled, forbidden, unreadable, edge, unavailable,
    serverError, request,
  ]

  package static let query = Meaning(
    "SF-QUERY", .refused, cause: "Salesforce does not understand a query of sfsync.",
    remedy: "Correct the field names in the configuration; if they are right, report a defect.")
  package static let queryTimeout = Meaning(
    "SF-QUERY-TIMEOUT", .passing, cause: "A query took Salesforce too long.",
    remedy: "Nothing to do: it is tried again. If it stays, ask Salesforce for an index on the "
      + "field.")
  package static let queryTooComplicated = Meaning(
    "SF-QUERY-TOO-COMPLICATED", .broken, cause: "Formula fields make a query too large.",
    remedy: "Match by a field that is not a formula.")
  package static let operationTooLarge = Meaning(
    "SF-OPERATION-TOO-LARGE", .broken,
    cause: "The query spans too many rows for a user who may not see everything.",
    remedy: "Grant View All Data, or View All on Lead and Contact, to the integration user.")
  package static let locator = Meaning(
    "SF-LOCATOR", .passing, cause: "Salesforce no longer knows how far a query had been read.",
    remedy: "Nothing to do: the reading goes on after the last row that was kept.")
  package static let locatorBusy = Meaning(
    "SF-LOCATOR-BUSY", .passing, cause: "Salesforce could not give the next page just now.",
    remedy: "Nothing to do: it is tried again.")
  package static let replication = Meaning(
    "SF-REPLICATION-WINDOW", .passing,
    cause: "Salesforce no longer knows what changed so long ago.",
    remedy: "Nothing to do: everything is compared instead.")

  static let ofReading = [
    query, queryTimeout, queryTooComplicated, operationTooLarge, locator, locatorBusy, replication,
  ]
}
