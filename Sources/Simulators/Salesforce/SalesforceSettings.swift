/// One value of Lead.Status.
package struct OrgLeadStatus: Sendable {
  package var apiName: String
  package var label: String
  package var isDefault: Bool
  package var isConverted: Bool

  package init(
    _ apiName: String, label: String? = nil, isDefault: Bool = false, isConverted: Bool = false
  ) {
    self.apiName = apiName
    self.label = label ?? apiName
    self.isDefault = isDefault
    self.isConverted = isConverted
  }
}

/// One value of Task.Status.
package struct OrgTaskStatus: Sendable {
  package var apiName: String
  package var label: String
  package var isDefault: Bool
  package var isClosed: Bool

  package init(
    _ apiName: String, label: String? = nil, isDefault: Bool = false, isClosed: Bool = false
  ) {
    self.apiName = apiName
    self.label = label ?? apiName
    self.isDefault = isDefault
    self.isClosed = isClosed
  }
}

extension SalesforceSimulator {
  /// Which org this is, and how it behaves today.
  package struct Settings {
    /// Chooses the serials of ids and what ``SalesforceSimulator/seed(_:)`` makes.
    package var seed: UInt64 = 1
    package var organizationName = "Example Ltd"
    /// The edition as `Organization.OrganizationType` says it.
    package var organizationType = "Enterprise Edition"
    package var isSandbox = false
    package var timeZone = "Europe/London"
    /// `instance_url` of token answers.
    package var instanceURL = "https://example.my.salesforce.com"
    /// The host that identity URLs bear and that assertions are made out to.
    package var loginURL = "https://login.salesforce.com"
    /// Whether client credentials are asked for at login.salesforce.com, which refuses them.
    package var isLoginHost = false

    package var clientID = "3MVG9.client"
    package var clientSecret = "client-secret"
    package var username = "integration@example.com"
    /// The refresh token that a web-server flow left behind.
    package var refreshToken = "5Aep861.initial"
    /// Whether each refresh brings a new refresh token and ends the old one.
    package var rotatesRefreshTokens = false
    /// How long a session lives without being used, in milliseconds.
    package var sessionLifetime: Int64 = 7_200_000
    package var loginsPerHour = 3600
    /// Judges the signature of an assertion: signing input, signature.
    package var verifySignature: ((String, [UInt8]) -> Bool)?

    package var pageSize = 2000
    /// Whether pages hold fewer rows than asked for.
    package var shortPages = false
    /// Whether query locators die with the session that opened them.
    package var locatorsDieWithSession = false
    /// How long the transactions of people and automation stay open, in milliseconds.
    package var visibilityLag: Int64 = 0
    /// API calls in 24 hours.
    package var dailyLimit = 100_000
    /// Calls that others made before the simulator began.
    package var callsUsedBefore = 0
    package var appName: String?
    /// Whether a full quota refuses calls; paid orgs may run over it for a while.
    package var isQuotaEnforced = true
    /// How far the `Date` header is ahead of the clock, in milliseconds.
    package var clockSkew: Int64 = 0
    package var oldestVersion = 31
    package var newestVersion = 66

    /// Fields that field-level security hides from the running user, by object.
    package var hiddenFields: [String: Set<String>] = [:]
    /// Fields that the running user sees but cannot write, by object.
    package var lockedFields: [String: Set<String>] = [:]
    package var hiddenObjects: Set<String> = []
    /// Objects that the running user may read and not write.
    package var readOnlyObjects: Set<String> = []
    /// Records that sharing lets the running user read and not write.
    package var readOnlyRecords: Set<String> = []
    /// Records that an approval process has locked.
    package var approvalRecords: Set<String> = []
    /// Custom fields by object: read once, when the simulator is made.
    package var customFields: [String: [OrgField]] = [:]
    package var leadStatuses = [
      OrgLeadStatus("Open - Not Contacted", isDefault: true),
      OrgLeadStatus("Working - Contacted"),
      OrgLeadStatus("Closed - Converted", isConverted: true),
      OrgLeadStatus("Closed - Not Converted"),
    ]
    package var taskStatuses = [
      OrgTaskStatus("Not Started", isDefault: true), OrgTaskStatus("In Progress"),
      OrgTaskStatus("Completed", isClosed: true),
      OrgTaskStatus("Waiting on someone else"), OrgTaskStatus("Deferred"),
    ]

    package var duplicateRule: DuplicateRule?
    /// The user or queue to whom the active assignment rule of leads gives them.
    package var assignmentRuleOwner: String?
    /// Whether the running user may edit converted leads.
    package var mayEditConverted = false
    /// Refuses a write with a message, as a validation rule does: object, fields after the write.
    package var validationRule: ((String, [String: String]) -> String?)?
    /// Whether a field that does not exist, or a value that its type cannot be read from, refuses a
    /// whole collection with a 400 instead of its row.
    ///
    /// The guide says "if the request isn't well formed, the API returns a 400", and the messages
    /// are those of the reader of the request rather than of the save; but no recording shows it,
    /// so a client has to live with either.
    package var collectionsRefuseWhole = true

    package var bulk = BulkBehaviour()

    package init() {}
  }

  /// A duplicate rule on Lead and Contact that matches by e-mail.
  package struct DuplicateRule: Sendable {
    package enum Mode: Sendable { case alert, block }

    package var mode: Mode
    /// Whether the payload is spelt `duplicateResut`, as it was in real answers of v54.
    package var isMisspelt = false
    /// Whether sharing hides the matching records.
    package var hidesMatches = false
    /// Whether contacts are found for leads and leads for contacts.
    package var crossesObjects = true

    package init(_ mode: Mode) { self.mode = mode }
  }

  /// How Bulk API 2.0 behaves.
  package struct BulkBehaviour: Sendable {
    /// From creation to InProgress, in milliseconds.
    package var queueTime: Int64 = 1000
    /// From InProgress to JobComplete, in milliseconds.
    package var runTime: Int64 = 4000
    package var jobsPerDay = 10_000
    /// Rows of one result page where the caller does not say.
    package var pageRows = 50_000
    /// Objects that are refused as INVALIDENTITY beside those that always are.
    package var refusedObjects: Set<String> = []
    /// Ends every job as Failed with this message.
    package var failure: String?

    package init() {}
  }
}
