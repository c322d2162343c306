import Intercom
import Salesforce
package import SyncCore

/// The failures that are nobody's answer but our own finding; the sides list theirs.
package enum EngineMeaning {
  package static let guardStopped = Meaning(
    "SYNC-GUARD", .broken,
    cause: "So many links between people and records would end or move at once that "
      + "guard.max_change holds the changes back.",
    remedy: "Look at 'sfsyncctl plan'. If the change is wanted, let it through with "
      + "'sfsyncctl sync --yes'; if not, mend it in Salesforce: the next poll notices.")
  package static let otherOrg = Meaning(
    "SF-OTHER-ORG", .broken,
    cause: "The credentials belong to another Salesforce org than the store was built from.",
    remedy: "Restore the credentials of the first org, or move the store away to begin anew.")
  package static let otherWorkspace = Meaning(
    "IC-OTHER-WORKSPACE", .broken,
    cause: "The token belongs to another Intercom workspace than the store was built from.",
    remedy: "Restore the token of the first workspace, or move the store away to begin anew.")
  package static let environment = Meaning(
    "SF-ENVIRONMENT", .broken,
    cause: "salesforce.environment does not agree with what the org says it is.",
    remedy: "Set salesforce.environment to what the org is, or use the other org's credentials.")
  package static let valueAltered = Meaning(
    "IC-VALUE-ALTERED", .refused,
    cause: "Intercom keeps something else than what is written, each time in the same way.",
    remedy: "Look at the value in Salesforce: it may hold characters that Intercom changes. "
      + "It is not written again until it changes.")
  package static let shareUsed = Meaning(
    "SF-SHARE-USED", .passing,
    cause: "sfsync has used its share of the org's daily API calls (salesforce.daily_share).",
    remedy: "It goes on as calls of yesterday fall out of the count. Raise "
      + "salesforce.daily_share or poll.every if this happens often.")
  package static let readIncomplete = Meaning(
    "SF-READ-INCOMPLETE", .passing,
    cause: "A full read brought fewer rows than Salesforce counts, so nothing was taken for "
      + "deleted.",
    remedy: "Nothing to do: the next reconciliation looks again.")
  package static let storeRebuilt = Meaning(
    "STORE-REBUILT", .refused,
    cause: "The store was damaged and was set aside; a new one is built by an initial sync.",
    remedy: "Nothing is lost in either system. Check the disk; dismiss this entry when done.")

  /// What stops the start: nothing may be written to an account that is not the pinned one (G2).
  package static let wrongAccount = [otherOrg, otherWorkspace, environment]

  /// What is mended with a credential, or with the account that it belongs to.
  private static let ofCredentials = [
    SalesforceMeaning.credentials, SalesforceMeaning.refreshToken, SalesforceMeaning.notApproved,
    SalesforceMeaning.assertion, SalesforceMeaning.user, SalesforceMeaning.tokenRefused,
    SalesforceMeaning.secret, SalesforceMeaning.privateKey, SalesforceMeaning.session,
    IntercomMeaning.token, IntercomMeaning.tokenUnreadable,
  ]

  /// Whether a failure of that code is a side's refusal of our credentials.
  package static func refusesCredentials(_ code: String?) -> Bool {
    ofCredentials.contains { $0.code == code }
  }

  package static let all =
    [
      guardStopped, otherOrg, otherWorkspace, environment, valueAltered, shareUsed, readIncomplete,
      storeRebuilt,
    ] + ofConversations
}
