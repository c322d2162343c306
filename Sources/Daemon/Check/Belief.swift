import SyncCore

/// What sfsync believes of a vendor without proof, by its name in docs/ASSUMPTIONS.md.
///
/// The manual's table says where the code leans on it and what happens if it is false.
enum Belief: String, Sendable, CaseIterable {
  // Salesforce
  case lateRows = "late-rows"
  case serverClock = "server-clock"
  case mergeStampsLoser = "merge-stamps-loser"
  case mergeStampsSurvivor = "merge-stamps-survivor"
  case renameStampsOwner = "rename-stamps-owner"
  case idPrefixes = "id-prefixes"
  case bulkCSV = "bulk-csv"
  case bulkEmptyCells = "bulk-empty-cells"
  case bulkCount = "bulk-count"
  case describe304 = "describe-304"
  case notModifiedCounts = "not-modified-counts"
  case apiOffStatus = "api-off-status"
  case locatorLife = "locator-life"
  case refreshTokenTwice = "refresh-token-twice"
  case leadAssigned = "lead-assigned"
  case autoAssignFalse = "auto-assign-false"
  case lostWriteVisible = "lost-write-visible"
  case binFreesExternalId = "bin-frees-external-id"
  case duplicateValueNames = "duplicate-value-names"
  case duplicateRuleNames = "duplicate-rule-names"
  case convertedTaskRefused = "converted-task-refused"
  case lengthUnit = "length-unit"
  case descriptionKept = "description-kept"
  case taskMovesStamp = "task-moves-stamp"
  // Intercom
  case putKeepsOthers = "put-keeps-others"
  case nullClears = "null-clears"
  case eventOnce = "event-once"
  case eventAge = "event-age"
  case metadataKeys = "metadata-keys"
  case editMovesUpdated = "edit-moves-updated"
  case searchLag = "search-lag"
  case pagingHidesNobody = "paging-hides-nobody"
  case listLeavesOutArchived = "list-leaves-out-archived"
  case putAnswerArchived = "put-answer-archived"
  case notFoundIsGone = "not-found-is-gone"
  case survivorByAddress = "survivor-by-address"
  case textLimit = "text-limit"
  case htmlEscapes = "html-escapes"
  case attributeNames = "attribute-names"
  case archivedAttribute = "archived-attribute"
  case archivedAttributesCount = "archived-attributes-count"
  case searchRateLimit = "search-rate-limit"
  case searchDays = "search-days"
  case regionHost = "region-host"
  case versionStays = "version-stays"
  case companyChangeSilent = "company-change-silent"
  case personTagSilent = "person-tag-silent"
  case conversationTagMoves = "conversation-tag-moves"
  case messageTagShown = "message-tag-shown"
  case tagAppliedAt = "tag-applied-at"
  case conversationSearchSeconds = "conversation-search-seconds"
  case assignmentNotifies = "assignment-notifies"

  var side: Side { Self.ofIntercom.contains(self) ? .intercom : .salesforce }

  private static let ofIntercom = Set(allCases.drop { $0 != .putKeepsOthers })

  /// Whether people would see wrong results if it were false.
  var isHard: Bool { Self.hard.contains(self) }

  private static let hard: Set<Belief> = [
    .lateRows, .serverClock, .mergeStampsLoser, .renameStampsOwner, .idPrefixes, .bulkCSV,
    .refreshTokenTwice, .autoAssignFalse, .lostWriteVisible, .descriptionKept, .putKeepsOthers,
    .nullClears, .eventOnce, .eventAge, .editMovesUpdated, .searchLag, .listLeavesOutArchived,
    .putAnswerArchived, .notFoundIsGone, .attributeNames, .versionStays, .conversationTagMoves,
  ]

