import HTTP
package import SyncCore
import Wire

/// A lead that was made, as a look-up for the outcome of a lost call finds it (L6).
package struct MadeRecord: Sendable, Equatable {
  /// 18 characters.
  package var id: String
  /// Milliseconds UTC.
  package var createdAt: Int64
  package var isDeleted: Bool
  package var isConverted: Bool
  package var convertedContactID: String?

  package init(
    id: String, createdAt: Int64, isDeleted: Bool = false, isConverted: Bool = false,
    convertedContactID: String? = nil
  ) {
    self.id = id
    self.createdAt = createdAt
    self.isDeleted = isDeleted
    self.isConverted = isConverted
    self.convertedContactID = convertedContactID
  }
}

extension Salesforce {
  /// Makes one Lead and returns its id: one API call; the org assigns an owner (L5).
  ///
  /// `fields` are by API name. Where ``SyncCore/Failure/effect`` is unknown the lead may be there
  /// (L6). ``SyncCore/Failure/records`` are those that a duplicate rule or a unique value names
  /// (L7); `allowsDuplicates` passes rules that only warn. A refusal that is the record's is
  /// `.refused`, also where the same words stop a reading.
  package func createLead(
    _ fields: Values, allowsDuplicates: Bool
  ) async throws(Failure) -> String {
    var call = Call.post(
      path("/sobjects/Lead/"), json: "{\(Encoding.members(fields, without: Self.reserved))}",
      attempt: "create the lead")
    call.writes = true
    call.isOfRecords = true
    if allowsDuplicates { call.headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true" }
    let response: Response
    do throws(Failure) {
      response = try await send(call)
    } catch {
      doubt(.lead, after: error)
      throw error
    }
    guard let row = response.body.withUnsafeBytes({ try? SavedRow.single($0) }),
      let id = row.id, row.isSaved
    else {
      throw .unreadable(
        call.attempt, "the answer bears no id of what was made", response, written: true)
    }
    return id
  }

  /// Names that are no fields of ours to set.
  static let reserved: Set<String> = ["id", "attributes"]

  /// The leads whose unique field holds `value`, deleted and converted ones included: one API call.
  package func findLeads(
    externalIDField field: String, value: String
  ) async throws(Failure) -> [MadeRecord] {
    let attempt = "look for the lead by \(field)"
    try Self.check(field, attempt)
    return try await madeLeads(where: "\(field) = \(SOQL.literal(value))", attempt)
  }

  /// The leads of that e-mail address and LeadSource created at or after `createdSince`
  /// (milliseconds UTC), deleted and converted ones included: one API call.
  package func findLeads(
    email: String, source: String, createdSince: Int64
  ) async throws(Failure) -> [MadeRecord] {
    try await madeLeads(
      where: "Email = \(SOQL.literal(email)) AND LeadSource = \(SOQL.literal(source))"
        + " AND CreatedDate >= \(SOQL.time(createdSince))",
      "look for the lead by its e-mail address and source")
  }

  /// Oldest first.
  private func madeLeads(
    where condition: String, _ attempt: String
  ) async throws(Failure) -> [MadeRecord] {
    let soql = SOQL.select(
      ["Id", "CreatedDate", "IsDeleted", "IsConverted", "ConvertedContactId"], from: "Lead",
      where: condition)
    var found: [MadeRecord] = []
    for row in try await rows(soql, includesDeleted: true, attempt) {
      guard let id = row.id("Id"), let createdAt = row.text("CreatedDate").flatMap(Timestamp.parse),
        let isDeleted = row.flag("IsDeleted"), let isConverted = row.flag("IsConverted")
      else { throw .unreadable(attempt, "a row without its fields", nil) }
      found.append(
        MadeRecord(
          id: id, createdAt: createdAt, isDeleted: isDeleted, isConverted: isConverted,
          convertedContactID: row.id("ConvertedContactId")))
    }
    return found.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
  }

  /// The moment up to which every change of `object` is visible, in milliseconds UTC: one API call.
  ///
  /// Salesforce holds it back to the start of the oldest transaction under way, and cuts seconds
  /// off: it is never after `to`. Ids of that time travel too, so it is cut to its last hour (SOAP
  /// API, "getUpdated").
  package func latestDateCovered(
    _ object: DescribedObject, from: Int64, to: Int64
  ) async throws(Failure) -> Int64 {
    // The two must be more than a minute apart after their seconds are cut off.
    let end = max(to, Timestamp.range.lowerBound + 3_600_000)
    let start = max(min(from, end - 120_000), end - 3_600_000)
    let times = [("start", start), ("end", end)].map {
      "\($0.0)=\(Encoding.percent(SOQL.time($0.1)))"
    }
    let call = Call(
      path: path("/sobjects/\(object.rawValue)/updated/?\(times.joined(separator: "&"))"),
      attempt: "ask up to when changes of \(object.rawValue) are visible")
    let response = try await send(call)
    let text = response.body.withUnsafeBytes { try? Self.readCovered($0) }
    guard let time = text.flatMap({ $0 }).flatMap(Timestamp.parse) else {
      throw .unreadable(call.attempt, "the answer bears no latestDateCovered", response)
    }
    return time
  }

  private static func readCovered(
    _ bytes: UnsafeRawBufferPointer
  ) throws(JSONError) -> String? {
    var reader = JSONReader(bytes)
    var time: String?
    try reader.readObject { reader, key throws(JSONError) in
      if key == "latestDateCovered" {
        time = try reader.readTextIfAny()
      } else {
        try reader.skipValue()
      }
    }
    try reader.finish()
    return time
  }

  /// A name from the configuration gets into a query only if it can be one.
  static func check(_ field: String, _ attempt: String) throws(Failure) {
    guard field.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else {
      throw Failure(
        .salesforce, SalesforceMeaning.field, attempt: attempt,
        answer: "what is configured is no API name of a field", fields: [field])
    }
  }
}
