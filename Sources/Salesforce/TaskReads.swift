package import SyncCore
import Wire

/// A task that is there, for finding out whether ours was made (T4).
package struct FoundTask: Sendable, Equatable {
  /// 18 characters, as ``whoID``.
  package var id: String
  package var whoID: String?
  package var description: String?

  package init(id: String, whoID: String? = nil, description: String? = nil) {
    self.id = id
    self.whoID = whoID
    self.description = description
  }
}

// Archived tasks are visible to queryAll only, and so are those that somebody deleted: both were
// made, and are not made again.
extension Salesforce {
  static let taskValuesMax = 200

  /// The tasks whose unique field holds one of `values`, by that value as it was asked for: one API
  /// call.
  ///
  /// At most 200 values.
  package func findTasks(
    externalIDField field: String, values: [String]
  ) async throws(Failure) -> [String: String] {
    let attempt = "look for tasks by \(field)"
    try Self.check(field, attempt)
    guard values.count <= Self.taskValuesMax else {
      throw .tooMany(values.count, Self.taskValuesMax, attempt)
    }
    guard !values.isEmpty else { return [:] }
    let soql = SOQL.select(
      ["Id", field, "IsDeleted"], from: "Task", where: SOQL.isIn(field, values))
    var found: [String: String] = [:]
    for row in try await rows(soql, includesDeleted: true, attempt) {
      guard let id = row.id("Id"), let value = row.text(field) else {
        throw .unreadable(attempt, "a row without its fields", nil)
      }
      // Comparison is without regard to case unless the field says otherwise.
      let asked = values.first { $0 == value } ?? values.first { $0.isSameText(value) } ?? value
      // One that is still there rather than one that was deleted.
      if found[asked] == nil || row.flag("IsDeleted") == false { found[asked] = id }
    }
    return found
  }

  /// The tasks of those Leads and Contacts created at or after `createdSince` (milliseconds UTC):
  /// one API call, and one more for each further 200 tasks.
  ///
  /// At most 200 records.
  package func findTasks(
    of records: [String], createdSince: Int64
  ) async throws(Failure) -> [FoundTask] {
    let attempt = "look for tasks by their records"
    guard records.count <= Self.taskValuesMax else {
      throw .tooMany(records.count, Self.taskValuesMax, attempt)
    }
    guard !records.isEmpty else { return [] }
    let soql = SOQL.select(
      ["Id", "WhoId", "Description"], from: "Task",
      where: SOQL.isIn("WhoId", records) + " AND CreatedDate >= \(SOQL.time(createdSince))")
    var found: [FoundTask] = []
    for row in try await rows(soql, includesDeleted: true, attempt) {
      guard let id = row.id("Id") else { throw .unreadable(attempt, "a row has no Id", nil) }
      found.append(
        FoundTask(id: id, whoID: row.id("WhoId"), description: row.text("Description")))
    }
    return found
  }

  /// The status that a completed task gets: the first that counts as closed, by SortOrder (T2).
  ///
  /// Its API name; one API call.
  package func closedTaskStatus() async throws(Failure) -> String {
    let attempt = "read the statuses of tasks"
    let soql = "SELECT ApiName, IsClosed, SortOrder FROM TaskStatus ORDER BY SortOrder"
    for row in try await rows(soql, includesDeleted: false, attempt) {
      guard let name = row.text("ApiName"), let isClosed = row.flag("IsClosed") else {
        throw .unreadable(attempt, "a row without its fields", nil)
      }
      if isClosed { return name }
    }
    throw Failure(
      .salesforce, SalesforceMeaning.noClosedStatus, attempt: attempt,
      answer: "none of them is closed")
  }

  /// The user that owns a teammate's tasks: active, of UserType Standard, the lowest Id (T3).
  ///
  /// One API call.
  package func activeUser(withEmail email: String) async throws(Failure) -> String? {
    let attempt = "look up the user of a teammate"
    let soql = SOQL.select(
      ["Id", "IsActive", "UserType"], from: "User",
      where: "Email = \(SOQL.literal(email)) AND IsActive = true AND UserType = 'Standard'")
    var found: [String] = []
    for row in try await rows(soql, includesDeleted: false, attempt) {
      guard let id = row.id("Id") else { throw .unreadable(attempt, "a row has no Id", nil) }
      found.append(id)
    }
    return found.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension String {
  fileprivate func isSameText(_ other: String) -> Bool { lowercased() == other.lowercased() }
}