  /// One sentence, as in the manual.
  var sentence: String {
    switch self {
    case .lateRows:
      "A change becomes visible to queries at most 10 minutes after the time that its SystemModstamp says"
    case .serverClock:
      "The Date header of an answer is the clock that stamps rows"
    case .mergeStampsLoser:
      "A merge stamps the losing record anew (IsDeleted, MasterRecordId)"
    case .mergeStampsSurvivor:
      "A merge also stamps the surviving record"
    case .renameStampsOwner:
      "Renaming a User, queue or UserRole stamps that row, and changing a user's role stamps the User"
    case .idPrefixes:
      "Ids of queues begin with 00G, of users with 005, of roles with 00E"
    case .bulkCSV:
      "Bulk CSV has the selected fields as its header, in any order, and times in a form that sfsync reads"
    case .bulkEmptyCells:
      "Bulk leaves empty cells for null"
    case .bulkCount:
      "A bulk count by count() and the exported rows agree but for what changes meanwhile"
    case .describe304:
      "A describe may be answered with 304 though a permission was granted since"
    case .notModifiedCounts:
      "Answers with 304 count as calls"
    case .apiOffStatus:
      "API_DISABLED_FOR_ORG comes with 403"
    case .locatorLife:
      "A query locator dies with its session at the worst"
    case .refreshTokenTwice:
      "Losing the answer to a token refresh and trying the same refresh token once more after 30 s does no further harm"
    case .leadAssigned:
      "A lead that is made without Sforce-Auto-Assign goes through the active assignment rule, else to the default lead owner"
    case .autoAssignFalse:
      "Sforce-Auto-Assign: FALSE keeps a collection update from assigning"
    case .lostWriteVisible:
      "A transaction whose answer was lost is visible to queries once latestDateCovered of getUpdated has passed it, and commits within 11 minutes or never"
    case .binFreesExternalId:
      "A record in the recycle bin does not occupy its unique external id"
    case .duplicateValueNames:
      "DUPLICATE_VALUE names the record that holds the value"
    case .duplicateRuleNames:
      "A duplicate rule's answer names the records in duplicateResult or duplicateResut"
    case .convertedTaskRefused:
      "A task on a converted lead is refused with a code that says so"
    case .lengthUnit:
      "The length of a field counts UTF-16 units"
    case .descriptionKept:
      "Text written into Description comes back as it was, line breaks apart"
    case .taskMovesStamp:
      "Making a task moves the record's SystemModstamp"
    case .putKeepsOthers:
      "A PUT of some custom attributes leaves the others as they are"
    case .nullClears:
      "null clears an attribute"
    case .eventOnce:
      "Two events of one person with the same name and second are one"
    case .eventAge:
      "An event may be dated as far back as a write may have waited (days)"
    case .metadataKeys:
      "An event may have at most 10 metadata keys; a help page says 20"
    case .editMovesUpdated:
      "Editing an attribute by hand, or by another program, moves updated_at"
    case .searchLag:
      "The search may show updates some minutes late, as it does new people"
    case .pagingHidesNobody:
      "While pages of the search are read, changes push people to earlier pages and never hide one that did not change"
    case .listLeavesOutArchived:
      "The list and the search leave out archived, blocked and merged people"
    case .putAnswerArchived:
      "archived is false in, or absent from, the answer of a PUT of a living person"
    case .notFoundIsGone:
      "A 404 for a person means that it is gone"
    case .survivorByAddress:
      "A person who is gone may be followed to the one user with the same address, where Intercom does not name the survivor of a merge"
    case .textLimit:
      "A text of more than 255 characters is refused or cut, in whatever unit"
    case .htmlEscapes:
      "Values come back HTML-escaped or as they were"
    case .attributeNames:
      "Names with capital letters and underscores, such as SALESFORCE_STATUS, are allowed for attributes"
    case .archivedAttribute:
      "An archived attribute keeps its name occupied, and can be brought back"
    case .archivedAttributesCount:
      "Archived attributes count against the 250"
    case .searchRateLimit:
      "The rate limit of the headers holds for searches too"
    case .searchDays:
      "Dates in a search mean whole days in the workspace's time zone"
    case .regionHost:
      "The host in the US does not serve workspaces of other regions"
    case .versionStays:
      "Version 2.15 stays available"
    case .companyChangeSilent:
      "Changing a company does not move its people's updated_at"
    case .personTagSilent:
      "Tagging a person may not move updated_at"
    case .conversationTagMoves:
      "Tagging a conversation, or a message in it, moves the conversation's updated_at"
    case .messageTagShown:
      "A tag on a message may not show among the conversation's tags"
    case .tagAppliedAt:
      "applied_at of a conversation's tag is when it was put there"
    case .conversationSearchSeconds:
      "The conversation search matches seconds, unlike the search for people"
    case .assignmentNotifies:
      "An assignment by the API notifies like one by hand"
    }
  }
}
