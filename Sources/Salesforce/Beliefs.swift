import HTTP
package import SyncCore
import Wire

/// Two leads that somebody merged, as far as the integration user sees them.
package struct MergedPair: Sendable, Equatable {
  /// SystemModstamp, milliseconds UTC, as the other times.
  package var loserStamp: Int64
  package var loserModified: Int64
  package var survivorStamp: Int64
}

// What is read to find out whether what we believe of Salesforce is so (docs/ASSUMPTIONS.md):
// nothing in here changes anything.
extension Salesforce {
  /// Who may own a record, and by what.
  package enum OwnerTable: String, Sendable, CaseIterable {
    case user = "User"
    case queue = "Group"
    case role = "UserRole"
  }

  static let sampleRows = 200

  /// The first three characters of the ids of up to 200 rows, each once: one API call.
  package func idPrefixes(of table: OwnerTable) async throws(Failure) -> Set<String> {
    let attempt = "read ids of \(table.rawValue)"
    let condition = table == .queue ? " WHERE Type = 'Queue'" : ""
    let rows = try await rows(
      "SELECT Id FROM \(table.rawValue)\(condition) LIMIT \(Self.sampleRows)",
      includesDeleted: false, attempt)
    return Set(rows.compactMap { $0.id("Id").map { String($0.prefix(3)) } })
  }

  /// The newest SystemModstamp among the leads, milliseconds UTC; nil without a lead: one API call.
  package func newestStamp() async throws(Failure) -> Int64? {
    let attempt = "read the newest lead"
    let rows = try await rows(
      "SELECT Id, SystemModstamp FROM Lead ORDER BY SystemModstamp DESC LIMIT 1",
      includesDeleted: true, attempt)
    return rows.first?.text("SystemModstamp").flatMap(Timestamp.parse)
  }

  /// The leads that were merged last; nil when none is seen: at most two API calls.
  package func mergedPair() async throws(Failure) -> MergedPair? {
    let attempt = "look for merged leads"
    let losers = try await rows(
      "SELECT Id, MasterRecordId, SystemModstamp, LastModifiedDate FROM Lead "
        + "WHERE IsDeleted = true AND MasterRecordId != null "
        + "ORDER BY SystemModstamp DESC LIMIT 1", includesDeleted: true, attempt)
    guard let loser = losers.first, let survivorID = loser.id("MasterRecordId"),
      let loserStamp = loser.text("SystemModstamp").flatMap(Timestamp.parse),
      let modified = loser.text("LastModifiedDate").flatMap(Timestamp.parse)
    else { return nil }
    let survivors = try await rows(
      "SELECT Id, SystemModstamp FROM Lead WHERE Id = \(SOQL.literal(survivorID))",
      includesDeleted: true, attempt)
    let survivorStamp = survivors.first?.text("SystemModstamp").flatMap(Timestamp.parse)
    return survivorStamp.map {
      MergedPair(loserStamp: loserStamp, loserModified: modified, survivorStamp: $0)
    }
  }

  /// The name of the assignment rule that new leads go through; nil when none is active: one call.
  package func activeLeadAssignment() async throws(Failure) -> String? {
    let attempt = "read the assignment rules"
    let rows = try await rows(
      "SELECT Id, Name FROM AssignmentRule WHERE SobjectType = 'Lead' AND Active = true",
      includesDeleted: false, attempt)
    return rows.first.map { $0.text("Name") ?? "without a name" }
  }

  /// By how much the org's count of calls went up over three answers with 304; nil when Salesforce
  /// gave no such answer or no count.
  package func costOfNotModified() async throws(Failure) -> Int? {
    let description = try await describe(.lead)
    guard let since = description.lastModified else { return nil }
    let call = Call(
      path: path("/sobjects/Lead/describe"),
      headers: ["Accept": "application/json", "If-Modified-Since": since],
      answerBytesLimit: Self.descriptionBytesMax, attempt: "read the fields of Lead again")
    guard try await send(call).status == 304, let before = usage?.used else { return nil }
    for _ in 0..<3 {
      guard try await send(call).status == 304 else { return nil }
    }
    return usage.map { $0.used - before }
  }
}
