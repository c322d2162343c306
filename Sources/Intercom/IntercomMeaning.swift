package import SyncCore

/// Everything that Intercom's refusals mean to us, one entry a cause (E1, E2).
///
/// `IntercomRules` says which answer means what.
package enum IntercomMeaning {
  // MARK: Passing

  package static let rateLimit = Meaning(
    "IC-RATE-LIMIT", .passing,
    cause: "Intercom allows this app, or the whole workspace, no more calls for the moment.",
    remedy: """
      Nothing to do: sfsync waits for the time that Intercom names. If it lasts, another \
      integration uses up the workspace's limit of 25,000 calls a minute.
      """)
  package static let server = Meaning(
    "IC-SERVER", .passing,
    cause: "Intercom had an error of its own.",
    remedy: "Nothing to do: sfsync tries again. https://www.intercomstatus.com tells of outages.")
  package static let timeout = Meaning(
    "IC-TIMEOUT", .passing,
    cause: "Intercom took too long to answer.",
    remedy: "Nothing to do: sfsync tries again.")
  package static let unreachable = Meaning(
    "IC-UNREACHABLE", .passing,
    cause: "The connection to Intercom failed or broke off.",
    remedy: """
      sfsync tries again. If it lasts, see whether this machine reaches the host of \
      intercom.api_url: name resolution, firewall, proxy, certificates.
      """)
  package static let unreadable = Meaning(
    "IC-UNREADABLE", .passing,
    cause: "The answer was not what Intercom sends: a web page, a broken or a strange text.",
    remedy: """
      sfsync tries again. If it lasts, a proxy or login page stands between this machine and \
      Intercom, or intercom.api_url does not name Intercom.
      """)
  package static let cancelled = Meaning(
    "IC-CANCELLED", .passing,
    cause: "sfsync gave the call up, mostly because it was stopping.",
    remedy: "Nothing to do: the call is made again at the next start.")
  package static let cursor = Meaning(
    "IC-CURSOR", .passing,
    cause: "Intercom no longer knows the place in the list where reading was to go on.",
    remedy: "Nothing to do: sfsync reads the list from its beginning.")
  package static let scroll = Meaning(
    "IC-SCROLL", .passing,
    cause: "Another reading of all companies is under way, and Intercom allows one an app.",
    remedy: "Nothing to do: sfsync tries again; an abandoned reading ends after a minute.")
  package static let attributeExists = Meaning(
    "IC-ATTRIBUTE-EXISTS", .passing,
    cause: "The attribute to be created is there already; someone else was quicker.",
    remedy: "Nothing to do: sfsync lists the attributes again.")

  // MARK: Refused

  package static let personGone = Meaning(
    "IC-PERSON-GONE", .refused,
    cause: "The person was archived, deleted, blocked or merged into another in Intercom.",
    remedy: "Nothing to do: sfsync drops the person, or goes on with the one it was merged into.")
  package static let conflict = Meaning(
    "IC-CONFLICT", .refused,
    cause: "Another person in Intercom has the same e-mail address or external id.",
    remedy: "Merge the two in Intercom, or mend the address or id of one of them.")
  package static let teammate = Meaning(
    "IC-TEAMMATE", .refused,
    cause: "The teammate or team is not, or no longer, in this Intercom workspace.",
    remedy: "Invite the teammate, or give the record an owner who is one.")
  package static let actingAdmin = Meaning(
    "IC-ACTING-ADMIN", .refused,
    cause: "The teammate in whose name sfsync acts is not, or no longer, in this workspace.",
    remedy: "Set assign.acting_admin to the e-mail address of a teammate with a seat in the inbox.")
  package static let noSeat = Meaning(
    "IC-NO-SEAT", .refused,
    cause: "The teammate has no seat in Intercom's inbox, so conversations cannot be assigned.",
    remedy: """
      Give the teammate a seat (Settings, Teammates), or give the record an owner who has one; \
      the teammate of assign.acting_admin needs a seat as well.
      """)
  package static let teamUnavailable = Meaning(
    "IC-TEAM-UNAVAILABLE", .refused,
    cause: "The team or teammate does not take conversations at the moment.",
    remedy: "Assign the conversation by hand, or `sfsyncctl errors retry` when they are back.")
  package static let conversationGone = Meaning(
    "IC-CONVERSATION-GONE", .refused,
    cause: "The conversation was deleted in Intercom, or the token may not see it.",
    remedy: """
      Nothing to do if it was deleted. If it is there, it may be a ticket: give the app the \
      permission to read tickets (Developer Hub, Configure, Authentication).
      """)
  package static let companyGone = Meaning(
    "IC-COMPANY-GONE", .refused,
    cause: "The company was deleted in Intercom.",
    remedy: "Nothing to do: sfsync goes on without its values.")
  package static let notRestorable = Meaning(
    "IC-NOT-RESTORABLE", .refused,
    cause: "The person was blocked or marked for permanent deletion, and cannot come back.",
    remedy: "Nothing can be done for this person; a new one needs another e-mail address or id.")
  package static let refused = Meaning(
    "IC-REFUSED", .refused,
    cause: "Intercom refused this request for the reason that its answer gives.",
    remedy: "Mend what the answer names, then `sfsyncctl errors retry`; a change of the record "
      + "is tried by itself.")

  // MARK: Broken

  package static let token = Meaning(
    "IC-TOKEN", .broken,
    cause: "Intercom does not accept the access token: it is mistyped, revoked or suspended.",
    remedy: """
      Copy the token from Intercom's Developer Hub (the app, Configure, Authentication) into the \
      credential file, then 'systemctl restart sfsyncd'.
      """)
  package static let tokenUnreadable = Meaning(
    "IC-TOKEN-UNREADABLE", .broken,
    cause: "The access token could not be read on this machine.",
    remedy: "See that the credential file exists, is readable for sfsync and is not empty; then "
      + "restart sfsyncd.")
  package static let plan = Meaning(
    "IC-PLAN", .broken,
    cause: "The workspace's Intercom plan does not include this part of the API.",
    remedy: "Renew or change the plan, or switch off the feature that needs it.")
  package static let forbidden = Meaning(
    "IC-FORBIDDEN", .broken,
    cause: "The token is good, but the app may not do this.",
    remedy: """
      Give the app the permissions that the manual lists (Developer Hub, Configure, \
      Authentication): read and write users, write data attributes, write events, read admins.
      """)
  package static let forbiddenInbox = Meaning(
    "IC-FORBIDDEN-INBOX", .broken,
    cause: "The token is good, but the app may not use conversations, companies or tags.",
    remedy: """
      Give the app these permissions too (Developer Hub, Configure, Authentication): read and \
      write conversations, read tickets, read companies, read tags; or switch off [tasks], \
      [assign] and what is mapped from companies.
      """)
  package static let version = Meaning(
    "IC-VERSION", .broken,
    cause: "Intercom does not know the API version that sfsync asks for.",
    remedy: "Set intercom.api_version to a version that Intercom supports, or remove it.")
  package static let apiURL = Meaning(
    "IC-API-URL", .broken,
    cause: "There is no Intercom API where intercom.api_url points to.",
    remedy: """
      Set it to https://api.intercom.io, https://api.eu.intercom.io or \
      https://api.au.intercom.io, whichever is the workspace's region.
      """)
  package static let protocolRefused = Meaning(
    "IC-PROTOCOL", .broken,
    cause: "Intercom does not take requests of this form (method, media type) any more.",
    remedy: "Install a newer sfsync; until then see whether a proxy alters the requests.")
  package static let attributeMissing = Meaning(
    "IC-ATTRIBUTE-MISSING", .broken,
    cause: "A data attribute that sfsync writes to does not exist, or was archived, in Intercom.",
    remedy: """
      sfsync unarchives or creates it again by itself. If this entry stays, another one says why \
      that fails; or take the attribute out of [attributes].
      """)
  package static let attributeType = Meaning(
    "IC-ATTRIBUTE-TYPE", .broken,
    cause: "A data attribute has the wanted name, but is not plain text.",
    remedy: "Its type cannot be changed in Intercom: name another one under [attributes].")
  package static let attributeOtherModel = Meaning(
    "IC-ATTRIBUTE-OTHER-MODEL", .broken,
    cause: "The name is taken by a company attribute, and people and companies share the names.",
    remedy: "Name another attribute under [attributes].")
  package static let attributeStandard = Meaning(
    "IC-ATTRIBUTE-STANDARD", .broken,
    cause: "The name belongs to one of Intercom's own attributes.",
    remedy: "Name another attribute under [attributes].")
  package static let attributeName = Meaning(
    "IC-ATTRIBUTE-NAME", .broken,
    cause: "Intercom does not allow this name for an attribute.",
    remedy: "Use letters, digits, hyphens and underscores for the name under [attributes].")
  package static let attributeLimit = Meaning(
    "IC-ATTRIBUTE-LIMIT", .broken,
    cause: "The workspace has all the 250 custom attributes that Intercom allows.",
    remedy: """
      Ask Intercom to remove archived attributes for good, or take the ones you can do without \
      out of [attributes].
      """)
  package static let attributeInUse = Meaning(
    "IC-ATTRIBUTE-IN-USE", .refused,
    cause: "Something in Intercom (a segment, a rule, a workflow) still uses this attribute.",
    remedy: """
      Look in Intercom under Settings, People data, what uses it, end that, and run \
      'sfsyncctl uninstall --yes' again; or archive the attribute there by hand.
      """)
  package static let eventNames = Meaning(
    "IC-EVENT-NAMES", .broken,
    cause: "The workspace has all the 120 event names that Intercom allows.",
    remedy: """
      Archive event names that are not used (Settings, Events), or switch the events of sfsync \
      off under [events].
      """)

  /// All of them, in the order of the manual.
  package static let all: [Meaning] = [
    rateLimit, server, timeout, unreachable, unreadable, cancelled, cursor, scroll,
    attributeExists,
    personGone, conflict, teammate, actingAdmin, noSeat, teamUnavailable, conversationGone,
    companyGone, notRestorable, refused,
    token, tokenUnreadable, plan, forbidden, forbiddenInbox, version, apiURL, protocolRefused,
    attributeMissing, attributeType, attributeOtherModel, attributeStandard, attributeName,
    attributeLimit, attributeInUse, eventNames,
  ]
}
